"""Logins: found, made, given a password or a second factor, bound to an identity of a single sign-on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from models import second_factor
from models.sealed_columns import RowSeal, open_column_bytes
from models.secrets_kept import digest, new_secret
from models.tables import Account as AccountRow
from models.tables import OneTimeLink, Person
from ops.keyring import KeyRing

FIRST_ADMINISTRATOR = "admin"
"""Login of the account that an installation begins with."""


@dataclass(frozen=True)
class Account:
    """An account, as whoever checks a login needs it."""

    id: UUID
    login: str
    person_id: str | None
    password: str | None
    second_factor: bool
    active: bool


async def by_login(conn: AsyncConnection, login: str) -> Account | None:
    """The account with this name, whatever its case."""
    query = select(AccountRow.__table__).where(AccountRow.login == login.lower())
    return _account((await conn.execute(query)).one_or_none())


async def by_id(conn: AsyncConnection, account_id: UUID) -> Account | None:
    """The account with this id."""
    query = select(AccountRow.__table__).where(AccountRow.id == account_id)
    return _account((await conn.execute(query)).one_or_none())


async def by_subject(conn: AsyncConnection, issuer: str, subject: str, login: str) -> Account | None:
    """The account bound to this identity of a single sign-on.

    The first time it is the one with that name, unless another identity has it; it is bound then.
    """
    row = AccountRow
    bound = (
        await conn.execute(select(row.__table__).where(row.issuer == issuer, row.subject == subject))
    ).one_or_none()
    if bound is not None:
        return _account(bound)
    binding = (
        update(row)
        .where(row.login == login.lower(), row.issuer.is_(None))
        .values(issuer=issuer, subject=subject)
        .returning(row.__table__)
    )
    return _account((await conn.execute(binding)).one_or_none())


async def add(conn: AsyncConnection, login: str, *, person_id: str | None, roles: Iterable[str] = ()) -> UUID:
    """A new account without a password. Raises IntegrityError for a name or a person that has one."""
    account_id = uuid7()
    await conn.execute(
        insert(AccountRow).values(id=account_id, login=login.lower(), person_id=person_id, roles=list(roles))
    )
    return account_id


async def add_for_people(conn: AsyncConnection, password: str) -> int:
    """An account for every active person without one, all with this hash; how many. For demonstrations.

    Administrators get none: a password that is printed must not open the installation.
    """
    people = await conn.scalars(
        select(Person.id).where(
            Person.active,
            ~Person.roles.contains(["administrator"]),
            ~exists().where(AccountRow.person_id == Person.id),
        )
    )
    rows = [{"id": uuid7(), "login": person, "person_id": person, "password": password} for person in people]
    if rows:
        await conn.execute(upsert(AccountRow).on_conflict_do_nothing(), rows)
    return len(rows)


async def has_administrator(conn: AsyncConnection) -> bool:
    """Whether anybody could manage accounts: an administrator with a password or a single sign-on."""
    row = AccountRow
    usable = row.active & (row.password.is_not(None) | row.subject.is_not(None))
    query = (
        select(row.id)
        .outerjoin(Person, Person.id == row.person_id)
        .where(usable, row.roles.contains(["administrator"]) | Person.roles.contains(["administrator"]))
        .limit(1)
    )
    return await conn.scalar(query) is not None


async def first_administrator(conn: AsyncConnection, now: datetime, lasts: timedelta) -> str:
    """A link for the account that an installation begins with, which is made if it is not there."""
    account = await by_login(conn, FIRST_ADMINISTRATOR)
    account_id = (
        account.id
        if account
        else await add(conn, FIRST_ADMINISTRATOR, person_id=None, roles=["administrator"])
    )
    return await new_link(conn, account_id, now, lasts)


async def set_password(conn: AsyncConnection, account_id: UUID, hashed: str) -> None:
    """Keeps a new hash."""
    await conn.execute(update(AccountRow).where(AccountRow.id == account_id).values(password=hashed))


async def set_active(conn: AsyncConnection, account_id: UUID, active: bool) -> None:
    """Opens or closes an account."""
    await conn.execute(update(AccountRow).where(AccountRow.id == account_id).values(active=active))


async def new_link(conn: AsyncConnection, account_id: UUID, now: datetime, lasts: timedelta) -> str:
    """A link by which the password of an account can be set once; earlier ones end."""
    link = OneTimeLink
    await conn.execute(
        update(link).where(link.account_id == account_id, link.used_at.is_(None)).values(used_at=now)
    )
    secret = new_secret()
    await conn.execute(
        insert(link).values(
            digest=digest(secret), account_id=account_id, created_at=now, expires_at=now + lasts
        )
    )
    return secret


async def of_link(conn: AsyncConnection, secret: str, now: datetime) -> Account | None:
    """The account that an unused link is for."""
    link = OneTimeLink
    query = (
        select(AccountRow.__table__)
        .join(link, link.account_id == AccountRow.id)
        .where(
            link.digest == digest(secret), link.used_at.is_(None), link.expires_at > now, AccountRow.active
        )
    )
    return _account((await conn.execute(query)).one_or_none())


async def use_link(conn: AsyncConnection, secret: str, now: datetime) -> bool:
    """Takes the link; whether it was still there to take."""
    link = OneTimeLink
    taken = await conn.execute(
        update(link).where(link.digest == digest(secret), link.used_at.is_(None)).values(used_at=now)
    )
    return taken.rowcount == 1


async def begin_second_factor(conn: AsyncConnection, ring: KeyRing, account_id: UUID) -> bytes:
    """A fresh secret for an account that has none confirmed; it counts once a code of it was shown."""
    secret = second_factor.new_secret()
    seal = RowSeal(ring, "account", account_id)
    await conn.execute(
        update(AccountRow)
        .where(AccountRow.id == account_id, AccountRow.totp_confirmed_at.is_(None))
        .values(key_id=seal.key_id, totp=seal.close_bytes("totp", secret), totp_step=0)
    )
    return secret


async def check_second_factor(
    conn: AsyncConnection, ring: KeyRing, account_id: UUID, code: str, now: datetime
) -> bool:
    """Whether this is a code of the account's secret that was not used before. It confirms a fresh secret."""
    row = AccountRow
    query = select(row.key_id, row.totp, row.totp_step).where(row.id == account_id).with_for_update()
    kept = (await conn.execute(query)).one()
    if kept.totp is None:
        return False
    secret = open_column_bytes(ring, "account", account_id, "totp", kept.key_id, kept.totp)
    step = second_factor.step_of(secret, code, now.timestamp(), after=kept.totp_step)
    if step is None:
        return False
    confirmed = func.coalesce(row.totp_confirmed_at, now)
    await conn.execute(
        update(row).where(row.id == account_id).values(totp_step=step, totp_confirmed_at=confirmed)
    )
    return True


async def drop_second_factor(conn: AsyncConnection, account_id: UUID) -> None:
    """Takes the second factor away, for somebody who lost it."""
    await conn.execute(
        update(AccountRow)
        .where(AccountRow.id == account_id)
        .values(totp=None, totp_confirmed_at=None, totp_step=0)
    )


def _account(row: Any) -> Account | None:
    if row is None:
        return None
    return Account(
        row.id, row.login, row.person_id, row.password, row.totp_confirmed_at is not None, row.active
    )
