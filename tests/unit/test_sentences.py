"""Facts told in sentences: every fact has one, in Chinese."""

from typing import Any

import pytest

from api.services.sentences import clock_effect, sentence
from domain.facts import FACTS

_ANY: dict[str, Any] = {
    "at": "2026-05-06T10:00:00+08:00",
    "clock": "sign",
    "unit": "水务局",
    "due": "2026-05-06T15:00:00+08:00",
    "was": "2026-05-06T14:00:00+08:00",
    "until": "2026-05-09T18:00:00+08:00",
    "on": "2026-05-21T18:00:00+08:00",
    "cause": "extension",
    "reason": "lapsed",
    "lamp": "red",
    "no": "20260506000001-D1",
    "merged": "20260506000002",
    "callers": ["a", "b"],
    "do": "sign",
    "role": "unit",
    "of": "extension",
    "stage": "转办",
    "as": "lead",
    "reached": True,
    "provisional": True,
}
_TO = {"status": "handling", "unit_moved": "signed"}


@pytest.mark.parametrize("name", sorted(FACTS))
def test_every_fact_has_a_chinese_sentence(name: str) -> None:
    told = sentence({**_ANY, "fact": name, "to": _TO.get(name)}, "县热线办")
    assert name not in told
    assert any("\u4e00" <= letter <= "\u9fff" for letter in told)


@pytest.mark.parametrize(("reached", "told"), [(True, "已联系上"), (False, "未联系上")])
def test_an_attempt_to_call_back_says_whether_it_reached_anybody(reached: bool, told: str) -> None:
    fact = {"fact": "done", "do": "callback", "role": "agent", "details": {"caller": "a", "reached": reached}}
    assert sentence(fact, "县热线办") == f"受话员回访：{told}"


def test_what_the_office_owes_is_told_by_its_name() -> None:
    told = sentence({**_ANY, "fact": "clock_breached", "clock": "dispatch", "unit": "office"}, "县热线办")
    assert told == "县热线办派单时限逾期，应于2026年5月6日 15:00完成"


def test_a_due_time_that_stays_is_not_said_to_change() -> None:
    fact = {**_ANY, "fact": "clock_moved", "clock": "handle", "was": _ANY["due"], "cause": "amended"}
    assert sentence(fact, "县热线办").startswith("水务局办理时限仍为2026年5月6日 15:00")


def test_an_extension_says_from_when_to_when() -> None:
    fact = {**_ANY, "fact": "clock_moved", "clock": "handle"}
    assert sentence(fact, "县热线办") == (
        "水务局办理时限由2026年5月6日 14:00改为2026年5月6日 15:00（暂定）（批准延期）"
    )
    assert clock_effect(fact) == {
        "effect": "moved",
        "clock": "handle",
        "unit": "水务局",
        "due": _ANY["due"],
        "was": _ANY["was"],
        "provisional": True,
        "reason": "lapsed",
        "lamp": "red",
        "cause": "extension",
    }


def test_a_limit_that_stays_is_said_to_stay() -> None:
    fact = {**_ANY, "fact": "clock_moved", "clock": "handle", "was": _ANY["due"], "cause": "calendar"}
    assert sentence(fact, "县热线办").startswith("水务局办理时限仍为2026年5月6日 15:00（暂定）")


@pytest.mark.parametrize(
    "of", ["answer", "merge", "recall", "refusal", "return_upstream", "transfer", "withdrawal"]
)
def test_what_a_unit_was_told_is_said_in_chinese(of: str) -> None:
    assert of not in sentence({**_ANY, "fact": "unit_informed", "of": of}, "县热线办")
