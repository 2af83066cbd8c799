"""A scenario's lines as an office reads them: one sentence a line, day by day, with the rules behind it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from api.wording import CAUSES, CLOCKS, COMMANDS, LAMPS, ROLES
from domain.casework.deciding import PART_WORDS, STAGE_WORDS, STATUS_WORDS
from domain.vocabulary import OFFICE, WINDOWS
from ops.policy_pages import words
from ops.scenarios.lines import Line
from ops.scenarios.scenario import Scenario

WEEKDAYS = "一二三四五六日"
MATTERS = {
    "answer": "即办答复",
    "dispatch": "派单",
    "emergency_transfer": "转交紧急专线",
    "extension": "延期",
    "instruction": "领导批示",
    "interception": "自动拦截",
    "joint_meeting": "联席会议",
    "merge": "并单",
    "panel": "会商研判",
    "recall": "撤回派单",
    "refusal": "不予受理",
    "return": "退单",
    "return_upstream": "退回上级",
    "transfer": "转交紧急专线",
    "upstream_extension": "上级延期",
    "withdrawal": "撤单",
}
"""What somebody was told about, or waits for the decision of."""

ENDINGS = {
    "closed": "事项已了结",
    "late": "逾期完成",
    "lapsed": "期限已过",
    "merged": "已并单",
    "recalled": "已撤回派单",
    "returned": "已退单",
    "superseded": "由新的期限代替",
    "transferred": "已转交",
    "withdrawn": "已撤销",
}
CLOSINGS = {"answered": "已答复", "closed": "无须答复", "withdrawn": "所依据的逾期已撤销"}


def timeline(scenario: Scenario, lines: list[Line]) -> Iterator[str]:
    """The scenario's name and policy, then each day with what happened on it."""
    teller = Teller(scenario)
    yield f"{scenario.name}（《{scenario.law.policy.title}》）"
    day = None
    for line in lines:
        at = datetime.fromisoformat(line["at"])
        if at.date() != day:
            day = at.date()
            yield f"{day:%Y-%m-%d} 周{WEEKDAYS[day.weekday()]}"
        basis = f"　[{'、'.join(line['basis'])}]" if line.get("basis") else ""
        clock = f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}   "
        yield f"  {clock} {teller.sentence(line, at)}{basis}"


