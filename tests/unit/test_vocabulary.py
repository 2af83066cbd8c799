"""The vocabulary that other programs write: each command, field and value as it is spelled out to them."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from api.bodies import BODIES, RegisterBody
from domain import facts
from domain.casework import parts
from domain.commands import COMMANDS, TicketFields, command_adapter
from policies.loading import load_policy, shipped_policies

CORE = Path(facts.__file__).parent
UNIT, TEXT, NO = "水务局", "情况说明", "S-1"
MOMENT, DAY = "2026-03-10T10:00:00+08:00", "2026-05-08"
RATINGS = ("very_satisfied", "satisfied", "basically_satisfied", "dissatisfied", "very_dissatisfied")
REFUSALS = (
    *("out_of_jurisdiction", "emergency_line", "party_or_justice", "litigation", "in_procedure", "secrecy"),
    *("discipline", "repeat_without_news", "failed_mediation", "abusive", "consumer_mediated"),
    *("organisation_matter", "market_matter", "other"),
)
EXCLUSIONS = ("suggestion_not_adopted", "no_legal_basis", "unreasonable", "duplicate", "other")
CAUSES = (
    *("leader_instruction", "red_lamp", "overdue", "repeated", "bad_quality", "false_information"),
    *("improper_return", "abnormal_extension", "other"),
)

TICKET: dict[str, tuple[Any, ...]] = {
    "type": (
        *("consultation", "help", "complaint", "report", "suggestion"),
        *("economic_violation", "praise"),
    ),
    "category": ("供水",),
    "urgency": ("normal", "urgent", "emergency"),
    "level": ("national", "provincial", "municipal", "county"),
    "source": (
        *("phone", "web", "wechat", "app", "sms", "weibo", "mailbox", "city_platform", "province_platform"),
        *("zhengqitong", "jiesu_jiban", "internet_supervision", "window"),
    ),
    "special": ("policy_consultation", "livelihood_emergency", "safety_emergency"),
    "complainant": ("person", "enterprise", "organisation"),
    "area": ("城关镇",),
    "subject_unit": (UNIT,),
    "prior": (NO,),
    "upstream_no": ("SJ-1",),
    "upstream_due": (MOMENT,),
    "received_at": (MOMENT,),
    "units_involved": (2,),
    "unclear_duty": (True, False),
}
BONUS = {
    "unit": (UNIT,),
    "reason_code": EXCLUSIONS,
    "evidence": (TEXT, ["函"]),
    "approved_by": ("主任",),
}
VERDICT = {"unit": (UNIT,), "approve": (True, False), "opinion": (TEXT,)}
REPORT = {"unit": (UNIT,), "text": (TEXT,), "materials": (["照片"],)}

SAID: dict[str, dict[str, tuple[Any, ...]]] = {
    "amend": {**{name: TICKET[name] for name in TICKET if name != "received_at"}, "reason": (TEXT,)},
    "supplement": {"text": (TEXT,), "materials": (["照片", "录音"],)},
    "refuse": {
        "reason_code": REFUSALS,
        "explanation": (TEXT,),
        "route": (TEXT,),
        "evidence": (TEXT, ["判决书"]),
        "prior": (NO,),
    },
    "transfer_emergency": {"to": ("110", "119", "120", "122", 110)},
    "return_upstream": {"reason": (TEXT,)},
    "request_upstream_extension": {"working_days": (3,), "reason": (TEXT,)},
    "upstream_answer": {"approve": (True, False), "due": (MOMENT,)},
    "answer": {"text": (TEXT,), "knowledge": (["kb-1"],), "mode": ("direct", "three_way")},
    "submit_to_leader": {"summary": (TEXT,)},
    "instruct": {"text": (TEXT,), "leader": ("县长",)},
    "dispatch": {
        "lead": (UNIT,),
        "assist": (["城关镇", "交通局"],),
        "first_receiver": (True, UNIT),
        "insisted": (True,),
        "panel_decided": (True,),
    },
    "recall": {"reason": (TEXT,)},
    "subdispatch": {"unit": (UNIT,), "to": ("水厂",)},
    "sign": {"unit": (UNIT,)},
    "contact": {
        "unit": (UNIT,),
        "number_used": ("0933-3321234",),
        "told": (TEXT,),
        "next_contact_at": (MOMENT,),
    },
    "progress": {"unit": (UNIT,), "text": (TEXT,)},
    "request_return": {
        "unit": (UNIT,),
        "reason": (TEXT,),
        "basis": (TEXT,),
        "materials": (["三定"],),
        "suggested_unit": ("交通局",),
    },
    "decide_return": {"unit": (UNIT,), "approve": (True, False), "reason": (TEXT,)},
    "request_extension": {
        "unit": (UNIT,),
        "working_days": (5,),
        "reason": (TEXT,),
        "reason_code": ("objective_cause", "statutory", "complex"),
        "citizen_informed": (True,),
        "citizen_consent": (True,),
    },
    "decide_extension": {
        "unit": (UNIT,),
        "approve": (True, False),
        "working_days": (5,),
        "reason": (TEXT,),
        "exception_reason": (TEXT,),
        "approved_by": ("主任",),
    },
    "submit_to_lead": REPORT,
    "answer_citizen": {"unit": (UNIT,), "text": (TEXT,), "number_used": ("0933-3321234",)},
    "reply": {
        "unit": (UNIT,),
        "outcome": ("resolved", "explained", "planned", "out_of_scope", "not_true"),
        "text": (TEXT,),
        "contacted_at": (MOMENT,),
        "number_used": ("0933-3321234",),
        "citizen_satisfaction": RATINGS,
        "materials": (["照片"],),
        "planned_for": (DAY, MOMENT),
        "handler": ("经办人",),
        "section": ("供水科",),
        "handled_at": (MOMENT,),
        "basis": (TEXT,),
    },
    "complete_plan": REPORT,
    "explain_overdue": REPORT,
    "approve_reply": VERDICT,
    "record_signature": {
        "who": ("unit_principal", "government_leader", "government_principal"),
        "seal": ("区政府公章", True),
        "scan": ("扫描件.pdf", True),
    },
    "first_review": VERDICT,
    "final_review": VERDICT,
    "callback": {
        "reached": (True, False),
        "handling": RATINGS,
        "intake": RATINGS,
        "solved": (True, False),
        "reasonable": (True, False),
    },
    "rate": {"handling": RATINGS, "intake": RATINGS, "solved": (True, False)},
    "appeal": {"text": (TEXT,)},
    "redo": {"unit": (UNIT,), "reason": (TEXT,)},
    "decline_redo": {"unit": (UNIT,), "reason": (TEXT,)},
    "withdraw": {"reason": (TEXT,)},
    "urge": {"unit": (UNIT,), "text": (TEXT,)},
    "supervise": {
        "unit": (UNIT,),
        "form": ("written", "assigned", "meeting", "listed"),
        "cause": CAUSES,
        "level": ("internal", "upgraded", "media", "discipline"),
    },
    "answer_supervision": {
        "no": (NO,),
        "unit": (UNIT,),
        "text": (TEXT,),
        "written_explanation": (True, TEXT),
    },
    "close_supervision": {"no": (NO,)},
    "panel_decision": {"unit": (UNIT,), "basis": (TEXT,), "minutes": (TEXT,), "approved_by": ("区长",)},
    "joint_meeting": {"attendees": ([UNIT, "交通局"],), "minutes": (TEXT,), "decision": (TEXT,)},
    "refer": {"to": ("discipline", "police", "petition", "media", "court"), "materials": (["记录"],)},
    "merge": {"into": (NO,)},
    "override_limit": {
        "unit": (UNIT,),
        "due": (MOMENT,),
        "working_days": (10,),
        "citation": (TEXT,),
        "approved_by": ("主任",),
    },
    "exclude_from_score": {name: values for name, values in BONUS.items() if name != "unit"},
    "nominate_bonus": BONUS,
    "decide_bonus": {**BONUS, "approve": (True, False)},
    "revise_calendar": {"calendar": ({"holidays": ["2027-01-01"]},)},
}

FIELDS_OF_FACTS = {
    "status": {"to"},
    "clock_started": {"clock", "unit", "due", "basis", "provisional"},
    "clock_moved": {"clock", "unit", "due", "basis", "provisional"},
    "clock_met": {"clock", "unit", "due"},
    "clock_breached": {"clock", "unit", "due"},
    "breach_withdrawn": {"clock", "unit", "due"},
    "clock_ended": {"clock", "unit", "reason"},
    "lamp": {"clock", "unit", "lamp", "notify", "via"},
    "supervision_opened": {"no", "unit", "cause", "level", "due"},
    "deemed_accepted": {"unit", "of"},
    "citizen_informed": {"unit", "of"},
    "wait_started": {"unit", "of"},
    "wait_ended": {"unit", "of"},
}


def _values() -> Iterator[tuple[str, str, Any]]:
    for do, fields in SAID.items():
        for name, values in fields.items():
            yield from ((do, name, value) for value in values)


def _least(do: str) -> dict[str, Any]:
    """What a command cannot do without: its required fields, each with the first of its values."""
    required = (name for name, field in COMMANDS[do].model_fields.items() if field.is_required())
    return {name: SAID[do][name][0] for name in required}


def _same(said: Any, read: Any) -> bool:
    """Whether a value was taken as it was meant: text as text, a truth value as a truth value."""
    return not isinstance(said, bool | str) or isinstance(read, bool) == isinstance(said, bool)


@pytest.mark.parametrize(("do", "name", "value"), list(_values()))
def test_every_value_of_every_field_of_every_command(do: str, name: str, value: Any) -> None:
    said = {**_least(do), name: value}
    assert _same(value, getattr(command_adapter.validate_python({"do": do, **said}), name))
    if do in BODIES:
        assert _same(value, getattr(BODIES[do].model_validate(said), name))


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in TICKET.items() for value in values]
)
def test_every_value_of_every_field_of_a_ticket(name: str, value: Any) -> None:
    least = {"type": "complaint", "source": "phone", "received_at": MOMENT}
    assert getattr(TicketFields.model_validate({**least, name: value}), name) is not None
    if name != "received_at":
        body: type[BaseModel] = RegisterBody
        registered = {"type": "complaint", "source": "phone", "callers": [{}], "text": TEXT}
        assert getattr(body.model_validate({**registered, name: value}), name) is not None


def test_no_command_is_left_out() -> None:
    assert COMMANDS.keys() - SAID.keys() == {"join", "archive"}, "a command without a row of its own"


def test_facts_have_the_fields_that_others_read() -> None:
    for name, fields in FIELDS_OF_FACTS.items():
        assert fields <= set(facts.FACTS[name].__dataclass_fields__), name


def _demanded() -> Iterator[str]:
    """The fields that the core demands by name."""
    for file in sorted((CORE / "casework").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "demand":
                for part in ast.walk(node.args[1]):
                    if isinstance(part, ast.Constant):
                        yield str(part.value)


def test_a_missing_part_is_named_in_chinese() -> None:
    """A refusal that says what is missing says it in words a person reads."""
    demanded = set(_demanded())
    assert {"attendees", "opinion"} <= demanded
    for policy in map(load_policy, shipped_policies()):
        for terms in (policy.returns.requires, policy.reply.requires, policy.supervision.requires):
            demanded |= {name for part in terms for name in part.fields}
        demanded |= {name for outcome in policy.reply.outcomes.values() for name in outcome.fields}
    assert demanded - parts.FIELD_WORDS.keys() == set()
