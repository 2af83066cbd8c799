"""The command line: quick to start, one line for an error, exit codes that mean something."""

from __future__ import annotations

import subprocess
import sys
from pkgutil import iter_modules

import pytest
import typer
from sqlalchemy.exc import IntegrityError

from ops import cli, commands
from ops.errors import OperationFailed
from ops.keyring import KeyRingError

NAMES = sorted(module.name for module in iter_modules(commands.__path__))


@pytest.mark.parametrize("name", NAMES)
def test_every_command_helps_with_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([name, "--help"]) == 0
    shown = capsys.readouterr().out
    assert "Example" in shown or "示例" in shown


def test_without_arguments_the_commands_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([]) == 0
    listed = capsys.readouterr().out
    assert all(f"  {name} " in listed for name in NAMES)


@pytest.mark.parametrize("arguments", [["no-such-command"], ["doctor", "--no-such-option"]])
def test_a_wrong_command_line_is_one_line_and_code_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(arguments) == 2
    assert capsys.readouterr().err.startswith("jiesu: No such ")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (OperationFailed("no\ndatabase"), "jiesu: no database\n"),
        (ConnectionRefusedError(111, "refused"), "jiesu: ConnectionRefusedError: [Errno 111] refused\n"),
        (KeyRingError("no key k9 in the ring"), "jiesu: KeyRingError: no key k9 in the ring\n"),
        (
            IntegrityError(
                "INSERT", None, ValueError("duplicate key\nDETAIL: Key (phone)=(13800138000) exists.")
            ),
            "jiesu: ValueError: duplicate key\n",
        ),
    ],
)
def test_what_an_engine_may_do_is_one_line_and_code_2(
    error: Exception, line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def app(**_: object) -> None:
        raise error

    monkeypatch.setattr(cli, "build_app", lambda arguments: app)
    assert cli.run(["doctor"]) == 2
    assert capsys.readouterr().err == line


def test_an_error_of_the_program_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def app(**_: object) -> None:
        raise LookupError("a fault of ours")

    monkeypatch.setattr(cli, "build_app", lambda arguments: app)
    with pytest.raises(LookupError):
        cli.run(["doctor"])


def test_what_a_command_found_is_its_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    app = typer.Typer()

    @app.command()
    def finds() -> None:
        raise typer.Exit(1)

    monkeypatch.setattr(cli, "build_app", lambda arguments: app)
    assert cli.run(["--"]) == 1


def test_a_command_without_engines_does_not_load_them() -> None:
    program = (
        "import sys; from ops import cli; assert cli.run(['due', '--help']) == 0;"
        "print(sorted({'temporalio', 'sqlalchemy', 'fastapi'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
