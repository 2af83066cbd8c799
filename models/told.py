"""From the notices that facts call for to the form in which they are stored and sent."""

from collections.abc import Iterable

from domain import notices as domain
from models.contracts.notices import Notice


def written(told: Iterable[domain.Notice]) -> list[Notice]:
    """The notices as the record keeps them."""
    return [
        Notice(
            key=one.key,
            template=one.template,
            roles=list(one.roles),
            unit=one.unit,
            callers=None if one.callers is None else list(one.callers),
            via=list(one.via),
            params=dict(one.params),
        )
        for one in told
    ]
