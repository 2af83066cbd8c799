"""What screens get beside tickets themselves: terms, previews, suggestions, what looks alike, figures."""

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from api.answers import TicketLine
from api.answers import _Answer as Answered
from api.moments import Moment


class AlarmAnswer(Answered):
    """A lamp to come."""

    at: Moment
    lamp: str


class ClockChange(Answered):
    """One limit before and after a command."""

    clock: str
    unit: str
    was: Moment | None = Field(description="原期限；新起算的为空。")
    due: Moment | None = Field(description="新期限；不再计时的为空。")
    provisional: bool
    silent: bool = Field(description="等待审核，暂不提醒。")
    outcome: str = Field(description="running、breached、met、ended。")
    reason: str | None
    alarms: list[AlarmAnswer]


class Foretold(Answered):
    """One thing a command would make happen."""

    sentence: str
    clock: dict[str, Any] | None
    basis: list[str]


class PreviewAnswer(Answered):
    """What a command would do."""

    status: str
    becomes: str
    said: list[Foretold]
    clocks: list[ClockChange]


class Requirement(Answered):
    """What a command must carry, and which rules say so."""

    command: str
    fields: list[str]
    at_least: int
    basis: list[str]


class OutcomeTerm(Answered):
    """What a reply with this outcome must bring along."""

    outcome: str
    fields: list[str]
    materials: int


class RefusalTerm(Answered):
    """A reason for not accepting a demand, and where its citizen is sent: read out on the phone."""

    reason: str
    route: str
    requires: list[str]
    supervisor_check: bool
    basis: list[str]


class SecrecyTerm(Answered):
    """What shows that a demand may carry state secrets, so that it can be said before anything is sent."""

    stop: list[str] = Field(description="出现即不得登记的字样。")
    warn: list[str] = Field(description="出现时提醒核实的字样。")
    everyday: list[str] = Field(description="日常用语，其中的字样不算。")
    route: str = Field(description="接着怎么办。")
    basis: list[str]


class TermsAnswer(Answered):
    """What the policy in force asks for and lets choose; of a ticket, or of one that is to be registered."""

    policy: str
    title: str
    office: str
    sources: list[str]
    types: list[str]
    refusals: list[RefusalTerm]
    secrecy: SecrecyTerm | None = Field(description="国家秘密的标志；办法文件没有写的为空。")
    direct_answer: list[str] | None = Field(description="即办答复的方式；不能即办的为空。")
    requirements: list[Requirement]
    outcomes: list[OutcomeTerm]
    extension_reasons: list[str]
    supervision_forms: list[str]
    supervision_levels: list[str]
    exclusions: list[str]
    rates: list[str] = Field(description="回访须评价的项目。")
    reviews: list[str]
    articles: dict[str, str]


class LookAlike(Answered):
    """A ticket that may be about the same matter, with its words."""

    ticket: TicketLine
    text: str | None
    likeness: int = Field(ge=0, le=100, description="文字相似度，百分数。")
    reasons: list[str] = Field(description="为什么列出：same_caller、same_place、same_matter、similar_text。")


class CallerKnown(Answered):
    """What is known of a number that calls."""

    name: str | None = Field(description="脱敏的姓名。")
    tickets: list[TicketLine]


class SuggestedUnit(Answered):
    """A unit that a ticket may go to, and why."""

    unit: str
    reason: str
    ground: str = Field(description="precedent、prior、history、territory。")


class CategoryAnswer(Answered):
    """A category; the third level has no children."""

    name: str
    asks: list[str] = Field(description="受理这类诉求应当问清的事项。")
    words: list[str] = Field(description="诉求中出现即可能属于这一类的词。")
    children: list["CategoryAnswer"]


class PersonAnswer(Answered):
    """Somebody of the directory."""

    id: str
    name: str
    unit: str
    roles: list[str]
    post: str | None
    absent: bool


class PolicyLine(Answered):
    """A policy and how much it binds."""

    id: str
    title: str
    number: str | None
    place: str
    standing: str
    lapsed: str | None = Field(description="今天不能据以受理的原因。")
    current: bool = Field(description="本热线所用的办法。")


class PolicyPage(PolicyLine):
    """A policy explained."""

    page: str = Field(description="逐项说明，Markdown。")


class ArticleAnswer(Answered):
    """A rule as people cite it, with its words where the policy quotes them."""

    policy: str = Field(description="文件的名称。")
    article: str = Field(description="条文的序号，如第11条(2)。")
    text: str | None


class OfficeHoursAnswer(Answered):
    """When offices are open, for counting what remains of a limit."""

    version: str
    intervals: list[Annotated[list[Moment], Field(min_length=2, max_length=2)]] = Field(
        description="每段的开始和结束。"
    )


class CalendarDay(Answered):
    """A day and why it is or is not worked."""

    day: date
    kind: str
    reason: str
    working: bool


class CalendarAnswer(Answered):
    """One year of the working calendar."""

    year: int
    version: str
    provisional: bool
    days: list[CalendarDay]


class Part(Answered):
    """How many of how many, and how the list of the first is asked for."""

    count: int
    of: int | None = None
    query: dict[str, str | list[str]] = Field(description="列出这些工单的查询条件。")


class Dashboard(Answered):
    """The figures of a period."""

    since: Moment
    until: Moment
    figures: dict[str, Part]
    lamps: dict[str, Part]
    open: dict[str, Part]


class UnitFigures(Answered):
    """What one unit did in a period."""

    unit: str
    dispatched: Part
    signed_in_time: Part
    handled_in_time: Part
    overdue: Part
    satisfied: Part


class HeatCell(Answered):
    """How many demands of a kind came from a place."""

    area: str
    category: str
    number: int


class TrendDay(Answered):
    """One day."""

    day: date
    received: int
    closed: int
    overdue: int


class DeskCounts(Answered):
    """How much waits, for the menu."""

    status: dict[str, int]
    lamp: dict[str, int]
    stage: dict[str, int] = Field(description="本单位各办理状态的件数。")
    asked: dict[str, int] = Field(description="待审核的退单、延期申请，待初审、待终审的答复。")
    supervisions: int
    callbacks: int = Field(description="有诉求人尚待回访的件数；不回访的角色为0。")
