"""What workflows tell other workflows."""

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from domain.commands import Envelope
from models.contracts.casework import supervision_workflow_id, ticket_workflow_id
from models.contracts.refusals import RECORD_REFUSAL, RefusalRequest
from workflows.durably import durably


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
