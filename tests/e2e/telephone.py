"""A stand-in for the telephone at the seat: it rings in a page, hangs up, and notes what it is to dial."""

from __future__ import annotations

import json
from dataclasses import dataclass

from playwright.sync_api import Page

_LISTENS = """
window.dialled = [];
window.addEventListener("jiesu:dial", (event) => {
  event.preventDefault();
  window.dialled.push(event.detail.number);
});
"""


@dataclass
class Telephone:
    """What docs/telephony.md asks of a telephone, in one page. Made before the page is opened."""

    page: Page

    def __post_init__(self) -> None:
        self.page.add_init_script(_LISTENS)

    def ring(self, number: str, recording: str | None = None) -> None:
        """Somebody calls, and the agent takes the call."""
        self._say("jiesu:ring", {"number": number, "recording": recording})

    def hang_up(self) -> None:
        """The call is over."""
        self._say("jiesu:hangup", None)

    @property
    def dialled(self) -> list[str]:
        """The numbers it was asked to dial, in their order."""
        numbers: list[str] = self.page.evaluate("window.dialled")
        return numbers

    def _say(self, event: str, detail: object) -> None:
        said = json.dumps({"detail": detail})
        self.page.evaluate(f"window.dispatchEvent(new CustomEvent({json.dumps(event)}, {said}))")
