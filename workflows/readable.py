"""What a person reads in Temporal: the summary on a timer, the ticket at a glance. No names, no texts."""

from collections.abc import Iterator
from datetime import datetime

from domain.casework import Ring
from domain.casework.deciding import PART_WORDS, STAGE_WORDS, STATUS_WORDS
from domain.supervision import Supervision
from domain.ticket import Clock, Ticket
from domain.vocabulary import OFFICE, Lamp
from models.notice_templates import CLOCK_WORDS

LAMP_WORDS = {Lamp.WARNING: "预警", Lamp.YELLOW: "黄牌", Lamp.RED: "红牌"}
_LONGEST = 66
"""Characters of Chinese that fit into the 200 bytes of a summary."""


def ring_summary(ring: Ring, office: str) -> str:
    """What the ticket waits for, whose duty it is, and until when."""
    when = _moment(ring.at)
    if ring.clock is None:
        return f"{when} 归档"
    what = LAMP_WORDS[ring.alarm.lamp] if ring.alarm else "到期"
    return _cut(f"{when} {_unit(ring.clock.unit, office)}{CLOCK_WORDS[ring.clock.name]}{what}")


def supervision_summary(state: Supervision, at: datetime) -> str:
    """What a supervision waits for."""
    return _cut(f"{_moment(at)} {state.unit}督办答复")


def ticket_details(ticket: Ticket, office: str) -> str:
    """The ticket at a glance, as Markdown."""
    return "\n".join(_ticket_lines(ticket, office))


def _ticket_lines(ticket: Ticket, office: str) -> Iterator[str]:
    yield f"**{STATUS_WORDS[ticket.status]}**　{ticket.stage or ''}　第{ticket.seq}条记录"
    for assignment in ticket.assignments.values():
        yield f"- {PART_WORDS[assignment.role]} {assignment.unit}：{STAGE_WORDS[assignment.stage]}"
    for clock in sorted(ticket.clocks.values(), key=lambda clock: clock.due):
        yield f"- {_unit(clock.unit, office)}{CLOCK_WORDS[clock.name]}：{_moment(clock.due)}{_marks(clock)}"
    for no, opened in ticket.supervisions.items():
        yield f"- 督办 {no}：{opened.unit}"
    if ticket.archive_on is not None:
        yield f"- 归档：{_moment(ticket.archive_on)}"


def supervision_details(state: Supervision) -> str:
    """The supervision at a glance, as Markdown."""
    due = f"，{_moment(state.due)}前答复" if state.due and state.running else ""
    stands = "已销号" if state.ended else "已答复" if state.answers else "待答复"
    return f"**{stands}**　{state.unit}{due}{'（逾期）' if state.breached else ''}"


def _marks(clock: Clock) -> str:
    marks = [
        word
        for word, applies in (
            ("逾期", clock.breached),
            ("审核中", clock.silent_since is not None),
            ("暂定", clock.provisional),
        )
        if applies
    ]
    return f"（{'、'.join(marks)}）" if marks else ""


def _unit(unit: str, office: str) -> str:
    return office if unit == OFFICE else unit


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
