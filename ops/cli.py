"""The command `jiesu`: finds the command that was asked for, runs it, says in one line what went wrong."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import NoReturn

import typer

from ops import commands
from ops.errors import OperationFailed
from ops.leave import leave

_ABOUT = """Casework for 12345 government service hotlines: a clock and a score nobody can dispute.

Every command has --help with an example. Exit codes: 0 all is well, 1 something was found, 2 it could not
be done.
"""


def main() -> NoReturn:
    """Runs the command line of this process and ends it with the command's exit code."""
    leave(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Runs one command line; the exit code. An expected error is one line on stderr and code 2."""
    try:
        arguments = arguments or ["--help"]
        result = build_app(arguments)(args=list(arguments), prog_name="jiesu", standalone_mode=False)
    except typer.TyperException as error:
        return _refuse(error.format_message())
    except OperationFailed as error:
        return _refuse(str(error))
    except _foreseen() as error:
        return _refuse(_first_line(error))
    except typer.Abort:
        return _refuse("stopped")
    return result if isinstance(result, int) else 0


def build_app(arguments: Sequence[str] = ()) -> typer.Typer:
    """The commands as a typer application: only the one that `arguments` name, if they do, else all.

    So that a command which needs neither engine starts without loading what the others need.
    """
    app = typer.Typer(
        help=_ABOUT,
        add_completion=False,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    # With a callback one registered command stays a command with a name.
    app.callback()(lambda: None)
    names = [module.name for module in iter_modules(commands.__path__)]
    asked = arguments[0].replace("-", "_") if arguments else ""
    for name in [asked] if asked in names else names:
        import_module(f"{commands.__name__}.{name}").register(app)
    return app


def _refuse(message: str) -> int:
    print("jiesu: " + " ".join(message.split()), file=sys.stderr)
    return 2


def _first_line(error: Exception) -> str:
    """What happened, without what follows in Postgres's messages: the details there are values of rows."""
    cause = getattr(error, "orig", None) or error
    return f"{type(cause).__name__}: {str(cause).partition(chr(10))[0]}"


def _foreseen() -> tuple[type[Exception], ...]:
    """What an engine, the network or a file may do to any command; imported once something was raised."""
    from httpx2 import TransportError
    from sqlalchemy.exc import DBAPIError
    from temporalio.service import RPCError

    from ops.keyring import KeyRingError

    return (OSError, DBAPIError, RPCError, TransportError, KeyRingError)


if __name__ == "__main__":
    main()
