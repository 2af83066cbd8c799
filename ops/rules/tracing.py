"""The state of every rule: held by tests, only to be told, or open."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ops.rules.homes import homes
from ops.rules.marks import marked_tests
from policies.rules import Rule, rule_table

Status = Literal["done", "document", "open"]


@dataclass(frozen=True, slots=True)
class Traced:
    """One rule with the elements that rest on it and the tests that hold it."""

    rule: Rule
    policies: tuple[str, ...]
    tests: tuple[str, ...]

    @property
    def status(self) -> Status:
        """`done` only with a test behind it, and with something of it that waits for nothing."""
        if self.rule.informs_only:
            return "document"
        here_now = [kind for kind in self.rule.kind if kind != "document" and kind not in self.rule.waits_for]
        return "done" if here_now and self.tests else "open"

    def to_json(self) -> dict[str, Any]:
        """The row as other programs read it."""
        row: dict[str, Any] = {
            "id": self.rule.id,
            "kind": list(self.rule.kind),
            "status": self.status,
            "policies": list(self.policies),
            "tests": list(self.tests),
        }
        return {**row, "waits_for": dict(self.rule.waits_for)} if self.rule.waits_for else row


def traced(tests: Path) -> list[Traced]:
    """Every row of the table, in its order, traced into the policies and the tests below `tests`."""
    where, held = homes(), marked_tests(tests)
    return [
        Traced(rule, tuple(where.get(rule.id, ())), tuple(held.get(rule.id, ())))
        for rule in rule_table().rules
    ]


def totals(rows: list[Traced]) -> dict[str, int]:
    """How many rows are in which state, and how many there are."""
    counted = Counter(row.status for row in rows)
    return {
        "done": counted["done"],
        "document": counted["document"],
        "open": counted["open"],
        "all": len(rows),
    }


def unexplained(rows: list[Traced]) -> list[Traced]:
    """Open rows that wait for no capability: work that nobody has announced."""
    return [row for row in rows if row.status == "open" and not row.rule.waits_for]
