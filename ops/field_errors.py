"""A rejected document told as one Chinese sentence that names the field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

_TOLD: Final[Mapping[str, str]] = {
    "extra_forbidden": "未知的字段",
    "missing": "缺少",
    "literal_error": "取值不在允许的范围内",
    "string_type": "应为文字",
    "dict_type": "应为对象",
    "tuple_type": "应为数组",
    "model_type": "应为对象",
    "too_long": "元素过多",
}


def first_error(rejected: ValidationError) -> str:
    """The first complaint of `rejected`, as "field: what is wrong"."""
    error = rejected.errors(include_url=False)[0]
    where = ".".join(str(part) for part in error["loc"] if part != "[key]")
    what = _what(error["type"], error.get("ctx", {}))
    return f"{where}：{what}" if where else what


def _what(kind: str, context: Mapping[str, Any]) -> str:
    if kind == "value_error":
        return str(context["error"])
    return _TOLD.get(kind, "格式不对")
