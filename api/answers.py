"""What callers get: the models of successful answers."""

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.moments import Moment


class _Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Registered(_Answer):
    """A demand that is registered."""

    no: str = Field(description="工单编号。", examples=["20261121000042"])
    received_at: Moment = Field(description="受理时间，由系统记录。")


class CommandAnswer(_Answer):
    """What became of a command."""

    state: str = Field(description="accepted 已办理；stored 已保存，稍后办理。", examples=["accepted"])
    command_id: str = Field(description="操作编号，可据以查询结果。")
    received_at: Moment = Field(description="收到操作的时间，时限按这一时间计算。")
    seq: int | None = Field(default=None, description="办理后工单的事实序号。")
    status: str | None = Field(default=None, description="办理后工单的状态。")
    facts: list[dict[str, Any]] = Field(default=[], description="由此产生的事实。")


class LimitShown(_Answer):
    """The limit that a list shows of a ticket, with its own lamp."""

    name: str
    unit: str = Field(description="office 为热线办。")
    due_at: Moment
    lamp: str | None
    provisional: bool


class TicketLine(_Answer):
    """A ticket as a list shows it."""

    no: str
    jurisdiction: str
    status: str
    stage: str | None
    type: str
    urgency: str
    level: str
    source: str
    category: str | None
    area: str | None
    lead_unit: str | None
    lamp: str | None
    next_due: Moment | None
    next_due_clock: str | None
    limit_shown: LimitShown | None = Field(
        default=None,
        description="应当先看的时限：承办单位看本单位的，其他人看亮灯最重的；同等的看最早到期的。",
    )
    provisional: bool
    upstream_no: str | None
    received_at: Moment
    dispatched_at: Moment | None
    closed_at: Moment | None
    ended_at: Moment | None
    counters: dict[str, Any]
    title: str | None = Field(description="标题；没有标题的为诉求内容的开头，已删除的为空。")


class TicketPage(_Answer):
    """One page of a list, most urgent first."""

    tickets: list[TicketLine]
    next_cursor: str | None = Field(description="下一页的标记；没有下一页时为空。")


class AssignmentAnswer(_Answer):
    """One unit's part in a ticket."""

    unit: str
    role: str
    stage: str
    subordinate: str | None
    lacking: list[str]
    dispatched_at: Moment
    signed_at: Moment | None
    replied_at: Moment | None
    counters: dict[str, Any]


class ClockAnswer(_Answer):
    """One limit of a ticket."""

    name: str
    unit: str
    n: int
    state: str = Field(description="running 计时中；breached 已逾期；met 按时完成；ended 已终止。")
    anchor: Moment
    started_at: Moment
    due_at: Moment
    basis: list[str]
    provisional: bool = Field(description="到期日所在年份的节假日安排尚未公布，暂定。")
    limit: str
    lamp: str | None
    silent_since: Moment | None
    breached_at: Moment | None
    met_at: Moment | None
    ended_at: Moment | None
    reason: str | None


class CallerAnswer(_Answer):
    """A caller, masked."""

    id: str
    name: str | None
    phone: str | None
    has_address: bool
    joined_at: Moment
    answered_at: Moment | None
    called_back_at: Moment | None
    withdrawn_at: Moment | None
    ratings: dict[str, Any]


class PolicyAnswer(_Answer):
    """The policy a ticket runs under."""

    id: str
    title: str
    standing: str


class TicketDetail(TicketLine):
    """A ticket as its page shows it."""

    text: str | None
    special: str | None
    complainant: str
    subject_unit: str | None
    prior: str | None
    upstream_due: Moment | None
    merged_into: str | None
    original_received_at: Moment | None
    registered_at: Moment | None
    seq: int
    assignments: list[AssignmentAnswer]
    clocks: list[ClockAnswer]
    callers: list[CallerAnswer]
    allowed: list[str] = Field(description="此刻你可以办理的操作。")
    policy: PolicyAnswer


