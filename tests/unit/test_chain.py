"""The hash chain of facts: what it covers and which row it names."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.chain import Break, ChainedFact, chained, first_prev_hash, new_facts, verify

RECORDED = datetime(2026, 4, 30, 8, 40, 1, 234567, tzinfo=UTC)


def facts(count: int) -> list[dict[str, Any]]:
    start = datetime(2026, 4, 30, 16, 40, tzinfo=UTC)
    return [
        {"at": (start + timedelta(minutes=n)).isoformat(), "fact": "done", "do": "progress", "unit": "水务局"}
        for n in range(count)
    ]


def chain(count: int, no: str = "T1") -> list[ChainedFact]:
    said = new_facts(
        no,
        1,
        facts(count),
        law_id="law-1",
        actor={"role": "unit", "person": "sw-a"},
        command_id="c1",
        recorded_at=RECORDED,
    )
    return chained(first_prev_hash(no), said)


def test_an_untouched_chain_holds() -> None:
    assert verify("T1", chain(5), last_seq=5) is None


@given(
    place=st.integers(0, 4),
    change=st.sampled_from(
        [
            {"data": {"at": "2026-04-30T16:40:00+00:00", "fact": "done", "do": "sign"}},
            {"actor": {"role": "unit", "person": "sw-b"}},
            {"command_id": "c2"},
            {"law_id": "law-2"},
            {"recorded_at": RECORDED + timedelta(microseconds=1)},
            {"hash": b"x" * 32},
            {"fact": "status"},
            {"at": RECORDED},
        ]
    ),
)
def test_a_change_in_any_column_names_the_changed_fact(place: int, change: dict[str, Any]) -> None:
    rows = chain(5)
    rows[place] = replace(rows[place], **change)
    found = verify("T1", rows)
    assert found is not None
    assert found.seq == place + 1


def test_a_removed_fact_is_named() -> None:
    rows = chain(5)
    del rows[2]
    assert verify("T1", rows) == Break("T1", 3, "missing")


def test_swapped_facts_are_named() -> None:
    rows = chain(5)
    rows[1], rows[2] = replace(rows[2], seq=2), replace(rows[1], seq=3)
    assert verify("T1", rows) == Break("T1", 2, "does not follow the fact before it")


def test_a_chain_cut_off_at_its_end_is_found_by_the_projection() -> None:
    assert verify("T1", chain(5)[:4], last_seq=5) == Break("T1", 5, "missing")


def test_the_facts_of_one_ticket_do_not_pass_for_those_of_another() -> None:
    assert verify("T2", chain(3, "T1")) == Break("T2", 1, "does not follow the fact before it")


def test_the_hash_is_the_same_whatever_the_order_of_keys_and_the_zone_of_recording() -> None:
    [row] = chain(1)
    reordered = replace(row, data=dict(reversed(list(row.data.items()))))
    shifted = replace(reordered, recorded_at=RECORDED.astimezone())
    assert verify("T1", [shifted]) is None


def test_a_fact_that_canonical_json_cannot_say_is_refused() -> None:
    bad = {"at": RECORDED.isoformat(), "fact": "done", "n": float("nan")}
    with pytest.raises(ValueError, match="fact 1 of T1 has no canonical form"):
        new_facts("T1", 1, [bad], law_id="law-1", actor=None, command_id=None, recorded_at=RECORDED)
