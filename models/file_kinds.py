"""What a file really is: by its content, not by its name alone; and what is refused whatever its name."""

import io
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

import puremagic

MAX_SIZE: Final = 20 * 1024 * 1024
"""Longest file in bytes."""

_MAX_UNPACKED = 200 * 1024 * 1024
_MAX_ENTRIES = 2000
_CHUNK = 1024 * 1024

_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    ValueError,  # Places before the file's beginning; names that are no text.
    NotImplementedError,  # Ways of packing that nothing which writes documents uses.
    RuntimeError,  # Encrypted entries.
)
"""What unpacking damaged or strange content raises."""


@dataclass(frozen=True)
class _Kind:
    """A kind of file: its media type, and what the signature of its content may be called."""

    media_type: str
    signatures: frozenset[str]
    holds: str | None = None


def _kind(media_type: str, *signatures: str, holds: str | None = None) -> _Kind:
    return _Kind(media_type, frozenset(signatures), holds)


_OFFICE = "application/vnd.openxmlformats-officedocument"
_ZIP = (".zip", ".docx", ".xlsx", ".pptx")
KINDS: Final[Mapping[str, _Kind]] = {
    ".jpg": _kind("image/jpeg", ".jpg", ".jpeg"),
    ".jpeg": _kind("image/jpeg", ".jpg", ".jpeg"),
    ".png": _kind("image/png", ".png"),
    ".webp": _kind("image/webp", ".webp"),
    ".pdf": _kind("application/pdf", ".pdf"),
    ".docx": _kind(f"{_OFFICE}.wordprocessingml.document", *_ZIP, holds="word/document.xml"),
    ".xlsx": _kind(f"{_OFFICE}.spreadsheetml.sheet", *_ZIP, holds="xl/workbook.xml"),
    ".mp3": _kind("audio/mpeg", ".mp3"),
    ".wav": _kind("audio/wav", ".wav"),
    ".amr": _kind("audio/amr", ".amr"),
    ".m4a": _kind("audio/mp4", ".m4a", ".mp4"),
    ".mp4": _kind("video/mp4", ".mp4"),
}
"""What is taken, by the end of the name: pictures, documents, recordings. Nothing that a browser runs."""


class Refused(Exception):
    """A file that is not taken; the message says why in Chinese."""


def media_type(name: str, content: bytes) -> str:
    """The media type of a file whose name and content agree. Raises Refused."""
    if any(unicodedata.category(letter) == "Cf" for letter in name):
        # They turn the end of a name around: what looks like a picture is a program.
        raise Refused("文件名中含有不可见的字符")
    kind = KINDS.get(PurePath(name).suffix.lower())
    if kind is None:
        raise Refused("不接受这种文件。可用的有：" + "、".join(ending[1:] for ending in KINDS))
    if not content:
        raise Refused("文件是空的")
    if not kind.signatures & _signatures(content):
        raise Refused("文件的内容与名称不符")
    if kind.holds is not None:
        _check_document(content, kind.holds)
    return kind.media_type


def _signatures(content: bytes) -> set[str]:
    try:
        return {match.extension for match in puremagic.magic_string(content)}
    except (puremagic.PureError, ValueError):
        return set()


def _check_document(content: bytes, holds: str) -> None:
    """Unpacks a document, counting: a small one that becomes huge, or carries programs, is refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = packed.namelist()
            if holds not in names or len(names) > _MAX_ENTRIES:
                raise Refused("文件的内容与名称不符")
            if any(name.lower().endswith((".bin", ".exe", ".dll", ".js", ".vbs", ".zip")) for name in names):
                raise Refused("文件中含有程序或压缩包")
            left = _MAX_UNPACKED
            for name in names:
                left -= _unpacked(packed, name, left)
    except _DAMAGED:
        raise Refused("文件已损坏") from None


def _unpacked(packed: zipfile.ZipFile, name: str, left: int) -> int:
    """How many bytes an entry becomes. What the archive says of it is not believed."""
    size = 0
    with packed.open(name) as entry:
        while chunk := entry.read(_CHUNK):
            size += len(chunk)
            if size > left:
                raise Refused("文件解压后过大")
    return size
