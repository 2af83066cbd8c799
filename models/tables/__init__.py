"""The tables of Postgres, a module an idea. Migrations make them; a test holds the two equal."""

from models.tables.audit import AuditHead, AuditLine, RefusalTally
from models.tables.base import Base
from models.tables.commands import Command, Refusal
from models.tables.directory import Person, Unit
from models.tables.facts import SupervisionFact, TicketFact
from models.tables.identity import Account, ApiToken, FailedLogin, OneTimeLink, Recusal, Session
from models.tables.keeping import Attachment, Erasure, ExportRequest
from models.tables.knowledge import KnowledgeEntry
from models.tables.law import CalendarNotice, Law
from models.tables.messages import (
    CallAttempt,
    CallTask,
    Duty,
    DutyAlert,
    InboxMessage,
    Receipt,
    SeenWebhook,
    Survey,
)
from models.tables.outgoing import Notification, Outbox, OutboxMessage
from models.tables.people import Caller, CitizenLink, TicketText
from models.tables.projection import Assignment, Clock, Precedent, Supervision, Ticket

__all__ = [
    "Account",
    "ApiToken",
    "Assignment",
    "Attachment",
    "AuditHead",
    "AuditLine",
    "Base",
    "CalendarNotice",
    "CallAttempt",
    "CallTask",
    "Caller",
    "CitizenLink",
    "Clock",
    "Command",
    "Duty",
    "DutyAlert",
    "Erasure",
    "ExportRequest",
    "FailedLogin",
    "InboxMessage",
    "KnowledgeEntry",
    "Law",
    "Notification",
    "OneTimeLink",
    "Outbox",
    "OutboxMessage",
    "Person",
    "Precedent",
    "Receipt",
    "Recusal",
    "Refusal",
    "RefusalTally",
    "SeenWebhook",
    "Session",
    "Supervision",
    "SupervisionFact",
    "Survey",
    "Ticket",
    "TicketFact",
    "TicketText",
    "Unit",
]
