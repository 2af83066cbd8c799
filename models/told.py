"""From facts to what is stored of them: the rows after them, and the notices that they call for."""

from collections.abc import Iterable, Sequence

from domain import notices as domain
from domain.commands import Actor
from domain.facts import Fact, to_json
from domain.ticket import Ticket
from domain.view import view
from models.contracts.notices import Notice
from models.contracts.record import RecordRequest


def ticket_record(
    no: str,
    law_id: str,
    before: Ticket | None,
    made: Sequence[Fact],
    *,
    office: str,
    actor: Actor | None = None,
    command_id: str | None = None,
) -> RecordRequest:
    """What a ticket's facts ask of the record. `before` is None for its first; notices name the `office`."""
    return RecordRequest(
        ticket_no=no,
        law_id=law_id,
        first_seq=1 if before is None else before.seq + 1,
        facts=[to_json(fact) for fact in made],
        view=view(before, made),
        notices=written(domain.notices(before, made, office)),
        actor=actor and actor.model_dump(mode="json"),
        command_id=command_id,
    )


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
