"""The law of a ticket by value: the slice of policy and calendar that its workflow can need."""

import json
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict

from domain.calendar_data import CalendarData
from domain.law import Law
from domain.policy import Policy

_BEFORE = timedelta(days=62)
_AFTER = timedelta(days=3 * 366)

_TOLD_ELSEWHERE = frozenset({"articles", "documents", "parents", "issued", "secrecy", "standing_basis"})
"""What a policy says to readers and not to casework."""


class LawByValue(BaseModel):
    """A law as a workflow's input carries it: what was in force at the start, whatever files say later.

    `id` names the whole law in the table `law`. The slice decides alike: what is left out is prose, and days
    of the calendar that no limit of the ticket can reach.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    policy: dict[str, Any]
    calendar: dict[str, Any]

    @classmethod
    def of(cls, law_id: str, policy: Policy, calendar: CalendarData, since: date) -> "LawByValue":
        """The slice for a ticket received on the day `since`."""
        said = policy.model_dump(mode="json", exclude_defaults=True, exclude=set(_TOLD_ELSEWHERE))
        said["standing_basis"] = []
        said["source"] = ""
        said["choices"] = {
            name: {"question": "", "answer": "", "why": "", "rules": []} for name in policy.choices
        }
        days = calendar.slice(since - _BEFORE, since + _AFTER)
        return cls(id=law_id, policy=said, calendar=days.model_dump(mode="json", exclude_defaults=True))

    def counting_in(self, calendar: CalendarData | None) -> "LawByValue":
        """The same law with the calendar that replaced its own, if one did."""
        if calendar is None:
            return self
        return self.model_copy(update={"calendar": calendar.model_dump(mode="json", exclude_defaults=True)})

    def law(self) -> Law:
        """The law, ready to decide by. The same one for all tickets of this process that carry the same."""
        return _law(_key(self.policy), _key(self.calendar))


def _key(written: dict[str, Any]) -> str:
    return json.dumps(written, ensure_ascii=False, sort_keys=True)


@lru_cache(maxsize=256)
def _law(policy: str, calendar: str) -> Law:
    return Law.of(Policy.model_validate_json(policy), CalendarData.model_validate_json(calendar))