class Teller:
    """Tells facts in the words of a scenario's policy."""

    def __init__(self, scenario: Scenario) -> None:
        self._office = scenario.law.policy.office
        self._sentences: dict[str, Callable[[Line, datetime], str]] = {
            "registered": self._registered,
            "done": self._done,
            "refused": lambda line, _: f"未予办理：{_command(line['do'])}。{line['message']}",
            "status": self._status,
            "stage": lambda line, _: f"进入“{line['stage']}”环节",
            "assigned": self._assigned,
            "unit_moved": lambda line, _: f"{line['unit']}：{STAGE_WORDS[line['to']]}",
            "clock_started": self._clock_started,
            "clock_moved": self._clock_moved,
            "clock_met": self._clock_met,
            "clock_breached": self._clock_breached,
            "breach_withdrawn": lambda line, at: f"{self._clock(line)}逾期撤销（原定{_due(line, at)}到期）",
            "clock_ended": lambda line, _: f"{self._clock(line)}终止：{ENDINGS[line['reason']]}",
            "clock_silenced": lambda line, _: f"{self._clock(line)}停止提醒，等待审核",
            "clock_resumed": lambda line, _: f"{self._clock(line)}恢复提醒",
            "lamp": lambda line, _: f"{LAMPS[line['lamp']]}：{self._clock(line)}{self._told(line)}",
            "supervision_opened": self._supervision_opened,
            "supervision_called_for": lambda line, _: (
                f"提示热线办督办{line['unit']}：{words.CAUSES[line['cause']]}"
            ),
            "supervision_withdrawn": lambda line, _: f"撤销督办{line['no']}（{line['unit']}）",
            "supervision_begun": lambda line, _: f"督办{line['no']}开始（{line['unit']}）",
            "supervision_raised": lambda line, _: (
                f"督办{line['no']}升为{words.SUPERVISION_LEVELS[line['level']]}（{line['unit']}）"
            ),
            "supervision_closed": lambda line, _: f"督办{line['no']}销号：{CLOSINGS[line['reason']]}",
            "deemed_accepted": lambda line, _: f"{line['unit']}逾期未退单，视为接受",
            "citizen_informed": lambda line, _: (
                f"{self._unit(line['unit'])}已向诉求人说明{MATTERS[line['of']]}"
            ),
            "unit_informed": lambda line, _: f"告知{line['unit']}：{MATTERS[line['of']]}",
            "wait_started": lambda line, _: f"{self._unit(line['unit'])}等待{MATTERS[line['of']]}的决定",
            "wait_ended": lambda line, _: f"{self._unit(line['unit'])}不再等待{MATTERS[line['of']]}的决定",
            "upstream_extension_asked": lambda line, at: (
                f"延期后将超过上级时限，同时向上级申请延至{_moment(line['until'], at)}"
            ),
            "callers_joined": lambda line, _: f"并入工单{line['merged']}的{len(line['callers'])}位诉求人",
            "callback_settled": self._callback_settled,
            "closed_final": lambda line, _: "终结办理，同一事实和理由不再受理",
            "content_dropped": lambda line, _: "不留存诉求内容",
            "archive_set": lambda line, at: f"无其他事项的，{_moment(line['on'], at)}归档",
        }

    @property
    def known(self) -> frozenset[str]:
        """The facts there is a sentence for."""
        return frozenset(self._sentences)

    def sentence(self, line: Line, at: datetime) -> str:
        """What happened, in one sentence."""
        return self._sentences[line["fact"]](line, at)

    def _unit(self, unit: str) -> str:
        return self._office.name if unit == OFFICE else unit

    def _clock(self, line: Line) -> str:
        return f"{self._unit(line['unit'])}{CLOCKS[line['clock']]}"

    def _told(self, line: Line) -> str:
        if not line.get("notify"):
            return ""
        told = "、".join(
            self._office.name if role == "office" else words.RECIPIENTS[role] for role in line["notify"]
        )
        via = words.named(words.CHANNELS, line.get("via", ["sms"]))
        return f"，{via}通知{told}"

    def _registered(self, line: Line, _: datetime) -> str:
        about = line["ticket"]
        parts = [words.TYPES[about["type"]], words.SOURCES[about["source"]]]
        if about.get("urgency", "normal") != "normal":
            parts.append(words.URGENCIES[about["urgency"]])
        callers = len(line.get("callers", []))
        several = f"，{callers}位诉求人" if callers > 1 else ""
        return f"登记工单{line['no']}（{'，'.join(parts)}）{several}"

    def _done(self, line: Line, at: datetime) -> str:
        who = line.get("unit") if line["role"].startswith("unit") else ROLES[line["role"]]
        if line["role"] == "office":
            who = self._office.name
        about = line.get("unit") if who != line.get("unit") else None
        said = _details(line, at)
        return f"{who}：{_command(line['do'])}{f'（{about}）' if about else ''}{f'，{said}' if said else ''}"

    def _status(self, line: Line, _: datetime) -> str:
        stage = f"（{line['stage']}）" if line.get("stage") else ""
        return f"工单转为“{STATUS_WORDS[line['to']]}”{stage}"

    def _assigned(self, line: Line, _: datetime) -> str:
        missing = "、".join(words.STAFF[role] for role in line.get("lacking", []))
        lacking = f"，人员不齐：缺{missing}" if missing else ""
        blocked = "，不得退单" if line.get("return_blocked") else ""
        return f"派给{line['unit']}（{PART_WORDS[line['as']]}）{lacking}{blocked}"

    def _clock_started(self, line: Line, at: datetime) -> str:
        provisional = "（暂定）" if line["provisional"] else ""
        redo = "重办" if line.get("redo") else ""
        until = "截止" if line["clock"] in WINDOWS else "到期"
        silent = "（办法没有规定，按约定的时限）" if line.get("unspecified") else ""
        return f"{redo}{self._clock(line)}起算，{_due(line, at)}{until}{provisional}{silent}"

    def _clock_moved(self, line: Line, at: datetime) -> str:
        provisional = "（暂定）" if line["provisional"] else ""
        added = f"，增加{line['added_days']}个工作日" if line.get("added_days") else ""
        source = f"：{line['calendar']}" if line.get("calendar") else ""
        why = f"{CAUSES[line['cause']]}{source}{added}"
        if line["was"] == line["due"]:
            return f"{self._clock(line)}仍为{_due(line, at)}{provisional}（{why}）"
        return f"{self._clock(line)}由{_moment(line['was'], at)}改为{_due(line, at)}{provisional}（{why}）"

    def _clock_met(self, line: Line, at: datetime) -> str:
        met = f"，以{_moment(line['met_at'], at)}提交为准" if line.get("met_at") else ""
        return f"{self._clock(line)}内完成（{_due(line, at)}到期{met}）"

    def _clock_breached(self, line: Line, _: datetime) -> str:
        return f"逾期：{self._clock(line)}届满{self._told(line)}"

    def _supervision_opened(self, line: Line, at: datetime) -> str:
        form = words.FORMS[line["form"]] if line.get("form") else "督办"
        level = words.SUPERVISION_LEVELS[line["level"]]
        answer = f"，{_due(line, at)}前答复" if line.get("due") else ""
        cause = words.CAUSES[line["cause"]]
        return f"启动{form}{line['no']}（{level}）：{line['unit']}，原因：{cause}{answer}"

    def _callback_settled(self, line: Line, _: datetime) -> str:
        if not line["reached"]:
            return f"诉求人{_caller(line)}多次未联系上"
        return f"诉求人{_caller(line)}的评价：{_ratings(line) or '未作评价'}"


