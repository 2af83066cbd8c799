"""`jiesu doctor`."""

from __future__ import annotations

import typer

from ops.settings import load_settings


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("doctor", epilog="Example:  jiesu doctor || echo 'something wants attention'")(doctor_command)


def doctor_command() -> None:
    """Look at each engine, the schema, the search attributes, worker and API: fine, or what to do.

    Exit code 1 if anything is not fine.
    """
    from ops.doctor import examine_all

    findings = examine_all(load_settings())
    for finding in findings:
        typer.echo(f"{'fine ' if finding.fine else 'WRONG'}  {finding.part:<17}  {finding.text}")
    if not all(finding.fine for finding in findings):
        raise typer.Exit(1)
