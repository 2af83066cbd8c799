"""docs/settings.md says what the code says."""

from __future__ import annotations

import re
from pathlib import Path

from ops.settings_manual import GROUPS, manual

ROOT = Path(__file__).parents[2]


def test_the_list_of_settings_is_that_of_the_code() -> None:
    stale = "stale: run .venv/bin/python -m ops.settings_manual > docs/settings.md"
    assert (ROOT / "docs" / "settings.md").read_text() == manual(), stale


def test_every_class_of_settings_is_in_the_list() -> None:
    classes = {
        name
        for path in ROOT.glob("ops/**/*.py")
        for name in re.findall(r"^class (\w+)\(BaseSettings\)", path.read_text(), re.MULTILINE)
    }
    assert classes == {settings.__name__ for _, settings in GROUPS}


def test_every_setting_says_what_it_is_for() -> None:
    silent = [
        name for _, group in GROUPS for name, field in group.model_fields.items() if not field.description
    ]
    assert silent == []
