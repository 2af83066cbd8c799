"""One signal and one Update a command, made from the table of commands.

An Update answers with a verdict; a signal is for whoever needs none. Both go through one handler.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from temporalio import workflow

from domain.commands import Envelope, Order
from models.contracts.casework import CommandResult


class TakesCommands(Protocol):
    """What a workflow offers so that commands can be brought to it."""

    def preview(self, do: str, envelope: Envelope) -> None:
        """Raise ApplicationError for a command that would be refused as things stand."""

    async def take(self, do: str, envelope: Envelope) -> CommandResult:
        """Carry a command out, or raise ApplicationError."""

    async def take_signal(self, do: str, said: object) -> None:
        """Carry a command out, or leave a line in the audit."""


_Workflow = TypeVar("_Workflow", bound=type[TakesCommands])


def takes(commands: Mapping[str, type[Order]]) -> Callable[[_Workflow], _Workflow]:
    """Class decorator, below `@workflow.defn`: the workflow takes these commands, each under its own name."""

    def add_handlers(cls: _Workflow) -> _Workflow:
        for do, model in commands.items():
            description = (model.__doc__ or do).strip().partition("\n")[0]
            setattr(cls, f"update_{do}", _update(do, description))
            setattr(cls, f"signal_{do}", _signal(do, description))
        return cls

    return add_handlers


# The SDK knows a method by a first parameter that is called `self` and has no annotation.


def _update(do: str, description: str) -> Any:
    async def handle(self, envelope: Envelope) -> CommandResult:  # type: ignore[no-untyped-def]
        result: CommandResult = await self.take(do, envelope)
        return result

    def validate(self, envelope: Envelope) -> None:  # type: ignore[no-untyped-def]
        self.preview(do, envelope)

    handler = workflow.update(name=do, description=description)(handle)
    handler.validator(validate)
    return handler


def _signal(do: str, description: str) -> Any:
    async def handle(self, said: Any = None) -> None:  # type: ignore[no-untyped-def]
        await self.take_signal(do, said)

    return workflow.signal(name=do, description=description)(handle)
