"""The tables of a policy's page: who owes what until when, and what lights up."""

from collections.abc import Iterator

from api.wording import CLOCKS, LAMPS
from domain.policy import Anchor, ClockRule, Policy, RungAt
from domain.vocabulary import WINDOWS, ClockName
from ops.policy_pages.citing import cite
from ops.policy_pages.words import CHANNELS, FORMS, RECIPIENTS, meant, named, span

_ORDER = (
    ClockName.DISPATCH,
    ClockName.SIGN,
    ClockName.RETURN_WINDOW,
    ClockName.ANSWER,
    ClockName.TARGET,
    ClockName.HANDLE,
    ClockName.EXTENSION_WINDOW,
    ClockName.ASSIST,
    ClockName.CONTACT,
    ClockName.REVIEW,
    ClockName.PLANNED,
    ClockName.EXPLANATION,
    ClockName.SUPERVISION,
    ClockName.UPSTREAM,
)
_OWED_BY = {
    ClockName.DISPATCH: "热线办",
    ClockName.REVIEW: "热线办",
    ClockName.UPSTREAM: "热线办",
    ClockName.ASSIST: "协办单位",
}
_WHAT = {
    ClockName.DISPATCH: "派单",
    ClockName.SIGN: "签收",
    ClockName.RETURN_WINDOW: "申请退单（权利，过期不能再退）",
    ClockName.EXTENSION_WINDOW: "申请延期（权利，过期不能再申请）",
    ClockName.ANSWER: "答复诉求人",
    ClockName.TARGET: "办结（目标）",
    ClockName.HANDLE: "办结",
    ClockName.ASSIST: "向主办单位报送结果",
    ClockName.CONTACT: "按约定再次联系诉求人",
    ClockName.REVIEW: "审核",
    ClockName.PLANNED: "完成列入计划的事项",
    ClockName.EXPLANATION: "说明逾期的情况和理由",
    ClockName.SUPERVISION: "答复督办",
    ClockName.UPSTREAM: "按上级时限报送",
}
_ANCHORS = {Anchor.RECEIPT: "受理", Anchor.DISPATCH: "派单", Anchor.SIGN: "签收"}
_EVENTS = {
    ClockName.DISPATCH: "受理或退单",
    ClockName.SIGN: "派单",
    ClockName.HANDLE: "派单",
    ClockName.TARGET: "派单",
    ClockName.ANSWER: "派单",
    ClockName.REVIEW: "提交答复",
    ClockName.EXPLANATION: "逾期",
    ClockName.SUPERVISION: "督办",
}


def owed(policy: Policy) -> Iterator[str]:
    """Who owes what until when, counted from what, on which basis."""
    yield "| 事项 | 谁 | 适用 | 时限 | 起算 | 依据 |"
    yield "|---|---|---|---|---|---|"
    for name, rule in _rules(policy):
        who = _OWED_BY.get(name, "承办单位")
        since = _ANCHORS.get(rule.anchor) or _EVENTS.get(name, "—")
        length = _length(name, rule) + ("※" if rule.choice else "")
        cells = (_WHAT[name], who, _for(policy, name, rule), length, since, cite(rule.basis))
        yield f"| {' | '.join(cells)} |"


def lit(policy: Policy) -> Iterator[str]:
    """Which lamps come when, and who is told by which channel."""
    yield "| 时限 | 适用 | 什么时候 | 灯 | 告诉谁 | 方式 | 依据 |"
    yield "|---|---|---|---|---|---|---|"
    for name, rule in _rules(policy):
        for rung in rule.ladder:
            lamp = LAMPS[rung.lamp.value] + ("，同时启动督办" if rung.supervision else "")
            cells = (
                CLOCKS[name.value],
                _for(policy, name, rule),
                _place(rung.at),
                lamp,
                named(RECIPIENTS, rung.notify),
                named(CHANNELS, rung.via),
                cite(rung.basis),
            )
            yield f"| {' | '.join(cells)} |"


def breached(policy: Policy) -> Iterator[str]:
    """What follows when a limit is missed."""
    for name, rule in _rules(policy):
        follows = rule.on_breach
        if follows is None:
            continue
        steps = [
            f"告知{named(RECIPIENTS, follows.notify)}" if follows.notify else "",
            "承办单位说明情况和理由" if follows.explanation else "",
            f"启动{FORMS[follows.form] if follows.form else '督办'}" if follows.supervision else "",
        ]
        what = "，".join(step for step in steps if step)
        yield f"- {CLOCKS[name.value]}（{_for(policy, name, rule)}）逾期：{what}。{cite(follows.basis)}"


def _rules(policy: Policy) -> Iterator[tuple[ClockName, ClockRule]]:
    for name in _ORDER:
        for rule in policy.clocks.get(name, ()):
            yield name, rule


def _for(policy: Policy, name: ClockName, rule: ClockRule) -> str:
    alone = len(policy.clocks[name]) == 1
    return meant(rule.when) if rule.when is not None or alone else "其余"


def _length(name: ClockName, rule: ClockRule) -> str:
    if rule.unspecified is not None:
        return f"**文件未规定**，本系统用{span(rule.unspecified.used)}（{rule.unspecified.why}）"
    if rule.limit is not None:
        return span(rule.limit)
    if rule.before_due is not None:
        ahead = f"前{span(rule.before_due.ahead)}" if rule.before_due.ahead.amount else "以前"
        return f"{CLOCKS[rule.before_due.clock.value]}届满{ahead}"
    return "按约定或上级所定" if name not in WINDOWS else "另定"


def _place(at: RungAt) -> str:
    if at.before is not None:
        return f"到期前{span(at.before)}"
    if at.after is not None:
        return f"到期后{span(at.after)}"
    return "到期"
