"""What a policy file may say.

A policy is one regulation as data. Every element names the rules it rests on (`basis`, ids of
policies/rules.json), and where the regulation leaves a question open, the element names the choice made
(`choice`, a key of `choices`). What one regulation needs and this schema cannot say becomes a new element
here, never a branch in code.
"""

from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from domain.calendar_data import OfficeHours, Season
from domain.commands import AnswerSupervision, Order, Reply, RequestExtension, RequestReturn, TicketFields
from domain.limit import Limit
from domain.vocabulary import (
    Channel,
    ClockName,
    Complainant,
    ExclusionReason,
    ExtensionReason,
    Lamp,
    Level,
    Outcome,
    Passing,
    Rating,
    Recipient,
    RefusalReason,
    Role,
    Source,
    Special,
    Status,
    SupervisionCause,
    SupervisionForm,
    SupervisionLevel,
    TicketType,
    Trouble,
    UnitRole,
    Urgency,
)


def _known_rule(rule: str, info: ValidationInfo) -> str:
    known = (info.context or {}).get("rule_ids")
    if known is not None and rule not in known:
        raise ValueError(f"规则表中没有{rule}这一条")
    return rule


RuleId = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z]{2}-[A-Z]?\d+(\.\d+)*[a-z]?$"),
    AfterValidator(_known_rule),
]
"""An id of the rule table, which is not the domain's: a loader passes `rule_ids` as validation context."""


def _explained(choice: str, info: ValidationInfo) -> str:
    explained = (info.context or {}).get("choices")
    if explained is not None and choice not in explained:
        raise ValueError(f"choices 中没有说明“{choice}”这一取舍")
    return choice


ChoiceName = Annotated[str, AfterValidator(_explained)]
"""A key of the policy's own `choices`, which a loader passes as validation context."""


class Standing(StrEnum):
    """How much a text binds today."""

    IN_FORCE = "in_force"
    DRAFT = "draft"
    EXPIRED = "expired"
    PLAN = "plan"
    NEWS = "news"


class Element(BaseModel):
    """Anything a policy says, with the rules it rests on."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    basis: tuple[RuleId, ...] = Field(min_length=1)
    choice: ChoiceName | None = None


class When(BaseModel):
    """The tickets an element is for; every condition that is given must hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    type: tuple[TicketType, ...] | None = None
    urgency: tuple[Urgency, ...] | None = None
    level: tuple[Level, ...] | None = None
    source: tuple[Source, ...] | None = None
    special: tuple[Special, ...] | None = None
    complainant: tuple[Complainant, ...] | None = None
    units_at_least: int | None = None
    unclear_duty: bool | None = None

    def matches(self, ticket: TicketFields, units: int = 1) -> bool:
        """Whether a ticket with these fields, sent to this many units, is meant."""
        if self.units_at_least is not None and max(units, ticket.units_involved or 1) < self.units_at_least:
            return False
        if self.unclear_duty is not None and ticket.unclear_duty != self.unclear_duty:
            return False
        return all(getattr(ticket, name) in allowed for name, allowed in self._among)

    @cached_property
    def _among(self) -> tuple[tuple[str, tuple[object, ...]], ...]:
        """The fields that must hold one of some values: a rule rarely names more than one or two."""
        named = ("type", "urgency", "level", "source", "special", "complainant")
        return tuple((name, getattr(self, name)) for name in named if getattr(self, name) is not None)


_Used = TypeVar("_Used")


class Unspecified(BaseModel, Generic[_Used]):
    """The regulation does not say. What is used instead is said here, why, and shown where it is used."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    used: _Used
    why: str


class BeforeDue(BaseModel):
    """A due time that hangs on another clock of the same unit: this far before its due time."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    clock: ClockName
    ahead: Limit


