"""What is made of a document that is not what it should be."""

import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.file_kinds import Refused, media_type


def document() -> bytes:
    """A small document, as a word processor packs it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("word/document.xml", "停水" * 200)
    return packed.getvalue()


WHOLE = document()
CENTRAL = WHOLE.index(b"PK\x01\x02")
"""Where the list of entries begins: what is damaged there misleads whoever unpacks."""
PLACE_OF_LIST = len(WHOLE) - 22 + 16
FLAGS_OF_FIRST = CENTRAL + 8
NAME_OF_FIRST = CENTRAL + 46


def damaged(changes: dict[int, int]) -> bytes:
    content = bytearray(WHOLE)
    for place, byte in changes.items():
        content[place] = byte
    return bytes(content)


@given(
    st.dictionaries(
        st.one_of(
            st.integers(0, len(WHOLE) - 1),
            st.integers(CENTRAL, len(WHOLE) - 1),
        ),
        st.integers(0, 255),
        min_size=1,
        max_size=6,
    )
)
@example({PLACE_OF_LIST + 2: 0x7F})
@example({FLAGS_OF_FIRST + 1: 0x08, NAME_OF_FIRST: 0xFF})
def test_a_damaged_document_is_taken_or_refused(changes: dict[int, int]) -> None:
    with suppress(Refused):
        assert media_type("说明.docx", damaged(changes)).startswith("application/")


def test_an_entry_before_the_beginning_is_damage() -> None:
    with pytest.raises(Refused, match="损坏"):
        media_type("说明.docx", damaged({PLACE_OF_LIST + 2: 0x7F}))


def test_a_name_that_is_no_text_is_damage() -> None:
    with pytest.raises(Refused, match="损坏"):
        media_type("说明.docx", damaged({FLAGS_OF_FIRST + 1: 0x08, NAME_OF_FIRST: 0xFF}))
