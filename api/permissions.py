"""Who may ask for what: one rule an operation. Without a rule for each, the application does not start.

A rule says who may knock. Which tickets they find behind the door is `services/scope.py`'s, and whether a
command is in order now the transition table's: somebody in the wrong part is refused there, with the article.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.routing import APIRoute

from api.asking import Assembled, problems
from api.bodies import BODIES
from api.identity import Principal, Via, Who
from api.problems import Problem
from api.services import auditing
from domain.casework.transitions import TRANSITIONS
from domain.supervision import ROLES as SUPERVISION_ROLES
from models.access import MAY_REVEAL
from models.held_roles import OF_A_UNIT, HeldRole, commands_of
from models.sessions import Session
from ops.settings import Settings

R = HeldRole


@dataclass(frozen=True)
class Rule:
    """Who may ask for an operation. `command` is the command it gives, if it gives one.

    Whatever may change something is written to the audit; what only reads is where it shows people or what
    they wrote (`personal`).
    """

    roles: frozenset[HeldRole]
    command: str | None = None
    personal: bool = False


EVERYBODY: Final = frozenset(HeldRole)
PEOPLE: Final = EVERYBODY - {R.UPSTREAM, R.CITIZEN}
OFFICE: Final = frozenset({R.OFFICE, R.REVIEWER, R.SUPERVISOR})
OVERSEERS: Final = OFFICE | {R.LEADER, R.UPPER_LEVEL_REVIEWER, R.AUDITOR}
CASEWORK: Final = OVERSEERS | OF_A_UNIT | {R.AGENT, R.CONTRACTOR_AGENT}
"""Everybody who works on tickets or looks over those who do."""
ON_A_TICKET: Final = CASEWORK | {R.UPSTREAM, R.CITIZEN}
ADMINISTRATOR: Final = frozenset({R.ADMINISTRATOR})

PUBLIC: Final = frozenset(
    {"health", "ready", "login", "list_login_methods", "oidc_begin", "oidc_end", "use_link"}
)
"""Operations that ask for no identity: they say nothing of any ticket, or make an identity."""

_SEATS: Final = frozenset({R.AGENT, R.OFFICE})
"""Who calls people and reads what they sent: whoever sees numbers is on the office's own staff."""

_TAKE_CALLS: Final = frozenset({R.AGENT, R.CONTRACTOR_AGENT, R.OFFICE})
_MAY_EXPORT: Final = OFFICE | {R.LEADER, R.AUDITOR, R.UNIT_LEADER, R.UNIT_PRINCIPAL}
_COMMANDERS: Final = frozenset(role for role in HeldRole if commands_of(role))


def _commands() -> Iterator[tuple[str, Rule]]:
    for name in BODIES:
        yield name, Rule(_senders(name), name)
    for name in (name for name in SUPERVISION_ROLES if name in BODIES):
        yield f"supervision_{name}", Rule(_senders(name), name)


def _senders(command: str) -> frozenset[HeldRole]:
    return frozenset(role for role in HeldRole if command in commands_of(role))


