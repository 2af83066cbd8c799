"""`jiesu simulate`: what would have been in time, late or lit under other rules?"""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, track

from domain.law import Law
from ops.errors import OperationFailed
from ops.simulation.comparing import Comparison, compare
from ops.simulation.past import BadTickets, PastTicket, read_past
from ops.simulation.table import sentences, table
from policies.loading import PolicyError, law_of, load_policy

_DRAWN_EVERY = 200


def simulate(
    policy: Annotated[str, typer.Option(help="Id of a shipped policy, or a YAML file.", show_default=False)],
    against: Annotated[str, typer.Option(help="The policy to compare it with.", show_default=False)],
    tickets: Annotated[Path, typer.Option(help="Past tickets, one JSON object a line.", show_default=False)],
    until: Annotated[
        datetime | None, typer.Option(help="Follow open tickets up to here.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
) -> None:
    """Run past tickets under two policies and compare what would have been in time, late or lit.

    A line has type and received_at and, as far as they happened, dispatched_at, signed_at and replied_at;
    also urgency, level, source, special, complainant, unit, units_involved, upstream_no and upstream_due.
    Every reply counts as passed by all reviews. docs/simulate.md says more.

    \b
    Example:
      jiesu simulate --policy jingchuan --against heyuan --tickets past.jsonl
    """
    laws = (_law(policy), _law(against))
    past = _past(tickets)
    comparison = _compared(laws, past, until and laws[0].calendar.localised(until))
    if as_json:
        typer.echo(json.dumps(comparison.to_json(), ensure_ascii=False))
        return
    console = Console()
    console.print(table(comparison))
    for sentence in sentences(comparison):
        console.print(sentence, highlight=False)


def _law(name: str) -> Law:
    try:
        return law_of(load_policy(name))
    except PolicyError as error:
        raise OperationFailed(str(error)) from error


def _past(file: Path) -> list[PastTicket]:
    try:
        past = list(track(read_past(file), description="读取", console=Console(stderr=True), transient=True))
    except BadTickets as error:
        raise OperationFailed(str(error)) from error
    except OSError as error:
        raise OperationFailed(f"{file}：读不到文件（{error.strerror}）") from error
    if not past:
        raise OperationFailed(f"{file}：没有工单")
    return past


def _compared(laws: tuple[Law, Law], past: list[PastTicket], until: datetime | None) -> Comparison:
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("推演", total=len(past))
        waiting = 0

        def advance() -> None:
            nonlocal waiting
            waiting += 1
            if waiting == _DRAWN_EVERY:
                progress.advance(task, waiting)
                waiting = 0

        comparison = compare(laws, past, until, advance)
        progress.update(task, completed=len(past))
    return comparison


def register(app: typer.Typer) -> None:
    """Add `jiesu simulate`."""
    app.command("simulate")(simulate)
