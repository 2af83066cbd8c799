"""The sections of a policy's page besides its limits, each a list of sentences with their articles."""

from collections.abc import Iterable, Iterator

from api.wording import COMMANDS, ROLES
from domain.casework.deciding import PART_WORDS
from domain.casework.parts import FIELD_WORDS
from domain.policy import Cap, Policy, RequiredPart
from ops.policy_pages.citing import cite
from ops.policy_pages.words import (
    CAUSES,
    COMPLAINANTS,
    EXCLUSIONS,
    FORMS,
    KINDS,
    LEVELS,
    OUTCOMES,
    RATINGS,
    REASONS,
    REFUSALS,
    SOURCES,
    STAFF,
    STAGES,
    SUPERVISION_LEVELS,
    TROUBLES,
    TYPES,
    meant,
    named,
    span,
)


def intake(policy: Policy) -> Iterator[str]:
    """Which demands come in, and through what."""
    terms = policy.intake
    yield f"- 受理{named(TYPES, terms.types)}，来自{named(SOURCES, terms.sources)}。{cite(terms.basis)}"
    if terms.upstream_sources:
        says = "其中" if not terms.from_above_only else "只受理上级转来的："
        upstream = cite(policy.upstream.basis) if policy.upstream else ""
        yield (
            f"- {says}{named(SOURCES, terms.upstream_sources)}为上级转来，带上级编号和时限，"
            f"两个时限都提醒，先到先响；不属本级的退回上级。{upstream}"
        )
    for level in dict.fromkeys(terms.levels.values()):
        sources = [source for source, of in terms.levels.items() if of is level]
        yield f"- {named(SOURCES, sources)}的诉求为{LEVELS[level]}。"
    if terms.non_emergency:
        yield f"- 紧急事项不派单，转交紧急专线或者告知拨打。{cite(terms.non_emergency.basis)}"
    if policy.emergency_transfer:
        yield f"- 属于110、119、120、122的，即时转交。{cite(policy.emergency_transfer.basis)}"
    if policy.contractor:
        allowed = "、".join(COMMANDS[name].name for name in policy.contractor.commands)
        yield f"- 承担受理服务的单位只能办理：{allowed}。{cite(policy.contractor.basis)}"


def secrecy(policy: Policy) -> Iterator[str]:
    """At which marks of state secrets intake stops."""
    terms = policy.secrecy
    if terms is None:
        yield "文件没有规定，系统不作识别。"
        return
    marks = terms.looked_for
    silent = terms.unspecified
    note = "※" if terms.choice else ""
    yield f"- 有下列字样的不予登记，不留存内容{note}：{'、'.join(marks.stop)}。{cite(terms.basis)}"
    if marks.warn:
        yield f"- 有下列字样的提醒受话员核实：{'、'.join(marks.warn)}。"
    if marks.everyday:
        yield f"- 下列日常用语中的字样不算：{'、'.join(marks.everyday)}。"
    yield f"- 告知诉求人：{terms.route}"
    if silent:
        yield f"- 文件没有规定，这样办的理由：{silent.why}。"


def refusals(policy: Policy) -> Iterator[str]:
    """What is not taken in, and where the citizen is sent."""
    if policy.refusals is None:
        yield "文件没有不予受理的规定，不属本级办理的退回上级。"
        return
    yield f"必须解释清楚并指明办理途径。{cite(policy.refusals.basis)}\n"
    yield "| 情形 | 办理途径 | 须有 | 依据 |"
    yield "|---|---|---|---|"
    for reason, rule in policy.refusals.reasons.items():
        needed = [FIELD_WORDS[part] for part in rule.requires]
        needed += ["原工单已办结"] if rule.prior_handled else []
        needed += ["受话员须经主管核准"] if rule.supervisor_check else []
        needed += [] if rule.keep_content else ["不留存内容"]
        needed += [f"{named(COMPLAINANTS, rule.complainants)}的诉求一律适用"] if rule.complainants else []
        yield f"| {REFUSALS[reason]} | {rule.route} | {'、'.join(needed) or '—'} | {cite(rule.basis)} |"
    stopped = policy.refusals.interception
    if stopped:
        yield (
            f"\n{named(SOURCES, stopped.sources)}可以自动拦截{named(REFUSALS, stopped.reasons)}的内容，"
            f"须明确提示，诉求人可以申诉。{cite(stopped.basis)}"
        )