def _command(do: str) -> str:
    return "登记" if do == "register" else COMMANDS[do].name


def _details(line: Line, at: datetime) -> str:
    """The part of a command that a reader wants to see."""
    said = line.get("details", {})
    parts = [
        _verdict(said),
        f"{said['working_days']}个工作日" if said.get("working_days") else "",
        f"主办{said['lead']}" if said.get("lead") else "",
        f"协办{'、'.join(said['assist'])}" if said.get("assist") else "",
        words.OUTCOMES[said["outcome"]] if said.get("outcome") else "",
        f"{_moment(said['next_contact_at'], at)}再次联系" if said.get("next_contact_at") else "",
        f"新的期限{_moment(said['due'], at)}" if said.get("due") else "",
        f"转办{said['to']}" if line["do"] == "subdispatch" else "",
        "未联系上" if said.get("reached") is False else "",
        _ratings(said),
    ]
    return "，".join(part for part in parts if part)


def _verdict(said: dict[str, Any]) -> str:
    if "approve" not in said:
        return ""
    return "同意" if said["approve"] else "不同意"


def _ratings(said: dict[str, Any]) -> str:
    solved = ""
    if said.get("solved") is not None:
        solved = "问题已解决" if said["solved"] else "问题未解决"
    handling = f"对办理{words.RATINGS[said['handling']]}" if said.get("handling") else ""
    intake = f"对受理{words.RATINGS[said['intake']]}" if said.get("intake") else ""
    return "，".join(part for part in (handling, intake, solved) if part)


def _caller(line: Line) -> str:
    number: str = line["caller"].removeprefix("caller-")
    return number


def _due(line: Line, at: datetime) -> str:
    return _moment(line["due"], at)


def _moment(written: str, at: datetime) -> str:
    """A moment, with its year where that is another than the line's."""
    moment = datetime.fromisoformat(written)
    seconds = f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"
    return f"{moment:%m-%d} {seconds}" if moment.year == at.year else f"{moment:%Y-%m-%d} {seconds}"
