"""A scenario's lines as a person reads them."""

from collections.abc import Iterator
from datetime import datetime

from domain.vocabulary import OFFICE
from ops.scenarios.lines import Line
from ops.scenarios.scenario import Scenario

CLOCK_WORDS = {
    "dispatch": "派单时限",
    "sign": "签收时限",
    "return_window": "退单窗口",
    "extension_window": "延期申请窗口",
    "handle": "办理时限",
    "target": "目标时限",
    "answer": "答复时限",
    "assist": "协办时限",
    "review": "审核时限",
    "contact": "约定联系时间",
    "explanation": "说明时限",
    "supervision": "督办时限",
    "planned": "计划时限",
    "upstream": "上级时限",
}
LAMP_WORDS = {"warning": "预警", "yellow": "黄牌", "red": "红牌"}


def timeline(scenario: Scenario, lines: list[Line]) -> Iterator[str]:
    """One sentence a line, with the day, the minute and the rules behind it."""
    yield f"{scenario.name}（{scenario.law.policy.title}）"
    for line in lines:
        at = datetime.fromisoformat(line["at"])
        basis = f"　[{'、'.join(line['basis'])}]" if line.get("basis") else ""
        yield f"{at:%Y-%m-%d %H:%M:%S}  {_sentence(scenario, line)}{basis}"


def _sentence(scenario: Scenario, line: Line) -> str:
    unit = scenario.law.policy.office.name if line.get("unit") == OFFICE else line.get("unit") or ""
    clock = CLOCK_WORDS.get(line.get("clock", ""), "")
    due = f"{datetime.fromisoformat(line['due']):%m-%d %H:%M}" if line.get("due") else ""
    provisional = "（暂定）" if line.get("provisional") else ""
    match line["fact"]:
        case "registered":
            return f"登记 工单{line['no']}"
        case "done":
            return f"操作 {line['do']} {unit}".rstrip()
        case "status":
            return f"状态 {line.get('stage') or line['to']}"
        case "assigned":
            return f"派单 {unit}（{'主办' if line['as'] == 'lead' else '协办'}）"
        case "clock_started":
            return f"起算 {unit}{clock}，{due}到期{provisional}"
        case "clock_moved":
            return f"改期 {unit}{clock}，{due}到期{provisional}"
        case "clock_met":
            return f"按时 {unit}{clock}"
        case "clock_breached":
            return f"逾期 {unit}{clock}，应于{due}完成"
        case "breach_withdrawn":
            return f"撤销逾期 {unit}{clock}"
        case "clock_ended":
            return f"终止 {unit}{clock}（{line['reason']}）"
        case "lamp":
            return f"{LAMP_WORDS[line['lamp']]} {unit}{clock}"
        case "supervision_opened":
            return f"督办 {line['no']} {unit}" + (f"，{due}前答复" if due else "")
        case "refused":
            return f"未受理操作 {line['do']}：{line['message']}"
        case other:
            return f"{other} {unit}".rstrip()