RULES: Final[Mapping[str, Rule]] = {
    **dict(_commands()),
    "register": Rule(frozenset({R.AGENT, R.CONTRACTOR_AGENT, R.OFFICE, R.UPSTREAM, R.CITIZEN})),
    "get_command": Rule(_COMMANDERS),
    "list_tickets": Rule(ON_A_TICKET, personal=True),
    "get_ticket": Rule(ON_A_TICKET, personal=True),
    "get_timeline": Rule(ON_A_TICKET, personal=True),
    "list_clocks": Rule(ON_A_TICKET),
    "explain_clock": Rule(ON_A_TICKET, personal=True),
    "list_supervisions": Rule(OVERSEERS | OF_A_UNIT),
    "get_supervision": Rule(OVERSEERS | OF_A_UNIT, personal=True),
    "open_supervision": Rule(_senders("supervise"), "supervise"),
    "list_units": Rule(EVERYBODY - {R.CITIZEN}),
    "list_notifications": Rule(OVERSEERS | {R.AGENT}),
    "list_calls": Rule(_SEATS, personal=True),
    "take_call": Rule(_SEATS),
    "record_call": Rule(_SEATS),
    "list_replies": Rule(_SEATS, personal=True),
    "handle_reply": Rule(_SEATS),
    "list_duty": Rule(OVERSEERS | OF_A_UNIT | {R.AGENT}),
    "enter_duty": Rule(frozenset({R.OFFICE, R.UNIT_LEADER, R.UNIT_PRINCIPAL})),
    "strike_duty": Rule(frozenset({R.OFFICE, R.UNIT_LEADER, R.UNIT_PRINCIPAL})),
    "acknowledge_emergency": Rule(OF_A_UNIT | {R.OFFICE, R.AGENT}),
    "preview_command": Rule(_COMMANDERS),
    "get_ticket_terms": Rule(ON_A_TICKET),
    "list_suggestions": Rule(frozenset({R.OFFICE, R.SUPERVISOR})),
    "list_similar_tickets": Rule(OVERSEERS | {R.AGENT, R.CONTRACTOR_AGENT}, personal=True),
    "recognise_caller": Rule(_TAKE_CALLS, personal=True),
    "find_similar": Rule(_TAKE_CALLS, personal=True),
    "get_intake_terms": Rule(_TAKE_CALLS),
    "list_categories": Rule(PEOPLE),
    "get_dashboard": Rule(OVERSEERS),
    "get_unit_figures": Rule(OVERSEERS),
    "get_heat": Rule(OVERSEERS),
    "get_trend": Rule(OVERSEERS),
    "get_desk_counts": Rule(PEOPLE),
    "list_people": Rule(OFFICE | OF_A_UNIT | ADMINISTRATOR | {R.AUDITOR}, personal=True),
    "list_policies": Rule(PEOPLE),
    "get_policy": Rule(PEOPLE),
    "list_articles": Rule(PEOPLE),
    "get_office_hours": Rule(PEOPLE),
    "get_calendar": Rule(PEOPLE),
    "follow_changes": Rule(PEOPLE),
    "get_me": Rule(EVERYBODY),
    "logout": Rule(EVERYBODY),
    "change_password": Rule(PEOPLE),
    "begin_second_factor": Rule(PEOPLE),
    "show_second_factor": Rule(PEOPLE),
    "set_absence": Rule(PEOPLE),
    "list_recusals": Rule(frozenset({R.OFFICE, R.AUDITOR})),
    "set_recusals": Rule(frozenset({R.OFFICE})),
    "reveal_caller": Rule(MAY_REVEAL, personal=True),
    "request_export": Rule(_MAY_EXPORT),
    "list_exports": Rule(_MAY_EXPORT, personal=True),
    "decide_export": Rule(frozenset({R.OFFICE})),
    "fetch_export": Rule(_MAY_EXPORT, personal=True),
    "upload_attachment": Rule(ON_A_TICKET - {R.AUDITOR, R.LEADER, R.UPPER_LEVEL_REVIEWER}),
    "list_attachments": Rule(ON_A_TICKET, personal=True),
    "download_attachment": Rule(ON_A_TICKET, personal=True),
    "list_callbacks": Rule(_TAKE_CALLS, personal=True),
    "list_notice_templates": Rule(OVERSEERS | ADMINISTRATOR | {R.AGENT}),
    "list_calendar_notices": Rule(ADMINISTRATOR | {R.OFFICE, R.AUDITOR}),
    "preview_calendar_notice": Rule(ADMINISTRATOR | {R.OFFICE}),
    "import_calendar_notice": Rule(ADMINISTRATOR),
    "get_calendar_notice_progress": Rule(ADMINISTRATOR | {R.OFFICE, R.AUDITOR}),
    "search_knowledge": Rule(PEOPLE),
    "list_knowledge": Rule(PEOPLE),
    "get_knowledge": Rule(PEOPLE),
    "write_knowledge": Rule(frozenset({R.KNOWLEDGE_EDITOR})),
    "change_knowledge": Rule(frozenset({R.KNOWLEDGE_EDITOR})),
    "submit_knowledge": Rule(frozenset({R.KNOWLEDGE_EDITOR})),
    "decide_knowledge": Rule(frozenset({R.OFFICE})),
    "withdraw_knowledge": Rule(frozenset({R.KNOWLEDGE_EDITOR, R.OFFICE})),
    "list_accesses": Rule(frozenset({R.OFFICE, R.AUDITOR, R.CITIZEN})),
    "list_audit": Rule(frozenset({R.AUDITOR}), personal=True),
    "list_accounts": Rule(ADMINISTRATOR | {R.AUDITOR}),
    "open_account": Rule(ADMINISTRATOR),
    "change_account": Rule(ADMINISTRATOR),
    "renew_account": Rule(ADMINISTRATOR),
    "list_tokens": Rule(ADMINISTRATOR | {R.AUDITOR}),
    "issue_token": Rule(ADMINISTRATOR),
    "revoke_token": Rule(ADMINISTRATOR),
}
"""The rule of each operation, by its operation id."""

