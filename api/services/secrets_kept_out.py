"""The stop for state secrets: what bears a mark of one is refused before anything of it is kept."""

from collections.abc import Iterable

from api.problems import Problem
from domain.policy import Policy
from domain.secrecy import mark_that_stops
from ops.policy_pages.citing import article


def require_no_secrets(policy: Policy, written: Iterable[str]) -> None:
    """Refuses texts with a mark of state secrets: Problem 409 that names mark, article and the way on.

    Nothing else of the texts is repeated, stored or logged.
    """
    terms = policy.secrecy
    mark = mark_that_stops(terms.looked_for, written) if terms is not None else None
    if terms is None or mark is None:
        return
    articles = "、".join(dict.fromkeys(article(rule) for rule in terms.basis))
    law = f"《{policy.title}》{articles}" if articles else "《中华人民共和国保守国家秘密法》"
    raise Problem(
        409,
        "state_secret",
        f"内容中有“{mark}”字样，可能涉及国家秘密，依照{law}没有登记，也没有保存。{terms.route}",
        basis=terms.basis,
    )
