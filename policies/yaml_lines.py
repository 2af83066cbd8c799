"""Which line of a YAML text a field stands on, for errors that a person can act on."""

import re
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails


class PlainLoader(yaml.SafeLoader):
    """Reads YAML as people write it: `no` and `on` are words, 12:00 and dates stay as written.

    Without this, YAML 1.1 takes the field `no` for false and 12:00 for 720 (the booleans and numbers here are
    those of YAML 1.2); and a date that pydantic reads itself can be refused with its field.
    """

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """A value; what cannot be read as its tag says is a mistake of the text with a line."""
        try:
            return super().construct_object(node, deep)
        except (ArithmeticError, LookupError, TypeError, ValueError):
            raise yaml.MarkedYAMLError(problem="读不出这个值", problem_mark=node.start_mark) from None


PlainLoader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("merge", r"<<", "<"),
):
    PlainLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first)
    )


def load(text: str) -> Any:
    """The data of a YAML text. yaml.YAMLError when it is no YAML."""
    return yaml.load(text, Loader=PlainLoader)


_PROBLEMS = {
    "found character '\\t'": "不能用制表符缩进或分隔，请改用空格",
    "mapping values are not allowed here": "冒号的位置不对，含冒号的文字请加引号",
    "could not find expected ':'": "缺少冒号",
    "expected <block end>": "缩进不对",
    "expected ',' or '}'": "花括号里的字段之间缺少逗号，或者没有收尾的花括号",
    "expected ',' or ']'": "方括号里的各项之间缺少逗号，或者没有收尾的方括号",
    "found undefined alias": "引用了没有定义的内容",
    "found unhashable key": "字段的名称不能是一列或者一组字段",
    "found unexpected end of stream": "引号没有收尾",
    "but found another document": "一个文件只能写一份",
}
"""What the beginning of a parser's complaint means to somebody who has never heard of YAML."""


def problem(error: yaml.YAMLError, text: str) -> tuple[int | None, str]:
    """What is wrong with a text that is no YAML, and on which line, from 1, if that can be told."""
    if isinstance(error, yaml.reader.ReaderError):
        found = error.character if isinstance(error.character, int) else ord(error.character)
        return text.count("\n", 0, error.position) + 1, f"含有不能使用的字符 U+{found:04X}"
    mark = getattr(error, "problem_mark", None)
    said = str(getattr(error, "problem", error))
    meant = next((words for begins, words in _PROBLEMS.items() if said.startswith(begins)), said)
    return mark.line + 1 if mark else None, meant


_WORDS = {
    "extra_forbidden": "没有这个字段",
    "missing": "缺少这个字段",
    "literal_error": "取值不在规定的范围内",
    "enum": "取值不在规定的范围内",
    "string_pattern_mismatch": "写法不合规定",
    "string_type": "应为文字",
    "string_unicode": "含有不能使用的字符",
    "string_too_short": "不能为空",
    "string_too_long": "文字过长",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "int_parsing_size": "数字过大",
    "finite_number": "应为数字",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "list_type": "应为一列",
    "tuple_type": "应为一列",
    "dict_type": "应为一组字段",
    "model_type": "应为一组字段",
    "too_short": "不能为空",
    "too_long": "过多",
    "none_required": "应留空",
    "date_type": "不是日期",
    "date_parsing": "不是日期",
    "date_from_datetime_parsing": "不是日期",
    "date_from_datetime_inexact": "应为日期，不带钟点",
    "datetime_type": "不是日期和时间",
    "datetime_parsing": "不是日期和时间",
    "datetime_from_date_parsing": "不是日期和时间",
    "datetime_object_invalid": "不是日期和时间",
}
_BOUNDS = {"greater_than_equal": ("ge", "不能小于"), "less_than_equal": ("le", "不能大于")}


def compose(text: str) -> Any:
    """The node tree of a YAML text. yaml.YAMLError when it is no YAML, or says a field twice."""
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        _check_once(tree, set())
    except RecursionError:
        raise yaml.YAMLError("嵌套过深") from None
    return tree


def _check_once(node: Any, seen: set[int]) -> None:
    """Of a field that is written twice one would be lost without a word."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        names = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in names:
                raise yaml.MarkedYAMLError(problem=f"“{key.value}”写了两次", problem_mark=key.start_mark)
            names.add(key.value if isinstance(key, yaml.ScalarNode) else None)
            _check_once(value, seen)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _check_once(item, seen)


def line_of(node: Any, loc: tuple[int | str, ...]) -> int:
    """The line, from 1, of the field at `loc`, or of the nearest thing around it."""
    line: int = node.start_mark.line + 1 if node is not None else 1
    for part in loc:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == str(part)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line


def told(error: ValidationError, where: str, node: Any, under: tuple[int | str, ...] = ()) -> str:
    """Every complaint of a validation as `file 第N行 field：what is wrong`, one a line."""
    lines = []
    problems = error.errors(include_url=False)
    for problem in problems:
        if any(_inside(other["loc"], problem["loc"]) for other in problems):
            continue
        lines.append(placed(where, node, (*under, *problem["loc"]), _what(problem)))
    return "\n".join(lines)


def placed(where: str, node: Any, loc: tuple[int | str, ...], what: str) -> str:
    """One complaint as `file 第N行 field：what is wrong`; of the whole file without a field."""
    field = " " + ".".join(str(part) for part in loc) if loc else ""
    return f"{where} 第{line_of(node, loc)}行{field}：{what}"


def _what(problem: ErrorDetails) -> str:
    kind = problem["type"]
    if kind in _BOUNDS:
        bound, words = _BOUNDS[kind]
        return f"{words}{problem['ctx'][bound]}"
    return _WORDS.get(kind, problem["msg"].removeprefix("Value error, "))


def _inside(loc: tuple[int | str, ...], outer: tuple[int | str, ...]) -> bool:
    """Whether `loc` lies within `outer`: what is wrong inside explains what is wrong with the whole."""
    return len(loc) > len(outer) and loc[: len(outer)] == outer
