"""A ticket's search attributes, written only when they change: each write costs an event."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeUpdate

from domain.ticket import Ticket
from domain.view import ticket_row
from models.search_attributes import DUE, JURISDICTION, LAMP, STATUS, UNITS


class ShownAttributes:
    """What the server has been told of a ticket."""

    def __init__(self) -> None:
        known = workflow.info().typed_search_attributes
        self._shown: dict[str, Any] = {pair.key.name: pair.value for pair in known}

    def show(self, ticket: Ticket) -> None:
        """Tell the server what has changed."""
        changes = []
        for name, update in _updates(ticket).items():
            if self._shown.get(name) != update.value:
                self._shown[name] = update.value
                changes.append(update)
        if changes:
            workflow.upsert_search_attributes(changes)


def _updates(ticket: Ticket) -> Mapping[str, SearchAttributeUpdate[Any]]:
    row = ticket_row(ticket)
    due: datetime | None = row["next_due"]
    units = sorted(assignment.unit for assignment in ticket.active())
    updates = (
        JURISDICTION.value_set(ticket.jurisdiction),
        STATUS.value_set(ticket.status.value),
        UNITS.value_set(units) if units else UNITS.value_unset(),
        LAMP.value_set(row["lamp"].value) if row["lamp"] else LAMP.value_unset(),
        DUE.value_set(due) if due else DUE.value_unset(),
    )
    return {update.key.name: update for update in updates}
