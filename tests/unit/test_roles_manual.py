"""docs/roles.md says what the rules say, and the rules what the transition table says."""

from pathlib import Path
from typing import get_args

import pytest
from fastapi import APIRouter, FastAPI

from api import permissions
from api.permissions import PUBLIC, RULES
from domain.casework.deciding import may
from domain.casework.transitions import TRANSITIONS
from domain.commands import Actor
from models.held_roles import ACTS_AS, NAMES, NOT_IN_THE_DIRECTORY, OF_A_UNIT, HeldRole, commands_of
from ops.directory_file import DirectoryRole
from ops.roles_manual import described, manual
from policies.loading import load_policy

ROOT = Path(__file__).parents[2]


def test_the_page_of_roles_is_current() -> None:
    stale = "stale: run .venv/bin/python -m ops.roles_manual > docs/roles.md"
    assert (ROOT / "docs" / "roles.md").read_text() == manual(), stale


def test_every_operation_has_a_rule_and_every_rule_an_operation() -> None:
    operations = set(described())
    assert operations - RULES.keys() - PUBLIC == set()
    assert (RULES.keys() | PUBLIC) - operations == set()
    assert RULES.keys() & PUBLIC == set()


def test_an_operation_without_a_rule_keeps_the_application_from_starting() -> None:
    router = APIRouter()
    router.get("/x", operation_id="something_new")(lambda: None)
    with pytest.raises(LookupError, match="something_new"):
        permissions.guard(FastAPI(), router)
    with pytest.raises(LookupError, match="something_new"):
        permissions.leave_open(FastAPI(), router)


def test_the_directory_knows_the_roles_that_people_may_hold() -> None:
    assert set(get_args(DirectoryRole)) == set(HeldRole) - NOT_IN_THE_DIRECTORY
    assert ACTS_AS.keys() == NAMES.keys() == set(HeldRole)


@pytest.mark.parametrize("held", HeldRole)
def test_a_role_may_send_what_its_part_may_give(held: HeldRole) -> None:
    policy = load_policy("taian" if held is HeldRole.CONTRACTOR_AGENT else "jingchuan")
    actor = Actor(role=ACTS_AS[held], unit="水务局" if held in OF_A_UNIT else None)
    given = {name for name, transition in TRANSITIONS.items() if may(policy, actor, transition, name)}
    sent = commands_of(held) & TRANSITIONS.keys()
    if held in (HeldRole.REVIEWER, HeldRole.SUPERVISOR):
        assert sent < given
    elif held is HeldRole.CONTRACTOR_AGENT:
        # What of an agent's commands is theirs is the policy's to say.
        assert given < sent
    else:
        assert sent == given
