"""How the page cites: the article in its regulation, with the id of the rule."""

import re
from collections.abc import Iterable

from policies.rules import rule_table

_NUMBERED = re.compile(r"(\d+)\.?(.*)")


def cite(basis: Iterable[str]) -> str:
    """The articles behind an element, such as `第11条(1)〔JC-11.1a〕`."""
    return "、".join(f"{article(rule)}〔{rule}〕" for rule in basis)


def article(rule_id: str) -> str:
    """The article that a rule stands in, as `第11条(1)`; empty for what stands in none."""
    place = next((rule.article for rule in rule_table().rules if rule.id == rule_id), rule_id[3:])
    numbered = _NUMBERED.fullmatch(place)
    if numbered:
        return f"第{numbered[1]}条{numbered[2]}"
    return place if place != "—" else ""
