"""What all tables share."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, LargeBinary, MetaData, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

SEALED: Final = "sealed"
"""The mark, in a column's `info`, of values that are encrypted under the row's `key_id`."""

Encrypted = Annotated[bytes, mapped_column(LargeBinary, info={SEALED: True})]
"""The type of an encrypted column: whatever has it moves along when keys are rotated."""


class Base(DeclarativeBase):
    """Instants are stored with time zone.

    Constraint names follow one pattern, so that migrations can name them.
    """

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        datetime: DateTime(timezone=True),
        bytes: LargeBinary,
        int: BigInteger,
        UUID: Uuid,
        list[str]: ARRAY(Text),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }
