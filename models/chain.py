"""The hash chain that makes a changed fact visible.

Each fact's hash is SHA-256 over the hash before it and the canonical JSON (RFC 8785) of everything its row
says. The first one stands on the SHA-256 of the aggregate's number. Anybody with the rows can check it with
common tools.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

import rfc8785


@dataclass(frozen=True, slots=True)
class _SaidFact:
    """What a row says of a fact; `data` is the fact itself as flat JSON, with its `at` and `fact`."""

    seq: int
    at: datetime
    fact: str
    data: Mapping[str, Any]
    law_id: str
    actor: Mapping[str, Any] | None
    command_id: str | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ChainedFact(_SaidFact):
    """A fact as it is stored."""

    prev_hash: bytes
    hash: bytes


COLUMNS: Final = tuple(field.name for field in fields(ChainedFact))
"""What a table of facts keeps of each, beside the number of what it is about."""


@dataclass(frozen=True, slots=True)
class NewFact(_SaidFact):
    """A fact that is to be stored; `canonical` is what its hash covers besides the hash before it."""

    canonical: bytes


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain first fails to hold, and why."""

    no: str
    seq: int
    reason: str


def first_prev_hash(no: str) -> bytes:
    """What the first fact of the aggregate with this number stands on."""
    return sha256(no.encode()).digest()


def new_facts(
    no: str,
    first_seq: int,
    facts: Iterable[Mapping[str, Any]],
    *,
    law_id: str,
    actor: Mapping[str, Any] | None,
    command_id: str | None,
    recorded_at: datetime,
) -> list[NewFact]:
    """Facts from `first_seq` on, to be chained. Raises ValueError for what canonical JSON cannot say."""
    rows = []
    for seq, data in enumerate(facts, start=first_seq):
        at = datetime.fromisoformat(data["at"])
        said = _canonical(no, seq, data, law_id, actor, command_id, recorded_at)
        rows.append(NewFact(seq, at, data["fact"], data, law_id, actor, command_id, recorded_at, said))
    return rows


def chained(prev_hash: bytes, facts: Iterable[NewFact]) -> list[ChainedFact]:
    """The rows for facts that follow the one with `prev_hash`."""
    rows = []
    for one in facts:
        own = sha256(prev_hash + one.canonical).digest()
        said = (one.seq, one.at, one.fact, one.data, one.law_id, one.actor, one.command_id, one.recorded_at)
        rows.append(ChainedFact(*said, prev_hash, own))
        prev_hash = own
    return rows


def verify(no: str, rows: Iterable[ChainedFact], last_seq: int | None = None) -> Break | None:
    """The first place where the rows of one aggregate, in order, break the chain; None when it holds.

    `last_seq` is where the projection says the facts end: a chain that is cut off at its end is whole in
    itself.
    """
    prev_hash, expected = first_prev_hash(no), 1
    for row in rows:
        if row.seq != expected:
            return Break(no, expected, "missing")
        if row.prev_hash != prev_hash:
            return Break(no, row.seq, "does not follow the fact before it")
        if row.hash != _hash_of(no, row, prev_hash):
            return Break(no, row.seq, "changed")
        if row.fact != row.data.get("fact") or row.at != datetime.fromisoformat(row.data["at"]):
            return Break(no, row.seq, "its columns differ from what it says")
        prev_hash, expected = row.hash, expected + 1
    if last_seq is not None and last_seq != expected - 1:
        return Break(
            no, min(expected, last_seq + 1), "missing" if last_seq >= expected else "not in the projection"
        )
    return None


def _hash_of(no: str, row: ChainedFact, prev_hash: bytes) -> bytes:
    said = _canonical(no, row.seq, row.data, row.law_id, row.actor, row.command_id, row.recorded_at)
    return sha256(prev_hash + said).digest()


def _canonical(
    no: str,
    seq: int,
    data: Mapping[str, Any],
    law_id: str,
    actor: Mapping[str, Any] | None,
    command_id: str | None,
    recorded_at: datetime,
) -> bytes:
    row: dict[str, Any] = {
        "no": no,
        "seq": seq,
        "data": data,
        "law_id": law_id,
        "actor": actor,
        "command_id": command_id,
        "recorded_at": recorded_at.astimezone(UTC).isoformat(),
    }
    try:
        return rfc8785.dumps(row)
    except rfc8785.CanonicalizationError as error:
        raise ValueError(f"fact {seq} of {no} has no canonical form: {error}") from error
