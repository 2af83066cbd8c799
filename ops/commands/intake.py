"""`jiesu intake`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from ops.api_client import ApiClient
from ops.command_identity import identities
from ops.errors import failing_as_one
from ops.intake import Account, Line, lines, post_all
from ops.progress import progress_bar
from ops.settings import Settings, load_settings

_TYPES = "consultation, help, complaint, report, suggestion, praise"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("intake", epilog="Example:  jiesu intake messages.jsonl --limit 200")(intake_command)


def intake_command(
    file: Annotated[
        Path,
        typer.Argument(
            help="Messages, one JSON object a line: no and text; user, title, received_at if known.",
            show_default=False,
        ),
    ],
    limit: Annotated[int | None, typer.Option(min=0, help="Post only the first so many.")] = None,
    url: Annotated[str | None, typer.Option(help="Address of the API; default from the settings.")] = None,
    type_: Annotated[
        str,
        typer.Option("--type", help=f"Type of a message whose title does not name one: {_TYPES}."),
    ] = "complaint",
    at_once: Annotated[int, typer.Option(min=1, max=32, help="Messages in the air at the same time.")] = 4,
) -> None:
    """Post messages of citizens to the running API, each as a ticket received now from the city's platform.

    A message's number becomes the upstream number, so a message is one ticket however often it is posted:
    after an interruption run the command again. Its own time is recorded with the ticket; the clocks run from
    now. The type is the one that the title names (咨询, 建议 or 举报), else that of --type. Exit code 1 if a
    message was refused, 2 if the API could not be reached.
    """
    with file.open(encoding="utf-8") as text:
        said = lines(text, limit)
    account = asyncio.run(_post(load_settings(), url, said, type_, at_once))
    for sentence in account.sentences():
        typer.echo(sentence)
    if account.refused:
        raise typer.Exit(1)


async def _post(
    settings: Settings, url: str | None, said: list[Line], otherwise: str, at_once: int
) -> Account:
    with progress_bar() as bar:
        task = bar.add_task("posting", total=len(said))
        async with identities(settings) as identify, ApiClient(url or settings.api_url, identify) as api:
            with failing_as_one("Run it again to go on."):
                return await post_all(api, said, otherwise, at_once, lambda: bar.advance(task))
