"""What stands on the demonstration's administrative desks: lists asked for, and a token."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from api.services.exporting import FETCHED_WITHIN, TABLE, Wanted
from models import api_tokens
from models.held_roles import HeldRole
from models.sealed_columns import RowSeal
from models.tables import ExportRequest
from ops.keyring import KeyRing

_TOKEN_LASTS = timedelta(days=180)


@dataclass(frozen=True)
class Asked:
    """A list that somebody asked for some hours ago, and what the office said to it, if it did."""

    hours: float
    by: str
    role: HeldRole
    unit: str
    wanted: Wanted
    reason: str
    granted: bool | None = None
    opinion: str | None = None


_ASKED: Sequence[Asked] = (
    Asked(
        *(76, "hotline-audit", HeldRole.AUDITOR, "县热线办", Wanted()),
        reason="全部工单留存备查。",
        granted=False,
        opinion="请写明用途和期间。",
    ),
    Asked(
        *(52, "gov-leader", HeldRole.LEADER, "县政府办公室", Wanted(status=("handling",))),
        reason="研究群众反映集中的问题。",
        granted=True,
        opinion="同意。",
    ),
    Asked(
        *(3, "shuiwu-leader", HeldRole.UNIT_LEADER, "水务局", Wanted(unit=("水务局",))),
        reason="本单位办理情况分析。",
    ),
)


async def write_desk_work(conn: AsyncConnection, ring: KeyRing, now: datetime) -> None:
    """The requests for lists, and a token whose secret nobody is told."""
    for asked in _ASKED:
        await conn.execute(insert(ExportRequest).values(_row(ring, asked, now)))
    await api_tokens.issue(
        conn,
        name="呼叫中心平台",
        role=HeldRole.AGENT,
        unit=None,
        operations=(),
        by="hotline-admin",
        now=now,
        lasts=_TOKEN_LASTS,
    )


def _row(ring: KeyRing, asked: Asked, now: datetime) -> dict[str, object]:
    export_id, at = uuid7(), now - timedelta(hours=asked.hours)
    seal = RowSeal(ring, TABLE, export_id)
    row: dict[str, object] = {
        "id": export_id,
        "actor": {"id": asked.by, "role": asked.role, "unit": asked.unit, "via": "session", "by": None},
        "requested_at": at,
        "format": "xlsx",
        "filters": asked.wanted.to_json(),
        "key_id": seal.key_id,
        "reason": seal.close_text("reason", asked.reason),
    }
    if asked.granted is None:
        return row
    decided_at = at + timedelta(hours=2)
    return row | {
        "state": "granted" if asked.granted else "refused",
        "decided_by": "hotline-office",
        "decided_at": decided_at,
        "opinion": seal.close("opinion", asked.opinion),
        "expires_at": decided_at + FETCHED_WITHIN if asked.granted else None,
    }
