"""Why somebody may be shown who a caller is: the purposes, who has which, and when a unit may."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from models.held_roles import OF_A_UNIT, HeldRole


class Purpose(StrEnum):
    """What a caller's details are looked at for."""

    CONTACT = "contact"
    CALLBACK = "callback"
    VISIT = "visit"
    VERIFY = "verify"
    EMERGENCY = "emergency"
    COMPLAINT = "complaint"


NAMES: Final[Mapping[Purpose, str]] = {
    Purpose.CONTACT: "联系诉求人",
    Purpose.CALLBACK: "回访",
    Purpose.VISIT: "上门核实",
    Purpose.VERIFY: "核对登记信息",
    Purpose.EMERGENCY: "紧急处置",
    Purpose.COMPLAINT: "处理对办件的投诉",
}

_EVERY: Final = frozenset(Purpose)
PURPOSES: Final[Mapping[HeldRole, frozenset[Purpose]]] = {
    HeldRole.OFFICE: _EVERY,
    HeldRole.SUPERVISOR: frozenset({Purpose.COMPLAINT, Purpose.VERIFY}),
    HeldRole.AGENT: frozenset({Purpose.CONTACT, Purpose.CALLBACK, Purpose.VERIFY, Purpose.EMERGENCY}),
    HeldRole.CONTRACTOR_AGENT: frozenset({Purpose.CONTACT, Purpose.CALLBACK}),
    HeldRole.HANDLER: frozenset({Purpose.CONTACT, Purpose.VISIT, Purpose.EMERGENCY}),
    HeldRole.UNIT_LEADER: frozenset({Purpose.CONTACT, Purpose.VISIT, Purpose.EMERGENCY}),
}
"""For which purposes a role may see a caller's details. Who is not here never may."""

MAY_REVEAL: Final = frozenset(PURPOSES)
UNIT_MAY_REVEAL: Final = MAY_REVEAL & OF_A_UNIT


class Field(StrEnum):
    """What of a caller is shown."""

    NAME = "name"
    PHONE = "phone"
    ADDRESS = "address"


FIELD_NAMES: Final[Mapping[Field, str]] = {Field.NAME: "姓名", Field.PHONE: "电话", Field.ADDRESS: "地址"}

NEEDED_FOR: Final[Mapping[Purpose, frozenset[Field]]] = {
    Purpose.CONTACT: frozenset({Field.NAME, Field.PHONE}),
    Purpose.CALLBACK: frozenset({Field.NAME, Field.PHONE}),
    Purpose.VISIT: frozenset(Field),
    Purpose.VERIFY: frozenset(Field),
    Purpose.EMERGENCY: frozenset(Field),
    Purpose.COMPLAINT: frozenset({Field.NAME, Field.PHONE}),
}
"""No more than the purpose needs."""
