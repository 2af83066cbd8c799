"""The one error an operator is meant to read."""

from collections.abc import Iterator
from contextlib import contextmanager


class OperationFailed(Exception):
    """What was asked for cannot be done; the message is one line that says what to do about it.

    The command line prints the message on stderr and ends with exit code 2.
    """

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


@contextmanager
def failing_as_one(advice: str = "") -> Iterator[None]:
    """Of tasks that ran beside each other and could not, raises the first failure, with advice behind it.

    Anything else that went wrong among them stays as it is. Not by `except*`: early releases of Python 3.11
    wrap what is raised there into a group once more.
    """
    try:
        yield
    except ExceptionGroup as failed:
        could_not, otherwise = failed.split(OperationFailed)
        if could_not is None or otherwise is not None:
            raise
        raise OperationFailed(f"{could_not.exceptions[0]} {advice}") from None