def dispatching(policy: Policy) -> Iterator[str]:
    """How tickets find their unit."""
    terms = policy.dispatch
    answer = policy.direct_answer
    if answer:
        how = "直接答复或者三方通话答复" if "three_way" in answer.modes else "直接答复"
        needs = "，须注明知识库条目" if answer.requires_knowledge else ""
        who = f"{meant(answer.when)}类诉求" if answer.when else "事实清楚、依据明确的诉求"
        yield f"- {who}可以{how}{needs}。{cite(answer.basis)}"
    if policy.leader_instruction:
        leader, basis = policy.office.leader, policy.leader_instruction.basis
        yield f"- 需要{leader}研究的，呈报批示后按批示办理。{cite(basis)}"
    yield f"- 派给一个主办单位和若干协办单位，同时派出。{cite(terms.basis)}"
    people = "、".join(f"{STAFF.get(role, role)}{number}名" for role, number in terms.staffing.roles.items())
    yield (
        f"- 承办单位须明确{people}；人员不齐的照派，作出标记，告知该单位领导和热线办。"
        f"{cite(terms.staffing.basis)}"
    )
    if terms.own_complaint:
        yield f"- 反映单位自身问题的诉求不派给、也不转给该单位。{cite(terms.own_complaint.basis)}"
    if terms.industry_department:
        yield f"- 企事业单位和下属单位的事项派给其主管部门。{cite(terms.industry_department.basis)}"
    if terms.lead_reason:
        kinds = "、".join(KINDS[kind] for kind in terms.lead_reason.kinds)
        yield (
            f"- 涉及{terms.lead_reason.at_least}个以上{kinds}的，写明由哪一个主办的理由。"
            f"{cite(terms.lead_reason.basis)}"
        )
    if terms.first_receiver:
        receiver = terms.first_receiver
        yield f"- 首接负责：首接单位一办到底，不得退单。{cite(receiver.basis)}"
        yield f"- 涉及多个单位的由首接单位牵头。{cite(receiver.leads_basis)}"
    if terms.insisted:
        yield f"- 经沟通仍派单的，承办单位主动认领，不得退单。{cite(terms.insisted.basis)}"
    if terms.joint_meeting:
        rests = "，会议期间派单时限不计" if terms.joint_meeting.rests_dispatch else ""
        yield f"- 职责不清的召开联席会议，记录参加单位和结论{rests}。{cite(terms.joint_meeting.basis)}"
    if terms.panel:
        whose = "、".join(PART_WORDS[role] for role in terms.panel.returns_of)
        yield (
            f"- {whose}单位退单{terms.panel.after_returns}次后须经会商研判才能再派单；研判无果的由属地兜底。"
            f"{cite(terms.panel.basis)}"
        )
    if terms.panel_binds:
        later = "；同一属地同类事项以后也派给该单位" if terms.panel_binds.precedent_basis else ""
        yield f"- 研判意见约束本工单此后的派单，所定单位不得退单{later}。{cite(terms.panel_binds.basis)}"


def returns(policy: Policy) -> Iterator[str]:
    """How a unit may give a ticket back."""
    terms = policy.returns
    yield from _parts("申请退单", terms.requires)
    yield f"- 过期不能再退，须按程序办理。{cite(terms.window_basis)}"
    if terms.deemed_acceptance:
        yield f"- 期内没有申请退单的视为受理。{cite(terms.deemed_acceptance.basis)}"
    yield f"- 同意退单的，该单位的时限终止，下一个单位重新起算。{cite(terms.approved.basis)}"
    reason = "须说明理由；" if terms.decision_needs_reason else ""
    yield f"- 不同意的，{reason}原单位继续办理，时限从首次派单起算，分秒不补。{cite(terms.refused.basis)}"
    if terms.refused_is_final:
        yield f"- 驳回后不得再次申请。{cite(terms.refused_is_final.basis)}"


def extensions(policy: Policy) -> Iterator[str]:
    """How a unit may get more time."""
    terms = policy.extensions
    if terms is None:
        yield "文件没有延期的规定，不能延期。"
    else:
        yield from _parts("申请延期", terms.requires)
        if terms.reasons:
            yield f"- 只限{named(REASONS, terms.reasons)}。{cite(terms.basis)}"
        if terms.cap:
            yield f"- {_most(terms.cap)}。{cite(terms.cap.basis)}"
        if terms.times is not None:
            yield f"- 以{terms.times}次为限。{cite(terms.times_basis)}"
        if not terms.on_redo:
            yield f"- 重办工单不能延期。{cite(terms.on_redo_basis)}"
        told_by = "承办单位" if terms.citizen_told_by == "unit" else "热线办"
        yield f"- 由{told_by}向诉求人说明。{cite(terms.told_basis)}"
        yield f"- 不同意的，按原时限办理。{cite(terms.refused.basis)}"
        yield "- 延期后办理时限和各级灯一起顺延；超过上级时限的，同时向上级申请。"
    yield f"- 法律法规或上级另有时限的从其规定，可长可短，须写明依据和批准人。{cite(policy.override.basis)}"


def _most(cap: Cap) -> str:
    most = (
        f"{cap.working_days}个工作日" if cap.working_days is not None else f"原时限的{cap.times_of_limit:g}倍"
    )
    return f"累计不超过{most}" + ("，确需超过的须有例外理由和批准人" if cap.soft else "")


