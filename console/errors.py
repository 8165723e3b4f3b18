"""One tree of errors. Each says what is wrong and where (the message) and what to do next (the hint)."""

from __future__ import annotations


class ConsoleError(Exception):
    """Anything this program can explain. `str()` is the message; `hint` is the next step for the operator."""

    title = "Something went wrong"
    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint

    @property
    def in_full(self) -> str:
        """What is wrong and, where there is a hint, what to do next: on one line."""
        return f"{self} {self.hint}".strip()


class ConfigError(ConsoleError):
    """The configuration can't be used."""

    title = "Configuration"
    exit_code = 2


class StoreError(ConsoleError):
    """The database can't be opened, read or written."""

    title = "Database"
    exit_code = 3


class ListenError(ConsoleError):
    """A TCP address can't be listened on."""

    title = "Listening"
    exit_code = 4


class CannotSend(ConsoleError):
    """Refused before any byte left: a newline in a header, a bad number, a line too long, a port that is down."""

    title = "Not sent"


class ReadOnly(CannotSend):
    """Whoever sits here may look, and change nothing."""

    title = "Read only"


class GatewayError(ConsoleError):
    """Trouble with the gateway."""

    title = "Gateway"


class NotConnected(GatewayError):
    """No connection, and no byte of the request left: trying again is safe."""


class LoginRefused(GatewayError):
    """The gateway refused the account. Trying again with the same words is pointless."""

    title = "Login refused"


class OutcomeUnknown(GatewayError):
    """The request left and no readable answer came: it may or may not have been carried out. Never retry by program."""

    title = "Outcome unknown"


class ActionRefused(GatewayError):
    """The gateway answered, and the answer is no (`Response: Error`)."""

    title = "Refused"


class NotAnswered(CannotSend):
    """Something speaks against an answer that a rule would give: it is not tried again."""
