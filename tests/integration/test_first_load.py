"""What a browser loads before somebody can work: little, compressed, and kept until it changes."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import httpx2
import pytest

from ops.database import create_engine
from ops.settings import Settings
from ops.temporal_client import connect, key_ring
from tests.hotline import serving

BUDGET: Final = 600_000
"""Bytes on the wire, page and all that it needs, before anybody can work."""
CHARTS: Final = "Chart-"
_STARTS = re.compile(r'(?:src|href)="(/console/assets/[^"]+)"')
_NEEDS = re.compile(r"""(?:from|import)\s?["'`]\./([\w.-]+\.js)["'`]""")
_PAGES = re.compile(r"""import\(["'`]\./([\w.-]+\.js)["'`]\)""")
_ASSETS = "/console/assets/"


@pytest.fixture
async def site(tmp_path: Path, own_postgres_url: str) -> AsyncIterator[httpx2.AsyncClient]:
    """The site as a browser sees it; neither the engine nor a login is needed for what is loaded first."""
    settings = Settings(data_dir=tmp_path, database_url=own_postgres_url)
    engine, ring = create_engine(settings.database_target()), key_ring(settings)
    client = await connect(settings, ring=ring, lazy=True)
    async with serving(settings, engine, client, ring) as hotline:
        yield hotline.http
    await engine.dispose()


class Loading:
    """What was loaded so far, each file once: its words, and its bytes on the wire."""

    def __init__(self, site: httpx2.AsyncClient) -> None:
        self._site = site
        self.bytes: dict[str, int] = {}
        self.words: dict[str, str] = {}

    async def page(self) -> set[str]:
        """Loads the page with all that it names and that these need in their turn."""
        begun = set(_STARTS.findall(await self._read("/console/")))
        return {"/console/"} | await self.with_needs(begun)

    async def with_needs(self, wanted: set[str]) -> set[str]:
        """Loads files and what they import at once; all of their paths."""
        found: set[str] = set()
        while wanted - found:
            path = (wanted - found).pop()
            found.add(path)
            if path.endswith(".js"):
                wanted |= {_ASSETS + name for name in _NEEDS.findall(await self._read(path))}
            else:
                await self._read(path)
        return found

    async def _read(self, path: str) -> str:
        if path not in self.words:
            async with self._site.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
                assert answer.status_code == 200, path
                raw = b"".join([chunk async for chunk in answer.aiter_raw()])
                self.bytes[path] = len(raw)
            self.words[path] = (await self._site.get(path)).text
        return self.words[path]


async def test_any_page_is_there_after_six_hundred_kilobytes_and_charts_come_later(
    site: httpx2.AsyncClient,
) -> None:
    loading = Loading(site)
    start = await loading.page()
    entry = next(path for path in start if "/index-" in path and path.endswith(".js"))
    pages = {_ASSETS + name for name in _PAGES.findall(loading.words[entry])}
    assert len(pages) > 15, "each desk is a file of its own"
    heavy = {}
    for page in pages:
        needed = start | await loading.with_needs({page})
        assert not any(CHARTS in path for path in needed), f"{page} loads the charts at once"
        weight = sum(loading.bytes[path] for path in needed)
        if weight > BUDGET:
            heavy[page] = weight
    assert heavy == {}


async def test_files_are_compressed_and_kept_and_the_page_itself_is_asked_for_again(
    site: httpx2.AsyncClient,
) -> None:
    page = await site.get("/console/")
    assert page.headers["cache-control"] == "no-cache"
    entry = next(path for path in _STARTS.findall(page.text) if "/index-" in path)
    file = await site.get(entry)
    assert file.headers["content-encoding"] == "gzip"
    assert "immutable" in file.headers["cache-control"]
    gone = await site.get("/console/assets/index-gone.js")
    assert "immutable" not in gone.headers.get("cache-control", "")
