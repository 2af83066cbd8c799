"""A scenario file with a mistake is refused with file, line and field, as a hotline office can read it."""

from pathlib import Path

import pytest

from ops.cli import run
from ops.commands.scenario import differences
from ops.scenarios import core_engine
from ops.scenarios.scenario import ScenarioError, parse, read

RIGHT = """\
name: 漏水
policy: jingchuan
rules: [JC-11.1a]
ticket:
  type: complaint
  source: city_platform
  received_at: 2026-03-10T08:00
steps:
  - {at: 2026-03-10T09:00, do: dispatch, lead: 水务局}
  - {at: 2026-03-10T09:10, do: sign, unit: 水务局}
until: 2026-03-10T12:00
expect:
  - {fact: clock_met, clock: sign}
"""


def refusal(text: str) -> str:
    """What is said about a scenario text."""
    with pytest.raises(ScenarioError) as refused:
        parse(text, "漏水.yaml")
    return str(refused.value)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        pytest.param("do: sign", "do: singn", "第10行 steps.1.do：没有“singn”这个操作", id="unknown-command"),
        pytest.param("unit: 水务局", "unit: ' '", "第10行 steps.1.unit：不能只有空白", id="blank-unit"),
        pytest.param("do: sign, ", "", "第10行 steps.1.do：没有写明操作", id="no-command"),
        pytest.param(
            "do: sign", "do: [sign]", "第10行 steps.1.do：应为操作的名称", id="command-that-is-no-word"
        ),
        pytest.param(
            "do: sign, unit: 水务局",
            "do: sign, unit: 水务局, units: 2",
            "第10行 steps.1.units：没有这个字段",
            id="unknown-field-of-a-command",
        ),
        pytest.param(
            "do: sign, unit: 水务局", "do: sign", "第10行 steps.1.unit：缺少这个字段", id="missing-field"
        ),
        pytest.param(
            "do: sign, unit: 水务局",
            "do: request_extension, unit: 水务局, working_days: 两天",
            "第10行 steps.1.working_days：应为整数",
            id="word-for-a-number",
        ),
        pytest.param(
            "do: sign, unit: 水务局",
            "do: request_extension, unit: 水务局, working_days: 0",
            "第10行 steps.1.working_days：不能小于1",
            id="number-too-small",
        ),
        pytest.param(
            "do: sign, unit: 水务局",
            "do: amend, urgency: null",
            "第10行 steps.1.urgency：不能为空",
            id="what-cannot-be-empty",
        ),
        pytest.param(
            "2026-03-10T09:10", "2026-03-10T24:10", "第10行 steps.1.at：不是日期和时间", id="no-such-hour"
        ),
        pytest.param(
            "2026-03-10T09:10", "2026-02-30T09:10", "第10行 steps.1.at：不是日期和时间", id="no-such-day"
        ),
        pytest.param(
            "2026-03-10T12:00",
            "9026-03-10T12:00",
            "第11行 until：日期超出可计算的范围",
            id="beyond-any-calendar",
        ),
        pytest.param("at: 2026-03-10T09:10, ", "", "第10行 steps.1.at：缺少这个字段", id="no-moment"),
        pytest.param(
            "2026-03-10T09:10",
            "2026-03-10T08:50",
            "第10行 steps.1.at：早于上一步或受理时间，步骤应按时间先后写",
            id="steps-out-of-order",
        ),
        pytest.param(
            "2026-03-10T09:00",
            "2026-03-10T07:00",
            "第9行 steps.0.at：早于上一步或受理时间",
            id="step-before-the-ticket",
        ),
        pytest.param(
            "do: sign,", "do: sign, as: 局长,", "第10行 steps.1.as：没有“局长”这个角色", id="unknown-role"
        ),
        pytest.param(
            "  - {at: 2026-03-10T09:10, do: sign, unit: 水务局}",
            "  - sign",
            "第10行 steps.1：应为一组字段",
            id="step-that-is-no-mapping",
        ),
        pytest.param(
            "until: 2026-03-10T12:00",
            "until: 2026-03-10T09:05",
            "第11行 until：早于最后一步",
            id="ends-too-early",
        ),
        pytest.param(
            "until: 2026-03-10T12:00",
            "until: 明天",
            "第11行 until：不是日期和时间",
            id="end-that-is-no-moment",
        ),
        pytest.param(
            "policy: jingchuan",
            "policy: nowhere",
            "第2行 policy：没有名为 nowhere 的办法",
            id="unknown-policy",
        ),
        pytest.param("policy: jingchuan\n", "", "第1行 policy：缺少这个字段", id="no-policy"),
        pytest.param(
            "type: complaint", "type: complain", "第5行 ticket.type：取值不在规定的范围内", id="unknown-type"
        ),
        pytest.param("  type: complaint\n", "", "第4行 ticket.type：缺少这个字段", id="ticket-without-type"),
        pytest.param(
            "  type: complaint",
            "  type: complaint\n  colour: red",
            "第6行 ticket.colour：没有这个字段",
            id="unknown-field-of-the-ticket",
        ),
        pytest.param(
            "received_at: 2026-03-10T08:00",
            "received_at: 十号早上",
            "第7行 ticket.received_at：不是日期和时间",
            id="ticket-with-a-bad-moment",
        ),
        pytest.param("until:", "untill:", "第11行 untill：没有这个字段", id="unknown-field-of-the-file"),
        pytest.param(
            "until:",
            'office_hours: [["08:30", "15:00"], ["14:30", "18:00"]]\nuntil:',
            "第11行 office_hours.mon：同一天的时段不得重叠",
            id="overlapping-office-hours",
        ),
        pytest.param(
            "until:", "office_hours: []\nuntil:", "第11行 office_hours：日历没有任何工作时间", id="never-open"
        ),
        pytest.param(
            "until:",
            "office_hours: {}\nuntil:",
            "第11行 office_hours：日历没有任何工作时间",
            id="never-open-on-any-day",
        ),
        pytest.param(
            "do: sign, unit: 水务局",
            "do: sign, unit: 水务局, unit: 交通局",
            "第10行：不是合格的 YAML（“unit”写了两次）",
            id="field-said-twice",
        ),
        pytest.param(
            "do: sign, unit: 水务局", "do: !sign x", "第10行：不是合格的 YAML", id="tag-that-nobody-knows"
        ),
        pytest.param(
            "do: sign, unit: 水务局",
            "do: register",
            "第10行 steps.1.do：登记由 ticket.received_at 表示",
            id="registration-as-a-step",
        ),
        pytest.param(
            "until:",
            "units: {水务局: {heads: 2}}\nuntil:",
            "第11行 units.水务局.heads：没有这个字段",
            id="unknown-field-of-a-unit",
        ),
        pytest.param(
            "  - {fact: clock_met, clock: sign}",
            "  - {}",
            "第12行 expect：每一条预期都要写明至少一个字段",
            id="expectation-that-says-nothing",
        ),
        pytest.param(
            "fact: clock_met",
            "fact: clock_mett",
            "第13行 expect.0.fact：没有“clock_mett”这种记录",
            id="unknown-fact",
        ),
        pytest.param(
            "{fact: clock_met, clock: sign}",
            "{fact: clock_met, at: 明天}",
            "第13行 expect.0.at：不是日期和时间",
            id="expectation-with-a-bad-moment",
        ),
        pytest.param(
            "{fact: clock_met, clock: sign}",
            "{fact: clock_met, due: 20260310}",
            "第13行 expect.0.due：不是日期和时间",
            id="expectation-with-a-number-for-a-moment",
        ),
        pytest.param(
            "fact: clock_met",
            "fact: [lamp]",
            "第13行 expect.0.fact：没有",
            id="expectation-of-a-list-of-facts",
        ),
        pytest.param(
            "clock: sign}",
            "clok: sign}",
            "第13行 expect.0.clok：“clock_met”没有这个字段",
            id="unknown-field-expected",
        ),
        pytest.param(
            "{fact: clock_met, clock: sign}",
            "{clok: sign}",
            "第13行 expect.0.clok：没有这个字段",
            id="unknown-field-of-any-fact",
        ),
        pytest.param(
            "clock: sign}",
            "clock: sing}",
            "第13行 expect.0.clock：不会有这样的值",
            id="value-that-never-comes",
        ),
        pytest.param(
            "fact: clock_met, clock: sign",
            "fact: refused, do: singn",
            "第13行 expect.0.do：没有“singn”这个操作",
            id="refusal-of-an-unknown-command",
        ),
        pytest.param(
            "{fact: clock_met, clock: sign}",
            "{fact: refused, basis: JC-11.1a}",
            "第13行 expect.0.basis：不会有这样的值",
            id="rule-that-is-no-list",
        ),
        pytest.param(
            "{fact: clock_met, clock: sign}",
            "{fact: refused, basis: [JC-99]}",
            "第13行 expect.0.basis：规则表中没有JC-99这一条",
            id="unknown-rule-expected",
        ),
        pytest.param("JC-11.1a", "JC-99", "第3行 rules.0：规则表中没有JC-99这一条", id="unknown-rule"),
        pytest.param(
            "at: 2026-03-10T09:10",
            "at: 20260310",
            "第10行 steps.1.at：不是日期和时间",
            id="number-for-a-moment",
        ),
        pytest.param(
            "received_at: 2026-03-10T08:00",
            'received_at: "1773100800"',
            "第7行 ticket.received_at：不是日期和时间",
            id="seconds-for-a-moment",
        ),
        pytest.param("2026-03-10T12:00", "99999", "第11行 until：不是日期和时间", id="number-for-the-end"),
        pytest.param(
            "do: sign, unit: 水务局",
            "do: reply, unit: 水务局, planned_for: 20260501",
            "第10行 steps.1.planned_for：不是日期和时间",
            id="number-for-a-day",
        ),
        pytest.param(
            "do: sign, unit: 水务局",
            "do: request_extension, unit: 水务局, working_days: true",
            "第10行 steps.1.working_days：应为整数",
            id="true-for-a-number",
        ),
        pytest.param(
            "  type: complaint",
            "  type: complaint\n  upstream_due: 9026-03-10T12:00",
            "第6行 ticket.upstream_due：日期超出可计算的范围",
            id="upper-limit-beyond-any-calendar",
        ),
        pytest.param(
            "unit: 水务局}", "unit: !!int 水}", "第10行：不是合格的 YAML（读不出这个值）", id="tag-that-lies"
        ),
        pytest.param(
            "do: sign, unit: 水务局",
            f"do: request_extension, unit: 水务局, working_days: {'9' * 5000}",
            "第10行：不是合格的 YAML（读不出这个值）",
            id="number-without-end",
        ),
        pytest.param(
            "do: sign, unit: 水务局",
            "do: request_extension, unit: 水务局, working_days: 1.0e999",
            "第10行 steps.1.working_days：应为数字",
            id="infinite-number",
        ),
        pytest.param(
            "  - {at: 2026-03-10T09:10",
            "\t- {at: 2026-03-10T09:10",
            "第10行：不是合格的 YAML（不能用制表符",
            id="tab",
        ),
        pytest.param(
            "unit: 水务局}",
            "unit: 水\x00务局}",
            "第10行：不是合格的 YAML（含有不能使用的字符 U+0000）",
            id="nul",
        ),
    ],
)
def test_a_mistake_is_told_with_file_line_and_field(right: str, wrong: str, said: str) -> None:
    assert right in RIGHT
    lines = refusal(RIGHT.replace(right, wrong, 1)).splitlines()
    assert any(line.startswith(f"漏水.yaml {said}") for line in lines), lines


