"""How a citizen's message becomes a registration."""

import json

import pytest

from ops.intake import BadMessage, Line, body_of, lines, type_of

MESSAGE = {
    "no": 2549,
    "user": "A00045581",
    "title": "咨询景蓉华苑物业管理",
    "received_at": "2019-04-25T09:32:09+08:00",
    "text": "物业公司要退出小区。",
    "reply": "已答复。",
    "replied_at": "2019-05-10T14:56:53+08:00",
}


def test_a_message_is_received_now_and_keeps_its_own_time_on_record() -> None:
    assert body_of(Line(1, json.dumps(MESSAGE)), "complaint") == {
        "type": "consultation",
        "source": "city_platform",
        "upstream_no": "2549",
        "callers": [{"name": "A00045581"}],
        "title": "咨询景蓉华苑物业管理",
        "text": "物业公司要退出小区。",
        "original_received_at": "2019-04-25T09:32:09+08:00",
    }


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("咨询公交线路", "consultation"),
        ("关于增设路灯的建议", "suggestion"),
        ("举报噪声", "report"),
        ("建议公开咨询电话", "suggestion"),
        ("小区停水", "help"),
        ("", "help"),
    ],
)
def test_the_title_names_the_type_or_else_the_option_does(title: str, kind: str) -> None:
    assert type_of(title, "help") == kind


@pytest.mark.parametrize(
    "line", ["{", "[]", "null", '{"no": "1"}', '{"text": "x"}', '{"no": "", "text": "x"}']
)
def test_what_is_no_message_is_said_so(line: str) -> None:
    with pytest.raises(BadMessage):
        body_of(Line(1, line), "complaint")


def test_empty_lines_are_skipped_and_numbers_stay() -> None:
    found = lines(["", "{}", "\n", "{}", "{}"], limit=2)
    assert [line.number for line in found] == [2, 4]
