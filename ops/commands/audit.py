"""`jiesu audit`."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from ops.on_record import on_record
from ops.settings import Settings, load_settings


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    audit = typer.Typer(
        help="The audit.\n\nExample:  jiesu audit export audit.jsonl",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    audit.callback()(lambda: None)
    audit.command("export", epilog="Example:  jiesu audit export audit.jsonl --since 2026-11-01")(
        export_command
    )
    app.add_typer(audit, name="audit")


def export_command(
    file: Annotated[Path, typer.Argument(help="Where to write, a JSON object a line.", show_default=False)],
    since: Annotated[datetime | None, typer.Option(help="Only lines from then on (UTC).")] = None,
) -> None:
    """Write the audit to a file, each line with its hash: kept elsewhere, it proves what stood here.

    Anybody can check a lane: each hash is SHA-256 over the hash before it and the line's canonical JSON
    (RFC 8785) as `{"data", "lane", "seq"}`.
    """
    typer.echo(f"Wrote {asyncio.run(_export(load_settings(), file, since))} lines to {file}")


async def _export(settings: Settings, file: Path, since: datetime | None) -> int:
    from datetime import UTC

    from models import audit
    from ops.database import create_engine

    engine = create_engine(settings.database_target(), pool_size=1)
    number = 0
    try:
        with file.open("w", encoding="utf-8") as written:
            async for row in audit.lines(engine, since and since.replace(tzinfo=UTC)):
                line = {"lane": row.lane, "seq": row.seq, "data": row.data, "hash": row.hash.hex()}
                written.write(json.dumps(line, ensure_ascii=False) + "\n")
                number += 1
        async with engine.begin() as conn:
            await on_record(conn, "export_audit", details={"lines": number})
    finally:
        await engine.dispose()
    return number