def test_the_same_file_without_a_mistake_runs() -> None:
    scenario = parse(RIGHT, "漏水.yaml")
    assert scenario.rules == ("JC-11.1a",)
    assert not differences(scenario, core_engine.run(scenario))


@pytest.mark.parametrize("text", ["", "# 空\n", "- a\n", "一句话\n"])
def test_a_file_that_says_nothing_is_refused(text: str) -> None:
    assert refusal(text).startswith("漏水.yaml 第1行：应为一组字段")


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("name: 漏水", "name: 漏水：一\n地点: 水泉街: 5号", "第2行：不是合格的 YAML（冒号的位置不对"),
        ("until: ", "until ", "缺少冒号"),
        ("  - {fact: clock_met", "   - {fact: clock_met, clock: sign}\n - {fact: clock_met", "缩进不对"),
        ("unit: 水务局}", "unit: 水务局", "花括号"),
        ("[JC-11.1a]", "[JC-11.1a", "方括号"),
        ("lead: 水务局", "lead: *water", "引用了没有定义的内容"),
        ("do: sign", "do: sign, [1]: 2", "字段的名称不能是"),
        ("name: 漏水", 'name: "漏水', "引号没有收尾"),
        ("until: ", "---\nuntil: ", "一个文件只能写一份"),
    ],
)
def test_what_is_no_yaml_is_told_in_words_for_everybody(right: str, wrong: str, said: str) -> None:
    told = refusal(RIGHT.replace(right, wrong, 1))
    assert said in told
    assert told.startswith("漏水.yaml 第")


