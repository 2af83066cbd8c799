"""Who may come in: accounts, their sessions, tokens of systems, one-time links, and failed attempts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Encrypted


class Account(Base):
    """A login of a person of the directory, or of the installation's first administrator, who is in none.

    `roles` holds only for an account without a person. `totp` is the sealed secret of the second factor;
    `totp_step` the last time step whose code was taken, so that no code is taken twice.
    """

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        CheckConstraint("login = lower(login)", name="login"),
        CheckConstraint("person_id IS NULL OR roles = '{}'", name="roles"),
        CheckConstraint("(issuer IS NULL) = (subject IS NULL)", name="subject"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), unique=True)
    roles: Mapped[list[str]] = mapped_column(server_default="{}")
    password: Mapped[str | None]
    issuer: Mapped[str | None]
    subject: Mapped[str | None]
    key_id: Mapped[str | None]
    totp: Mapped[Encrypted | None]
    totp_confirmed_at: Mapped[datetime | None]
    totp_step: Mapped[int] = mapped_column(server_default="0")
    active: Mapped[bool] = mapped_column(server_default="true")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Session(Base):
    """Somebody who is logged in. Only the digest of what the cookie holds is kept."""

    __tablename__ = "session"
    __table_args__ = (
        CheckConstraint("method IN ('password', 'oidc', 'link')", name="method"),
        Index("ix_session_account_id", "account_id"),
    )

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    method: Mapped[str]
    second_factor: Mapped[bool]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    source: Mapped[str | None]


class OneTimeLink(Base):
    """A link that lets somebody set the password of an account, once."""

    __tablename__ = "one_time_link"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ApiToken(Base):
    """What another system shows instead of a login: one role, perhaps some operations of it, until a day."""

    __tablename__ = "api_token"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    unit: Mapped[str | None]
    operations: Mapped[list[str]] = mapped_column(server_default="{}")
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class FailedLogin(Base):
    """Failures in a row for one login name or one address; the key is a digest, names need not exist."""

    __tablename__ = "failed_login"
    __table_args__ = (Index("ix_failed_login_last_at", "last_at"),)

    subject: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime]
    locked_until: Mapped[datetime | None]


class Recusal(Base):
    """A person from whom a ticket is kept: it names them (回避)."""

    __tablename__ = "recusal"
    __table_args__ = (Index("ix_recusal_person_id", "person_id"),)

    ticket_no: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    created_at: Mapped[datetime]
    created_by: Mapped[str | None]
