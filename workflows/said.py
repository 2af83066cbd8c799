"""Reading what a signal says: an envelope of one of our programs, or bare fields from a terminal."""

import re
from collections.abc import Mapping

from pydantic import BaseModel

from domain.commands import Actor, Envelope, command_adapter, texts_of
from domain.vocabulary import Role

_REFERENCE = re.compile(r"text:[0-9a-f-]{36}:[0-9a-f]{64}")


def understood(do: str, said: object) -> Envelope:
    """The envelope a signal carries. Bare fields act as the system's operator, received when they arrive.

    Raises ValidationError for what is no such command.
    """
    if isinstance(said, Mapping) and "command" in said:
        return Envelope.model_validate(said)
    fields = {**said, "do": do} if isinstance(said, Mapping) else said
    command = command_adapter.validate_python({"do": do} if fields is None else fields)
    return Envelope(command=command, actor=Actor(role=Role.SYSTEM_OPERATOR))


def words_in(command: BaseModel) -> list[str]:
    """The fields that carry words instead of references to stored texts."""
    return [name for name, value in texts_of(command) if _REFERENCE.fullmatch(value) is None]
