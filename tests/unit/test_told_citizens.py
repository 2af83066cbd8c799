"""Which replies a citizen is shown, from the facts alone."""

from typing import Any

from api.services.told_citizens import replies_told

WATER, TOWN = "水务局", "城关镇"


def done(do: str, unit: str = WATER, **details: Any) -> dict[str, Any]:
    """An accepted command."""
    return {"fact": "done", "do": do, "unit": unit, "details": details}


def moved(to: str, unit: str = WATER) -> dict[str, Any]:
    """A unit's next stage."""
    return {"fact": "unit_moved", "unit": unit, "to": to}


def told(*facts: dict[str, Any]) -> set[int]:
    """The numbers of the replies shown, counted from 1."""
    return set(replies_told(enumerate(facts, start=1)))


REPLY = done("reply")
PASSED = (done("final_review", approve=True), moved("done"))


def test_a_reply_is_told_when_the_last_level_has_passed_it() -> None:
    assert told(REPLY, moved("replied"), done("first_review", approve=True)) == set()
    assert told(REPLY, moved("replied"), done("first_review", approve=True), *PASSED) == {1}


def test_a_reply_that_was_sent_back_is_never_told() -> None:
    sent_back = (REPLY, moved("replied"), done("first_review", approve=False), moved("signed"))
    assert told(*sent_back) == set()
    assert told(*sent_back, REPLY, *PASSED) == {5}


def test_a_plan_s_completion_that_was_refused_is_not_told_though_its_unit_is_done() -> None:
    plan = (REPLY, *PASSED)
    refused = (done("complete_plan"), moved("replied"), done("first_review", approve=False), moved("done"))
    assert told(*plan, *refused) == {1}
    assert told(*plan, *refused, done("complete_plan"), *PASSED) == {1, 8}


def test_a_reply_of_a_unit_that_left_the_ticket_is_not_told_when_it_comes_back() -> None:
    assert told(REPLY, moved("recalled"), moved("done")) == set()
    assert told(REPLY, moved("returned"), done("submit_to_lead"), moved("done")) == set()


def test_one_unit_s_review_passes_no_other_s_reply() -> None:
    assert told(
        REPLY, done("reply", TOWN), done("final_review", TOWN, approve=True), moved("done", TOWN)
    ) == {2}
