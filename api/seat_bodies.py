"""What is sent and answered about calls, replies and duty."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.answers import TicketLine, _Answer
from api.bodies import Body
from api.moments import AskedInstant, Moment
from models.call_tasks import CallOutcome

UnitName = Annotated[str, Field(min_length=1, max_length=100, description="单位名称。")]
PersonId = Annotated[str, Field(min_length=1, max_length=64, description="人员代码。")]


class CallAnswer(_Answer):
    """待拨打的电话。"""

    id: UUID
    ticket_no: str
    unit: str | None
    recipient: str = Field(description="人员代码，或诉求人编号（caller:…）。")
    reason: str = Field(
        description="channel 通知即以电话送达；rejected、undelivered、no_receipt、no_number 短信未能送达。"
    )
    words: str = Field(description="要告知的内容。")
    opened_at: Moment
    taken_by: str | None
    taken_at: Moment | None


class CallTaken(CallAnswer):
    """领取的电话，附号码。"""

    number: str | None = Field(description="要拨打的号码；没有登记的为空。")


class CallBody(Body):
    """一次拨打的结果。"""

    outcome: Annotated[CallOutcome, Field(description="接通、无人接听、占线、关机、错号、拒接。")]
    acknowledged: Annotated[bool, Field(description="对方是否确认收到（紧急工单）。")] = False
    seconds: Annotated[int | None, Field(ge=0, le=86_400, description="通话秒数。")] = None
    evidence: Annotated[
        str | None, Field(max_length=200, pattern=r"^[\x21-\x7e]+$", description="录音在电话系统中的编号。")
    ] = None


class CallState(_Answer):
    """拨打后这个电话的状态。"""

    state: str = Field(description="open 待拨打；reached 已接通；unreachable 未能接通。")


class CallerWaiting(_Answer):
    """尚待回访的诉求人。"""

    id: UUID
    name: str | None = Field(description="脱敏的姓名。")
    phone: str | None = Field(description="脱敏的电话。")
    attempts: int = Field(description="已回访的次数。")
    last_attempt_at: Moment | None


class CallbackWaiting(_Answer):
    """有诉求人尚待回访的工单。"""

    ticket: TicketLine
    callers: list[CallerWaiting]
    attempts_allowed: int = Field(description="办法规定的次数；到此仍未联系上的，记为未联系上。")


class CallbackPage(_Answer):
    """One page of callbacks, the oldest ticket first."""

    waiting: list[CallbackWaiting]
    next_cursor: str | None


class ReplyAnswer(_Answer):
    """待人工处理的来信。"""

    id: UUID
    received_at: Moment
    number: str | None = Field(description="来信号码，已脱敏。")
    words: str | None = Field(description="来信内容；已删除的、没有保存的为空。")
    why: str | None = Field(
        description=(
            "words 不是数字评价；no_question 没有待评价的工单；several_questions 不止一件待评价；"
            "state_secret 有国家秘密的标志，内容没有保存。"
        )
    )


class HandledBody(Body):
    """来信已处理。"""

    ticket_no: Annotated[
        str | None, Field(max_length=64, pattern=r"^[0-9A-Za-z._-]+$", description="归入的工单。")
    ] = None


class ShiftAnswer(_Answer):
    """一个值班班次。"""

    id: UUID
    unit: str
    person_id: str
    line: int = Field(description="顺序，1 最先通知。")
    starts_at: Moment
    ends_at: Moment


class ShiftBody(Body):
    """一个值班班次。"""

    person_id: PersonId
    starts_at: Annotated[AskedInstant, Field(description="开始时间，带时区。")]
    ends_at: Annotated[AskedInstant, Field(description="结束时间，带时区。")]
    line: Annotated[int, Field(ge=1, le=9, description="顺序，1 最先通知。")] = 1


class RosterBody(Body):
    """一个单位的值班安排。"""

    unit: UnitName
    shifts: Annotated[list[ShiftBody], Field(min_length=1, max_length=500)]


class Acknowledged(_Answer):
    """确认的结果。"""

    acknowledged: int = Field(description="因此不再继续通知的紧急事项数。")
