"""Waiting for what happens beside the test: never for a span of time, always for a condition."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

PATIENCE: Final = 240.0
"""How long, in seconds, a condition may take on a busy machine before it counts as never."""

_GLANCE: Final = 0.05
_Seen = TypeVar("_Seen")


def until(condition: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Returns once the condition holds; fails, saying `what` was waited for, if it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain for {what}"
        time.sleep(_GLANCE)


async def eventually(
    look: Callable[[], Awaitable[_Seen]], enough: Callable[[_Seen], object] = bool, seconds: float = PATIENCE
) -> _Seen:
    """What `look` sees once that is `enough`; fails, showing what it saw last, if it never is."""
    deadline = time.monotonic() + seconds
    while not enough(seen := await look()):
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain, and saw {seen!r} last"
        await asyncio.sleep(_GLANCE)
    return seen
