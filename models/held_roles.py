"""The roles that people hold in their unit, and the part in casework that each of them acts in.

The core knows parts only (domain.vocabulary.Role); several held roles may act in one part, each within its
own commands.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from domain.casework.transitions import TRANSITIONS
from domain.supervision import ROLES as SUPERVISION_ROLES
from domain.vocabulary import Role


class HeldRole(StrEnum):
    """What somebody may be: people of the directory, and at the end those who are not in it."""

    AGENT = "agent"
    CONTRACTOR_AGENT = "contractor_agent"
    OFFICE = "office"
    REVIEWER = "reviewer"
    SUPERVISOR = "supervisor"
    LEADER = "leader"
    HANDLER = "handler"
    UNIT_LEADER = "unit_leader"
    UNIT_PRINCIPAL = "unit_principal"
    KNOWLEDGE_EDITOR = "knowledge_editor"
    UPPER_LEVEL_REVIEWER = "upper_level_reviewer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    UPSTREAM = "upstream"
    CITIZEN = "citizen"


NOT_IN_THE_DIRECTORY: Final = frozenset({HeldRole.UPSTREAM, HeldRole.CITIZEN})
"""Held by systems and callers, never by people of the directory."""

OF_A_UNIT: Final = frozenset({HeldRole.HANDLER, HeldRole.UNIT_LEADER, HeldRole.UNIT_PRINCIPAL})
"""Roles that act for their unit alone."""

ACTS_AS: Final[Mapping[HeldRole, Role]] = {
    HeldRole.AGENT: Role.AGENT,
    HeldRole.CONTRACTOR_AGENT: Role.CONTRACTOR,
    HeldRole.OFFICE: Role.OFFICE,
    HeldRole.REVIEWER: Role.OFFICE,
    HeldRole.SUPERVISOR: Role.OFFICE,
    HeldRole.LEADER: Role.LEADER,
    HeldRole.HANDLER: Role.UNIT,
    HeldRole.UNIT_LEADER: Role.UNIT_LEADER,
    HeldRole.UNIT_PRINCIPAL: Role.UNIT_PRINCIPAL,
    HeldRole.KNOWLEDGE_EDITOR: Role.KNOWLEDGE_EDITOR,
    HeldRole.UPPER_LEVEL_REVIEWER: Role.UPPER_LEVEL,
    HeldRole.AUDITOR: Role.AUDITOR,
    HeldRole.ADMINISTRATOR: Role.ADMINISTRATOR,
    HeldRole.UPSTREAM: Role.UPSTREAM,
    HeldRole.CITIZEN: Role.CITIZEN,
}

NAMES: Final[Mapping[HeldRole, str]] = {
    HeldRole.AGENT: "受话员",
    HeldRole.CONTRACTOR_AGENT: "外包受话员",
    HeldRole.OFFICE: "热线办",
    HeldRole.REVIEWER: "审核员",
    HeldRole.SUPERVISOR: "督办员",
    HeldRole.LEADER: "领导",
    HeldRole.HANDLER: "承办单位经办人",
    HeldRole.UNIT_LEADER: "承办单位分管领导",
    HeldRole.UNIT_PRINCIPAL: "承办单位主要负责人",
    HeldRole.KNOWLEDGE_EDITOR: "知识库编辑",
    HeldRole.UPPER_LEVEL_REVIEWER: "上级审核员",
    HeldRole.AUDITOR: "审计员",
    HeldRole.ADMINISTRATOR: "管理员",
    HeldRole.UPSTREAM: "上级平台",
    HeldRole.CITIZEN: "诉求人",
}

_BY_NAME: Final[Mapping[str, HeldRole]] = {
    **{part.value: held for held, part in reversed(list(ACTS_AS.items()))},
    **{held.value: held for held in HeldRole},
}


def held_as(name: str) -> HeldRole | None:
    """The role that a held role's name means, or a part's: of a part that several act in, the widest role."""
    return _BY_NAME.get(name)


_PART_OF_THE_OFFICE: Final[Mapping[HeldRole, frozenset[str]]] = {
    HeldRole.REVIEWER: frozenset({"first_review", "final_review", "record_signature"}),
    HeldRole.SUPERVISOR: frozenset({"supervise", "close_supervision", "urge", "refer", "joint_meeting"}),
}
"""Who acts as the office, but with these commands only."""


def commands_of(held: HeldRole) -> frozenset[str]:
    """The commands that somebody in this role may send at all; the status and the policy decide further."""
    part = Role.AGENT if held is HeldRole.CONTRACTOR_AGENT else ACTS_AS[held]
    return _of(part) & _PART_OF_THE_OFFICE.get(held, _of(part))


def _of(part: Role) -> frozenset[str]:
    to_tickets = {name for name, transition in TRANSITIONS.items() if part in transition.roles}
    return frozenset(to_tickets | {name for name, roles in SUPERVISION_ROLES.items() if part in roles})
