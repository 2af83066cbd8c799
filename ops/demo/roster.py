"""The demonstration county's duty roster: who has the telephone of each unit, from yesterday on."""

from datetime import datetime, time, timedelta
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from api.moments import ZONE
from models import duty
from models.duty import Shift
from models.tables import Person, Unit

_HANDOVER = time(8, 30)
_DAYS = range(-1, 6)


async def write_roster(conn: AsyncConnection, now: datetime) -> None:
    """Enters a shift from half past eight to half past eight for each day: a handler, then the unit's leader.

    Handlers of a unit take turns. A unit without people has no shifts.
    """
    query = select(Unit.name, Person.id, Person.roles).join(Person, Person.unit_id == Unit.id)
    rows = (await conn.execute(query.where(Person.active).order_by(Unit.name, Person.id))).all()
    today = datetime.combine(now.astimezone(ZONE).date(), _HANDOVER, ZONE)
    shifts: list[Shift] = []
    for unit, members in groupby(rows, key=lambda row: row.name):
        people = list(members)
        takes_turns = [one.id for one in people if "handler" in one.roles or "office" in one.roles]
        leads = [one.id for one in people if "unit_leader" in one.roles]
        for day in _DAYS:
            begins = today + timedelta(days=day)
            ends = begins + timedelta(days=1)
            in_turn = takes_turns[begins.toordinal() % len(takes_turns)] if takes_turns else None
            line = [one for one in (in_turn, *leads[:1]) if one is not None]
            shifts += [Shift(unit, one, begins, ends, place) for place, one in enumerate(line, start=1)]
    await duty.enter(conn, shifts)