class RungAt(BaseModel):
    """Where a rung of a ladder stands: at the due time, or a distance before or after it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    before: Limit | None = None
    after: Limit | None = None

    @model_validator(mode="before")
    @classmethod
    def _due_word(cls, data: Any) -> Any:
        return {} if data == "due" else data

    @property
    def minutes_from_due(self) -> float:
        """Roughly how long after the due time the rung stands, negative before it: enough for an order."""
        if self.before is not None:
            return -self.before.rough_minutes
        return self.after.rough_minutes if self.after is not None else 0

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        if self.before and self.after:
            raise ValueError("提醒只能在到期之前或之后，不能两者都写")
        return self


class RungRule(Element):
    """One alarm of a ladder: when, which lamp, who is told and how."""

    at: RungAt
    lamp: Lamp
    notify: tuple[Recipient, ...] = Field(min_length=1)
    via: tuple[Channel, ...] = (Channel.SMS,)
    supervision: bool = False


class OnBreach(Element):
    """What follows when an obligation is breached; `form` is that of the supervision it opens."""

    notify: tuple[Recipient, ...] = ()
    via: tuple[Channel, ...] = (Channel.SMS,)
    explanation: bool = False
    supervision: bool = False
    form: SupervisionForm | None = None


class Anchor(StrEnum):
    """What a clock is counted from."""

    RECEIPT = "receipt"
    DISPATCH = "dispatch"
    SIGN = "sign"
    EVENT = "event"


class ClockRule(Element):
    """One clock for the tickets of `when`: how long, counted from what, with which ladder.

    `as_given` is for due times that somebody names: a promise, a plan, an upper level's deadline.
    """

    when: When | None = None
    limit: Limit | None = None
    unspecified: Unspecified[Limit] | None = None
    before_due: BeforeDue | None = None
    as_given: bool = False
    anchor: Anchor = Anchor.EVENT
    ladder: tuple[RungRule, ...] = ()
    on_breach: OnBreach | None = None

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        lengths = (self.limit, self.unspecified, self.before_due, self.as_given or None)
        if sum(length is not None for length in lengths) != 1:
            raise ValueError("limit、unspecified、before_due、as_given 须写且只能写一项")
        return self

    @field_validator("ladder")
    @classmethod
    def _in_time_order(cls, ladder: tuple[RungRule, ...]) -> tuple[RungRule, ...]:
        places = [(_SEVERITY[rung.lamp], rung.at.minutes_from_due) for rung in ladder]
        for (lamp, at), (next_lamp, next_at) in pairwise(places):
            if next_lamp < lamp or next_at < at:
                raise ValueError("各级提醒须按时间先后、由预警到红牌排列")
        return ladder

    @property
    def length(self) -> Limit | None:
        """The span in force, be it the regulation's or the one used where it is silent."""
        return self.limit or (self.unspecified.used if self.unspecified else None)


_SEVERITY = {Lamp.WARNING: 0, Lamp.YELLOW: 1, Lamp.RED: 2}


class Office(BaseModel):
    """The hotline office and the words a jurisdiction uses for it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    upper_level: str | None = None
    leader: str


class ParentDocument(BaseModel):
    """A superior text that a policy rests on."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    title: str
    number: str | None = None


