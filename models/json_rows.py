"""Rows that travel as one JSON value, so that one statement writes to several tables in one round trip."""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Table

from models.tables import Base


def table_of(mapped: type[Base]) -> Table:
    """The table of a mapped class, for Core statements."""
    table = mapped.__table__
    assert isinstance(table, Table)
    return table


def written(table: Table) -> list[str]:
    """The columns of a table that are not computed."""
    return [column.name for column in table.columns if column.computed is None]


def insertion(table: Table, only: Sequence[str] = ()) -> str:
    """SQL that inserts rows from the parameter with the table's name; without `only` into every column.

    A column that a row does not name becomes NULL, whatever its default.
    """
    columns = ", ".join(f'"{name}"' for name in only or written(table))
    return (
        f"INSERT INTO {table.name} ({columns}) SELECT {columns}"
        f" FROM jsonb_populate_recordset(NULL::{table.name}, CAST(:{table.name} AS jsonb))"
    )


def as_json(rows: object) -> str:
    """Rows as the value of such a parameter."""
    return json.dumps(rows, ensure_ascii=False, default=_scalar)


def _scalar(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no column's value")