_STORED_WITH_THEIR_LINE: Final = frozenset(name for name, _ in _commands())
"""Operations whose line of the audit is written in the statement that stores the command."""

_BEFORE_THE_SECOND_FACTOR: Final = frozenset(
    {"get_me", "logout", "change_password", "begin_second_factor", "show_second_factor"}
)


_REFUSED: Final = frozenset({403, 404})
"""Answers that are written to the audit: somebody asked for what they may not have."""

_SUSPECT: Final = frozenset({"file_refused", "file_unavailable"})
"""And what was wrong with a file: a script for a picture, an archive that bursts, one that was altered."""


async def authorised(request: Request, who: Who, parts: Assembled) -> AsyncIterator[None]:
    """Refuses who may not ask for the operation, and writes to the audit what is asked and what is refused.

    Problem 403; the core refuses commands of the wrong part itself. The line of a command is written where
    the command is stored, before anything is done; here only where it does not come so far.
    """
    route = request.scope["route"]
    operation: str = route.operation_id
    line = partial(auditing.line_of, who, operation, path=route.path, places=request.path_params)
    try:
        _require_role(operation, who)
        _require_scope(operation, who)
        _require_second_factor(operation, who, parts.settings)
        if RULES[operation].command is not None:
            _require_presence(who)
        if operation in _STORED_WITH_THEIR_LINE:
            async with auditing.asked(request, line()):
                yield
        else:
            if request.method != "GET" or RULES[operation].personal:
                await auditing.write(parts, line())
            yield
    except Problem as problem:
        if problem.status in _REFUSED or problem.code in _SUSPECT:
            await auditing.write(parts, line(problem.code))
        raise


def may_ask(operation: str, who: Principal) -> bool:
    """Whether the role lets somebody ask for an operation; of a command the core says the rest."""
    if who.held in RULES[operation].roles:
        return True
    acts_in_its_part = who.held in _COMMANDERS and who.held not in (R.REVIEWER, R.SUPERVISOR)
    return operation in TRANSITIONS and acts_in_its_part


def _require_role(operation: str, who: Principal) -> None:
    if not may_ask(operation, who):
        raise Problem(403, "wrong_role", "你的角色不能办理此项操作。")


def _require_scope(operation: str, who: Principal) -> None:
    if who.token is not None and who.token.operations and operation not in who.token.operations:
        raise Problem(403, "token_scope", "这个访问令牌不包括此项操作。")


def _require_second_factor(operation: str, who: Principal, settings: Settings) -> None:
    if who.held is not R.ADMINISTRATOR or operation in _BEFORE_THE_SECOND_FACTOR or who.session is None:
        return
    if still_owes_second_factor(who.session, settings):
        raise Problem(403, "second_factor_required", "管理员须先完成动态口令验证。")


def still_owes_second_factor(session: Session, settings: Settings) -> bool:
    """Whether an administrator has yet to show the second factor in this session."""
    is_administrator = R.ADMINISTRATOR in session.roles
    return settings.require_second_factor and is_administrator and not session.second_factor


def _require_presence(who: Principal) -> None:
    """The one who is marked absent is covered by the other post, and does not act meanwhile."""
    if who.via is Via.SESSION and who.session is not None and who.session.absent and who.held is R.HANDLER:
        raise Problem(403, "absent", "你已标记为不在岗，由另一岗代办。请先改为在岗。")


def guard(app: FastAPI, router: APIRouter) -> None:
    """Adds a router whose operations ask for an identity. LookupError names one that has no rule here."""
    missing = [operation for operation in _operations(router) if operation not in RULES]
    if missing:
        raise LookupError(f"no rule in api/permissions.py for: {', '.join(missing)}")
    app.include_router(router, dependencies=[Depends(authorised)], responses=problems(401, 403, 422, 503))


def leave_open(app: FastAPI, router: APIRouter) -> None:
    """Adds a router that asks for no identity. LookupError names an operation not meant to be open."""
    guarded = [operation for operation in _operations(router) if operation not in PUBLIC]
    if guarded:
        raise LookupError(f"not open by api/permissions.py: {', '.join(guarded)}")
    app.include_router(router)


def _operations(router: APIRouter) -> Iterator[str]:
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route.operation_id or route.name
