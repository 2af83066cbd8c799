"""The rule table: every rule of the five regulations, one row each, as data.

A row says what the regulation demands, of what kind that is for software and, where something is still to
come, which capability it waits for.
"""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Kind = Literal["enforce", "compute", "notify", "record", "report", "document"]


class Rule(BaseModel):
    """One row: what an article demands of whom, and what that asks of software.

    `must` is what software has to do about it, `question` what the article leaves open. `waits_for` names,
    for a kind of this row, the capability that will bring it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    policy: str
    article: str
    kind: tuple[Kind, ...] = Field(min_length=1)
    rule: str
    actor: str | None = None
    trigger: str | None = None
    deadline: str | None = None
    deadline_unit: str | None = None
    consequence: str | None = None
    must: str
    question: str | None = None
    waits_for: Mapping[Kind, str] = {}

    @property
    def informs_only(self) -> bool:
        """Whether the row asks nothing of software but to be told."""
        return self.kind == ("document",)


class RuleTable(BaseModel):
    """All rows, and the capabilities that some of them wait for."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    capabilities: Mapping[str, str]
    rules: tuple[Rule, ...]

    @model_validator(mode="after")
    def _consistent(self) -> "RuleTable":
        ids = [rule.id for rule in self.rules]
        if len(set(ids)) != len(ids):
            raise ValueError("a rule id comes twice")
        for rule in self.rules:
            if unknown := set(rule.waits_for.values()) - self.capabilities.keys():
                raise ValueError(f"{rule.id} waits for what is no capability: {', '.join(sorted(unknown))}")
            if surplus := rule.waits_for.keys() - set(rule.kind):
                raise ValueError(f"{rule.id} waits for a kind it is not of: {', '.join(sorted(surplus))}")
        return self


@cache
def rule_table() -> RuleTable:
    """The table that comes with Jiesu."""
    source = resources.files("policies") / "rules.json"
    return RuleTable.model_validate_json(source.read_text("utf-8"))


@cache
def rule_ids() -> frozenset[str]:
    """The ids of all rows: what a `basis` may name."""
    return frozenset(rule.id for rule in rule_table().rules)
