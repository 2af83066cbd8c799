"""The notice of what the hotline takes in, in the policy's own words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.moments import ZONE
from api.services.offices import law_for
from api.services.parts import Parts
from domain.policy import Policy
from domain.vocabulary import ClockName, RefusalReason, Source, TicketType
from ops.policy_pages.words import REFUSALS, TYPES
from policies.loading import lapsed

URGENT: Final = "遇有警情、火情、急病和交通事故，请立即拨打110、119、120、122。"


@dataclass(frozen=True)
class Refused:
    """Something the hotline does not take, and where to go with it."""

    what: str
    route: str


@dataclass(frozen=True)
class Notice:
    """What is taken, what is not, and how long it takes."""

    title: str
    lapsed: str | None
    office: str
    types: tuple[tuple[TicketType, str], ...]
    refused: tuple[Refused, ...]
    limits: tuple[str, ...]
    secrets: str | None
    online: bool


async def current(parts: Parts) -> Notice:
    """The notice under today's law. Problem 409 where no policy is in force."""
    today = datetime.now(ZONE).date()
    _, law = await law_for(parts.engine, parts.settings, None, today)
    policy = law.policy
    refusals = policy.refusals.reasons.items() if policy.refusals else ()
    return Notice(
        title=policy.title,
        lapsed=lapsed(policy, today),
        office=policy.office.name,
        types=tuple((kind, TYPES[kind]) for kind in policy.intake.types),
        refused=tuple(Refused(REFUSALS[RefusalReason(why)], rule.route) for why, rule in refusals),
        limits=tuple(_limits(policy)),
        secrets=policy.secrecy.route if policy.secrecy else None,
        online=Source.WEB in policy.intake.sources and not policy.intake.from_above_only,
    )


def _limits(policy: Policy) -> Iterable[str]:
    """The sentences that set the limits of signing and handling, each once."""
    rules = [*policy.clocks.get(ClockName.SIGN, ()), *policy.clocks.get(ClockName.HANDLE, ())]
    quoted = (policy.articles.get(article) for rule in rules for article in rule.basis)
    return dict.fromkeys(words for words in quoted if words)
