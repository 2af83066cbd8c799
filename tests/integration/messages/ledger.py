"""Sending in tests, and reading what the tables say of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.exceptions import ApplicationError

from activities.gateways.gateway import Gateway
from activities.gateways.outbox import OutboxGateway
from activities.gateways.seat import SeatGateway
from activities.messages_round import MessagesRound, Patience
from activities.notify import Notify
from domain.vocabulary import Channel, Recipient
from models.contracts.messages import RoundResult
from models.contracts.notices import Notice, NotifyRequest
from models.sending_rules import SendingRules
from models.tables import Notification
from ops.keyring import KeyRing

DUE = "2026-05-11T18:00:00+08:00"


def notice(template: str, ticket: str, key: str | None = None, **fields: Any) -> Notice:
    """A notice to the handler of 水务局, by SMS, unless said otherwise."""
    told = {"ticket": ticket, "unit": "水务局", "clock": "handle", "due": DUE}
    needed = {
        "red": ("ticket", "unit", "clock", "due"),
        "warning": ("ticket", "unit", "clock", "due"),
        "dispatched": ("ticket", "unit", "due"),
        "emergency": ("ticket", "unit", "due"),
        "urged": ("ticket", "unit"),
        "citizen_answered": ("ticket",),
        "citizen_accepted": ("ticket",),
    }[template]
    said: dict[str, Any] = {
        "key": key or f"7.{template}",
        "template": template,
        "roles": [Recipient.CITIZEN if template.startswith("citizen") else Recipient.HANDLER],
        "unit": None if template.startswith("citizen") else "水务局",
        "params": {name: told[name] for name in needed},
        **fields,
    }
    return Notice(**said)


@dataclass
class Desk:
    """Notices go out from here."""

    engine: AsyncEngine
    ring: KeyRing
    gateways: dict[str, Gateway]
    rules: SendingRules
    patience: Patience
    site: str | None = None

    @classmethod
    def of(
        cls,
        engine: AsyncEngine,
        ring: KeyRing,
        sms: Gateway | None = None,
        *,
        rules: SendingRules | None = None,
        patience: Patience | None = None,
        site: str | None = None,
        **others: Gateway,
    ) -> "Desk":
        gateways: dict[str, Gateway] = {
            Channel.SMS: sms or OutboxGateway(engine),
            Channel.PHONE: SeatGateway(engine),
            **others,
        }
        return cls(engine, ring, gateways, rules or SendingRules(), patience or Patience(), site)

    @property
    def notify(self) -> Notify:
        return Notify(self.engine, self.ring, self.gateways, self.rules, site=self.site)

    async def send(self, ticket: str, *notices: Notice) -> bool:
        """One attempt at these notices; whether none of them is open after it."""
        try:
            await self.notify.notify(NotifyRequest(ticket_no=ticket, notices=list(notices)))
        except ApplicationError as error:
            if error.type != "NoticesOpen":
                raise
            return False
        return True

    async def round(self) -> RoundResult:
        """One round."""
        return await MessagesRound(self.engine, self.notify, self.patience).round()

    async def age(self, by: timedelta) -> None:
        """As if everything had happened that much earlier."""
        columns = {
            "notification": ("queued_at", "sending_at", "settled_at", "held_until", "asked_at"),
            "duty_alert": ("told_at", "wait_until"),
        }
        async with self.engine.begin() as conn:
            for table, names in columns.items():
                changed = ", ".join(f"{name} = {name} - CAST(:by AS interval)" for name in names)
                await conn.execute(text(f"UPDATE {table} SET {changed}"), {"by": by})

    async def rows(self, ticket: str | None = None, *columns: str) -> list[tuple[Any, ...]]:
        """These columns of the notification rows, in the order they were queued."""
        shown = columns or ("recipient", "channel", "state", "receipt")
        query = select(*(getattr(Notification, name) for name in shown)).order_by(Notification.id)
        if ticket is not None:
            query = query.where(Notification.ticket_no == ticket)
        async with self.engine.connect() as conn:
            return [tuple(row) for row in await conn.execute(query)]

    async def all(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        async with self.engine.connect() as conn:
            return [tuple(row) for row in await conn.execute(text(statement), values)]


def at(hour: int, minute: int = 0, day: int = 11) -> datetime:
    """A moment of May 2026, on the clocks of China."""
    return datetime.fromisoformat(f"2026-05-{day:02}T{hour:02}:{minute:02}:00+08:00")
