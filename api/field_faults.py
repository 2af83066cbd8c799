"""Which field of a request is wrong, and how, in Chinese; never the value itself."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, Field


class FieldFault(BaseModel):
    """One field and what is wrong with it."""

    field: str = Field(description="字段的位置。", examples=["callers.0.phone"])
    message: str = Field(examples=["缺少这一项"])


_PLACES = frozenset({"body", "query", "path", "header"})

_TOLD: Mapping[str, str] = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这个字段",
    "json_invalid": "不是有效的 JSON",
    "string_type": "应为文字",
    "string_too_long": "文字过长，最多{max_length}个字",
    "string_too_short": "不能为空",
    "string_pattern_mismatch": "格式不对",
    "string_unicode": "含有不能保存的字符",
    "enum": "不在可选范围内",
    "literal_error": "不在可选范围内",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "greater_than_equal": "不能小于{ge}",
    "less_than_equal": "不能大于{le}",
    "datetime_type": "应为日期和时间",
    "datetime_parsing": "不是有效的日期和时间，应写作 2026-09-30T16:40:00+08:00",
    "datetime_from_date_parsing": "不是有效的日期和时间，应写作 2026-09-30T16:40:00+08:00",
    "datetime_object_invalid": "不是有效的日期和时间",
    "timezone_aware": "日期和时间须带时区",
    "date_type": "应为日期",
    "date_parsing": "不是有效的日期，应写作 2026-09-30",
    "date_from_datetime_parsing": "不是有效的日期，应写作 2026-09-30",
    "date_from_datetime_inexact": "应为日期，不带时间",
    "list_type": "应为数组",
    "dict_type": "应为对象",
    "model_type": "应为对象",
    "model_attributes_type": "应为对象",
    "too_long": "最多{max_length}项",
    "too_short": "至少{min_length}项",
}


def field_faults(errors: Iterable[Mapping[str, Any]]) -> list[FieldFault]:
    """The faults pydantic found, one a place: for a field of several kinds the first complaint is enough."""
    faults: dict[str, FieldFault] = {}
    for error in errors:
        place = _place(error["loc"])
        faults.setdefault(place, FieldFault(field=place, message=_told(error)))
    return list(faults.values())


def _place(loc: tuple[int | str, ...]) -> str:
    parts = [str(part) for part in loc]
    inside = parts[1:] if parts and parts[0] in _PLACES else parts
    # Where a field may be of several kinds, pydantic appends the kind, which means nothing to a caller.
    named = [part for part in inside if part.isdigit() or part.replace("_", "").replace("-", "").isalnum()]
    kinds = {"str", "bool", "int", "date", "datetime", "constrained-str"}
    return ".".join(part for part in named if part not in kinds) or "请求内容"


def _told(error: Mapping[str, Any]) -> str:
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    return _TOLD.get(error["type"], "格式不对").format(**error.get("ctx", {}))
