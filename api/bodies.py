"""What callers send: a body for each command, made from the command itself, and that of a registration."""

from datetime import datetime
from typing import Annotated, Any, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    create_model,
    model_validator,
)
from pydantic.fields import FieldInfo

from api import wording
from api.moments import written_out
from api.problems import malformed
from domain.casework.transitions import TRANSITIONS
from domain.commands import COMMANDS, Order, Text, TicketFields, UnitName
from domain.vocabulary import Role, SupervisionCause, SupervisionForm, SupervisionLevel


class Body(BaseModel):
    """Refuses unknown fields, and characters that no database stores (NUL, lone surrogates)."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, data: Any) -> Any:
        return storable(data)


def storable(data: Any) -> Any:
    """What was sent, as it is. Raises ValueError for characters that no database stores."""
    if any(not _is_storable(words) for words in strings(data)):
        raise ValueError("含有不能保存的字符")
    return data


def strings(data: Any) -> list[str]:
    """Every text in JSON values, at whatever depth."""
    if isinstance(data, str):
        return [data]
    if isinstance(data, dict):
        return [words for pair in data.items() for part in pair for words in strings(part)]
    if isinstance(data, list):
        return [words for item in data for words in strings(item)]
    return []


def _is_storable(words: str) -> bool:
    return "\x00" not in words and not any("\ud800" <= letter <= "\udfff" for letter in words)


def _described(name: str, field: FieldInfo) -> tuple[Any, FieldInfo]:
    told = field.asdict()
    attributes = {**told["attributes"], "description": wording.FIELDS.get(name, name)}
    annotation: Any = field.annotation
    for part in told["metadata"]:
        annotation = Annotated[annotation, part]
    if datetime in (field.annotation, *get_args(field.annotation)):
        annotation = Annotated[annotation, BeforeValidator(written_out)]
    return annotation, Field(**attributes)


def _body_of(name: str, order: type[Order]) -> type[Body]:
    fields: dict[str, Any] = {
        field_name: _described(field_name, field)
        for field_name, field in order.model_fields.items()
        if field_name != "do"
    }
    return create_model(f"{order.__name__}Body", __base__=Body, __doc__=wording.command(name).gist, **fields)


def _is_for_people(name: str) -> bool:
    transition = TRANSITIONS.get(name)
    return transition is None or transition.roles != (Role.SYSTEM,)


BODIES: dict[str, type[Body]] = {
    name: _body_of(name, order) for name, order in COMMANDS.items() if _is_for_people(name)
}
"""The body of each command that people may give, by the command's name; its fields are the command's own."""


def order_from(name: str, body: Body) -> Order:
    """The command that a body says; only what was sent counts as set. 422 where it is malformed after all."""
    try:
        return COMMANDS[name].model_validate(body.model_dump(exclude_unset=True))
    except ValidationError as error:
        raise malformed(error.errors(include_input=False)) from None


class CallerBody(Body):
    """A person behind a demand."""

    name: Annotated[str | None, Field(max_length=100, description=wording.FIELDS["name"])] = None
    phone: Annotated[str | None, Field(max_length=40, description=wording.FIELDS["phone"])] = None
    address: Annotated[str | None, Field(max_length=500, description=wording.FIELDS["address"])] = None


_NOT_SAID = frozenset({"received_at"})
"""Fields of a ticket that the server stamps."""


class RegisterBase(Body):
    callers: Annotated[
        list[CallerBody], Field(min_length=1, max_length=1000, description=wording.FIELDS["callers"])
    ]
    title: Annotated[Text | None, Field(description=wording.FIELDS["title"])] = None
    text: Annotated[Text, Field(description=wording.FIELDS["text"])]
    recording: Annotated[
        str | None,
        Field(max_length=200, pattern=r"^[\x21-\x7e]+$", description="通话录音在电话系统中的编号。"),
    ] = None
    policy: Annotated[str | None, Field(max_length=64, description=wording.FIELDS["policy"])] = None


_TICKET_FIELDS: dict[str, Any] = {
    name: _described(name, field)
    for name, field in TicketFields.model_fields.items()
    if name not in _NOT_SAID
}

RegisterBody = create_model(
    "RegisterBody", __base__=RegisterBase, __doc__="登记一件诉求。受理时间由系统记录。", **_TICKET_FIELDS
)
"""The body of a registration: the ticket's fields, who calls and what they say."""


def fields_from(body: RegisterBase, received_at: datetime) -> TicketFields:
    """The ticket's fields that a registration says, received at this instant; unsaid ones stay unset."""
    said = body.model_dump(exclude_unset=True, include=set(_TICKET_FIELDS))
    return TicketFields.model_validate({**said, "received_at": received_at})


class OpenSupervisionBody(Body):
    """Supervision that no ticket opens: over a topic, or at a leader's word."""

    unit: Annotated[UnitName, Field(description=wording.FIELDS["unit"])]
    subject: Annotated[Text, Field(description="督办事由")]
    cause: Annotated[SupervisionCause, Field(description=wording.FIELDS["cause"])] = SupervisionCause.OTHER
    level: Annotated[SupervisionLevel | None, Field(description=wording.FIELDS["level"])] = None
    form: Annotated[SupervisionForm | None, Field(description=wording.FIELDS["form"])] = None
    policy: Annotated[str | None, Field(max_length=64, description=wording.FIELDS["policy"])] = None
