"""A policy file with a mistake is refused at load, with file, line and field."""

from pathlib import Path

import pytest

from policies.loading import PolicyError, load_policy, parse_policy, shipped_policies

SHIPPED = (Path(__file__).parents[2] / "policies" / "jingchuan.yaml").read_text("utf-8")


def refusal(text: str) -> str:
    """What is said about a policy text."""
    with pytest.raises(PolicyError) as refused:
        parse_policy(text, "county.yaml")
    return str(refused.value)


def line_of(text: str, part: str) -> int:
    """The line, from 1, of the first place where `part` stands."""
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("right", "wrong", "marked", "said"),
    [
        pytest.param(
            "withdrawal: {", "withdrawl: {", "withdrawl", "withdrawl：没有这个字段", id="unknown-element"
        ),
        pytest.param(
            "limit: {working_hours: 3}\n      basis: [JC-11.1a]",
            "limit: {working_hours: 3}",
            "    - limit: {working_hours: 3}",
            "clocks.sign.1.basis：缺少这个字段",
            id="limit-without-basis",
        ),
        pytest.param(
            "basis: [JC-12.3a]\n  attempts",
            "basis: [JC-12.9z]\n  attempts",
            "JC-12.9z",
            "callback.basis.0：规则表中没有JC-12.9z这一条",
            id="basis-that-is-no-rule",
        ),
        pytest.param(
            "basis: [JC-12.3a]\n  attempts",
            "basis: [第十二条]\n  attempts",
            "第十二条",
            "callback.basis.0：写法不合规定",
            id="basis-that-is-no-id",
        ),
        pytest.param(
            "basis: [JC-12.3a]\n  attempts",
            "basis: []\n  attempts",
            "basis: []",
            "callback.basis：不能为空",
            id="basis-empty",
        ),
        pytest.param(
            '[["08:30", "12:00"], ["14:30", "18:00"]]\n  choice',
            '[["08:30", "14:40"], ["14:30", "18:00"]]\n  choice',
            "14:40",
            "office_hours.weekly.mon：同一天的时段不得重叠",
            id="overlapping-office-hours",
        ),
        pytest.param(
            "at: {before: {working_hours: 1}}",
            "at: {after: {working_hours: 1}}",
            "ladder:\n        - {at: {after: {working_hours: 1}}",
            "clocks.sign.1.ladder：各级提醒须按时间先后、由预警到红牌排列",
            id="ladder-out-of-time-order",
        ),
        pytest.param(
            "at: {before: {working_hours: 1}}, lamp: warning",
            "at: {before: {working_hours: 1}}, lamp: purple",
            "lamp: purple",
            "clocks.sign.1.ladder.0.lamp：取值不在规定的范围内",
            id="no-such-lamp",
        ),
        pytest.param(
            "choice: review-limit",
            "choice: reveiw-limit",
            "choice: reveiw-limit",
            "clocks.review.0.choice：choices 中没有说明“reveiw-limit”这一取舍",
            id="choice-not-explained",
        ),
        pytest.param(
            "archive_choice: archive-after",
            "archive_choice: archived-after",
            "archive_choice",
            "closing.archive_choice：choices 中没有说明",
            id="archive-choice-not-explained",
        ),
        pytest.param(
            "limit: {working_days: 2}",
            "limit: {workdays: 2}",
            "limit: {workdays: 2}",
            "clocks.handle.0.limit.unit：取值不在规定的范围内",
            id="unknown-unit-of-time",
        ),
        pytest.param(
            "limit: {working_days: 2}",
            "limit: {working_days: 2, hours: 3}",
            "limit: {working_days: 2, hours: 3}",
            "clocks.handle.0.limit：时限写成一对单位和数量",
            id="two-units-of-time",
        ),
        pytest.param(
            "limit: {working_days: 2}",
            "limit: {working_days: 2.5}",
            "limit: {working_days: 2.5}",
            "clocks.handle.0.limit：working_days 须是整天数",
            id="half-a-working-day",
        ),
        pytest.param(
            "limit: {working_days: 2}",
            "limit: {working_days: -2}",
            "limit: {working_days: -2}",
            "clocks.handle.0.limit：working_days 须是不小于 0 的数",
            id="negative-limit",
        ),
        pytest.param(
            "cap: {times_of_limit: 1,",
            "cap: {times_of_limit: 1, working_days: 5,",
            "cap:",
            "extensions.cap：working_days 和 times_of_limit 须写且只能写一项",
            id="two-caps",
        ),
        pytest.param(
            "fields: [reason], code: reason_required, basis: [JC-11.2c]",
            "fields: [resaon], code: reason_required, basis: [JC-11.2c]",
            "  requires:\n    - {fields: [resaon]",
            "returns.requires：这里没有“resaon”这一项",
            id="part-that-no-command-has",
        ),
        pytest.param(
            "upstream_sources: [city_platform,",
            "upstream_sources: [local_forum,",
            "upstream_sources",
            "intake.upstream_sources：“local_forum”不在 sources 之列",
            id="upper-level-that-is-no-source",
        ),
        pytest.param(
            "before_due: {clock: handle,",
            "before_due: {clock: target,",
            "clocks:",
            "clocks：extension_window 按 target 的到期时间推算，而没有规定 target",
            id="clock-that-hangs-on-nothing",
        ),
        pytest.param(
            "  cap: {times_of_limit: 1,",
            "  times: 1\n  cap: {times_of_limit: 1,",
            "extensions:",
            "extensions：写了 times，也要写明 times_basis",
            id="number-without-basis",
        ),
        pytest.param(
            "  attempts: 3", "  attempts: 0", "attempts: 0", "callback.attempts：不能小于1", id="no-attempt"
        ),
        pytest.param(
            "effective_until: 2024-09-19",
            "effective_until: 2024-02-30",
            "effective_until",
            "effective_until：不是日期",
            id="date-that-is-none",
        ),
    ],
)
def test_a_mistake_is_told_with_file_line_and_field(right: str, wrong: str, marked: str, said: str) -> None:
    assert right in SHIPPED
    text = SHIPPED.replace(right, wrong, 1)
    expected = f"county.yaml 第{line_of(text, marked)}行 {said}"
    assert any(told.startswith(expected) for told in refusal(text).splitlines())


def test_a_policy_without_a_handling_limit_is_refused() -> None:
    text = SHIPPED.replace("\n  handle:\n", "\n  handled:\n", 1)
    assert "clocks.handled" in refusal(text)


def test_text_that_is_no_yaml_is_refused_with_its_line() -> None:
    assert refusal("id: a\ntitle: [b\nnumber: c\n").startswith("county.yaml 第3行：不是合格的 YAML")


@pytest.mark.parametrize("text", ["", "# 空\n", "- id: a\n", "只有一句话\n"])
def test_a_file_that_says_nothing_is_refused(text: str) -> None:
    assert refusal(text) == "county.yaml：办法文件应是一组字段"


def test_an_unknown_policy_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(PolicyError, match="没有名为 nowhere 的办法") as refused:
        load_policy("nowhere")
    assert all(name in str(refused.value) for name in shipped_policies())


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="读不到文件"):
        load_policy(str(tmp_path / "county.yaml"))


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "county.yaml"
    path.write_bytes("泾川".encode("gb18030"))
    with pytest.raises(PolicyError, match="读不到文件"):
        load_policy(str(path))


def test_a_shipped_policy_may_be_read_from_a_file_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "county.yaml"
    path.write_text(SHIPPED, "utf-8")
    assert load_policy(str(path)).id == "jingchuan"