class Choice(BaseModel):
    """An open question of the regulation, the answer used here, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    question: str
    answer: str
    why: str
    rules: tuple[RuleId, ...]


class Intake(Element):
    """Which demands come in, and through what. `levels` gives a source's level where a ticket names none.

    `non_emergency`: emergencies are handed over or refused, never dispatched.
    """

    sources: tuple[Source, ...] = Field(min_length=1)
    types: tuple[TicketType, ...] = Field(min_length=1)
    upstream_sources: tuple[Source, ...] = ()
    levels: dict[Source, Level] = {}
    from_above_only: bool = False
    non_emergency: "Permission | None" = None

    @field_validator("upstream_sources", "levels")
    @classmethod
    def _of_the_sources(cls, named: Any, info: ValidationInfo) -> Any:
        sources = info.data.get("sources", named)
        if others := [source for source in named if source not in sources]:
            raise ValueError(f"“{'、'.join(others)}”不在 sources 之列")
        return named

    def level_of(self, source: Source) -> Level:
        """The level of what comes from a source, where nobody says otherwise."""
        unnamed: Level = TicketFields.model_fields["level"].default
        return self.levels.get(source, unnamed)


class RefusalRule(Element):
    """One reason for not accepting a demand, what must be on record for it and where the citizen is sent.

    `prior_handled`: the earlier ticket that is named must have been handled to its end.
    `supervisor_check`: the office itself refuses, or an agent with the supervisor's approval on record.
    `complainants`: demands of these are out of scope for this reason and cannot be dispatched or answered.
    """

    requires: tuple[Literal["evidence", "prior"], ...] = ()
    prior_handled: bool = False
    route: str
    keep_content: bool = True
    supervisor_check: bool = False
    complainants: tuple[Complainant, ...] = ()


class Interception(Element):
    """Web intake that stops a demand by itself, with a notice; the citizen may appeal afterwards."""

    sources: tuple[Source, ...] = Field(min_length=1)
    reasons: tuple[RefusalReason, ...] = Field(min_length=1)


class Refusals(Element):
    """不予受理, where a regulation provides for it."""

    reasons: dict[RefusalReason, RefusalRule]
    interception: Interception | None = None


Mark = Annotated[str, StringConstraints(min_length=2, max_length=20)]
"""Characters that are looked for in a text; a single one would stand in half of all texts."""


class SecretMarks(BaseModel):
    """What shows that a text may carry state secrets.

    A text with a mark of `stop` is not taken in. One of `warn` is pointed out to whoever takes it down.
    Within the words of `everyday` nothing counts as a mark (手机密码 is no 机密). Of two words that begin
    at the same place the longer one counts.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    stop: tuple[Mark, ...] = Field(min_length=1)
    warn: tuple[Mark, ...] = ()
    everyday: tuple[Mark, ...] = ()


class SecrecyTerms(BaseModel):
    """Intake stops at state secrets: at which marks, and where the citizen is sent instead (`route`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    basis: tuple[RuleId, ...] = ()
    choice: ChoiceName | None = None
    marks: SecretMarks | None = None
    unspecified: Unspecified[SecretMarks] | None = None
    route: str

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.marks is None) == (self.unspecified is None):
            raise ValueError("marks 和 unspecified 须写且只能写一项")
        if (self.marks is not None) != bool(self.basis):
            raise ValueError("写 marks 的要写明 basis；办法没有规定的写 unspecified，不写 basis")
        return self

    @property
    def looked_for(self) -> SecretMarks:
        """The marks in use, be they the regulation's or those used where it is silent."""
        marks = self.marks or (self.unspecified.used if self.unspecified else None)
        assert marks is not None, "one of the two is there"
        return marks


class DirectAnswer(Element):
    """即办: which tickets may be answered at once."""

    when: When | None = None
    modes: tuple[Literal["direct", "three_way"], ...] = ("direct",)
    requires_knowledge: bool = False


class Permission(Element):
    """Something a regulation provides for, with nothing more to say about it."""


class RequiredPart(Element):
    """Fields that a command must carry for the tickets of `when`."""

    when: When | None = None
    fields: tuple[str, ...] = Field(min_length=1)
    code: str
    at_least: int = 1


_NEVER_MISSING = frozenset({"do", "unit", "no", "working_days"})


def _check_fields(command: type[Order], names: tuple[str, ...]) -> None:
    there = [name for name in command.model_fields if name not in _NEVER_MISSING]
    unknown = [name for name in names if name not in there]
    if unknown:
        raise ValueError(f"这里没有“{'、'.join(unknown)}”这一项，可以要求的有：{'、'.join(there)}")


