"""YAML files are read as people write them."""

import pytest

from ops.scenarios.scenario import parse
from policies import yaml_lines


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("no: D-1", {"no": "D-1"}),
        ("on: review", {"on": "review"}),
        ("at: 12:00", {"at": "12:00"}),
        ("day: 2026-10-01", {"day": "2026-10-01"}),
        ("yes: [true, false, null, ~]", {"yes": [True, False, None, None]}),
        ("n: [5, -1, 1.5, 007]", {"n": [5, -1, 1.5, "007"]}),
    ],
)
def test_words_and_times_stay_what_they_are(written: str, read: object) -> None:
    assert yaml_lines.load(written) == read


def test_a_scenario_may_name_a_number_without_quotes() -> None:
    scenario = parse(
        """
policy: taian
office_hours: [[08:30, 12:00], [14:30, 18:00]]
ticket: {type: complaint, source: phone, received_at: 2026-09-07T09:00}
steps:
  - {at: 2026-09-07T10:00, do: close_supervision, no: S-1-D1}
expect:
  - {fact: registered, no: S-1}
""",
        "example.yaml",
    )
    assert scenario.expect[0]["no"] == "S-1"
    assert scenario.steps[0].envelope.command.model_dump()["no"] == "S-1-D1"
