"""Passwords: what may be one, and how one is kept (argon2id, by pwdlib)."""

import asyncio
from typing import Final

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

MIN_LENGTH: Final = 10
MAX_LENGTH: Final = 128

_HASHER = PasswordHash((Argon2Hasher(),))
_NOBODYS = _HASHER.hash("the password of an account that is not there")
_AT_ONCE = asyncio.Semaphore(4)
"""Checking one takes 64 MiB: many at once must not take all memory."""


def fault(password: str, login: str) -> str | None:
    """What is wrong with a password that somebody chose, in Chinese; None for a good one."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        return f"密码须为{MIN_LENGTH}至{MAX_LENGTH}个字符"
    kinds = (str.islower, str.isupper, str.isdigit, lambda letter: not letter.isalnum())
    if sum(any(map(kind, password)) for kind in kinds) < 3:
        return "密码须含小写字母、大写字母、数字、符号中的三种"
    if login in password.lower():
        return "密码不能包含用户名"
    return None


async def hashed(password: str) -> str:
    """The hash to keep, salted."""
    async with _AT_ONCE:
        return await asyncio.to_thread(_HASHER.hash, password)


async def matches(password: str, kept: str | None) -> bool:
    """Whether it is the password. Takes as long for an account that is not there or has none."""
    async with _AT_ONCE:
        same = await asyncio.to_thread(_HASHER.verify, password, kept or _NOBODYS)
    return same and kept is not None
