"""How the core says no."""


class Rejected(Exception):
    """A command that the state, the time, the role or a missing part forbids.

    `code` is stable for programs, `message_zh` says what happened, why and what to do next, `basis` names the
    rules; `forbidden` tells what the role may never do from what the state, time or parts do not allow.
    """

    def __init__(
        self, code: str, message_zh: str, basis: tuple[str, ...], *, forbidden: bool = False
    ) -> None:
        super().__init__(f"{code}: {message_zh}")
        self.code = code
        self.message_zh = message_zh
        self.basis = basis
        self.forbidden = forbidden
