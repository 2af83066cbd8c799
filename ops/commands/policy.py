"""`jiesu policy`: a policy as a person would explain it."""

from typing import Annotated

import typer

from ops.errors import OperationFailed
from ops.policy_pages.page import FOLDER, policy_page
from policies.loading import PolicyError, load_policy, shipped_policies

app = typer.Typer(
    help="Policies as people read them. Example: jiesu policy explain heyuan", no_args_is_help=True
)


@app.callback()
def _policy() -> None:
    """Policies as people read them."""


@app.command()
def explain(
    policy: Annotated[str | None, typer.Argument(help="Id of a shipped policy, or a YAML file.")] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Write docs/policies/ID.md; all without ID.")
    ] = False,
) -> None:
    """Explain a policy in Chinese: who owes what until when on which basis, and what is open in it.

    \b
    Example:
      jiesu policy explain jingchuan
    """
    if policy is None and not write:
        raise OperationFailed(f"name a policy: {', '.join(shipped_policies())}, or a YAML file")
    for name in [policy] if policy else shipped_policies():
        try:
            loaded = load_policy(name)
        except PolicyError as error:
            raise OperationFailed(str(error)) from error
        if write:
            FOLDER.mkdir(parents=True, exist_ok=True)
            (FOLDER / f"{loaded.id}.md").write_text(policy_page(loaded), "utf-8")
        else:
            typer.echo(policy_page(loaded), nl=False)


def register(root: typer.Typer) -> None:
    """Add `jiesu policy`."""
    root.add_typer(app, name="policy")
