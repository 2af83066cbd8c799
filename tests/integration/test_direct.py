"""Statements that asyncpg runs by itself do what they do through SQLAlchemy."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import DateTime, String, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from models.tables import Unit
from ops.database import at_once, is_away
from ops.direct import Direct

_ECHO = Direct(
    text("SELECT :word AS word, :at AS at, :said ->> 'a' AS said").bindparams(
        bindparam("word", type_=String),
        bindparam("at", type_=DateTime(timezone=True)),
        bindparam("said", type_=JSONB),
    )
)
_ADD = Direct(
    text("INSERT INTO unit (id, name, kind, active) VALUES (:id, :name, 'department', true) RETURNING name")
)
_CUT_OFF = Direct(text("SELECT pg_terminate_backend(pg_backend_pid())"))


async def _units(engine: AsyncEngine) -> int:
    async with engine.connect() as conn:
        return await conn.scalar(select(func.count()).select_from(Unit)) or 0


async def test_values_and_rows_have_the_forms_they_have_through_sqlalchemy(engine: AsyncEngine) -> None:
    given = {"word": "䶮𠮷", "at": datetime(2026, 1, 1, tzinfo=UTC), "said": {"a": "甲"}}
    async with at_once(engine) as conn:
        (by_itself,) = await _ECHO.rows(conn, given)
    async with engine.connect() as conn:
        (through,) = await _ECHO.rows(conn, given)
    assert dict(by_itself) == dict(through) == {**given, "said": "甲"}


async def test_a_value_that_is_missing_is_an_error(engine: AsyncEngine) -> None:
    async with at_once(engine) as conn:
        with pytest.raises(KeyError):
            await _ECHO.rows(conn, {"word": "甲"})


async def test_at_once_it_is_a_transaction_of_its_own_and_else_part_of_the_callers(
    engine: AsyncEngine,
) -> None:
    before = await _units(engine)
    async with at_once(engine) as conn:
        await _ADD.rows(conn, {"id": uuid4(), "name": "甲局"})
        assert await _units(engine) == before + 1
    async with engine.begin() as conn:
        await _ADD.rows(conn, {"id": uuid4(), "name": "乙局"})
        await conn.rollback()
    assert await _units(engine) == before + 1


async def test_a_row_that_is_there_is_the_same_error_either_way(engine: AsyncEngine) -> None:
    row = {"id": uuid4(), "name": "甲局"}
    async with at_once(engine) as conn:
        await _ADD.rows(conn, row)
    for connected in (at_once(engine), engine.connect()):
        async with connected as conn:
            with pytest.raises(IntegrityError) as refused:
                await _ADD.rows(conn, {**row, "name": "乙局"})
        assert "pk_unit" in str(refused.value.orig)
        assert "乙局" not in str(refused.value)


async def test_a_connection_that_was_cut_off_says_that_the_database_is_away_and_is_not_used_again(
    engine: AsyncEngine,
) -> None:
    async with at_once(engine) as conn:
        with pytest.raises(DBAPIError) as cut_off:
            await _CUT_OFF.rows(conn, {})
    assert is_away(cut_off.value)
    async with at_once(engine) as conn:
        assert await conn.scalar(text("SELECT 1")) == 1
