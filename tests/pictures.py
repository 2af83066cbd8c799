"""The pictures of the README: `python -m tests.pictures` makes them anew.

It starts Jiesu with the demonstration county in a folder of its own, logs in as its people and photographs
the main screens in Chromium, as `.ci/browser` finds it.
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.running import Jiesu

FOLDER: Final = Path(__file__).parents[1] / "docs" / "pictures"
COLOURS: Final = 160
"""Enough for a screen of text and lamps, and a quarter of the bytes."""

PATIENCE: Final = 120_000
"""Milliseconds to wait for anything, on however busy a machine."""

_FLAGS: Final = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@dataclass(frozen=True)
class Picture:
    """A screen, who looks at it, and how wide their screen is.

    `first`: the first ticket of that desk; `choose`: the label of what is chosen there.
    """

    name: str
    person: str
    path: str
    wide: int = 1280
    high: int = 800
    first: bool = False
    choose: str | None = None


PICTURES: Final = (
    Picture("office", "hotline-office", "/console/office?tab=lamps"),
    Picture("ticket", "hotline-office", "/console/office?tab=lamps", first=True, high=1000),
    Picture("intake", "hotline-agent-1", "/console/intake"),
    Picture("leader", "gov-leader", "/console/leader"),
    Picture("dashboard", "gov-leader", "/console/dashboard", high=1000, choose="本月"),
    Picture("unit", "shuiwu-a", "/console/unit?tab=signed", wide=390, high=844),
)


def main() -> None:
    """Takes every picture."""
    expect.set_options(timeout=PATIENCE)
    folder = Path(tempfile.mkdtemp(prefix="jiesu-pictures-"))
    folder.chmod(0o755)
    jiesu = Jiesu(folder)
    jiesu.start()
    try:
        password = (folder / "data" / "demonstration.password").read_text().strip()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=_chromium(), args=list(_FLAGS))
            for picture in PICTURES:
                _take(browser, jiesu.url, password, picture)
            browser.close()
    finally:
        jiesu.stop()
        shutil.rmtree(folder)


def _take(browser: Browser, url: str, password: str, picture: Picture) -> None:
    context = browser.new_context(
        viewport={"width": picture.wide, "height": picture.high},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{url}/console/")
    page.get_by_label("用户名").fill(picture.person)
    page.get_by_label("密码").fill(password)
    page.keyboard.press("Enter")
    page.locator("#content").wait_for()
    page.goto(url + picture.path)
    _settled(page)
    if picture.first:
        page.locator("#content a[href*='/tickets/']").first.click()
        page.mouse.move(0, 0)
        page.locator("article.ticket").wait_for()
        _settled(page)
    if picture.choose:
        page.get_by_text(picture.choose, exact=True).click()
        _settled(page)
    _keep(page.screenshot(animations="disabled"), FOLDER / f"{picture.name}.png")
    context.close()


def _settled(page: Page) -> None:
    """Returns when everything that is to be shown is there."""
    page.locator("#content h1").first.wait_for()
    expect(page.locator(".ant-skeleton-active, .ant-spin-spinning")).to_have_count(0)
    # A chart draws itself after its data came.
    for chart in page.locator("[_echarts_instance_]").all():
        expect(chart.locator("canvas, svg").first).to_be_visible()


def _keep(picture: bytes, file: Path) -> None:
    file.parent.mkdir(exist_ok=True)
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
        file, optimize=True
    )
    print(f"{file.name}: {file.stat().st_size // 1024} kB")


def _chromium() -> str:
    found = os.environ.get("JIESU_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        raise SystemExit("No Chromium: run .ci/browser, or name one in JIESU_CHROMIUM")
    return found


if __name__ == "__main__":
    main()
