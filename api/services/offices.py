"""The policies an office may register tickets under, with their calendars."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api.problems import Problem
from domain.law import Law
from domain.policy import Policy
from models import calendar_notices
from models.calendar_notices import ImportedNotice
from models.laws import StoredLaw, identified
from ops.settings import Settings
from policies.loading import PolicyError, calendar_of, lapsed, load_policy, shipped_policies


async def law_for(
    engine: AsyncEngine, settings: Settings, policy: str | None, today: date
) -> tuple[StoredLaw, Law]:
    """The law for a ticket opened today, every imported notice included.

    Raises Problem 422 for an unknown policy, 409 for one that is not law today, DBAPIError while Postgres is
    away.
    """
    async with engine.connect() as conn:
        return await _law_in(conn, settings, policy, today)


async def law_to_open_by(
    conn: AsyncConnection, settings: Settings, policy: str | None, today: date
) -> tuple[StoredLaw, Law]:
    """The same for what the caller's transaction opens: no notice is imported before it has ended."""
    await calendar_notices.hold_still(conn)
    return await _law_in(conn, settings, policy, today)


async def policy_in_use(conn: AsyncConnection, settings: Settings) -> Policy:
    """The policy this office works by, in force or not. Raises Problem where there is none to read."""
    _, law = await _read(conn, settings, settings.policy)
    return law.policy


async def _law_in(
    conn: AsyncConnection, settings: Settings, policy: str | None, today: date
) -> tuple[StoredLaw, Law]:
    stored, law = await _read(conn, settings, policy or settings.policy)
    why = lapsed(law.policy, today)
    if why is not None and not settings.allow_lapsed_policy:
        raise Problem(
            409,
            "policy_lapsed",
            f"《{law.policy.title}》{why}，不能据以受理。请改用现行办法。",
            basis=law.policy.standing_basis,
        )
    return stored, law


async def _read(conn: AsyncConnection, settings: Settings, name: str) -> tuple[StoredLaw, Law]:
    if name not in _known(settings.policy_dir):
        raise Problem(422, "unknown_policy", "没有这一办法。请核对 policy。")
    notices = await calendar_notices.load(conn)
    try:
        place = name if settings.policy_dir is None else str(settings.policy_dir / f"{name}.yaml")
        return _law(place, notices)
    except PolicyError as error:
        raise Problem(503, "policy_unreadable", f"办法文件有误：{error}") from error


def policies(settings: Settings) -> list[Policy]:
    """Every policy that is there, by name. Raises Problem 503 for a file that cannot be read."""
    folder = settings.policy_dir
    places = {name: name if folder is None else str(folder / f"{name}.yaml") for name in _known(folder)}
    try:
        return [load_policy(places[name]) for name in sorted(places)]
    except PolicyError as error:
        raise Problem(503, "policy_unreadable", f"办法文件有误：{error}") from error


_MOST_KEPT = 64
_kept: dict[tuple[str, int], tuple[StoredLaw, Law]] = {}
"""Laws of this process by the place of the policy and the newest notice they count with."""


def _law(place: str, notices: Sequence[ImportedNotice]) -> tuple[StoredLaw, Law]:
    key = (place, notices[-1].id if notices else 0)
    if key not in _kept:
        policy = load_policy(place)
        stored = identified(policy, calendar_notices.applied(calendar_of(policy), notices))
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[key] = stored, stored.law()
    return _kept[key]


def _known(folder: Path | None) -> list[str]:
    return shipped_policies() if folder is None else [file.stem for file in folder.glob("*.yaml")]
