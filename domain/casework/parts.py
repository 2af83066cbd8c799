"""Parts a policy requires of a command: fields that must be there for the tickets it names."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from domain.commands import TicketFields
from domain.policy import RequiredPart
from domain.rejected import Rejected

FIELD_WORDS = {
    "approved_by": "批准人",
    "attendees": "参加单位",
    "basis": "政策依据",
    "citation": "引用的法律法规或上级规定",
    "citizen_consent": "诉求人同意",
    "citizen_informed": "已向诉求人说明",
    "citizen_satisfaction": "诉求人满意度",
    "contacted_at": "答复诉求人的时间",
    "due": "新的期限",
    "evidence": "证明材料",
    "exception_reason": "例外理由",
    "explanation": "解释说明",
    "handled_at": "办理时间",
    "handler": "经办人",
    "handling": "办理环节评价",
    "intake": "受理环节评价",
    "knowledge": "知识库条目",
    "materials": "相关材料",
    "minutes": "会议纪要",
    "number_used": "联系所用电话",
    "opinion": "审核意见",
    "outcome": "办理结果类别",
    "planned_for": "计划完成时间",
    "prior": "原工单号",
    "reason": "理由",
    "reason_code": "延期情形",
    "route": "办理途径",
    "section": "业务科室",
    "suggested_unit": "建议承办单位",
    "summary": "呈报摘要",
    "text": "办理情况",
    "written_explanation": "书面说明",
}
"""What each required field is called to a person."""

_WORDS_SAID = {
    "answer": "答复内容",
    "answer_citizen": "答复内容",
    "appeal": "申诉理由",
    "complete_plan": "完成情况",
    "explain_overdue": "逾期原因",
    "instruct": "批示内容",
    "progress": "进展情况",
    "submit_to_lead": "协办结果",
    "supplement": "补充内容",
    "urge": "催办内容",
}
"""What the text of a command is called where it is no reply."""


def require(command: BaseModel, parts: Iterable[RequiredPart], about: TicketFields | None) -> None:
    """Raise Rejected for the first part that the policy requires for such a ticket and the command lacks.

    Without a ticket only the parts that are required of all are asked for.
    """
    for part in parts:
        if part.when is None or (about is not None and part.when.matches(about)):
            demand(command, part.fields, part.code, part.basis)
            _demand_enough(command, part)


def _demand_enough(command: BaseModel, part: RequiredPart) -> None:
    for name in part.fields:
        listed = getattr(command, name)
        if isinstance(listed, list) and len(listed) < part.at_least:
            what = _called(command, name)
            raise Rejected(
                part.code, f"{what}至少{part.at_least}份，现有{len(listed)}份。请补充后重新提交。", part.basis
            )


def demand(command: BaseModel, fields: Iterable[str], code: str, basis: tuple[str, ...]) -> None:
    """Raise Rejected with `code` when one of the fields is empty."""
    missing = [name for name in fields if empty(getattr(command, name))]
    if missing:
        words = "、".join(_called(command, name) for name in missing)
        raise Rejected(code, f"缺少：{words}。请补充后重新提交。", basis)


def _called(command: BaseModel, field: str) -> str:
    said = _WORDS_SAID.get(getattr(command, "do", "")) if field == "text" else None
    return said or FIELD_WORDS.get(field, field)


def empty(value: Any) -> bool:
    """Whether a field says nothing."""
    return value is None or value is False or value == "" or value == []