def test_text_that_is_no_yaml_is_refused_with_its_line() -> None:
    assert refusal("policy: jingchuan\nticket: {type: [complaint\n").startswith(
        "漏水.yaml 第3行：不是合格的 YAML"
    )


def test_text_that_is_nested_beyond_reason_is_refused() -> None:
    assert refusal("policy: jingchuan\nsteps: " + "[" * 5000) == "漏水.yaml：不是合格的 YAML（嵌套过深）"


def test_a_file_that_is_not_there_is_one_line_and_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["scenario", "run", str(tmp_path / "none.yaml")]) == 2
    said = capsys.readouterr().err
    assert "读不到文件" in said
    assert said.count("\n") == 1


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ScenarioError, match="第1行：读不到文件"):
        read(path)
    path.write_bytes(RIGHT.replace("水务局", "Water").encode() + "# 水务局\n".encode("gbk"))
    with pytest.raises(ScenarioError, match="第14行：读不到文件（不是 UTF-8 编码的文字）"):
        read(path)


def test_differences_are_told_and_give_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(RIGHT + "expect_not:\n  - {fact: status, to: handling}\n", "utf-8")
    assert run(["scenario", "run", str(path), "--check"]) == 1
    assert "不应出现" in capsys.readouterr().err
    path.write_text(RIGHT.replace("fact: clock_met", "fact: clock_breached"), "utf-8")
    assert run(["scenario", "run", str(path), "--check", "--json"]) == 1
    assert "没有出现" in capsys.readouterr().err
