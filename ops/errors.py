"""The one error an operator is meant to read."""


class OperationFailed(Exception):
    """What was asked for cannot be done; the message is one line that says what to do about it.

    The command line prints the message on stderr and ends with exit code 2.
    """

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))
