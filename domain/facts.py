"""What happened to a ticket: one frozen class a fact.

Facts hold ids, codes and instants, never words that people wrote; those are named by reference in `texts`. A
fact read back from its JSON equals the fact it was written from. `at` is the instant the fact holds from: a
breach is dated by its due time, however late anybody looked.
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, get_args

from pydantic import TypeAdapter

from domain.commands import TicketFields
from domain.vocabulary import (
    Channel,
    ClockName,
    EndReason,
    Lamp,
    Rating,
    Recipient,
    Role,
    Status,
    SupervisionCause,
    SupervisionLevel,
    UnitRole,
    UnitStage,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One rung of a clock's ladder, with its instant."""

    at: datetime
    lamp: Lamp
    notify: tuple[Recipient, ...]
    via: tuple[Channel, ...]
    basis: tuple[str, ...] = ()
    supervision: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A demand became a ticket."""

    NAME: ClassVar[str] = "registered"
    at: datetime
    no: str
    jurisdiction: str
    ticket: TicketFields
    callers: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Somebody did something: an accepted command, with its plain fields and references to its texts."""

    NAME: ClassVar[str] = "done"
    at: datetime
    do: str
    role: Role
    by: str | None = None
    unit: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    command_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChanged:
    """The ticket as a whole moved on."""

    NAME: ClassVar[str] = "status"
    at: datetime
    to: Status
    stage: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageReached:
    """A stage of the policy's process that no status stands for."""

    NAME: ClassVar[str] = "stage"
    at: datetime
    stage: str
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """A unit got the ticket. `hop` counts how often the matter was handed on to a lead unit so far."""

    NAME: ClassVar[str] = "assigned"
    at: datetime
    unit: str
    as_: UnitRole
    lacking: tuple[str, ...] = ()
    return_blocked: str | None = None
    return_blocked_basis: tuple[str, ...] = ()
    hop: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitMoved:
    """What one unit is at changed."""

    NAME: ClassVar[str] = "unit_moved"
    at: datetime
    unit: str
    to: UnitStage


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStarted:
    """Somebody owes something from now on."""

    NAME: ClassVar[str] = "clock_started"
    at: datetime
    clock: ClockName
    unit: str
    due: datetime
    basis: tuple[str, ...]
    provisional: bool
    anchor: datetime
    limit: str
    ladder: tuple[Alarm, ...] = ()
    choice: str | None = None
    unspecified: bool = False
    redo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockMoved:
    """A due time changed: from what, to what, why. `added_days` are the working days of an extension.

    Where another rule is for the clock from now on, `unspecified` and `choice` are that rule's.
    """

    NAME: ClassVar[str] = "clock_moved"
    at: datetime
    clock: ClockName
    unit: str
    due: datetime
    basis: tuple[str, ...]
    provisional: bool
    was: datetime
    cause: str
    ladder: tuple[Alarm, ...] = ()
    limit: str | None = None
    anchor: datetime | None = None
    added_days: int = 0
    calendar: str | None = None
    citation: str | None = None
    choice: str | None = None
    unspecified: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockMet:
    """What was owed was done in time. `met_at` differs from `at` where a review had to pass first."""

    NAME: ClassVar[str] = "clock_met"
    at: datetime
    clock: ClockName
    unit: str
    due: datetime
    met_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockBreached:
    """What was owed was not done in time; dated by the due time."""

    NAME: ClassVar[str] = "clock_breached"
    at: datetime
    clock: ClockName
    unit: str
    due: datetime
    basis: tuple[str, ...] = ()
    notify: tuple[Recipient, ...] = ()
    via: tuple[Channel, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachWithdrawn:
    """A breach is taken back: the command that met the clock had been received in time."""

    NAME: ClassVar[str] = "breach_withdrawn"
    at: datetime
    clock: ClockName
    unit: str
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockEnded:
    """Nothing is owed any more, and nothing is said about in time or late."""

    NAME: ClassVar[str] = "clock_ended"
    at: datetime
    clock: ClockName
    unit: str
    reason: EndReason


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSilenced:
    """A clock rings nothing while what was owed awaits a verdict."""

    NAME: ClassVar[str] = "clock_silenced"
    at: datetime
    clock: ClockName
    unit: str
    submitted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockResumed:
    """The verdict was no: the clock rings again as if it had never been silent."""

    NAME: ClassVar[str] = "clock_resumed"
    at: datetime
    clock: ClockName
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LampLit:
    """预警, 黄牌 or 红牌, and who is told by which channels."""

    NAME: ClassVar[str] = "lamp"
    at: datetime
    clock: ClockName
    unit: str
    lamp: Lamp
    notify: tuple[Recipient, ...]
    via: tuple[Channel, ...]
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionOpened:
    """督办 was opened; it is an aggregate of its own from here on."""

    NAME: ClassVar[str] = "supervision_opened"
    at: datetime
    no: str
    unit: str
    cause: SupervisionCause
    level: SupervisionLevel
    due: datetime | None
    basis: tuple[str, ...] = ()
    form: str | None = None
    clock: ClockName | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionCalledFor:
    """Something was counted often enough that the office should consider supervision."""

    NAME: ClassVar[str] = "supervision_called_for"
    at: datetime
    unit: str
    cause: SupervisionCause
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionWithdrawn:
    """The breach or lamp that opened a supervision was taken back, and the supervision with it."""

    NAME: ClassVar[str] = "supervision_withdrawn"
    at: datetime
    no: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeemedAccepted:
    """A unit that did not return a ticket in time counts as having accepted it."""

    NAME: ClassVar[str] = "deemed_accepted"
    at: datetime
    unit: str
    of: str
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenInformed:
    """The caller was told about something that the regulation says they must be told."""

    NAME: ClassVar[str] = "citizen_informed"
    at: datetime
    unit: str
    of: str
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitInformed:
    """A unit was told about something before it took effect."""

    NAME: ClassVar[str] = "unit_informed"
    at: datetime
    unit: str
    of: str
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitStarted:
    """From here on somebody waits for others; recorded and shown apart."""

    NAME: ClassVar[str] = "wait_started"
    at: datetime
    unit: str
    of: str
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitEnded:
    """The wait is over."""

    NAME: ClassVar[str] = "wait_ended"
    at: datetime
    unit: str
    of: str
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamExtensionAsked:
    """An approved extension passes the upper level's deadline, so it is asked for there too."""

    NAME: ClassVar[str] = "upstream_extension_asked"
    at: datetime
    unit: str
    until: datetime
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallersJoined:
    """The callers of a merged ticket came along."""

    NAME: ClassVar[str] = "callers_joined"
    at: datetime
    merged: str
    callers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackSettled:
    """One caller's callback has its outcome: reached with ratings, or given up after enough attempts."""

    NAME: ClassVar[str] = "callback_settled"
    at: datetime
    caller: str
    reached: bool
    handling: Rating | None = None
    intake: Rating | None = None
    solved: bool | None = None
    reasonable: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentDropped:
    """What the caller said may not be kept; whoever records this erases the ticket's texts."""

    NAME: ClassVar[str] = "content_dropped"
    at: datetime
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedFinal:
    """The matter is closed for good: the same facts and reasons are not taken up again."""

    NAME: ClassVar[str] = "closed_final"
    at: datetime
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveSet:
    """When the ticket will be archived if nothing else happens."""

    NAME: ClassVar[str] = "archive_set"
    at: datetime
    on: datetime
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionBegun:
    """The first fact of a supervision."""

    NAME: ClassVar[str] = "supervision_begun"
    at: datetime
    no: str
    unit: str
    cause: SupervisionCause
    level: SupervisionLevel
    due: datetime | None
    subject: str | None = None
    form: str | None = None
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionRaised:
    """A supervision was raised to a higher level."""

    NAME: ClassVar[str] = "supervision_raised"
    at: datetime
    no: str
    unit: str
    level: SupervisionLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionClosed:
    """销号."""

    NAME: ClassVar[str] = "supervision_closed"
    at: datetime
    no: str
    unit: str
    reason: str
    basis: tuple[str, ...] = ()


Fact = (
    Registered
    | Done
    | StatusChanged
    | StageReached
    | Assigned
    | UnitMoved
    | ClockStarted
    | ClockMoved
    | ClockMet
    | ClockBreached
    | BreachWithdrawn
    | ClockEnded
    | ClockSilenced
    | ClockResumed
    | LampLit
    | SupervisionOpened
    | SupervisionCalledFor
    | SupervisionWithdrawn
    | DeemedAccepted
    | CitizenInformed
    | UnitInformed
    | WaitStarted
    | WaitEnded
    | UpstreamExtensionAsked
    | CallersJoined
    | CallbackSettled
    | ContentDropped
    | ClosedFinal
    | ArchiveSet
    | SupervisionBegun
    | SupervisionRaised
    | SupervisionClosed
)

FACTS: dict[str, type[Fact]] = {kind.NAME: kind for kind in get_args(Fact)}
"""Every fact's class by the name it is written under."""


def _default(f: Field[Any]) -> Any:
    return f.default_factory() if f.default_factory is not MISSING else f.default


_ADAPTERS: dict[str, TypeAdapter[Fact]] = {name: TypeAdapter(kind) for name, kind in FACTS.items()}
_DEFAULTS: dict[type[Fact], dict[str, Any]] = {
    kind: {f.name: _default(f) for f in fields(kind) if _default(f) is not MISSING} for kind in FACTS.values()
}


def to_json(fact: Fact) -> dict[str, Any]:
    """The fact as flat JSON values, `at` and `fact` first; fields that hold their default are left out."""
    defaults = _DEFAULTS[type(fact)]
    written: dict[str, Any] = {"at": fact.at.isoformat(), "fact": fact.NAME}
    for f in fields(fact):
        value = getattr(fact, f.name)
        if f.name != "at" and not (f.name in defaults and value == defaults[f.name]):
            written[f.name.rstrip("_")] = plain(value)
    return written


def from_json(written: Mapping[str, Any]) -> Fact:
    """The fact a JSON object was written from. KeyError for a name that is no fact's."""
    rest = {("as_" if key == "as" else key): value for key, value in written.items() if key != "fact"}
    return _ADAPTERS[written["fact"]].validate_python(rest)


_PLAIN = frozenset({str, int, bool, type(None)})


def plain(value: Any) -> Any:
    """A value as JSON has it: moments as ISO 8601 text, members of enumerations as their values."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, Alarm):
        return _plain_alarm(value)
    if isinstance(value, TicketFields):
        return value.model_dump(mode="json", exclude_defaults=True)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return value


def _plain_alarm(alarm: Alarm) -> dict[str, Any]:
    written = {f.name: plain(getattr(alarm, f.name)) for f in fields(Alarm)}
    return {key: value for key, value in written.items() if value not in ([], False)}
