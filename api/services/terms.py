"""What a policy asks for and lets choose, for one ticket or for one that is to be registered."""

from collections.abc import Iterator
from typing import Any

from domain.commands import TicketFields
from domain.policy import Policy, RequiredPart, SecrecyTerms


def terms(policy: Policy, about: TicketFields | None) -> dict[str, Any]:
    """The policy's terms. Without a ticket, those that hold whatever the ticket will be."""
    refusals = policy.refusals.reasons.items() if policy.refusals else ()
    direct = policy.direct_answer
    answerable = direct is not None and (direct.when is None or about is None or direct.when.matches(about))
    return {
        "policy": policy.id,
        "title": policy.title,
        "office": policy.office.name,
        "sources": policy.intake.sources,
        "types": policy.intake.types,
        "refusals": [
            {
                "reason": reason,
                "route": rule.route,
                "requires": rule.requires,
                "supervisor_check": rule.supervisor_check,
                "basis": rule.basis,
            }
            for reason, rule in refusals
        ],
        "secrecy": _secrecy(policy.secrecy) if policy.secrecy else None,
        "direct_answer": list(direct.modes) if direct and answerable else None,
        "requirements": list(_requirements(policy, about)),
        "outcomes": [
            {"outcome": outcome, "fields": term.fields, "materials": term.materials}
            for outcome, term in policy.reply.outcomes.items()
        ],
        "extension_reasons": policy.extensions.reasons if policy.extensions else (),
        "supervision_forms": policy.supervision.forms,
        "supervision_levels": policy.supervision.levels,
        "exclusions": list(policy.score.exclusions) if policy.score else (),
        "rates": policy.callback.rates,
        "reviews": [level.name for level in policy.review if _holds(level.when, about)],
        "articles": policy.articles,
    }


def _secrecy(terms: SecrecyTerms) -> dict[str, Any]:
    marks = terms.looked_for
    return {**marks.model_dump(), "route": terms.route, "basis": terms.basis}


def _requirements(policy: Policy, about: TicketFields | None) -> Iterator[dict[str, Any]]:
    extension = policy.extensions.requires if policy.extensions else ()
    for command, parts in (
        ("request_return", policy.returns.requires),
        ("request_extension", extension),
        ("reply", policy.reply.requires),
        ("answer_supervision", policy.supervision.requires),
    ):
        yield from (_required(command, part) for part in parts if _holds(part.when, about))
    if (reasoned := policy.returns.decision_needs_reason) is not None:
        yield _named("decide_return", ("reason",), reasoned.basis)
    for level in policy.review:
        if level.needs_opinion is not None and _holds(level.when, about):
            yield _named(level.name, ("opinion",), level.needs_opinion.basis)


def _holds(when: Any, about: TicketFields | None) -> bool:
    return when is None or (about is not None and when.matches(about))


def _required(command: str, part: RequiredPart) -> dict[str, Any]:
    return {**_named(command, part.fields, part.basis), "at_least": part.at_least}


def _named(command: str, fields: tuple[str, ...], basis: tuple[str, ...]) -> dict[str, Any]:
    return {"command": command, "fields": fields, "at_least": 1, "basis": basis}