def reply(policy: Policy) -> Iterator[str]:
    """What a reply must say, and what it passes before the ticket counts as done."""
    terms = policy.reply
    yield from _parts("答复", terms.requires)
    for outcome, needs in terms.outcomes.items():
        parts = [f"写明{'、'.join(FIELD_WORDS[name] for name in needs.fields)}"] if needs.fields else []
        parts += [f"附材料{needs.materials}份以上"] if needs.materials else []
        parts += [f"受理后{needs.max_calendar_days}天内完成"] if needs.max_calendar_days else []
        yield f"- 结果为{OUTCOMES[outcome]}的，{'，'.join(parts)}。{cite(needs.basis)}"
    for approval in terms.approvals:
        yield f"- {_when(approval)}答复先经{ROLES[approval.by]}审阅。{cite(approval.basis)}"
    for signature in terms.signatures:
        yield f"- {_when(signature)}须有{_SIGNERS[signature.who]}签字盖章。{cite(signature.basis)}"
    yield f"- 未签收就答复的视为签收。{cite(terms.implies_signing.basis)}"
    for level in policy.review:
        by = "或".join(dict.fromkeys(ROLES[role] for role in level.by))
        name = "初审" if level.name == "first_review" else "终审"
        yield f"- {_when(level)}{name}由{by}进行，不通过的退回重新办理。{cite(level.basis)}"
    yield "- 是否按时，以通过首道审核的那次提交为准；审核期间不亮灯。"


_SIGNERS = {
    "unit_principal": "承办单位主要负责人",
    "government_leader": "政府分管领导",
    "government_principal": "政府主要领导",
}


def _when(element: object) -> str:
    when = getattr(element, "when", None)
    return f"{meant(when)}的，" if when is not None else ""


def aftercare(policy: Policy) -> Iterator[str]:
    """Closing, callback, redo."""
    closing, callback, redo = policy.closing, policy.callback, policy.redo
    at = "审核通过即办结" if closing.on == "review" else "回访之后才办结"
    yield f"- {at}，{span(closing.archive_after)}后归档。{cite(closing.basis)}"
    if closing.final:
        yield f"- 经督办或重办后办结的，以同一事实和理由再次提出的不再受理。{cite(closing.final.basis)}"
    rated = "、".join({"handling": "办理", "intake": "受理"}[of] for of in callback.rates)
    asks = f"须评价{rated}情况" if rated else "评价可不作"
    yield (
        f"- 逐件回访，{asks}；{callback.attempts}次联系不上的记为未联系上，不算满意。{cite(callback.basis)}"
    )
    times = f"，以{redo.times}次为限" if redo.times is not None else ""
    finding = "并经热线办认定理由合理" if redo.needs_finding else ""
    yield f"- 评价{named(RATINGS, redo.ratings)}{finding}的可以重办{times}，时限重新起算。{cite(redo.basis)}"
    yield f"- 诉求人要求撤单的，先告知承办单位。{cite(policy.withdrawal.basis)}"
    yield f"- 同一事项可以并单，各位诉求人分别答复、回访、评价。{cite(policy.merging.basis)}"


def supervision(policy: Policy) -> Iterator[str]:
    """Supervision and referrals."""
    terms = policy.supervision
    forms, levels = named(FORMS, terms.forms), named(SUPERVISION_LEVELS, terms.levels)
    yield f"- 方式：{forms}。级别由低到高：{levels}。{cite(terms.basis)}"
    yield from _parts("答复督办", terms.requires)
    for detector in terms.detectors:
        then = "自动启动督办" if detector.opens else "提示热线办督办"
        yield (
            f"- {TROUBLES[detector.of]}达到{detector.at_least}次的，以{CAUSES[detector.cause]}为由{then}。"
            f"{cite(detector.basis)}"
        )
    yield f"- 办结后销号。{cite(terms.close.basis)}"
    yield f"- 移送纪检监察、公安、信访、媒体、法院的都留记录。{cite(policy.referrals.basis)}"


def score(policy: Policy) -> Iterator[str]:
    """What is taken out of, or added to, a unit's score by decision."""
    terms = policy.score
    if terms is None:
        yield "文件没有可由决定增减分数的规定。"
        return
    yield f"- 考核以系统数据为准。{cite(terms.basis)}"
    for reason, rule in terms.exclusions.items():
        yield f"- {EXCLUSIONS[reason]}的不满意评价，凭证明材料和批准人不纳入减分。{cite(rule.basis)}"
    if terms.bonus:
        yield f"- 办理突出的可以提名加分，经批准生效。{cite(terms.bonus.basis)}"


def stages(policy: Policy) -> str:
    """The process in the regulation's words."""
    words = [policy.process.stages[stage] for stage in STAGES if stage in policy.process.stages]
    return "→".join(dict.fromkeys(words))


def _parts(what: str, parts: Iterable[RequiredPart]) -> Iterator[str]:
    for part in parts:
        fields = "、".join(FIELD_WORDS[name] for name in part.fields)
        count = f"，逐项列出的至少{part.at_least}项" if part.at_least > 1 else ""
        yield f"- {_when(part)}{what}须有{fields}{count}。{cite(part.basis)}"
