"""A policy whose limits are seconds, and an office that never closes."""

from typing import Any

import yaml

from domain.calendar_data import CalendarData
from domain.policy import Policy
from policies.loading import shipped_policy

_CLOCKS = """
sign:
  - limit: {minutes: 0.1}
    basis: [JC-11.1a]
    ladder:
      - {at: {before: {minutes: 0.05}}, lamp: warning, notify: [handler], basis: [JC-12.1a]}
      - {at: due, lamp: red, notify: [handler, unit_leader, office], basis: [JC-12.1a]}
    on_breach: {notify: [unit_leader, office], basis: [JC-12.1a]}
handle:
  - limit: {minutes: 0.2}
    basis: [JC-11.1.1b]
    ladder:
      - {at: {before: {minutes: 0.05}}, lamp: warning, notify: [handler], basis: [JC-12.1a]}
      - {at: due, lamp: red, notify: [handler, unit_leader, office], basis: [JC-12.1a]}
    on_breach: {notify: [unit_leader], explanation: true, supervision: true, basis: [JC-12.1b]}
explanation:
  - limit: {minutes: 0.1}
    basis: [JC-12.1b]
supervision:
  - limit: {minutes: 0.05}
    basis: [JC-12.2b]
    ladder:
      - {at: due, lamp: red, notify: [unit_leader, office], basis: [JC-12.2b]}
review:
  - limit: {hours: 1}
    basis: [JC-11.4b]
"""


def fast_policy() -> Policy:
    """A shipped policy with limits of seconds."""
    written: dict[str, Any] = shipped_policy("jingchuan").model_dump(mode="json", exclude_defaults=True)
    written["clocks"] = yaml.safe_load(_CLOCKS)
    written["closing"]["archive_after"] = {"minutes": 0.03}
    written["extensions"] = None
    return Policy.model_validate(written)


def open_all_hours() -> CalendarData:
    """A calendar without nights, weekends or holidays."""
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return CalendarData.model_validate({"weekly": {day: [["00:00", "24:00"]] for day in days}})
