"""People at their browsers, before one installation with the demonstration county and all its tickets."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, StorageState, sync_playwright
from pytest_playwright.pytest_playwright import CreateContextCallback

from tests.e2e.browser.room import Room
from tests.e2e.browser.seats import PATIENCE, Seats
from tests.running import Jiesu

CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No process is kept warm for the next page: that costs more than it saves on two busy cores.
    "--process-per-site",
)
MORE_PEOPLE = Path(__file__).with_name("more_people.yaml")
TIMED_OUT = (r"TimeoutError: .*Timeout \d+ms exceeded", r"AssertionError: Locator expected")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What a browser waited for in vain is tried once more, and the run names it.

    A browser shares two cores with four servers and another browser: a page that once came late says nothing
    about the page. What is wrong is wrong twice, and everything that is not about waiting fails at once.
    """
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=list(TIMED_OUT)))


@pytest.fixture(scope="package")
def county(open_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jiesu]:
    """A running installation with the demonstration county; started once for all browser tests."""
    folder = open_dir / tmp_path_factory.mktemp("county").name
    folder.mkdir()
    installation = Jiesu(folder)
    installation.start()
    loaded = installation.run("load", str(MORE_PEOPLE))
    assert loaded.returncode == 0, loaded.stderr
    yield installation
    installation.stop()


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Ended with these tests: while it runs, this process could run no asynchronous test."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def browser(playwright: Playwright, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    """The machine's own Chromium."""
    named = os.environ.get("JIESU_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    launched = playwright.chromium.launch(
        **browser_type_launch_args, executable_path=named, args=list(CHROMIUM_ARGUMENTS)
    )
    yield launched
    launched.close()


@pytest.fixture(scope="package")
def browser_context_args(county: Jiesu) -> dict[str, Any]:
    """Browsers of people in this country."""
    return {
        "base_url": county.url,
        "locale": "zh-CN",
        "reduced_motion": "reduce",
    }


@pytest.fixture
def new_context(new_context: CreateContextCallback) -> Callable[..., BrowserContext]:
    """Browsers that wait for whatever is done in them as long as for what appears."""

    def patient(**screen: Any) -> BrowserContext:
        context = new_context(**screen)
        context.set_default_timeout(PATIENCE)
        return context

    return patient


@pytest.fixture(scope="session")
def remembered() -> dict[str, StorageState]:
    """The logins of people who passed the login page before."""
    return {}


@pytest.fixture
def seats(
    county: Jiesu, new_context: CreateContextCallback, remembered: dict[str, StorageState]
) -> Iterator[Seats]:
    """Lets people sit down at screens."""
    with ExitStack() as stack:
        yield Seats(county, new_context, stack, remembered)


@pytest.fixture(scope="module")
def room(
    county: Jiesu,
    browser: Browser,
    browser_context_args: dict[str, Any],
    remembered: dict[str, StorageState],
) -> Iterator[Room]:
    """People log in once for all of these tests."""
    with ExitStack() as stack:

        def new_context(*_: Any, **screen: Any) -> BrowserContext:
            context = browser.new_context(**browser_context_args, **screen)
            context.set_default_timeout(PATIENCE)
            stack.callback(context.close)
            return context

        yield Room(Seats(county, new_context, stack, remembered))