def _named_by(command: type[Order]) -> AfterValidator:
    """Parts that a command can have: one of another name could never be met."""

    def check(parts: tuple[RequiredPart, ...]) -> tuple[RequiredPart, ...]:
        for part in parts:
            _check_fields(command, part.fields)
        return parts

    return AfterValidator(check)


def _check_cited(number: object, basis: tuple[str, ...], name: str) -> None:
    if number is not None and not basis:
        raise ValueError(f"写了 {name}，也要写明 {name}_basis")


class Staffing(Element):
    """Whom a unit must have named before it is dispatched to: role and number."""

    roles: dict[str, int]


class Panel(Element):
    """研判: after this many returns only a panel's decision routes the ticket on.

    `returns_of`: whose approved returns count, those of leading or also of assisting units.
    """

    after_returns: int
    returns_of: tuple[UnitRole, ...] = Field(default=(UnitRole.LEAD, UnitRole.ASSIST), min_length=1)
    fallback: Literal["territorial"]
    fallback_basis: tuple[RuleId, ...]


class FirstReceiver(Element):
    """首接负责: the unit marked so keeps the ticket, and leads where several are involved."""

    leads_basis: tuple[RuleId, ...] = Field(min_length=1)


class Deliberation(Element):
    """联席会议 on who is responsible.

    `rests_dispatch`: no dispatch clock runs until it is concluded, then one starts from there.
    `return_basis`: a unit that got the ticket after a conclusion may not give it back.
    """

    rests_dispatch: bool = False
    return_basis: tuple[RuleId, ...] = ()


class Binding(Element):
    """A panel's decision binds later routing; the unit it named may not give the ticket back.

    `precedent_basis`: it binds later tickets of the same kind and area too, until a panel decides anew.
    """

    return_basis: tuple[RuleId, ...] = Field(min_length=1)
    precedent_basis: tuple[RuleId, ...] = ()


class LeadReason(Element):
    """Where several units of these kinds are involved, why one of them leads is put on record."""

    kinds: tuple[str, ...] = Field(min_length=1)
    at_least: int = Field(default=2, ge=2)


class DispatchTerms(Element):
    """How tickets are sent out."""

    staffing: Staffing
    first_receiver: FirstReceiver | None = None
    insisted: Permission | None = None
    panel: Panel | None = None
    joint_meeting: Deliberation | None = None
    panel_binds: Binding | None = None
    own_complaint: Permission | None = None
    lead_reason: LeadReason | None = None
    industry_department: Permission | None = None


class ReturnTerms(Element):
    """How a unit may give a ticket back. `refused_is_final`: after a refusal it may not ask again."""

    requires: Annotated[tuple[RequiredPart, ...], _named_by(RequestReturn)]
    window_basis: tuple[RuleId, ...]
    approved: Permission
    refused: Permission
    deemed_acceptance: Permission | None = None
    refused_is_final: Permission | None = None
    decision_needs_reason: Permission | None = None


class Cap(Element):
    """The most an extension may add. A soft cap (原则上, 一般) yields to a stated, approved exception."""

    working_days: int | None = None
    times_of_limit: float | None = None
    soft: bool

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.working_days is None) == (self.times_of_limit is None):
            raise ValueError("working_days 和 times_of_limit 须写且只能写一项")
        return self


class ExtensionTerms(Element):
    """How a unit may ask for more time."""

    requires: Annotated[tuple[RequiredPart, ...], _named_by(RequestExtension)]
    window_basis: tuple[RuleId, ...]
    reasons: tuple[ExtensionReason, ...] = ()
    cap: Cap | None = None
    times: int | None = None
    times_basis: tuple[RuleId, ...] = ()
    on_redo: bool = True
    on_redo_basis: tuple[RuleId, ...] = ()
    citizen_told_by: Literal["unit", "office"]
    told_basis: tuple[RuleId, ...]
    refused: Permission
    refusal_needs_reason: Permission | None = None

    @model_validator(mode="after")
    def _limits_are_cited(self) -> Self:
        _check_cited(self.times, self.times_basis, "times")
        _check_cited(None if self.on_redo else False, self.on_redo_basis, "on_redo")
        return self


