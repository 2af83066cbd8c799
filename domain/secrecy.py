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


def mark_that_stops(marks: SecretMarks, written: Iterable[str]) -> str | None:
    """The first mark, as the policy writes it, for which one of some texts may not be taken in.

    Where a mark and an everyday word begin at the same place the longer one counts: 机密切 is no mark,
    机密切勿 is one.
    """
    stops: dict[str, str | None] = dict.fromkeys(map(_plain, marks.everyday))
    stops |= {_plain(mark): mark for mark in marks.stop}
    longest_first = sorted(stops, key=len, reverse=True)
    known = re.compile("|".join(map(re.escape, longest_first)))
    for words in written:
        for found in known.finditer(_plain(words)):
            mark = stops[found[0]]
            if mark is not None:
                return mark
    return None


def _plain(words: str) -> str:
    """Words as a reader sees them: of one width, without gaps."""
    return _UNSEEN.sub("", normalize("NFKC", words))
