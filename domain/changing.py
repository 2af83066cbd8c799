"""A changed copy of a state: `dataclasses.replace` for states of many fields that change at every fact."""

from typing import TYPE_CHECKING, Any, TypeVar

S = TypeVar("S")

if TYPE_CHECKING:
    # So that the names and types of the changes are checked.
    from dataclasses import replace as changed
else:

    def changed(state: S, /, **changes: Any) -> S:
        """A copy of a frozen dataclass without slots, with some fields changed.

        It copies the fields as they are where `dataclasses.replace` calls `__init__` with each of them, which
        for a ticket takes ten times as long.
        """
        copy = object.__new__(type(state))
        copy.__dict__.update(state.__dict__, **changes)
        return copy


__all__ = ["changed"]
