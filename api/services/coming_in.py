"""Logging in: with a password and perhaps a code, with a one-time link, or as a single sign-on says."""

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from api.problems import Problem
from api.services import auditing
from api.services.parts import Parts
from models import accounts, audit, failed_logins, passwords, sessions
from models.accounts import Account
from models.failed_logins import OF_A_NAME, OF_AN_ADDRESS


@dataclass(frozen=True)
class CameIn:
    """A new session: the secret of its cookie, and how long it may last at most."""

    secret: str
    lasts: timedelta


async def with_password(
    parts: Parts, login: str, password: str, code: str | None, source: str | None
) -> CameIn:
    """A session for the right password, and code where the account has a second factor.

    Problem 401 that does not say which of them was wrong, or whether there is such an account; 429 after
    several failures in a row.
    """
    account: Account | None = None
    try:
        async with parts.engine.connect() as conn:
            account = await accounts.by_login(conn, login)
        came = await _with_password(parts, account, login, password, code, source)
    except Problem as problem:
        known = account.login if account else None
        await auditing.record_stranger(parts, "login", problem.code, known, source)
        raise
    await auditing.record_stranger(parts, "login", audit.DONE, login.lower(), source)
    return came


async def _with_password(
    parts: Parts, account: Account | None, login: str, password: str, code: str | None, source: str | None
) -> CameIn:
    async with _guessing(parts, login, source):
        right = await passwords.matches(password, account.password if account else None)
        if account is None or not right or not account.active:
            raise _refused()
        if account.second_factor:
            await _check_code(parts, account.id, code)
    async with parts.engine.begin() as conn:
        return await _open(conn, parts, account, "password", account.second_factor, source)


async def require_password(parts: Parts, login: str, password: str, source: str | None) -> None:
    """Asks somebody who is logged in for their password once more. 401, 429 as when logging in."""
    async with _guessing(parts, login, source):
        async with parts.engine.connect() as conn:
            account = await accounts.by_login(conn, login)
        if not await passwords.matches(password, account.password if account else None):
            raise _refused()


async def require_code(parts: Parts, account_id: UUID, login: str, code: str, source: str | None) -> None:
    """Asks somebody who is logged in for a code. 401, 429 as when logging in."""
    async with _guessing(parts, login, source):
        await _check_code(parts, account_id, code)


@asynccontextmanager
async def _guessing(parts: Parts, login: str, source: str | None) -> AsyncIterator[None]:
    """Counts what is inside as a failure, and forgets it when it ends well."""
    now = datetime.now(UTC)
    name = failed_logins.named(login.lower())
    address = failed_logins.from_address(source or "")
    async with parts.engine.begin() as conn:
        until = await failed_logins.attempt(conn, name, OF_A_NAME, now)
        until = until or await failed_logins.attempt(conn, address, OF_AN_ADDRESS, now)
    if until is not None:
        seconds = max(1, math.ceil((until - now).total_seconds()))
        raise Problem(
            429,
            "locked_out",
            f"登录失败次数过多。请{seconds}秒后再试。",
            headers={"Retry-After": str(seconds)},
        )
    yield
    async with parts.engine.begin() as conn:
        await failed_logins.forget(conn, name)
        await failed_logins.take_back(conn, address)


async def _check_code(parts: Parts, account_id: UUID, code: str | None) -> None:
    if code is None:
        # The attempt stays counted: else the right password would be a way to guess codes without end.
        raise Problem(401, "code_required", "请输入动态口令。")
    async with parts.engine.begin() as conn:
        right = await accounts.check_second_factor(conn, parts.ring, account_id, code, datetime.now(UTC))
    if not right:
        raise _refused()


def _refused() -> Problem:
    return Problem(401, "login_refused", "用户名、密码或动态口令不对。")


async def with_link(parts: Parts, link: str, password: str, source: str | None) -> CameIn:
    """Sets the password of the account that a link is for, and opens a session. 404, 422."""
    now = datetime.now(UTC)
    async with parts.engine.connect() as conn:
        account = await accounts.of_link(conn, link, now)
    if account is None:
        raise Problem(404, "link_ended", "链接无效、已用过或已过期。请联系管理员。")
    require_good(password, account.login)
    hashed = await passwords.hashed(password)
    async with parts.engine.begin() as conn:
        if not await accounts.use_link(conn, link, now):
            raise Problem(404, "link_ended", "链接无效、已用过或已过期。请联系管理员。")
        await accounts.set_password(conn, account.id, hashed)
        await sessions.revoke_all(conn, account.id, now)
        came = await _open(conn, parts, account, "link", False, source)
    await auditing.record_stranger(parts, "use_link", audit.DONE, account.login, source)
    return came


async def as_signed_on(parts: Parts, issuer: str, subject: str, login: str, source: str | None) -> CameIn:
    """A session for whom a single sign-on vouches for. 403 where they have no account here."""
    async with parts.engine.begin() as conn:
        account = await accounts.by_subject(conn, issuer, subject, login)
        if account is None or not account.active:
            raise Problem(403, "no_account", "你在本系统没有账号。请联系管理员。")
        came = await _open(conn, parts, account, "oidc", False, source)
    await auditing.record_stranger(parts, "oidc_end", audit.DONE, account.login, source)
    return came


def require_good(password: str, login: str) -> None:
    """422 for a password that is too weak."""
    wrong = passwords.fault(password, login)
    if wrong is not None:
        raise Problem(422, "weak_password", f"{wrong}。")


async def _open(
    conn: AsyncConnection,
    parts: Parts,
    account: Account,
    method: str,
    second_factor: bool,
    source: str | None,
) -> CameIn:
    lasts = timedelta(hours=parts.settings.session_hours)
    secret = await sessions.open_session(
        conn,
        account.id,
        method=method,
        second_factor=second_factor,
        now=datetime.now(UTC),
        lasts=lasts,
        source=source,
    )
    return CameIn(secret, lasts)
