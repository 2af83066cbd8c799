"""The policies an office may register tickets under, with their calendars."""

from datetime import date
from functools import lru_cache
from pathlib import Path

from api.problems import Problem
from domain.law import Law
from models.laws import StoredLaw, identified
from ops.settings import Settings
from policies.loading import PolicyError, calendar_of, lapsed, load_policy, shipped_policies


def law_for(settings: Settings, policy: str | None, today: date) -> tuple[StoredLaw, Law]:
    """The law for a ticket opened today. 422 for an unknown policy, 409 for one that is not law today."""
    name = policy or settings.policy
    if name not in _known(settings.policy_dir):
        raise Problem(422, "unknown_policy", "没有这一办法。请核对 policy。")
    try:
        stored, law = _law(name if settings.policy_dir is None else str(settings.policy_dir / f"{name}.yaml"))
    except PolicyError as error:
        raise Problem(503, "policy_unreadable", f"办法文件有误：{error}") from error
    why = lapsed(law.policy, today)
    if why is not None and not settings.allow_lapsed_policy:
        raise Problem(
            409,
            "policy_lapsed",
            f"《{law.policy.title}》{why}，不能据以受理。请改用现行办法。",
            basis=law.policy.standing_basis,
        )
    return stored, law


@lru_cache(maxsize=64)
def _law(place: str) -> tuple[StoredLaw, Law]:
    policy = load_policy(place)
    stored = identified(policy, calendar_of(policy))
    return stored, stored.law()


def _known(folder: Path | None) -> list[str]:
    return shipped_policies() if folder is None else [file.stem for file in folder.glob("*.yaml")]
