"""What must hold of every screen: axe finds nothing against it, and no English stands on it."""

from __future__ import annotations

import re
from typing import Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_AXE: Final = Axe()

_WRITTEN: Final = """within => {
    const root = document.querySelector(within);
    const spoken = [...root.querySelectorAll('[placeholder], [title], [alt], [aria-label]:not([role=img])')];
    const names = ['placeholder', 'title', 'alt', 'aria-label'];
    const named = spoken.flatMap(one => names.map(name => one.getAttribute(name)));
    // Codes say of themselves that they are no language.
    const codes = [...root.querySelectorAll('[translate=no]')].filter(one => one.innerText);
    codes.forEach(one => one.style.visibility = 'hidden');
    const seen = root.innerText;
    codes.forEach(one => one.style.visibility = '');
    return [seen, ...named.filter(Boolean)].join('\\n');
}"""

NO_WORDS: Final = (
    # Codes of people and accounts; numbers of other systems; names of recordings and files.
    r"(?<![A-Za-z])[a-z]+(?:-[a-z0-9]+)+",
    r"(?<![A-Za-z])admin(?![A-Za-z])",
    r"DEMO-\d+",
    r"(?<![A-Za-z])R-\d+",
    # Keys, as keyboards sold in China name them.
    r"(?<![A-Za-z])(?:Ctrl|Alt|Enter)(?![A-Za-z])",
)
"""Latin letters that are no English words."""


_STILL: Final = """() => {
    const moving = document.querySelectorAll(':is([class*=-appear-], [class*=-enter-], [class*=-leave-])');
    return ![...moving].some(one => one.checkVisibility({visibilityProperty: true}));
}"""
"""Nothing is on its way in or out, half transparent or smaller than it will be."""


def still(page: Page) -> None:
    """Waits until nothing moves on a page."""
    page.wait_for_function(_STILL)


def faults(page: Page, within: str = "body") -> list[str]:
    """What is wrong with the page, or with a part of it; nothing where all is well."""
    still(page)
    context = None if within == "body" else within
    found = _AXE.run(page, context=context).response["violations"]
    return [*(_told(one) for one in found), *(f"English: {word}" for word in english(page, within))]


def expect_sound(page: Page, within: str = "body") -> None:
    """Fails where there are faults, and names them."""
    found = faults(page, within)
    assert not found, "\n".join([page.url, *found])


def english(page: Page, within: str = "body") -> list[str]:
    """Words of two and more Latin letters on a page, in sight or read out."""
    written: str = page.evaluate(_WRITTEN, within)
    for allowed in NO_WORDS:
        written = re.sub(allowed, "", written)
    return sorted(set(re.findall(r"[A-Za-z]{2,}", written)))


def _told(violation: dict[str, object]) -> str:
    nodes = violation["nodes"]
    assert isinstance(nodes, list)
    return f"{violation['id']}: {', '.join(str(node['target']) for node in nodes[:5])}"
