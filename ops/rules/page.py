"""docs/rules.md, written from the rule table."""

from collections.abc import Iterator

from policies.loading import shipped_policy
from policies.rules import Rule, rule_table

_HEAD = """# The rules

Every rule of the five regulations, as `policies/rules.json` holds it. This page is written from that table by
`jiesu rules --write-docs`; do not edit it.

A rule is of one or more kinds: *enforce* (what is against it is refused), *compute*, *notify*, *record*,
*report*, or *document* (it is told here and asks nothing of the software). Which elements of the policies
rest on a rule, and which tests hold it, is printed by `jiesu rules`.

What some rules still wait for:
"""


def rules_page() -> str:
    """The whole page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    table = rule_table()
    yield _HEAD
    for name, says in table.capabilities.items():
        yield f"- **{name}**. {says}"
    for policy_id in dict.fromkeys(rule.policy for rule in table.rules):
        policy = shipped_policy(policy_id)
        rows = [rule for rule in table.rules if rule.policy == policy_id]
        yield f"\n## {policy.place}\n\n《{policy.title}》{policy.number or ''}".rstrip()
        yield "\n### Rules for the software\n"
        yield "| rule | article | says | kind | open question |"
        yield "|---|---|---|---|---|"
        yield from (_row(rule) for rule in rows if not rule.informs_only)
        yield "\n### Rules that only inform\n"
        yield from (
            f"- **{rule.id}** ({rule.article}) {_sentence(rule)}" for rule in rows if rule.informs_only
        )


def _row(rule: Rule) -> str:
    waits = [f"{kind} waits for {what}" for kind, what in rule.waits_for.items()]
    kind = "; ".join([", ".join(rule.kind), *waits])
    cells = (rule.id, rule.article, _sentence(rule), kind, rule.question or "")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _sentence(rule: Rule) -> str:
    deadline = f" ({rule.deadline})" if rule.deadline else ""
    said = f"{rule.rule}{deadline}"
    return said if said.endswith((".", "。", "!", "！")) else f"{said}."
