"""Facts told in Chinese sentences, and what each did to a clock."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from api import wording
from api.moments import ZONE
from domain.casework.deciding import STAGE_WORDS, STATUS_WORDS
from domain.vocabulary import OFFICE, Status, UnitStage

Fact = Mapping[str, Any]

_CLOCK_FACTS = {
    "clock_started": "started",
    "clock_moved": "moved",
    "clock_met": "met",
    "clock_breached": "breached",
    "breach_withdrawn": "breach_withdrawn",
    "clock_ended": "ended",
    "clock_silenced": "silenced",
    "clock_resumed": "resumed",
    "lamp": "lamp",
}
_TOLD_OF = {
    "answer": "即办答复",
    "extension": "延期",
    "refusal": "不予受理",
    "interception": "自动拦截",
    "emergency_transfer": "转交紧急专线",
    "recall": "撤回派单",
    "withdrawal": "撤单",
    "transfer": "转交紧急专线",
    "merge": "并单",
    "return_upstream": "退回上级",
    "reply": "办理结果",
    "dispatch": "派单",
    "sign": "签收",
}
_WAITS = {
    "instruction": "领导批示",
    "panel": "会商研判",
    "joint_meeting": "联席会议",
    "extension": "延期审核",
    "return": "退单审核",
    "upstream_extension": "上级对延期的答复",
}


def clock_effect(fact: Fact) -> dict[str, Any] | None:
    """What a fact did to a clock, None for one that concerns none."""
    effect = _CLOCK_FACTS.get(fact["fact"])
    if effect is None:
        return None
    kept = ("clock", "unit", "due", "was", "provisional", "reason", "lamp", "cause")
    return {"effect": effect, **{name: fact[name] for name in kept if name in fact}}


def sentence(fact: Fact, office: str) -> str:
    """The fact as a person reads it; `office` is what the hotline office is called here."""
    unit = office if fact.get("unit") == OFFICE else fact.get("unit") or ""
    clock = f"{unit}{wording.CLOCKS.get(fact.get('clock', ''), '')}"
    due = _moment(fact["due"]) if fact.get("due") else ""
    provisional = "（暂定）" if fact.get("provisional") else ""
    match fact["fact"]:
        case "registered":
            return f"登记工单{fact['no']}"
        case "done":
            return _done(fact, unit)
        case "status":
            return f"工单转为“{STATUS_WORDS[Status(fact['to'])]}”"
        case "stage":
            return f"进入{fact['stage']}环节"
        case "assigned":
            part = "主办" if fact["as"] == "lead" else "协办"
            lacking = "，该单位未配齐人员" if fact.get("lacking") else ""
            return f"派给{unit}{part}{lacking}"
        case "unit_moved":
            return f"{unit}转为“{STAGE_WORDS[UnitStage(fact['to'])]}”"
        case "clock_started":
            return f"{clock}起算，{due}到期{provisional}"
        case "clock_moved":
            cause = wording.CAUSES.get(fact["cause"], "重新计算")
            changed = f"仍为{due}" if fact["was"] == fact["due"] else f"由{_moment(fact['was'])}改为{due}"
            return f"{clock}{changed}{provisional}（{cause}）"
        case "clock_met":
            return f"{clock}按时完成"
        case "clock_breached":
            return f"{clock}逾期，应于{due}完成"
        case "breach_withdrawn":
            return f"{clock}的逾期记录撤销"
        case "clock_ended":
            return f"{clock}终止：{wording.END_REASONS.get(fact['reason'], fact['reason'])}"
        case "clock_silenced":
            return f"{clock}暂不提醒，等待审核"
        case "clock_resumed":
            return f"{clock}恢复提醒"
        case "lamp":
            return f"{clock}亮{wording.LAMPS[fact['lamp']]}"
        case "supervision_opened" | "supervision_begun":
            return f"启动督办{fact['no']}，督办对象{unit}" + (f"，{due}前答复" if due else "")
        case "supervision_raised":
            return f"督办{fact['no']}升级"
        case "supervision_closed":
            return f"督办{fact['no']}销号"
        case "supervision_called_for":
            return f"{unit}应予督办"
        case "supervision_withdrawn":
            return f"督办{fact['no']}撤销"
        case "deemed_accepted":
            return f"{unit}未在期限内退单，视为接受"
        case "citizen_informed":
            return f"已告知诉求人：{_TOLD_OF.get(fact['of'], fact['of'])}"
        case "unit_informed":
            return f"已告知{unit}：{_TOLD_OF.get(fact['of'], fact['of'])}"
        case "wait_started":
            return f"等待{_WAITS.get(fact['of'], fact['of'])}"
        case "wait_ended":
            return f"{_WAITS.get(fact['of'], fact['of'])}已有结果"
        case "upstream_extension_asked":
            return f"延期将超过上级期限，须向上级申请延至{_moment(fact['until'])}"
        case "callers_joined":
            return f"工单{fact['merged']}的{len(fact['callers'])}位诉求人并入"
        case "callback_settled":
            return "回访完成" if fact["reached"] else "多次回访未联系上诉求人"
        case "content_dropped":
            return "诉求内容不得留存，已删除"
        case "closed_final":
            return "终结：同一事实和理由不再受理"
        case "archive_set":
            return f"定于{_moment(fact['on'])}归档"
        case other:
            return f"{other} {unit}".rstrip()


def _done(fact: Fact, unit: str) -> str:
    name = wording.command(fact["do"]).name
    details = fact.get("details", {})
    if "approve" in details:
        name += "：" + ("同意" if details["approve"] else "不同意")
    if "reached" in details:
        name += "：" + ("已联系上" if details["reached"] else "未联系上")
    by = wording.ROLES.get(fact["role"], fact["role"])
    return f"{by}{name}" + (f"（{unit}）" if unit else "")


def _moment(written: str) -> str:
    at = datetime.fromisoformat(written).astimezone(ZONE)
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"
