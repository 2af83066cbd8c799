"""The glossary knows every word of the code's vocabulary."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from domain import vocabulary
from domain.commands import COMMANDS
from domain.facts import FACTS

GLOSSARY = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text("utf-8")
EXPLAINED = dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", GLOSSARY, re.MULTILINE))
VOCABULARIES = {
    name: kind
    for name, kind in vars(vocabulary).items()
    if isinstance(kind, type) and issubclass(kind, StrEnum) and kind is not StrEnum
}


@pytest.mark.parametrize("name", VOCABULARIES)
def test_every_word_of_a_vocabulary_is_explained(name: str) -> None:
    assert {str(word) for word in VOCABULARIES[name]} - EXPLAINED.keys() == set()


@pytest.mark.parametrize("words", [COMMANDS, FACTS], ids=["commands", "facts"])
def test_every_command_and_every_fact_is_explained(words: dict[str, type]) -> None:
    assert set(words) - EXPLAINED.keys() == set()


def test_what_is_explained_is_explained_in_chinese() -> None:
    assert [word for word, said in EXPLAINED.items() if not re.search("[一-鿿]", said)] == []
