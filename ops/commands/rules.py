"""`jiesu rules`: every rule of the regulations, where the policies rest on it and which tests hold it."""

import json
from pathlib import Path
from typing import Annotated

import typer

from ops.errors import OperationFailed
from ops.rules.page import rules_page
from ops.rules.tracing import Traced, totals, traced, unexplained

_ROOT = Path(__file__).parents[2]
DOCS_PAGE = _ROOT / "docs" / "rules.md"


def rules(
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a row; the totals go to stderr.")
    ] = False,
    tests: Annotated[Path, typer.Option(help="The folder of tests to read marks from.")] = _ROOT / "tests",
    check: Annotated[
        bool, typer.Option("--check", help="Exit code 1 when a row is open and waits for nothing.")
    ] = False,
    write_docs: Annotated[
        bool, typer.Option("--write-docs", help="Write docs/rules.md and nothing else.")
    ] = False,
) -> None:
    """Print each rule with its kind, its state (done, document, open), its places in policies, its tests.

    A rule is done only with a test that cites it: a scenario's `rules`, or `@pytest.mark.rule`.

    \b
    Example:
      jiesu rules --json | jq 'select(.status == "open")'
    """
    if write_docs:
        DOCS_PAGE.write_text(rules_page(), "utf-8")
        return
    if not tests.is_dir():
        raise OperationFailed(f"there are no tests in {tests}; name their folder with --tests")
    rows = traced(tests)
    for row in rows:
        typer.echo(json.dumps(row.to_json(), ensure_ascii=False) if as_json else _line(row))
    summed = ", ".join(f"{count} {state}" for state, count in totals(rows).items())
    typer.echo(summed, err=as_json)
    if check and unexplained(rows):
        raise typer.Exit(1)


def _line(row: Traced) -> str:
    waits = f"waits for {', '.join(dict.fromkeys(row.rule.waits_for.values()))}" if row.rule.waits_for else ""
    kinds, tests = ",".join(row.rule.kind), f"{len(row.tests)} tests"
    said = [
        f"{row.rule.id:<12}",
        f"{row.status:<9}",
        f"{kinds:<24}",
        f"{tests:<9}",
        " ".join(row.policies),
        waits,
    ]
    return " ".join(said).rstrip()


def register(app: typer.Typer) -> None:
    """Add `jiesu rules`."""
    app.command("rules")(rules)