class OutcomeTerms(Element):
    """What a reply with this outcome must bring along."""

    fields: tuple[str, ...] = ()
    materials: int = 0
    max_calendar_days: int | None = None

    @field_validator("fields")
    @classmethod
    def _of_a_reply(cls, fields: tuple[str, ...]) -> tuple[str, ...]:
        _check_fields(Reply, fields)
        return fields


class ReplyTerms(Element):
    """What a reply must say, who passes it in the unit, who signs it."""

    requires: Annotated[tuple[RequiredPart, ...], _named_by(Reply)]
    outcomes: dict[Outcome, OutcomeTerms] = {}
    approvals: tuple["Approval", ...] = ()
    signatures: tuple["Signature", ...] = ()
    implies_signing: Permission


class Approval(Element):
    """A person of the unit who passes its reply before it leaves."""

    by: Literal["unit_leader", "unit_principal"]
    when: When | None = None


class Signature(Element):
    """A signature or seal that must be on record before the review passes."""

    who: Literal["unit_principal", "government_leader", "government_principal"]
    when: When | None = None


class ReviewLevel(Element):
    """One level of review; a reply passes them in order."""

    name: Literal["first_review", "final_review"]
    by: tuple[Role, ...]
    when: When | None = None
    needs_opinion: Permission | None = None


class Closing(Element):
    """When a ticket counts as 办结, and how long after that it is archived.

    `final`: once closed after supervision or a redo, the same facts and reasons are not taken up again.
    """

    on: Literal["review", "callback"]
    archive_after: Limit
    archive_choice: ChoiceName
    final: Permission | None = None


class CallbackTerms(Element):
    """回访 and ratings."""

    attempts: int = Field(ge=1)
    attempts_choice: ChoiceName
    rates: tuple[Literal["handling", "intake"], ...]
    when: When | None = None


class RedoTerms(Element):
    """重办. `needs_finding`: only where the office has not found the caller's reasons unreasonable."""

    times: int | None = None
    times_basis: tuple[RuleId, ...] = ()
    ratings: tuple[Rating, ...]
    needs_finding: bool = False

    @model_validator(mode="after")
    def _number_is_cited(self) -> Self:
        _check_cited(self.times, self.times_basis, "times")
        return self


class Detector(Element):
    """A count on a ticket that calls for supervision: `opens` it by itself, or only says so to the office."""

    of: Trouble
    at_least: int = Field(ge=1)
    cause: SupervisionCause
    opens: bool = False


class SupervisionTerms(Element):
    """督办: forms, levels from lowest to highest, what an answer must bring, what calls for it by itself."""

    forms: tuple[SupervisionForm, ...] = Field(min_length=1)
    levels: tuple[SupervisionLevel, ...] = Field(min_length=1)
    requires: Annotated[tuple[RequiredPart, ...], _named_by(AnswerSupervision)] = ()
    detectors: tuple[Detector, ...] = ()
    close: Permission


class Exclusion(Element):
    """A dissatisfied rating that does not count against the unit, for the tickets of `when`."""

    when: When | None = None


class ScoreTerms(Element):
    """What is taken out of, or added to, a unit's score by decision."""

    exclusions: dict[ExclusionReason, Exclusion] = {}
    explanations_needed: int = 2
    bonus: Permission | None = None


class Process(Element):
    """The stages of the process in the regulation's words; what is cited for a wrong turn or a wrong role.

    A stage belongs to a status of the ticket, or to something it passes without changing its status.
    """

    roles: tuple[RuleId, ...] = Field(min_length=1)
    stages: dict[Status | Passing, str] = {}


