"""A supervision's life (督办): it waits for the answer and for time, and outlives its ticket."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel
from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain import supervision as supervising
    from domain.commands import COMMANDS, Envelope
    from domain.facts import Fact, SupervisionOpened, from_json, to_json
    from domain.law import Law
    from domain.supervision import ROLES, Supervision
    from domain.supervision_notices import notices
    from models.contracts.casework import SUPERVISION_WORKFLOW, SupervisionInput
    from models.contracts.record import RECORD_SUPERVISION, SupervisionRecordRequest
    from models.told import written
    from workflows.handlers import takes
    from workflows.readable import supervision_details, supervision_summary
    from workflows.shell import Alarm, Shell


@workflow.defn(name=SUPERVISION_WORKFLOW)
@takes({do: COMMANDS[do] for do in ROLES})
class SupervisionWorkflow(Shell[Supervision]):
    """One supervision, from its opening to 销号."""

    RECORD = RECORD_SUPERVISION

    @workflow.init
    def __init__(self, given: SupervisionInput) -> None:
        super().__init__(given)
        self._supervision = given

    @workflow.run
    async def run(self, given: SupervisionInput) -> str:
        """Stay until it is struck off."""
        return await self.live()

    def _begin(self, law: Law) -> list[Fact]:
        given = self._supervision
        opened = from_json(given.opened)
        assert isinstance(opened, SupervisionOpened)
        return supervising.begin(law, opened, given.subject, given.about)

    def _fold(self, stored: Sequence[Fact]) -> Supervision:
        return supervising.fold(stored)

    def _evolve(self, state: Supervision, fact: Fact) -> Supervision:
        return supervising.evolve(state, fact)

    def _decide(self, law: Law, state: Supervision, envelope: Envelope, at: datetime) -> list[Fact]:
        return supervising.decide(law, state, envelope, at)

    def _settle(self, law: Law, state: Supervision, until: datetime, *, inclusive: bool) -> list[Fact]:
        return supervising.settle(law, state, until, inclusive=inclusive)

    def _next_alarm(self, state: Supervision) -> Alarm | None:
        at = supervising.next_instant(state)
        return None if at is None else Alarm(at, supervision_summary(state, at))

    def _standing(self, state: Supervision) -> str:
        return "closed" if state.ended else "answered" if state.answers else "open"

    def _request(
        self, before: Supervision | None, made: Sequence[Fact], envelope: Envelope | None
    ) -> BaseModel:
        return SupervisionRecordRequest(
            no=self._supervision.no,
            law_id=self._supervision.law.id,
            jurisdiction=self._supervision.jurisdiction,
            ticket_no=self._supervision.ticket_no,
            first_seq=1 if before is None else before.seq + 1,
            facts=[to_json(fact) for fact in made],
            notices=written(notices(before, made, self._supervision.ticket_no or self._supervision.no)),
            actor=envelope and envelope.actor.model_dump(mode="json"),
            command_id=envelope and envelope.id,
        )

    def _hand_out(self, before: Supervision | None, made: Sequence[Fact]) -> None:
        """Nothing follows outside but notices, which are stored with the facts."""

    def _show(self) -> None:
        workflow.set_current_details(supervision_details(self._state))
