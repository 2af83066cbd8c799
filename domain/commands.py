"""The commands of casework, one class each: what scenario steps, signals, Updates and the API say.

A field typed `Text` holds what a person wrote. The public form carries the words; the internal form, the only
one that may reach Temporal, carries a reference to the stored words instead. The rules of the core look only
at whether a text is there, so they need not know which form they see.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Literal, Self, get_args, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    TypeAdapter,
    field_validator,
    model_serializer,
    model_validator,
)

from domain.vocabulary import (
    Complainant,
    EmergencyLine,
    ExclusionReason,
    ExtensionReason,
    Level,
    Outcome,
    Rating,
    Referral,
    RefusalReason,
    Role,
    Source,
    Special,
    SupervisionCause,
    SupervisionForm,
    SupervisionLevel,
    TicketType,
    Urgency,
)


class PersonalText:
    """Marks a field whose words may name people: stored apart, encrypted, erasable, never in Temporal."""


MAX_TEXT = 20_000
"""Longest text a person may write in one field, in characters."""


def _written_out(value: Any) -> Any:
    """Pydantic takes a bare number for seconds since 1970: nobody writes a date like that."""
    if isinstance(value, int | float) or (isinstance(value, str) and _NUMBER.fullmatch(value)):
        raise ValueError("不是日期和时间")
    return value


def _counted(value: Any) -> Any:
    """Pydantic takes true for 1."""
    if isinstance(value, bool):
        raise ValueError("应为整数")
    return value


def _not_blank(value: str) -> str:
    """A reason that is asked for is not given by the space bar."""
    if value.isspace():
        raise ValueError("不能只有空白")
    return value


_NUMBER = re.compile(r"\s*[-+]?[0-9.]+\s*")

Moment = Annotated[datetime, BeforeValidator(_written_out)]
"""A date and a time that somebody wrote."""

_Counted = BeforeValidator(_counted)
_Days = Annotated[int, Field(ge=1, le=250), _Counted]
_Units = Annotated[int, Field(ge=1, le=100), _Counted]

_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")

Text = Annotated[str, Field(min_length=1, max_length=MAX_TEXT), AfterValidator(_not_blank), PersonalText()]
UnitName = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_not_blank)]
Texts = Annotated[list[Text], Field(max_length=100)]


class Said(BaseModel):
    """What somebody said in fields: names, codes and numbers stand on one line.

    A control character is in none of them: the database refuses some, and a ticket would try for ever.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="after")
    def _without_control_characters(self) -> Self:
        texts = text_fields(type(self))
        for name in self.model_fields_set - texts:
            value = getattr(self, name)
            if isinstance(value, str | dict | list | tuple) and any(map(_CONTROL.search, _strings(value))):
                raise ValueError(f"{name} 含有控制字符")
        return self


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _strings(name)
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)


