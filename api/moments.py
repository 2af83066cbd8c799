"""Instants as the API writes them: ISO 8601 with the offset of the offices it serves."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import PlainSerializer

ZONE = ZoneInfo("Asia/Shanghai")
"""All of China keeps this time; a law's own calendar names it too."""


def shown(at: datetime) -> str:
    """The instant in the offices' zone."""
    return at.astimezone(ZONE).isoformat()


Moment = Annotated[datetime, PlainSerializer(shown, return_type=str)]
