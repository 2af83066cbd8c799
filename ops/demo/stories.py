"""What becomes of the demonstration's tickets: each story ends in another place of the county's work.

Hours are office hours. A story that the policy has no room for ends at the step it refuses.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from domain.vocabulary import ClockName, Rating, Role, Source, Urgency
from ops.demo.lives import Life

Telling = Callable[[Life], None]
_OFFICE, _AGENT, _UNIT, _ABOVE = Role.OFFICE, Role.AGENT, Role.UNIT, Role.UPPER_LEVEL
_PLAN = timedelta(days=60)
_BUSY = "水务局"


@dataclass(frozen=True)
class Story:
    """How many tickets live it, how many office hours ago the newest and the oldest came in, what happened.

    `merges`: somebody else called about the same, and that ticket was merged into this one. `policy`: another
    than the county's own, for what only that one knows. `by_the_clock`: the hours are those of the clock, for
    calls of the night and of days off. `pace`: what an hour of the story lasts.
    `lead`: whose work it is; other stories go round among all units.
    """

    count: int
    newest: float
    oldest: float
    tell: Telling
    source: Source | None = None
    callers: int = 1
    merges: bool = False
    policy: str | None = None
    by_the_clock: bool = False
    pace: float = 1
    urgency: Urgency | None = None
    lead: str | None = None


def _waits(life: Life) -> None:
    """It was registered and nothing else yet."""


def _reported(life: Life) -> None:
    life.after(1).say("submit_to_leader", _OFFICE, summary=f"{life.demand.title}，群众反映集中，呈请批示。")


def _instructed(life: Life) -> None:
    _reported(life)
    life.after(2).say("instruct", Role.LEADER, text="请抓紧核实办理，结果报我。", leader="分管副县长")
    _dispatched(life)


def _convened(life: Life) -> None:
    units = [life.demand.unit, "司法局"]
    life.after(1).say("joint_meeting", _OFFICE, attendees=units)


def _decided_together(life: Life) -> None:
    _convened(life)
    life.after(3).say(
        *("joint_meeting", _OFFICE),
        minutes=f"与会单位核对了职责清单，认为该事项主要由{life.demand.unit}负责。",
        decision=f"由{life.demand.unit}牵头办理，司法局提供法律意见。",
    )
    _dispatched(life)


def _decided_by_panel(life: Life) -> None:
    life.after(1).say(
        *("panel_decision", _OFFICE),
        unit=life.demand.unit,
        basis="部门职责清单和属地管理原则。",
        minutes="热线办会同机构编制、司法行政部门研判，意见一致。",
        approved_by="分管负责人",
    )
    _dispatched(life)


def _dispatched(life: Life) -> None:
    assist = list(life.demand.assist)
    reason = {"reason": "由事发地牵头，其他单位配合。"} if assist else {}
    life.after(0.4).say("dispatch", _OFFICE, lead=life.demand.unit, assist=assist, **reason)


def _signed(life: Life) -> None:
    _dispatched(life)
    for unit in (life.demand.unit, *life.demand.assist):
        life.after(0.5).say("sign", _UNIT, unit)


def _at_work(life: Life) -> None:
    _signed(life)
    life.after(1).say(
        "contact", _UNIT, life.demand.unit, told="已说明办理程序和时限。", number_used="承办单位值班电话"
    )


def _reports_progress(life: Life) -> None:
    _at_work(life)
    life.after(8).say("progress", _UNIT, life.demand.unit, text="已到现场查看，正在安排施工。")


def _overdue(life: Life) -> None:
    _at_work(life)
    life.after(40).say("urge", _OFFICE, unit=life.demand.unit, text="已超过办理时限，请尽快办结并说明情况。")


def _overdue_and_explained(life: Life) -> None:
    _overdue(life)
    life.after(2).say("explain_overdue", _UNIT, life.demand.unit, text="材料到货推迟，已重新安排工期。")


def _supervised(life: Life) -> None:
    _at_work(life)
    life.after(5).say("supervise", _OFFICE, life.demand.unit, form="written", cause="repeated")


def _answers_supervision(life: Life) -> None:
    _supervised(life)
    life.after(4).say_to_supervision(
        *("answer_supervision", Role.UNIT, life.demand.unit),
        text="已由分管负责人牵头整改，倒排工期，每日报告进展。",
    )


def _supervision_struck_off(life: Life) -> None:
    _answers_supervision(life)
    _answer_for_review(life)
    life.after(1).say("first_review", _OFFICE, approve=True, opinion="督办事项已整改到位，同意。")
    life.say_to_supervision("close_supervision", _OFFICE, reason="整改到位，同意销号。")
    life.after(2).say("final_review", _ABOVE, approve=True, opinion="同意办结。")


def _asks_for_time(life: Life) -> None:
    _at_work(life)
    life.after(12).say(
        *("request_extension", _UNIT, life.demand.unit),
        working_days=3 if life.demand.type != "consultation" else 1,
        reason="管网需要分段停水改造，施工周期较长。",
        reason_code="objective_cause",
        citizen_informed=True,
        citizen_consent=True,
    )


def _asks_early(life: Life) -> None:
    _signed(life)
    life.after(2).say(
        *("request_extension", _UNIT, life.demand.unit),
        working_days=1,
        reason="需要调取往年档案核对。",
        reason_code="objective_cause",
        citizen_informed=True,
        citizen_consent=True,
    )


def _has_more_time(life: Life) -> None:
    _asks_early(life)
    life.after(1).say("decide_extension", _OFFICE, life.demand.unit, approve=True, reason="情况属实。")


def _asks_to_return(life: Life) -> None:
    _signed(life)
    life.after(1).say(
        *("request_return", _UNIT, life.demand.unit),
        reason="经核查，该事项不属本单位职责。",
        basis="本单位三定方案未列此项职责。",
        materials=["职责清单"],
        suggested_unit="司法局",
    )


def _returned(life: Life) -> None:
    _asks_to_return(life)
    life.after(1).say("decide_return", _OFFICE, life.demand.unit, approve=True, reason="理由成立。")


def _sent_elsewhere(life: Life) -> None:
    _returned(life)
    life.after(0.5).say("dispatch", _OFFICE, lead="司法局")
    life.after(0.5).say("sign", _UNIT, "司法局")


def _kept(life: Life) -> None:
    _asks_to_return(life)
    why = "该事项在贵单位职责范围内，请继续办理。"
    life.after(1).say("decide_return", _OFFICE, life.demand.unit, approve=False, reason=why)


def _replied(life: Life) -> None:
    _at_work(life)
    _answer_for_review(life)


def _answer_for_review(life: Life) -> None:
    for unit in life.demand.assist:
        life.after(0.5).say("submit_to_lead", _UNIT, unit, text="已配合主办单位完成现场处置。")
    life.after(4)
    if ClockName.ANSWER in life.county.law.policy.clocks:
        life.say("answer_citizen", _UNIT, life.demand.unit, text=life.demand.reply)
    _reply(life, outcome="explained" if life.demand.type == "consultation" else "resolved")


def _reply(life: Life, **result: Any) -> None:
    life.after(1).say(
        *("reply", _UNIT, life.demand.unit),
        text=life.demand.reply,
        contacted_at=life.at(),
        number_used="承办单位值班电话",
        citizen_satisfaction="satisfied",
        handler="经办人员",
        section="业务科室",
        handled_at=life.at(),
        materials=["现场照片", "情况说明"],
        **result,
    )


def _waits_for_the_principal(life: Life) -> None:
    _at_work(life)
    life.after(4)
    _reply(life, outcome="resolved")


def _planned(life: Life) -> None:
    _at_work(life)
    life.after(4)
    _reply(life, outcome="planned", planned_for=life.at().date() + _PLAN)
    unit = life.demand.unit
    life.after(1).say("approve_reply", Role.UNIT_PRINCIPAL, unit, approve=True, opinion="情况属实，同意。")
    life.after(1).say("first_review", _OFFICE, approve=True, opinion="已列入年度计划，同意。")


def _to_call_back(life: Life) -> None:
    _replied(life)
    life.after(1).say("first_review", _OFFICE, approve=True, opinion="答复内容完整。")


def _called_in_vain(life: Life) -> None:
    _to_call_back(life)
    life.after(1).say("callback", _AGENT, reached=False, caller=life.callers[0])


def _not_taken(life: Life) -> None:
    life.after(0.2).say(
        *("refuse", _AGENT),
        reason_code="litigation",
        explanation="该事项已进入诉讼程序，不属热线受理范围。",
        route="通过诉讼、仲裁、行政复议等法定途径解决",
    )


def _handed_over(life: Life) -> None:
    life.after(0.1).say("transfer_emergency", _AGENT, to="119")


def _reviewed_once(life: Life) -> None:
    _replied(life)
    life.after(1).say("first_review", _OFFICE, approve=True, opinion="答复内容完整。")


def _sent_back(life: Life) -> None:
    _replied(life)
    life.after(1).say("first_review", _OFFICE, approve=False, opinion="没有说明解决的时间，请补充。")


def _closed(life: Life) -> None:
    _reviewed_once(life)
    life.after(2).say("final_review", _ABOVE, approve=True, opinion="同意办结。")


def _not_reached(life: Life) -> None:
    _closed(life)
    for _ in range(2):
        life.after(1).say("callback", _AGENT, reached=False, caller=life.callers[0])


def _rated(handling: Rating, solved: bool) -> Telling:
    def tell(life: Life) -> None:
        _closed(life)
        for caller in life.callers:
            life.after(1).say(
                *("callback", _AGENT),
                reached=True,
                handling=handling,
                intake=Rating.VERY_SATISFIED,
                solved=solved,
                reasonable=not solved,
                caller=caller,
            )

    return tell


def _redone(life: Life) -> None:
    _rated(Rating.DISSATISFIED, False)(life)
    life.after(1).say(
        "redo", _OFFICE, life.demand.unit, reason="诉求人反映问题没有彻底解决，请重新核实办理。"
    )


def _taken_back(life: Life) -> None:
    _signed(life)
    life.after(3).say("withdraw", _AGENT, reason="诉求人来电表示问题已经解决。")


def _sent_up(life: Life) -> None:
    life.after(1).say("return_upstream", _OFFICE, reason="事发地不在本县，属邻县管辖。")


def _answered(life: Life) -> None:
    life.after(0.1).say("answer", _AGENT, text=life.demand.reply, mode="direct")


def _answered_and_rated(life: Life) -> None:
    _answered(life)
    life.after(1).say(
        *("callback", _AGENT),
        reached=True,
        handling=Rating.VERY_SATISFIED,
        intake=Rating.VERY_SATISFIED,
        solved=True,
        caller=life.callers[0],
    )


STORIES: Final = (
    Story(12, 0.2, 4, _waits),
    Story(4, 2, 9, _reported),
    Story(3, 9, 14, _instructed),
    Story(12, 0.6, 2.6, _dispatched),
    Story(4, 4.5, 6.5, _dispatched),
    Story(10, 3, 9, _signed),
    Story(16, 5, 22, _at_work),
    Story(4, 8, 20, _at_work, merges=True),
    Story(8, 29, 34, _reports_progress),
    Story(3, 47, 60, _overdue),
    Story(3, 50, 64, _overdue_and_explained),
    Story(2, 12, 20, _supervised),
    Story(2, 12, 20, _supervised, lead=_BUSY),
    Story(2, 14, 24, _answers_supervision),
    Story(2, 14, 24, _answers_supervision, lead=_BUSY),
    Story(4, 24, 60, _supervision_struck_off),
    Story(4, 18, 24, _asks_for_time),
    Story(1, 18, 24, _asks_for_time, lead=_BUSY),
    Story(5, 8, 14, _has_more_time),
    Story(4, 4, 6.5, _asks_to_return),
    Story(2, 5, 8, _returned),
    Story(4, 7, 20, _sent_elsewhere),
    Story(3, 6, 16, _kept),
    Story(5, 11, 15, _replied),
    Story(3, 11, 15, _replied, lead=_BUSY),
    Story(8, 13, 18, _reviewed_once),
    Story(4, 13, 20, _sent_back),
    Story(14, 16, 40, _closed),
    Story(4, 20, 40, _not_reached),
    Story(18, 20, 70, _rated(Rating.SATISFIED, True)),
    Story(8, 20, 70, _rated(Rating.VERY_SATISFIED, True)),
    Story(4, 20, 50, _rated(Rating.DISSATISFIED, False)),
    Story(2, 24, 50, _rated(Rating.BASICALLY_SATISFIED, True), callers=5),
    Story(4, 26, 40, _redone),
    Story(5, 8, 60, _taken_back),
    Story(3, 4, 40, _sent_up, source=Source.CITY_PLATFORM),
    Story(8, 2, 50, _answered_and_rated),
    Story(3, 1, 6, _answered),
    Story(24, 70, 300, _rated(Rating.SATISFIED, True)),
    Story(6, 120, 300, _rated(Rating.VERY_SATISFIED, True), source=Source.CITY_PLATFORM),
    Story(5, 0.5, 8, _waits, by_the_clock=True),
    Story(5, 0.5, 8, _answered, by_the_clock=True),
    Story(3, 0.2, 0.5, _answered_and_rated, by_the_clock=True, pace=0.1),
    Story(3, 0.5, 1, _signed, by_the_clock=True, pace=0.1),
    Story(4, 2.3, 3, _rated(Rating.SATISFIED, True), by_the_clock=True, pace=0.15),
    Story(2, 2.3, 3, _rated(Rating.SATISFIED, True), by_the_clock=True, pace=0.15, urgency=Urgency.EMERGENCY),
    Story(60, 8, 700, _answered_and_rated, by_the_clock=True),
    Story(1, 5, 6, _at_work, callers=16),
    Story(2, 0.6, 1.5, _dispatched, urgency=Urgency.EMERGENCY),
    Story(1, 2, 3, _at_work, urgency=Urgency.EMERGENCY),
    Story(3, 8, 14, _waits_for_the_principal, policy="laishan", lead=_BUSY),
    Story(2, 14, 40, _planned, policy="laishan"),
    Story(2, 14, 40, _planned, policy="laishan", lead=_BUSY),
    Story(1, 1.5, 3, _convened, policy="laishan"),
    Story(2, 6, 12, _decided_together, policy="laishan"),
    Story(2, 3, 6, _decided_by_panel, policy="laishan"),
    Story(5, 14, 20, _to_call_back, policy="taian"),
    Story(1, 14, 20, _to_call_back, policy="taian", callers=8),
    Story(2, 16, 20, _called_in_vain, policy="taian"),
    Story(4, 2, 60, _not_taken, policy="taian"),
    Story(2, 2, 60, _handed_over, policy="taian"),
)
"""All stories, about three hundred and fifty tickets."""


def answered_at_once(story: Story) -> bool:
    """Whether the story is one of questions that the seat answers itself."""
    return story.tell in (_answered, _answered_and_rated)
