"""Every scenario file beside this one, on the bare core: what it expects happens, what it excludes not."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from ops.commands.scenario import differences
from ops.scenarios import core_engine
from ops.scenarios.scenario import read
from policies.rules import rule_ids

FOLDER = Path(__file__).parent


def _case(path: Path) -> Any:
    rules = yaml.safe_load(path.read_text("utf-8")).get("rules", [])
    marks = [pytest.mark.rule(rule) for rule in rules]
    return pytest.param(path, id=f"{path.parent.name}/{path.stem}", marks=marks)


@pytest.mark.parametrize("path", [_case(path) for path in sorted(FOLDER.glob("*/*.yaml"))])
def test_scenario(path: Path) -> None:
    scenario = read(path)
    assert scenario.rules, "a scenario names the rules it holds"
    assert not set(scenario.rules) - rule_ids(), "a scenario names rules of the table"
    assert scenario.expect or scenario.expect_not, "a scenario expects something"
    assert not differences(scenario, core_engine.run(scenario))
