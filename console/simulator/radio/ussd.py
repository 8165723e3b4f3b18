"""The network's USSD: a balance for any code, a menu that waits for a reply, an answer in UCS-2."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

MENU = "*111#"
"""Opens a menu; digits reply to it."""

UNICODE = "*105#"
"""Is answered in UCS-2, which a module hands on in hexadecimal digits."""

_GSM7 = 15
_UCS2 = 72
_WELCOME = "余额 12.50 元。回复 1 续费"
_CHOICES = "1 Balance\n2 Tariff\n0 Leave"


class Response(IntEnum):
    """How the network goes on (3GPP TS 27.007 7.15)."""

    FINAL = 0
    NEEDS_REPLY = 1
    TERMINATED = 2
    NOT_SUPPORTED = 4


@dataclass(frozen=True, slots=True)
class UssdReply:
    """One answer of the network."""

    response: Response
    text: str
    scheme: int = _GSM7

    def words(self, span: int) -> str:
        """The same in the driver's words (and spelling)."""
        head = f"1:Recive USSD on span {span},responses:{self.response.value},code:{self.scheme}"
        return f"{head}\nText:{self.text}\n"


class UssdDesk:
    """The network's side of every port's dialogue."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._open: set[int] = set()
        """Ports whose menu waits for a reply."""

    def ask(self, port: int, text: str) -> UssdReply:
        """Answer a code, or the reply to the menu that is open on that port."""
        if text == MENU:
            self._open.add(port)
            return UssdReply(Response.NEEDS_REPLY, _CHOICES)
        if port in self._open and not text.startswith(("*", "#")):
            return self._choose(port, text)
        self._open.discard(port)
        if text == UNICODE:
            return UssdReply(Response.FINAL, _WELCOME.encode("utf-16-be").hex().upper(), _UCS2)
        if not text.endswith("#"):
            return UssdReply(Response.NOT_SUPPORTED, "")
        return UssdReply(Response.FINAL, f"{text}: balance {self._balance()}")

    def _choose(self, port: int, choice: str) -> UssdReply:
        if choice not in {"0", "1", "2"}:
            return UssdReply(Response.NEEDS_REPLY, f"There is no {choice}.\n{_CHOICES}")
        self._open.discard(port)
        if choice == "0":
            return UssdReply(Response.TERMINATED, "Good bye")
        return UssdReply(Response.FINAL, f"Balance {self._balance()}" if choice == "1" else "Tariff S\nuntil 30.11.")

    def _balance(self) -> str:
        return f"{self._rng.uniform(1, 90):.2f}"