class ContractorTerms(Element):
    """What people of a contractor that runs the platform may do; the rest stays with the office's own."""

    commands: tuple[str, ...] = Field(min_length=1)


class Document(Element):
    """Something the regulation says that binds nobody in casework, in a sentence for the policy's page."""

    says: str | None = None


class OfficeHoursTerms(BaseModel):
    """When the offices of the place are open, where a site does not set its own hours."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    weekly: OfficeHours
    seasons: tuple[Season, ...] = ()
    choice: ChoiceName


class Policy(BaseModel):
    """One regulation as data: who owes what until when, on which basis."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    title: str
    number: str | None = None
    place: str
    standing: Standing
    issued: date | None = None
    effective_from: date | None = None
    effective_until: date | None = None
    valid_for_years: int | None = Field(default=None, ge=1)
    standing_basis: tuple[RuleId, ...]
    source: str
    parents: tuple[ParentDocument, ...] = ()
    office: Office
    calendar: Literal["cn"] = "cn"
    office_hours: OfficeHoursTerms
    process: Process
    intake: Intake
    secrecy: SecrecyTerms | None = None
    refusals: Refusals | None = None
    emergency_transfer: Permission | None = None
    direct_answer: DirectAnswer | None = None
    leader_instruction: Permission | None = None
    upstream: Permission | None = None
    dispatch: DispatchTerms
    returns: ReturnTerms
    extensions: ExtensionTerms | None = None
    override: Permission
    reply: ReplyTerms
    review: tuple[ReviewLevel, ...] = Field(min_length=1)
    closing: Closing
    callback: CallbackTerms
    redo: RedoTerms
    withdrawal: Permission
    supervision: SupervisionTerms
    merging: Permission
    referrals: Permission
    score: ScoreTerms | None = None
    clocks: dict[ClockName, tuple[ClockRule, ...]]
    articles: dict[RuleId, str] = {}
    choices: dict[str, Choice] = {}
    contractor: ContractorTerms | None = None
    documents: tuple[Document, ...] = ()

    @field_validator("clocks")
    @classmethod
    def _handle_is_given(cls, clocks: dict[ClockName, Any]) -> dict[ClockName, Any]:
        if ClockName.HANDLE not in clocks:
            raise ValueError("须写明办理时限 handle；办法没有规定的，写 unspecified 和实际采用的时限")
        return clocks

    @field_validator("clocks")
    @classmethod
    def _name_what_there_is(
        cls, clocks: dict[ClockName, tuple[ClockRule, ...]], info: ValidationInfo
    ) -> dict[ClockName, tuple[ClockRule, ...]]:
        supervision: SupervisionTerms | None = info.data.get("supervision")
        for name, rule in ((name, rule) for name, rules in clocks.items() for rule in rules):
            on = rule.before_due.clock if rule.before_due else None
            if on is not None and on not in clocks:
                raise ValueError(f"{name} 按 {on} 的到期时间推算，而没有规定 {on}")
            form = rule.on_breach.form if rule.on_breach else None
            if form is not None and supervision is not None and form not in supervision.forms:
                raise ValueError(f"{name} 逾期启动的督办方式 {form} 不在 supervision.forms 之列")
        return clocks

    @property
    def valid_until(self) -> date | None:
        """The last day the text binds, as it says or so many years after it took effect; None for no end."""
        if self.effective_until is not None or self.effective_from is None or self.valid_for_years is None:
            return self.effective_until
        year = self.effective_from.year + self.valid_for_years
        leap_day = (self.effective_from.month, self.effective_from.day) == (2, 29)
        return self.effective_from.replace(year=year, day=28 if leap_day else self.effective_from.day)

    def clock(self, name: ClockName, ticket: TicketFields, units: int = 1) -> ClockRule | None:
        """The first rule for this clock that fits the ticket, None where the policy has none for it."""
        for rule in self.clocks.get(name, ()):
            if rule.when is None or rule.when.matches(ticket, units):
                return rule
        return None
