"""The law a ticket runs under."""

from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base


class Law(Base):
    """A slice of policy and calendar, kept by the digest of its content: tickets of one day share a row."""

    __tablename__ = "law"

    id: Mapped[str] = mapped_column(primary_key=True)
    policy: Mapped[dict[str, Any]]
    calendar: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class CalendarNotice(Base):
    """A notice that was imported, as it was read; later ones build on earlier ones."""

    __tablename__ = "calendar_notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    document: Mapped[dict[str, Any]]
    imported_at: Mapped[datetime] = mapped_column(server_default=func.now())
