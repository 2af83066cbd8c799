"""The duty roster as a file: a YAML list of shifts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from models.duty import Shift
from ops.errors import OperationFailed
from policies import yaml_lines


def _in_utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")
    unit: str
    person: str
    start: Moment = Field(alias="from")
    end: Moment = Field(alias="to")
    line: int = Field(1, ge=1, le=9)


_ENTRIES = TypeAdapter(list[_Entry])


def read_shifts(file: Path) -> list[Shift]:
    """The shifts of a file. Raises OperationFailed that names file, entry and field."""
    try:
        document = yaml_lines.load(file.read_text(encoding="utf-8"))
        entries = _ENTRIES.validate_python(document)
    except OSError as error:
        raise OperationFailed(f"cannot read {file}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise OperationFailed(f"{file}: {error}") from error
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise OperationFailed(f"{file}: {place}: {first['msg']}") from None
    for number, entry in enumerate(entries):
        if entry.end <= entry.start:
            raise OperationFailed(f"{file}: {number}.to: must be after from")
    return [Shift(one.unit, one.person, one.start, one.end, one.line) for one in entries]