class Order(Said):
    """What all commands share."""

    do: str

    @model_serializer(mode="wrap")
    def _only_what_was_said(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Written without the fields nobody set, so that a command that was sent reads as it was said."""
        said = self.model_fields_set | {"do"}
        return {name: value for name, value in write(self).items() if name in said}


class TicketFields(Said):
    """What is known of a demand when it is registered."""

    type: TicketType
    urgency: Urgency = Urgency.NORMAL
    level: Level = Level.COUNTY
    source: Source
    category: str | None = Field(default=None, max_length=200)
    special: Special | None = None
    complainant: Complainant = Complainant.PERSON
    area: str | None = Field(default=None, max_length=100)
    subject_unit: UnitName | None = None
    prior: str | None = Field(default=None, max_length=64)
    upstream_no: str | None = Field(default=None, max_length=64)
    upstream_due: Moment | None = None
    received_at: Moment
    original_received_at: Moment | None = None
    units_involved: _Units | None = None
    unclear_duty: bool = False


class Amend(Order):
    """Change what was registered; limits are recomputed from the same anchor.

    A field that is left out stays as it is; one that is given as empty is cleared, where it may be empty.
    """

    do: Literal["amend"] = "amend"
    type: TicketType | None = None
    urgency: Urgency | None = None
    level: Level | None = None
    source: Source | None = None
    complainant: Complainant | None = None
    special: Special | None = None
    category: str | None = Field(default=None, max_length=200)
    area: str | None = Field(default=None, max_length=100)
    subject_unit: UnitName | None = None
    prior: str | None = Field(default=None, max_length=64)
    upstream_no: str | None = Field(default=None, max_length=64)
    upstream_due: Moment | None = None
    units_involved: _Units | None = None
    unclear_duty: bool | None = None
    reason: Text | None = None

    @field_validator("type", "urgency", "level", "source", "complainant", "unclear_duty")
    @classmethod
    def _never_empty(cls, value: Any) -> Any:
        if value is None:
            raise ValueError("不能为空")
        return value


class Supplement(Order):
    """Add to what the caller said."""

    do: Literal["supplement"] = "supplement"
    text: Text | None = None
    materials: Texts = []


class Refuse(Order):
    """不予受理: what the policy does not take, with the explanation given and the right route told."""

    do: Literal["refuse"] = "refuse"
    reason_code: RefusalReason
    explanation: Text | None = None
    route: Text | None = None
    evidence: Text | Texts | None = None
    prior: str | None = Field(default=None, max_length=64)
    approved_by: Text | None = None
    intercepted: bool = False


class TransferEmergency(Order):
    """Hand an emergency over to its own line at once."""

    do: Literal["transfer_emergency"] = "transfer_emergency"
    to: Annotated[
        EmergencyLine, BeforeValidator(lambda number: str(number) if type(number) is int else number)
    ]


class ReturnUpstream(Order):
    """Send back what came from above and cannot be handled here."""

    do: Literal["return_upstream"] = "return_upstream"
    reason: Text | None = None


class RequestUpstreamExtension(Order):
    """Ask the upper level for more time."""

    do: Literal["request_upstream_extension"] = "request_upstream_extension"
    working_days: _Days | None = None
    reason: Text | None = None


class UpstreamAnswer(Order):
    """The upper level's answer to a request for more time."""

    do: Literal["upstream_answer"] = "upstream_answer"
    approve: bool
    due: Moment | None = None


class Answer(Order):
    """即办: answer the caller directly."""

    do: Literal["answer"] = "answer"
    text: Text | None = None
    knowledge: list[str] = Field(default=[], max_length=50)
    mode: Literal["direct", "three_way"] = "direct"


class SubmitToLeader(Order):
    """批办: put the matter before the government's leader by 《热线快报》."""

    do: Literal["submit_to_leader"] = "submit_to_leader"
    summary: Text | None = None


class Instruct(Order):
    """A leader's written instruction (批示)."""

    do: Literal["instruct"] = "instruct"
    text: Text | None = None
    leader: Text | None = None


class Dispatch(Order):
    """Send the ticket to one lead and any number of assisting units at the same instant."""

    do: Literal["dispatch"] = "dispatch"
    lead: UnitName
    assist: list[UnitName] = Field(default=[], max_length=100)
    first_receiver: bool | UnitName = False
    insisted: bool = False
    panel_decided: bool = False
    reason: Text | None = None


class Recall(Order):
    """Take a dispatch back."""

    do: Literal["recall"] = "recall"
    reason: Text | None = None


class UnitOrder(Order):
    """A command by which a unit acts, or which is about one unit."""

    unit: UnitName


class Subdispatch(UnitOrder):
    """Pass the work on to a subordinate, under the same clock."""

    do: Literal["subdispatch"] = "subdispatch"
    to: UnitName


class Sign(UnitOrder):
    """签收."""

    do: Literal["sign"] = "sign"


class Contact(UnitOrder):
    """Log a contact with the caller; a promised next contact starts a clock."""

    do: Literal["contact"] = "contact"
    number_used: Text | None = None
    told: Text | None = None
    next_contact_at: Moment | None = None
    reached: bool = True


class Progress(UnitOrder):
    """Report how the work goes."""

    do: Literal["progress"] = "progress"
    text: Text | None = None


class RequestReturn(UnitOrder):
    """申请退单."""

    do: Literal["request_return"] = "request_return"
    reason: Text | None = None
    basis: Text | None = None
    materials: Texts = []
    suggested_unit: UnitName | None = None


class DecideReturn(UnitOrder):
    """Adjudicate a return."""

    do: Literal["decide_return"] = "decide_return"
    unit: UnitName | None = None  # type: ignore[assignment]
    approve: bool
    reason: Text | None = None


class RequestExtension(UnitOrder):
    """申请延期."""

    do: Literal["request_extension"] = "request_extension"
    working_days: _Days
    reason: Text | None = None
    reason_code: ExtensionReason | None = None
    citizen_informed: bool = False
    citizen_consent: bool = False


class DecideExtension(UnitOrder):
    """Adjudicate an extension; without `working_days` what was asked for is granted."""

    do: Literal["decide_extension"] = "decide_extension"
    unit: UnitName | None = None  # type: ignore[assignment]
    approve: bool
    working_days: _Days | None = None
    reason: Text | None = None
    exception_reason: Text | None = None
    approved_by: Text | None = None


class SubmitToLead(UnitOrder):
    """An assisting unit's result to the lead."""

    do: Literal["submit_to_lead"] = "submit_to_lead"
    text: Text | None = None
    materials: Texts = []


class AnswerCitizen(UnitOrder):
    """A unit's answer to the caller where the policy gives that a limit of its own."""

    do: Literal["answer_citizen"] = "answer_citizen"
    text: Text | None = None
    number_used: Text | None = None


class Reply(UnitOrder):
    """The lead's result: what was done, and that the caller was answered."""

    do: Literal["reply"] = "reply"
    outcome: Outcome | None = None
    text: Text | None = None
    contacted_at: Moment | None = None
    number_used: Text | None = None
    citizen_satisfaction: Rating | None = None
    materials: Texts = []
    planned_for: Annotated[date | datetime, BeforeValidator(_written_out)] | None = None
    handler: Text | None = None
    section: Text | None = None
    handled_at: Moment | None = None
    basis: Text | None = None


class CompletePlan(UnitOrder):
    """Report that what was planned (列入计划) is done."""

    do: Literal["complete_plan"] = "complete_plan"
    text: Text | None = None
    materials: Texts = []


class ExplainOverdue(UnitOrder):
    """Explain a breached limit."""

    do: Literal["explain_overdue"] = "explain_overdue"
    text: Text | None = None
    materials: Texts = []


class ApproveReply(UnitOrder):
    """A unit's leader passes or stops its reply."""

    do: Literal["approve_reply"] = "approve_reply"
    approve: bool
    opinion: Text | None = None


class RecordSignature(Order):
    """Record who signed or sealed a report."""

    do: Literal["record_signature"] = "record_signature"
    who: Literal["unit_principal", "government_leader", "government_principal"]
    seal: Text | bool | None = None
    scan: Text | bool | None = None


class FirstReview(UnitOrder):
    """初审."""

    do: Literal["first_review"] = "first_review"
    unit: UnitName | None = None  # type: ignore[assignment]
    approve: bool
    opinion: Text | None = None


class FinalReview(UnitOrder):
    """终审, by the upper level where the policy has two levels."""

    do: Literal["final_review"] = "final_review"
    unit: UnitName | None = None  # type: ignore[assignment]
    approve: bool
    opinion: Text | None = None


class Callback(Order):
    """回访: one attempt to reach a caller, with the ratings when it succeeded."""

    do: Literal["callback"] = "callback"
    reached: bool
    handling: Rating | None = None
    intake: Rating | None = None
    solved: bool | None = None
    reasonable: bool | None = None
    caller: str | None = Field(default=None, max_length=64)


class Rate(Order):
    """A caller's own rating, through a link or an SMS."""

    do: Literal["rate"] = "rate"
    handling: Rating
    intake: Rating | None = None
    solved: bool | None = None
    caller: str | None = Field(default=None, max_length=64)


class Appeal(Order):
    """A caller objects to a refusal or a result."""

    do: Literal["appeal"] = "appeal"
    text: Text | None = None


class Redo(Order):
    """重办: send a finished ticket back to the unit."""

    do: Literal["redo"] = "redo"
    unit: UnitName | None = None
    reason: Text | None = None


class DeclineRedo(Order):
    """Find that a dissatisfied caller's demand is not reasonable."""

    do: Literal["decline_redo"] = "decline_redo"
    unit: UnitName | None = None
    reason: Text | None = None


class Withdraw(Order):
    """撤单, at the caller's wish."""

    do: Literal["withdraw"] = "withdraw"
    reason: Text | None = None
    caller: str | None = Field(default=None, max_length=64)


class Urge(Order):
    """催办."""

    do: Literal["urge"] = "urge"
    unit: UnitName | None = None
    text: Text | None = None


class Supervise(Order):
    """督办."""

    do: Literal["supervise"] = "supervise"
    unit: UnitName | None = None
    form: SupervisionForm | None = None
    cause: SupervisionCause = SupervisionCause.OTHER
    level: SupervisionLevel | None = None


class AnswerSupervision(UnitOrder):
    """A unit's answer to supervision."""

    do: Literal["answer_supervision"] = "answer_supervision"
    no: str | None = Field(default=None, max_length=64)
    text: Text | None = None
    written_explanation: bool | Text | None = None


class CloseSupervision(Order):
    """销号."""

    do: Literal["close_supervision"] = "close_supervision"
    no: str | None = Field(default=None, max_length=64)
    reason: Text | None = None


class PanelDecision(Order):
    """研判: a decision that binds later routing; without a unit, that none could be found."""

    do: Literal["panel_decision"] = "panel_decision"
    unit: UnitName | None = None
    basis: Text | None = None
    minutes: Text | None = None
    approved_by: Text | None = None


class JointMeeting(Order):
    """联席会议; without a decision it is convened and pending."""

    do: Literal["joint_meeting"] = "joint_meeting"
    attendees: list[UnitName] = Field(default=[], max_length=100)
    minutes: Text | None = None
    decision: Text | None = None


class Refer(Order):
    """Hand a matter over to another authority, on record."""

    do: Literal["refer"] = "refer"
    to: Referral
    materials: Texts = []
    reason: Text | None = None


class Merge(Order):
    """并单: the callers go along to the main ticket."""

    do: Literal["merge"] = "merge"
    into: str = Field(min_length=1, max_length=64)
    reason: Text | None = None


class Join(Order):
    """Take in the callers of a merged ticket."""

    do: Literal["join"] = "join"
    merged: str = Field(min_length=1, max_length=64)
    callers: list[str] = Field(max_length=10_000)


class OverrideLimit(UnitOrder):
    """A law or an upper level sets another limit, longer or shorter."""

    do: Literal["override_limit"] = "override_limit"
    unit: UnitName | None = None  # type: ignore[assignment]
    due: Moment | None = None
    working_days: Annotated[int, Field(ge=1, le=750), _Counted] | None = None
    citation: Text | None = None
    approved_by: Text | None = None


class ExcludeFromScore(Order):
    """Take a dissatisfied rating out of the deductions."""

    do: Literal["exclude_from_score"] = "exclude_from_score"
    reason_code: ExclusionReason
    evidence: Text | Texts | None = None
    approved_by: Text | None = None


class NominateBonus(Order):
    """Propose a bonus for good work."""

    do: Literal["nominate_bonus"] = "nominate_bonus"
    unit: UnitName | None = None
    reason_code: ExclusionReason | None = None
    evidence: Text | Texts | None = None
    approved_by: Text | None = None


class DecideBonus(Order):
    """Decide a proposed bonus; an approver without a verdict (`approve`) has approved it."""

    do: Literal["decide_bonus"] = "decide_bonus"
    unit: UnitName | None = None
    approve: bool | None = None
    reason_code: ExclusionReason | None = None
    evidence: Text | Texts | None = None
    approved_by: Text | None = None


class Archive(Order):
    """归档 before the set time, once the callback is settled."""

    do: Literal["archive"] = "archive"


class ReviseCalendar(Order):
    """A newly published arrangement of working days; open clocks are computed again from their anchors."""

    do: Literal["revise_calendar"] = "revise_calendar"
    calendar: dict[str, Any]


Command = (
    Amend
    | Supplement
    | Refuse
    | TransferEmergency
    | ReturnUpstream
    | RequestUpstreamExtension
    | UpstreamAnswer
    | Answer
    | SubmitToLeader
    | Instruct
    | Dispatch
    | Recall
    | Subdispatch
    | Sign
    | Contact
    | Progress
    | RequestReturn
    | DecideReturn
    | RequestExtension
    | DecideExtension
    | SubmitToLead
    | AnswerCitizen
    | Reply
    | CompletePlan
    | ExplainOverdue
    | ApproveReply
    | RecordSignature
    | FirstReview
    | FinalReview
    | Callback
    | Rate
    | Appeal
    | Redo
    | DeclineRedo
    | Withdraw
    | Urge
    | Supervise
    | AnswerSupervision
    | CloseSupervision
    | PanelDecision
    | JointMeeting
    | Refer
    | Merge
    | Join
    | OverrideLimit
    | ExcludeFromScore
    | NominateBonus
    | DecideBonus
    | Archive
    | ReviseCalendar
)

COMMANDS: dict[str, type[Order]] = {c.model_fields["do"].default: c for c in get_args(Command)}
"""Every command's class by its name."""

command_adapter: TypeAdapter[Any] = TypeAdapter(Annotated[Command, Field(discriminator="do")])


@cache
def text_fields(model: type[BaseModel]) -> frozenset[str]:
    """Names of the fields of a command that hold what a person wrote."""
    return frozenset(
        name for name, field in model.model_fields.items() if _is_personal(field.annotation, field.metadata)
    )


def texts_of(command: BaseModel) -> Iterator[tuple[str, str]]:
    """Each text of a command with a name that is unique in it: `reason`, `materials.0`, `materials.1`."""
    for name in sorted(text_fields(type(command))):
        value = getattr(command, name)
        if isinstance(value, str):
            yield name, value
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield f"{name}.{index}", item


def plain_fields(command: BaseModel) -> dict[str, Any]:
    """The fields of a command that were set and are no texts, as JSON values."""
    texts = {name for name in text_fields(type(command)) if isinstance(getattr(command, name), str | list)}
    left = command.model_fields_set - texts - {"do"}
    plain = {name: getattr(command, name) for name in type(command).model_fields if name in left}
    if all(value is None or type(value) in _SAME_IN_JSON for value in plain.values()):
        return plain
    return command.model_dump(mode="json", exclude_unset=True, exclude=texts | {"do"})


_SAME_IN_JSON = frozenset({str, bool, int})


def _is_personal(annotation: object, metadata: list[Any]) -> bool:
    if any(isinstance(item, PersonalText) for item in metadata):
        return True
    if get_origin(annotation) is None:
        return False
    return any(_is_personal(part, list(getattr(part, "__metadata__", ()))) for part in get_args(annotation))


class Actor(Said):
    """Who acts, as the core needs to know: in which role, for which unit, under which id."""

    role: Role
    unit: UnitName | None = None
    id: str | None = Field(default=None, max_length=64)


class UnitGiven(BaseModel):
    """What the directory says of a unit at the moment of a command."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    exists: bool = True
    lacking: list[str] = []
    supervised_by: UnitName | None = None
    subordinate_to: UnitName | None = None
    kind: str | None = None


_NOT_LOOKED_UP = UnitGiven()

PriorTicket = Literal["handled", "open", "unknown", "itself"]
"""The earlier ticket that a refusal names: handled to its end, not yet, none of this office, or itself."""


class Given(BaseModel):
    """What was looked up before a command reached the core, which looks nothing up itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    units: dict[str, UnitGiven] = {}
    territorial_unit: UnitName | None = None
    precedent: UnitName | None = None
    target_open: bool = True
    upstream_no_free: bool = True
    prior: PriorTicket = "handled"
    explanations: int | None = None

    def unit(self, name: str) -> UnitGiven:
        """What is known of a unit; one that was not looked up exists and is staffed."""
        return self.units.get(name, _NOT_LOOKED_UP)


class Envelope(BaseModel):
    """A command on its way to a ticket: who, when it was received, and what was looked up for it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    command: Annotated[Command, Field(discriminator="do")]
    actor: Actor
    received_at: datetime | None = None
    given: Given = Field(default_factory=Given)
    key: str | None = Field(default=None, max_length=128)
    id: str | None = Field(default=None, max_length=128)
