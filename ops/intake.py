"""Posting messages of citizens to the running API, each once, with an account at the end."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ops.api_client import ApiClient, Speaker

PLATFORM = Speaker("upstream", actor="intake")
"""Messages come from the platform above, which numbers them: the number makes each one ticket."""

TYPE_WORDS = {"咨询": "consultation", "建议": "suggestion", "举报": "report"}
"""A word in the title that says what kind of demand it is."""

SHOWN = 20
_REQUIRED = ("no", "text")


class BadMessage(Exception):
    """A line of the file that is no message; what is wrong with it."""


@dataclass(frozen=True)
class Line:
    """One line of the file."""

    number: int
    text: str = field(repr=False)


@dataclass
class Account:
    """What became of the lines."""

    new: int = 0
    known: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)

    def sentences(self) -> Iterator[str]:
        """The account, a line each: how many were accepted, how many refused and why."""
        yield f"accepted {self.new + self.known}: {self.new} new, {self.known} there already"
        if not self.refused:
            return
        yield f"refused {len(self.refused)}:"
        for reason, count in Counter(reason for _, reason in self.refused).most_common():
            lines = [str(number) for number, other in self.refused if other == reason]
            more = f" and {count - SHOWN} more" if count > SHOWN else ""
            yield f"  {count} x {reason} (line {', '.join(lines[:SHOWN])}{more})"


def lines(file: Iterable[str], limit: int | None) -> list[Line]:
    """The lines that say something, `limit` of them at most."""
    said = [Line(number, text) for number, text in enumerate(file, start=1) if text.strip()]
    return said if limit is None else said[:limit]


def body_of(line: Line, otherwise: str) -> dict[str, Any]:
    """The registration that a message is. Raises BadMessage.

    The message's own instant is recorded and counts for nothing: the ticket is received now. A reply that the
    message carries is not taken over.
    """
    try:
        message = json.loads(line.text)
    except ValueError:
        raise BadMessage("not JSON") from None
    if not isinstance(message, dict):
        raise BadMessage("not a JSON object")
    missing = [name for name in _REQUIRED if not message.get(name)]
    if missing:
        raise BadMessage(f"without {' and '.join(missing)}")
    return {
        "type": type_of(str(message.get("title") or ""), otherwise),
        "source": "city_platform",
        "upstream_no": str(message["no"]),
        "callers": [{"name": message["user"]} if message.get("user") else {}],
        "text": message["text"],
        **({"title": message["title"]} if message.get("title") else {}),
        **({"original_received_at": message["received_at"]} if message.get("received_at") else {}),
    }


def type_of(title: str, otherwise: str) -> str:
    """The type that a word of the title names, the first of them that stands there; else `otherwise`."""
    named = [(title.index(word), kind) for word, kind in TYPE_WORDS.items() if word in title]
    return min(named)[1] if named else otherwise


async def post_all(
    api: ApiClient, said: Iterable[Line], otherwise: str, at_once: int, done: Callable[[], None]
) -> Account:
    """Posts every line, `at_once` at the same time, and calls `done` after each.

    Raises OperationFailed when the API stays away; what was posted by then is found again by the next run.
    """
    account = Account()
    waiting = iter(said)

    async def lane() -> None:
        for line in waiting:
            await _post(api, line, otherwise, account)
            done()

    async with asyncio.TaskGroup() as lanes:
        for _ in range(at_once):
            lanes.create_task(lane())
    return account


async def _post(api: ApiClient, line: Line, otherwise: str, account: Account) -> None:
    try:
        body = body_of(line, otherwise)
    except BadMessage as wrong:
        account.refused.append((line.number, str(wrong)))
        return
    told = await api.post("/tickets", PLATFORM, body)
    if told.status == 201:
        account.new += 1
    elif told.status == 200:
        account.known += 1
    else:
        account.refused.append((line.number, told.problem))
