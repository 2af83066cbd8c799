"""Marks of state secrets in what is about to be taken in.

A system on an open network may not carry state secrets at all, so what bears a mark is stopped before it is
kept anywhere. The marks are the policy's; here they are only looked for.
"""

import re
from collections.abc import Iterable
from unicodedata import normalize

from domain.policy import SecretMarks

_UNSEEN = re.compile(r"[\s\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufeff]+")
"""What may stand between the letters of a word without changing it for a reader."""

_SOMETHING_ELSE = "\n"
"""Stands for an everyday word: no mark goes across it."""


def mark_that_stops(marks: SecretMarks, written: Iterable[str]) -> str | None:
    """The first mark, as the policy writes it, for which one of some texts may not be taken in."""
    for words in written:
        plain = _without_everyday(marks, words)
        for mark in marks.stop:
            if _plain(mark) in plain:
                return mark
    return None


def _without_everyday(marks: SecretMarks, words: str) -> str:
    plain = _plain(words)
    for everyday in sorted(marks.everyday, key=len, reverse=True):
        plain = plain.replace(_plain(everyday), _SOMETHING_ELSE)
    return plain


def _plain(words: str) -> str:
    """Words as a reader sees them: of one width, without gaps."""
    return _UNSEEN.sub("", normalize("NFKC", words))
