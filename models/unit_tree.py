"""Units as a tree: what belongs to a unit, and what it belongs to."""

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import Select

from models.tables import Unit


def with_those_below(unit: str) -> Select[str]:
    """Names of a unit and of everything that belongs to it, however deep."""
    tree = select(Unit.id, Unit.name).where(Unit.name == unit).cte("own", recursive=True)
    below = aliased(Unit)
    # UNION, not UNION ALL: it ends even where units were made each other's parents by mistake.
    tree = tree.union(select(below.id, below.name).where(below.parent_id == tree.c.id))
    return select(tree.c.name)


def with_those_above(unit: str) -> Select[str]:
    """Names of a unit and of everything that it belongs to."""
    line = select(Unit.parent_id, Unit.name).where(Unit.name == unit).cte("line", recursive=True)
    above = aliased(Unit)
    line = line.union(select(above.parent_id, above.name).where(above.id == line.c.parent_id))
    return select(line.c.name)