class TextAnswer(_Answer):
    """Words that somebody wrote, or why they are not shown."""

    text: str | None = None
    withheld: bool = False
    erased_at: Moment | None = None
    erased_reason: str | None = None


class Entry(_Answer):
    """One line of a timeline."""

    seq: int
    at: Moment
    recorded_at: Moment
    fact: str
    sentence: str
    do: str | None
    actor: dict[str, Any] | None
    unit: str | None
    clock: dict[str, Any] | None = Field(description="对时限的影响。")
    basis: list[str]
    details: dict[str, Any]
    texts: dict[str, TextAnswer]
    command_id: str | None


class Article(_Answer):
    """A rule and its words."""

    rule: str
    text: str | None


class CountedInterval(_Answer):
    """Office hours that were counted."""

    day: date
    opens: Moment
    closes: Moment
    seconds: float


class ExplainedDay(_Answer):
    """A day, and why it counts or does not."""

    day: date
    kind: str
    reason: str
    number: int | None


class Counted(_Answer):
    """What was counted and what was skipped."""

    start: Moment
    due: Moment
    counted_from: Moment
    intervals: list[CountedInterval]
    seconds: float
    days: list[ExplainedDay]
    skipped: list[ExplainedDay]
    make_up_days: list[ExplainedDay]
    calendar_version: str
    provisional: bool


class StepAnswer(_Answer):
    """One step to the due time."""

    cause: str
    said: str
    at: Moment
    start: Moment
    due: Moment
    basis: list[str]
    counted: Counted | None
    citation: str | None


class ExplanationAnswer(_Answer):
    """Why a deadline falls where it does."""

    clock: str
    unit: str
    anchor: Moment
    due: Moment
    provisional: bool
    limit: str
    unspecified: bool = Field(description="办法没有规定，采用的是所列的选择。")
    basis: list[Article]
    choice: dict[str, str] | None
    calendar_version: str
    steps: list[StepAnswer]
    lines: list[str] = Field(description="逐行的说明，可直接打印。")


class SupervisionAnswer(_Answer):
    """A supervision."""

    no: str
    ticket_no: str | None
    title: str | None = Field(description="所督办工单的标题，专项督办的事由；已删除或不能查看的为空。")
    unit: str
    cause: str
    form: str | None
    level: str
    status: str
    opened_at: Moment
    due_at: Moment | None
    provisional: bool
    lamp: str | None
    breached_at: Moment | None
    answered_at: Moment | None
    closed_at: Moment | None


class SupervisionPage(_Answer):
    """One page of supervisions."""

    supervisions: list[SupervisionAnswer]
    next_cursor: str | None


class SupervisionDetail(SupervisionAnswer):
    """A supervision and what happened in it."""

    timeline: list[Entry]
    allowed: list[str] = Field(description="此刻你可以办理的操作。")
    higher_levels: list[str] = Field(description="还可以升到的层级，由低到高。")


class UnitAnswer(_Answer):
    """A unit."""

    name: str
    kind: str
    parent: str | None
    supervised_by: str | None
    territory: list[str]
    people: int


class MessageAnswer(_Answer):
    """A notice to one recipient."""

    id: str
    ticket_no: str
    notice: str
    role: str
    unit: str | None
    channel: str
    template: str
    state: str
    queued_at: Moment
    settled_at: Moment | None
    last_error: str | None
    number: str | None
    body: str | None


class TemplateAnswer(_Answer):
    """The words of a notice."""

    id: str = Field(description="模板在短信服务商处的名称。")
    text: str
    signature: str
    variables: list[str] = Field(description="填入的内容，按出现的先后。")


class MessagePage(_Answer):
    """One page of messages, newest first."""

    messages: list[MessageAnswer]
    next_cursor: str | None


class Health(_Answer):
    """Whether a part answers."""

    status: str
    database: bool | None = None
    engine: bool | None = None
