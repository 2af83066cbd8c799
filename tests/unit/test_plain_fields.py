"""Names, codes and numbers in commands stand on one line: no field takes what no database stores."""

from collections.abc import Iterator
from typing import get_args, get_origin

import pytest
from pydantic import BaseModel, ValidationError

from domain.commands import COMMANDS, Actor, Dispatch, Order, Supplement, TicketFields, text_fields
from tests.schema_examples import example

BAD = ["\x00", "\x07", "\n", "\x1b[31m", "\x7f", "\ud800"]
FIELDS = {"type": "complaint", "source": "phone", "received_at": "2026-11-20T10:00:00+08:00"}
MODELS: list[type[BaseModel]] = [*COMMANDS.values(), TicketFields, Actor]


def _takes_strings(annotation: object) -> bool:
    """Whether any string will do: not only those of a closed vocabulary."""
    return annotation is str or any(_takes_strings(one) for one in get_args(annotation))


def plain_string_fields() -> Iterator[tuple[type[BaseModel], str]]:
    """Every field of a command or a ticket that takes any string which is no text."""
    for model in MODELS:
        for name, field in model.model_fields.items():
            if name != "do" and name not in text_fields(model) and _takes_strings(field.annotation):
                yield model, name


@pytest.mark.parametrize(("model", "name"), list(plain_string_fields()))
@pytest.mark.parametrize("bad", BAD, ids=ascii)
def test_a_plain_field_takes_no_control_character(model: type[BaseModel], name: str, bad: str) -> None:
    schema = model.model_json_schema()
    said = example(schema, schema.get("$defs", {}))
    kind = get_origin(model.model_fields[name].annotation)
    assert model.model_validate({**said, name: _holding(kind, "水务局")})
    with pytest.raises(ValidationError, match=r"控制字符|string_unicode"):
        model.model_validate({**said, name: _holding(kind, f"水务{bad}局")})


def _holding(kind: object, words: str) -> object:
    return [words] if kind is list else {"name": words} if kind is dict else words


def test_what_people_write_may_have_several_lines() -> None:
    assert Supplement(text="第一行\n第二行\t完").text == "第一行\n第二行\t完"


def test_an_ordinary_name_passes() -> None:
    order: Order = Dispatch(lead="水务局（县）", assist=["城关镇", "𠮷野街道"])
    assert isinstance(order, Dispatch)
    assert TicketFields.model_validate({**FIELDS, "area": "水泉村·东组"}).area == "水泉村·东组"


def test_only_what_was_wrong_is_told() -> None:
    with pytest.raises(ValidationError) as caught:
        TicketFields.model_validate({**FIELDS, "area": "a\x00b"})
    assert "area 含有控制字符" in str(caught.value.errors(include_input=False))
