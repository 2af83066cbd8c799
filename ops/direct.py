"""Statements that every request waits for, run by asyncpg itself.

SQLAlchemy puts such a statement together, once; its own way from values to rows takes longer than asyncpg and
Postgres together.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import asyncpg
from sqlalchemy import BindParameter, Dialect, Select, TextClause
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from ops.database import is_at_once

_DIALECT: Dialect = dialect()  # type: ignore[no-untyped-call]

_Prepared = Callable[[Any], Any]


@dataclass(frozen=True)
class Direct:
    """A statement by Core, without lists of changing length; its columns are of types that asyncpg reads."""

    statement: Select[*tuple[Any, ...]] | TextClause

    async def rows(self, conn: AsyncConnection, values: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """The rows it gives for these values. Raises DBAPIError and IntegrityError as `conn.execute` does.

        On a connection that is in a transaction it goes SQLAlchemy's way, and is part of that transaction.
        """
        if not is_at_once(conn):
            result = await conn.execute(self.statement, values)
            return [row._asdict() for row in result] if result.returns_rows else []
        driver = (await conn.get_raw_connection()).driver_connection
        assert isinstance(driver, asyncpg.Connection)
        sql, parameters = self._compiled
        try:
            found: Sequence[Mapping[str, Any]] = await driver.fetch(sql, *(one(values) for one in parameters))
        except asyncpg.IntegrityConstraintViolationError as error:
            raise IntegrityError(sql, None, error, hide_parameters=True) from error
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            is_gone = driver.is_closed()
            if is_gone:
                await conn.invalidate()
            raise DBAPIError(
                sql, None, error, hide_parameters=True, connection_invalidated=is_gone
            ) from error
        return found

    @cached_property
    def _compiled(self) -> tuple[str, Sequence[_Prepared]]:
        compiled = self.statement.compile(dialect=_DIALECT)
        assert compiled.positiontup is not None, "asyncpg's parameters have numbers"
        return str(compiled), [_prepared(compiled.binds[name]) for name in compiled.positiontup]


def _prepared(parameter: BindParameter[Any]) -> _Prepared:
    """How the value of a parameter gets its form on the wire."""
    name, fixed = parameter.key, parameter.value
    process = parameter.type.dialect_impl(_DIALECT).bind_processor(_DIALECT)

    def value(values: Mapping[str, Any]) -> Any:
        given = values[name] if parameter.required else values.get(name, fixed)
        return given if process is None else process(given)

    return value
