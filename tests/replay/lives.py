"""The lives whose histories are kept: what a workflow can be made to do, each by real servers in real time.

`UNTIMED` lives do the same every time; in `TIMED` ones clocks light and breach while nobody acts.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from temporalio.client import WorkflowHandle

from domain.facts import SupervisionOpened
from models.contracts.casework import CommandResult, supervision_workflow_id
from tests.replay.fast_law import fast_policy, open_all_hours
from tests.waiting import eventually
from tests.workflows.histories import kinds
from tests.workflows.office import Office, OpenTicket, live, names, now

Handles = Mapping[str, WorkflowHandle[Any, Any]]
Life = Callable[[Office], Awaitable[Handles]]

UNIT = "水务局"


async def _opened(office: Office, **said: Any) -> OpenTicket:
    """A ticket whose registration is in its history, so that what follows comes after it."""
    ticket = await office.open(**said)
    await _recorded(ticket.handle, 1)
    return ticket


async def _recorded(handle: WorkflowHandle[Any, Any], number: int) -> None:
    """Wait until a history has that many records, so that what follows comes after them."""

    async def markers() -> int:
        return kinds(await handle.fetch_history()).count("MARKER_RECORDED")

    await eventually(markers, lambda found: found >= number)


async def standard(office: Office) -> Handles:
    """The standard life to its archive."""
    ticket = await _opened(office)
    await live(office, ticket)
    await office.say(ticket, "archive")
    await ticket.handle.result()
    return {"standard": ticket.handle}


async def returned_and_redone(office: Office) -> Handles:
    """A return approved, one refused, a recall, a reply sent back, a redo."""
    ticket = await _opened(office)
    await office.say(ticket, "submit_to_leader", summary="群众集中反映")
    await office.say(ticket, "instruct", text="请水务局办理", leader="县长")
    await office.say(ticket, "dispatch", lead="城关镇")
    await office.say(ticket, "request_return", unit="城关镇", reason="不属本单位职责")
    await office.say(ticket, "decide_return", approve=True, reason="同意")
    await office.say(ticket, "dispatch", lead="住建局")
    await office.say(ticket, "recall", reason="派单有误")
    await office.say(ticket, "dispatch", lead=UNIT, assist=["城关镇"])
    await office.say(ticket, "sign", unit=UNIT)
    await office.say(ticket, "submit_to_lead", unit="城关镇", text="已核实")
    await _reply(office, ticket)
    await office.say(ticket, "first_review", approve=False, opinion="答复不完整")
    await _reply(office, ticket)
    await office.say(ticket, "first_review", approve=True)
    await office.say(ticket, "final_review", approve=True)
    await office.say(ticket, "callback", reached=True, handling="dissatisfied", solved=False)
    await office.say(ticket, "redo", unit=UNIT, reason="诉求人不满意")
    await office.say(ticket, "withdraw", reason="诉求人撤单")
    await ticket.handle.result()
    return {"returned-and-redone": ticket.handle}


async def registered_before(office: Office) -> Handles:
    """A ticket whose registration was on record before its workflow began."""
    ticket = await office.start(await office.on_record(await office.prepared()))
    await eventually(ticket.handle.fetch_history, lambda seen: "WORKFLOW_TASK_COMPLETED" in kinds(seen))
    await office.say(ticket, "dispatch", lead=UNIT)
    await office.say(ticket, "sign", unit=UNIT)
    await office.say(ticket, "withdraw", reason="诉求人撤单")
    await ticket.handle.result()
    return {"registered-before": ticket.handle}


async def signalled(office: Office) -> Handles:
    """Commands by signal, two of them refused."""
    ticket = await _opened(office)
    await office.say(ticket, "dispatch", lead=UNIT)
    await ticket.handle.signal("sign", {"unit": UNIT})
    await eventually(lambda: office.ticket(ticket.no), lambda state: state.status == "handling")
    for number, (do, said) in enumerate((("supplement", {"text": "词句"}), ("sign", {"unit": UNIT})), 4):
        await ticket.handle.signal(do, said)
        await _recorded(ticket.handle, number)
    await office.say(ticket, "withdraw", reason="诉求人撤单")
    await ticket.handle.result()
    return {"signalled": ticket.handle}


async def merged(office: Office) -> Handles:
    """Two tickets become one."""
    main, other = await _opened(office), await _opened(office, phones=["13900139000", "13700137000"])
    await office.say(main, "dispatch", lead=UNIT)
    await office.say(other, "merge", into=main.no)
    await other.handle.result()
    await _recorded(main.handle, 3)
    await office.say(main, "return_upstream", reason="应由市级办理")
    await main.handle.result()
    return {"merged-main": main.handle, "merged-other": other.handle}


async def supervised(office: Office) -> Handles:
    """A supervision that the office opens, raises, refers and strikes off."""
    ticket = await _opened(office)
    await office.say(ticket, "dispatch", lead=UNIT)
    result = await office.say(ticket, "supervise", unit=UNIT, cause="repeated", form="written")
    no = next(fact["no"] for fact in result.facts if fact["fact"] == "supervision_opened")
    handle = office.client.get_workflow_handle(supervision_workflow_id(no))
    await _recorded(ticket.handle, 4)
    await _recorded(handle, 1)
    await office.say(ticket, "withdraw", reason="诉求人撤单")
    await ticket.handle.result()
    await _tell(office, ticket, handle, "supervise", level="upgraded")
    await _tell(office, ticket, handle, "answer_supervision", no=no, unit=UNIT, text="已整改")
    await _tell(office, ticket, handle, "close_supervision", no=no)
    await handle.result()
    return {"supervised-ticket": ticket.handle, "supervised": handle}


async def breached(office: Office) -> Handles:
    """Every lamp, every breach, the explanation, a supervision answered late, the archive by the clock."""
    ticket = await _opened(office, policy=fast_policy(), calendar=open_all_hours())
    await office.say(ticket, "dispatch", lead=UNIT)
    opened = await eventually(lambda: office.facts(ticket.no), lambda f: "supervision_opened" in names(f))
    no = next(fact.no for fact in opened if isinstance(fact, SupervisionOpened))
    await office.say(ticket, "explain_overdue", unit=UNIT, text="抢修延误")
    await _reply(office, ticket)
    for level in ("first_review", "final_review"):
        await office.say(ticket, level, approve=True)
    await office.say(ticket, "callback", reached=True, solved=True)
    assert await ticket.handle.result() == "archived"
    handle = office.client.get_workflow_handle(supervision_workflow_id(no))
    await _tell(office, ticket, handle, "answer_supervision", no=no, unit=UNIT, text="已整改")
    await _tell(office, ticket, handle, "close_supervision", no=no)
    await handle.result()
    return {"breached": ticket.handle, "breached-supervision": handle}


async def late(office: Office) -> Handles:
    """A command received in time and delivered late: the breach and its supervision are taken back."""
    ticket = await _opened(office, policy=fast_policy(), calendar=open_all_hours())
    await office.say(ticket, "dispatch", lead=UNIT)
    received = now() + timedelta(seconds=1)
    opened = await eventually(lambda: office.facts(ticket.no), lambda f: "supervision_opened" in names(f))
    no = next(fact.no for fact in opened if isinstance(fact, SupervisionOpened))
    await _reply(office, ticket, at=received)
    await office.say(ticket, "first_review", approve=True)
    handle = office.client.get_workflow_handle(supervision_workflow_id(no))
    await handle.result()
    await office.say(ticket, "final_review", approve=True)
    await office.say(ticket, "callback", reached=True)
    await ticket.handle.result()
    return {"late": ticket.handle, "late-supervision": handle}


async def _tell(
    office: Office, ticket: OpenTicket, supervision: WorkflowHandle[Any, Any], do: str, **said: Any
) -> None:
    envelope = await office.envelope(ticket, do, **said)
    await supervision.execute_update(do, envelope, id=envelope.id, result_type=CommandResult)


async def _reply(office: Office, ticket: OpenTicket, at: datetime | None = None) -> None:
    at = at or now()
    await office.say(ticket, "reply", unit=UNIT, outcome="resolved", text="已修复", contacted_at=at, at=at)


UNTIMED: tuple[Life, ...] = (standard, returned_and_redone, registered_before, signalled, merged, supervised)
TIMED: tuple[Life, ...] = (breached, late)
