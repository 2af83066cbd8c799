"""The directory: units as a tree, and the people who hold roles in them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Encrypted


class Unit(Base):
    """A body that tickets can be dispatched to, or the hotline office itself. Facts name units by `name`.

    `parent` is where it belongs; `supervised_by` the department that answers for it (行业主管部门).
    """

    __tablename__ = "unit"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('county', 'department', 'subordinate', 'township', 'community', 'enterprise', 'party')",
            name="kind",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    supervised_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    territory: Mapped[list[str]] = mapped_column(server_default="{}")
    active: Mapped[bool] = mapped_column(server_default="true")


class Person(Base):
    """Somebody who works on tickets. `id` is an office code such as `sw-a`, never made from a name."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("post IN ('A', 'B')", name="post"),
        Index("ix_person_unit_id", "unit_id"),
        Index("ix_person_roles", "roles", postgresql_using="gin"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    roles: Mapped[list[str]]
    post: Mapped[str | None]
    key_id: Mapped[str]
    name: Mapped[Encrypted]
    phone: Mapped[Encrypted | None]
    absent: Mapped[bool] = mapped_column(server_default="false")
    active: Mapped[bool] = mapped_column(server_default="true")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
