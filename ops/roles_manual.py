"""The page of roles for docs/roles.md, made from the rules themselves.

.venv/bin/python -m ops.roles_manual > docs/roles.md
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from api.permissions import PUBLIC, RULES
from domain.casework.deciding import STATUS_WORDS
from domain.casework.transitions import TRANSITIONS
from models.access import NAMES as PURPOSE_NAMES
from models.access import NEEDED_FOR, PURPOSES
from models.held_roles import ACTS_AS, NAMES, HeldRole, commands_of
from ops.commands.openapi import description

_HEAD = """# Roles

Made from `api/permissions.py`, `models/held_roles.py` and `domain/casework/transitions.py` by
`.venv/bin/python -m ops.roles_manual > docs/roles.md`; a test holds it to them.

People hold roles in a unit of the directory; systems hold one by their token. A rule says who may ask for an
operation, and an operation without a rule keeps the application from starting. Which tickets somebody then
finds is decided by one condition (`api/services/scope.py`):

- the roles of a unit find what lies or lay with their unit and with the units below it;
- a contractor's agents find what is open and what they registered; the upper platform what came from it;
- a caller finds their own ticket; administrators and knowledge editors find none; everybody else finds all;
- nobody finds a ticket that names them (回避名单), and nobody of a unit one about their unit or one above it.

Whoever asks for what they may not know of is told 404, as for what is not there. Who acts in the wrong part
is refused by the core with 403 and the article, and what is refused is on record.
"""

_POSTS = """
## Posts A and B

Two handlers of a unit cover each other. Whoever is marked absent (`PUT /people/{person}/absence`) gets no
notices and gives no commands until they are back; the other gets and gives them. Both are never absent at
once (409).
"""


def manual() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *_roles(), *_operations(), *_statuses(), *_purposes(), _POSTS.strip(), ""])


def _roles() -> Iterator[str]:
    yield "## Who there is\n"
    yield "| Role | 名称 | Acts in casework as | Commands |"
    yield "|---|---|---|---|"
    for held in HeldRole:
        yield f"| `{held}` | {NAMES[held]} | `{ACTS_AS[held]}` | {len(commands_of(held)) or '—'} |"
    yield ""
    yield "Which commands of an agent a contractor's people may give is the policy's to say; unsaid, none.\n"


def _operations() -> Iterator[str]:
    yield "## Who may ask for what\n"
    yield f"Open to everybody, without a login: {', '.join(f'`{name}`' for name in sorted(PUBLIC))}.\n"
    yield f"| Operation | {' | '.join(NAMES[held] for held in HeldRole)} |"
    yield f"|---|{'---|' * len(HeldRole)}"
    for operation, summary in described().items():
        if operation in RULES:
            cells = ("✓" if held in RULES[operation].roles else "" for held in HeldRole)
            yield f"| `{operation}` {summary} | {' | '.join(cells)} |"
    yield ""


def described() -> Mapping[str, str]:
    """Every operation of the described interface with its name, in the order of the description."""
    paths: Mapping[str, Mapping[str, Any]] = description()["paths"]
    return {
        operation["operationId"]: operation.get("summary", "")
        for methods in paths.values()
        for operation in methods.values()
    }


def _statuses() -> Iterator[str]:
    yield "## Which command in which status\n"
    yield "| Command | Parts | Statuses of the ticket |"
    yield "|---|---|---|"
    for name, transition in TRANSITIONS.items():
        parts = ", ".join(f"`{role}`" for role in transition.roles)
        statuses = "、".join(words for status, words in STATUS_WORDS.items() if status in transition.statuses)
        yield f"| `{name}` | {parts} | {statuses} |"
    yield ""


def _purposes() -> Iterator[str]:
    yield "## Who may be shown a caller, and what for\n"
    yield "Everywhere else a caller is masked. Units see one once they signed (`JIESU_UNITS_SEE_CALLERS`).\n"
    yield f"| Purpose | Shows | {' | '.join(NAMES[held] for held in PURPOSES)} |"
    yield f"|---|---|{'---|' * len(PURPOSES)}"
    for purpose, fields in NEEDED_FOR.items():
        cells = ("✓" if purpose in purposes else "" for purposes in PURPOSES.values())
        shown = ", ".join(sorted(fields))
        yield f"| `{purpose}` {PURPOSE_NAMES[purpose]} | {shown} | {' | '.join(cells)} |"
    yield ""


if __name__ == "__main__":
    print(manual(), end="")
