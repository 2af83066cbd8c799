"""What pages and forms the console has, read from its sources, so that no test leaves a new one out."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Final

_SOURCES: Final = Path(__file__).parents[3] / "console" / "src"


def _found(file: str, pattern: str) -> tuple[re.Match[str], ...]:
    found = tuple(re.finditer(pattern, (_SOURCES / file).read_text("utf-8")))
    assert found, f"{file} is not written as it was"
    return found


DESKS: Final = tuple(one[1] for one in _found("desks.tsx", r'path: "(/[^"]*)"'))
"""Places of the menu."""

PAGES: Final = tuple(one[1] for one in _found("main.tsx", r'<Route path="(/[^"]*)"'))
"""Other pages, with their parameters."""

COMMANDS: Final = tuple((one[1], one[2]) for one in _found("actions.ts", r'(?m)^  (\w+): "(.*)",$'))
"""Commands that a form is opened for, and what the form is called."""

DIALOGS: Final = Counter(
    source.stem
    for source in _SOURCES.rglob("*.tsx")
    for _ in re.findall(r"<(?:Modal|Drawer)\b", source.read_text("utf-8"))
)
"""How many dialogs and drawers each source has."""
