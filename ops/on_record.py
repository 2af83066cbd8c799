"""The audit's lines of what is done on the machine itself."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

MachineOperation = Literal[
    "enter_duty", "export_audit", "import_calendar", "load_directory", "renew_account", "rotate_keys"
]
"""What can be done on the machine itself; the console has a word for each."""


async def on_record(
    conn: AsyncConnection,
    operation: MachineOperation,
    *,
    subject: str | None = None,
    details: Mapping[str, Any],
) -> None:
    """Writes that somebody at this machine did something, in the caller's transaction."""
    from models import audit
    from models.audit import Line

    await audit.write(
        conn,
        Line(
            at=datetime.now(UTC),
            operation=operation,
            outcome=audit.DONE,
            actor={"id": system_user(), "via": "cli"},
            source=socket.gethostname(),
            subject=subject,
            details=details,
        ),
    )


def system_user() -> str:
    """Who runs this process, by the name they logged in with."""
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):
        # A container's user need not have a name.
        return f"uid-{os.getuid()}"
