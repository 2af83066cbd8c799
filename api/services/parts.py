"""What the services work with, made once a process."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from activities.afterwards import Afterwards
from activities.delivery import Delivery
from activities.starting import Starter
from models.known_laws import KnownLaws
from ops.keyring import KeyRing
from ops.settings import Settings


@dataclass(frozen=True)
class Parts:
    """Settings, connections and keys of the running application."""

    settings: Settings
    engine: AsyncEngine
    client: Client
    ring: KeyRing
    laws: KnownLaws
    starter: Starter
    delivery: Delivery


def assemble(settings: Settings, engine: AsyncEngine, client: Client, ring: KeyRing) -> Parts:
    """The parts that belong to these connections."""
    laws = KnownLaws()
    starter = Starter(engine, client, settings.task_queue, laws)
    delivery = Delivery(engine, client, starter, Afterwards(engine, laws))
    return Parts(settings, engine, client, ring, laws, starter, delivery)
