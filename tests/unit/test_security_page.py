"""docs/security.md names tests that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_test_that_the_page_names_is_there() -> None:
    page = (ROOT / "docs" / "security.md").read_text()
    named = set(re.findall(r"`(test_\w+)`", page))
    written = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    there = set(re.findall(r"def (test_\w+)\(", written))
    assert len(named) > 30
    assert named - there == set()


def test_every_folder_and_file_that_the_page_names_is_there() -> None:
    page = (ROOT / "docs" / "security.md").read_text()
    named = re.findall(r"`((?:models|tests|docs|api)/[\w/.]+)`", page) + re.findall(r"\]\((\w+\.md)\)", page)
    assert [name for name in named if not ((ROOT / name).exists() or (ROOT / "docs" / name).exists())] == []
