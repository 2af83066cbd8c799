"""`jiesu openapi`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

FILE = Path("openapi.json")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("openapi", epilog="Example:  jiesu openapi --check")(openapi_command)


def openapi_command(
    file: Annotated[Path, typer.Argument(help="Where the description is kept.")] = FILE,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 1 if it is stale.")
    ] = False,
) -> None:
    """Write the description of the HTTP interface (OpenAPI), from which clients are generated."""
    fresh = written(description())
    if check:
        if not file.exists() or file.read_text("utf-8") != fresh:
            typer.echo(f"{file} is stale: run `jiesu openapi`", err=True)
            raise typer.Exit(1)
        return
    file.write_text(fresh, "utf-8")
    typer.echo(f"Wrote {file}")


def description() -> dict[str, Any]:
    """The description of the interface as the application gives it; no engine is needed."""
    from tempfile import TemporaryDirectory

    from api.app import create_app
    from ops.settings import Settings

    with TemporaryDirectory() as folder:
        # The description depends on no setting; the folder takes the key ring that an application makes.
        document: dict[str, Any] = create_app(Settings(data_dir=Path(folder))).openapi()
    return document


def written(document: dict[str, Any]) -> str:
    """The document as it is kept: readable, with an end of line."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
