"""What workflows send out of themselves: notices to people, news to another ticket."""

from collections.abc import Sequence

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from domain.commands import Envelope
from domain.notices import Notice as Told
from models.contracts.casework import supervision_workflow_id, ticket_workflow_id
from models.contracts.notices import NOTIFY, Notice, NotifyRequest, NotifyResult
from models.contracts.refusals import RECORD_REFUSAL, RefusalRequest
from models.retries import NOTIFY as NOTIFY_RETRIES
from models.retries import NOTIFY_TIMEOUT
from workflows.durably import durably


async def notify(ticket_no: str, told: Sequence[Told]) -> None:
    """Send notices. What cannot be sent in the end stays in `notification` for a person to see."""
    request = NotifyRequest(ticket_no=ticket_no, notices=[_written(one) for one in told])
    try:
        await workflow.execute_activity(
            NOTIFY,
            request,
            result_type=NotifyResult,
            start_to_close_timeout=NOTIFY_TIMEOUT,
            retry_policy=NOTIFY_RETRIES,
        )
    except ActivityError:
        workflow.logger.warning("notices of %s could not all be sent", ticket_no)


async def signal_ticket(no: str, envelope: Envelope) -> None:
    """Tell another ticket; one that has ended meanwhile leaves a line in the audit."""
    do = envelope.command.do
    try:
        await workflow.get_external_workflow_handle(ticket_workflow_id(no)).signal(do, envelope)
    except ApplicationError:
        request = RefusalRequest(
            ticket_no=no,
            at=envelope.received_at or workflow.now(),
            do=do,
            code="ticket_ended",
            basis=[],
            actor=envelope.actor,
            command_id=envelope.id or str(workflow.uuid4()),
        )
        await durably(RECORD_REFUSAL, request, type(None))


async def signal_supervision(no: str, envelope: Envelope) -> None:
    """Tell a supervision; one that was struck off meanwhile has nothing left to hear."""
    try:
        handle = workflow.get_external_workflow_handle(supervision_workflow_id(no))
        await handle.signal(envelope.command.do, envelope)
    except ApplicationError:
        workflow.logger.info("supervision %s is over already", no)


def _written(one: Told) -> Notice:
    return Notice(
        key=one.key,
        template=one.template,
        roles=list(one.roles),
        unit=one.unit,
        callers=None if one.callers is None else list(one.callers),
        via=list(one.via),
        params=dict(one.params),
    )
