"""Many tickets at once, as a county has them after a year: written by SQL, for tests of lists.

Most have ended; of the open ones some are lit. Their facts are left out: lists do not read them.
"""

from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

UNITS: Final = 60
"""Units of the county, `单位1` and so on, the first the busiest; every tenth lies below the one before it."""

_PLACES: Final = """
INSERT INTO unit (id, name, kind) SELECT gen_random_uuid(), '单位' || n, 'department'
  FROM generate_series(1, :units) n;
UPDATE unit SET parent_id = (SELECT above.id FROM unit above WHERE above.name = '单位' || n - 1)
  FROM generate_series(10, :units, 10) n WHERE unit.name = '单位' || n;
INSERT INTO law (id, policy, calendar) VALUES ('many', '{}', '{}');
"""

# What a ticket is follows from its number alone, so that the rows of all tables agree.
_MADE: Final = """
CREATE TEMP TABLE made ON COMMIT DROP AS
SELECT n,
       to_char(20260000000000 + n, 'FM00000000000000') AS no,
       now() - interval '400 days' * n / :count AS received_at,
       '单位' || 1 + floor(power(h1, 2.2) * :units) AS lead,
       '单位' || 1 + floor(h2 * :units) AS helper,
       (ARRAY['registered', 'dispatched', 'dispatched', 'handling', 'handling', 'handling', 'handling',
              'reviewing', 'closed', 'callback', 'planned', 'awaiting_instruction'])
       [1 + floor(h3 * 12)] AS open_at,
       (ARRAY['archived', 'archived', 'archived', 'archived', 'archived', 'archived', 'withdrawn', 'refused',
              'merged', 'transferred', 'returned_upstream'])[1 + floor(h3 * 11)] AS ended_at_status,
       n <= :count * 0.04 AS is_open, h1, h2, h3, h4
  FROM (SELECT n, (hashtext('a' || n) & 65535) / 65536.0 AS h1, (hashtext('b' || n) & 65535) / 65536.0 AS h2,
               (hashtext('c' || n) & 65535) / 65536.0 AS h3, (hashtext('d' || n) & 65535) / 65536.0 AS h4
          FROM generate_series(1, :count) n) AS chances;

INSERT INTO ticket (no, jurisdiction, law_id, status, type, urgency, level, source, complainant, category,
                    area, subject_unit, lead_unit, lamp, next_due, next_due_clock, upstream_no, received_at,
                    registered_at, dispatched_at, closed_at, ended_at)
SELECT no, 'somewhere', 'many', CASE WHEN is_open THEN open_at ELSE ended_at_status END,
       (ARRAY['consultation', 'help', 'complaint', 'report', 'suggestion', 'praise'])[1 + floor(h2 * 6)],
       CASE WHEN h4 < 0.02 THEN 'emergency' WHEN h4 < 0.08 THEN 'urgent' ELSE 'normal' END,
       (ARRAY['national', 'provincial', 'municipal', 'county', 'county', 'county'])[1 + floor(h3 * 6)],
       (ARRAY['phone', 'phone', 'phone', 'web', 'wechat', 'city_platform'])[1 + floor(h1 * 6)],
       'person', (ARRAY['城乡建设', '交通运输', '社会保障'])[1 + floor(h2 * 3)] || '/其他',
       '镇' || 1 + floor(h4 * 20), CASE WHEN h4 > 0.995 THEN helper END,
       CASE WHEN open_at NOT IN ('registered', 'awaiting_instruction') OR NOT is_open THEN lead END,
       CASE WHEN NOT is_open OR open_at = 'registered' THEN NULL
            WHEN h4 < 0.05 THEN 'red' WHEN h4 < 0.12 THEN 'yellow'
            WHEN h4 < 0.2 THEN 'warning' END,
       CASE WHEN is_open AND open_at <> 'registered' THEN now() + interval '10 days' * (h2 - 0.3) END,
       CASE WHEN is_open AND open_at <> 'registered' THEN 'handle' END,
       CASE WHEN h1 > 0.84 THEN 'U' || n END,
       received_at, received_at, received_at + interval '1 hour',
       CASE WHEN NOT is_open THEN received_at + interval '5 days' END,
       CASE WHEN NOT is_open THEN received_at + interval '9 days' END
  FROM made;

INSERT INTO assignment (ticket_no, unit, role, stage, subordinate, dispatched_at, ended_at, counters)
SELECT no, lead, 'lead',
       CASE WHEN NOT is_open THEN 'done' WHEN open_at = 'dispatched' THEN 'waiting'
            WHEN open_at = 'reviewing' THEN 'replied' WHEN h4 < 0.03 THEN 'approving' ELSE 'signed' END,
       CASE WHEN h2 < 0.01 THEN helper END, received_at + interval '1 hour',
       CASE WHEN NOT is_open THEN received_at + interval '5 days' END,
       CASE WHEN is_open AND h2 < 0.02 THEN '{"return_asked": true}'::jsonb
            WHEN is_open AND h2 < 0.04 THEN '{"extension_asked": 3}'::jsonb ELSE '{}'::jsonb END
  FROM made WHERE open_at NOT IN ('registered', 'awaiting_instruction') OR NOT is_open
UNION ALL
SELECT no, helper, 'assist', CASE WHEN is_open THEN 'signed' ELSE 'done' END, NULL,
       received_at + interval '1 hour', CASE WHEN NOT is_open THEN received_at + interval '5 days' END, '{}'
  FROM made WHERE h3 > 0.8 AND helper <> lead
   AND (open_at NOT IN ('registered', 'awaiting_instruction') OR NOT is_open);

INSERT INTO clock (ticket_no, name, unit, n, state, anchor, started_at, due_at, basis, provisional, "limit",
                   breached_at, met_at, ended_at)
SELECT ticket_no, name, unit, place,
       CASE WHEN ended_at IS NULL THEN 'running' WHEN chance < 0.1 THEN 'breached' ELSE 'met' END,
       dispatched_at, dispatched_at, dispatched_at + term, '{}', false, 'five days',
       CASE WHEN ended_at IS NOT NULL AND chance < 0.1 THEN dispatched_at + term END,
       CASE WHEN ended_at IS NOT NULL AND chance >= 0.1 THEN dispatched_at + term / 2 END, ended_at
  FROM (SELECT *, (hashtext(ticket_no || unit) & 65535) / 65536.0 AS chance FROM assignment) AS assigned,
       (VALUES ('sign', 3, interval '2 hours'),
               ('handle', 4, interval '5 days')) AS limits (name, place, term)
 WHERE role = 'lead';

INSERT INTO caller (id, ticket_no, first_ticket_no, key_id, joined_at, ratings)
SELECT gen_random_uuid(), no, no, 'none', received_at,
       CASE WHEN is_open OR h2 < 0.4 THEN '{}'::jsonb
            ELSE jsonb_build_object('handling',
                 (ARRAY['very_satisfied', 'satisfied', 'basically_satisfied', 'dissatisfied',
                        'very_dissatisfied'])[1 + floor(h3 * 5)]) END
  FROM made;

INSERT INTO command (id, ticket_no, "do", key, body_digest, body, received_at, state, actor)
SELECT 'register-' || no, no, 'register', '', '', '{}', received_at, 'accepted',
       jsonb_build_object('role', CASE WHEN h1 > 0.84 THEN 'upstream' ELSE 'contractor' END,
                          'id', 'c-' || n % 9)
  FROM made;
"""

_TABLES: Final = ("unit", "ticket", "assignment", "clock", "caller", "command")


async def write_many(engine: AsyncEngine, count: int) -> None:
    """Writes so many tickets with their units, limits and callers, and lets Postgres look at them."""
    async with engine.begin() as conn:
        for statement in f"{_PLACES}{_MADE}".split(";\n"):
            if statement.strip():
                await _execute(conn, statement, count)
    async with engine.connect() as conn:
        outside = await conn.execution_options(isolation_level="AUTOCOMMIT")
        # Visible pages too: an index alone answers only for pages known to be visible to everybody.
        for table in _TABLES:
            await outside.execute(text(f"VACUUM ANALYZE {table}"))


async def _execute(conn: AsyncConnection, statement: str, count: int) -> None:
    numbers = {"count": count, "units": UNITS}
    for name, number in numbers.items():
        statement = statement.replace(f":{name}", str(number))
    await conn.exec_driver_sql(statement)
