"""Whole installations: what `jiesu up` starts, asked as their users do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from ops.demonstration import DEMONSTRATION
from tests.running import Jiesu


@pytest.fixture(scope="module")
def jiesu(open_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jiesu]:
    """A running installation with the demonstration county, but no ticket, for the tests of one module."""
    folder = open_dir / tmp_path_factory.mktemp("jiesu").name
    folder.mkdir()
    installation = Jiesu(
        folder,
        {
            "JIESU_DEMONSTRATION": "false",
            "JIESU_ALLOW_LAPSED_POLICY": "true",
            "JIESU_TRACES": "file",
        },
    )
    installation.start()
    assert installation.run("load", str(DEMONSTRATION)).returncode == 0
    yield installation
    installation.stop()


def messages(folder: Path, lines: Sequence[object], name: str = "messages.jsonl") -> Path:
    """A file of messages; strings are written as they are."""
    file = folder / name
    written = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    file.write_text("\n".join(written) + "\n", encoding="utf-8")
    return file


def demands(count: int) -> list[dict[str, str]]:
    """Invented messages of citizens, numbered."""
    titles = ("咨询公交线路", "建议增设路灯", "举报噪声扰民", "投诉小区停水")
    return [
        {
            "no": f"M{number:04}",
            "user": f"网友{number}",
            "title": titles[number % len(titles)],
            "received_at": "2019-04-25T09:32:09+08:00",
            "text": f"第{number}件：情况属实，请尽快处理。",
        }
        for number in range(count)
    ]
