"""Power and AT commands of a GSM port: the command lines, and what their answers mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.errors import CannotSend
from console.protocol.dialects.acts import POWERS, Verdict, spoken
from console.protocol.openvox import commands as gsm_commands
from console.protocol.openvox.commands import AtKind
from console.protocol.text.redact import redact

if TYPE_CHECKING:
    from collections.abc import Sequence

AT_TIMEOUT_MS = 10_000
"""Milliseconds that the gateway waits for the module: the `timeout` of `gsm send sync at`."""


def power_line(port: int, what: str) -> str:
    """The command line. CannotSend for anything but `POWERS`."""
    for power in POWERS:
        if what == power:
            return gsm_commands.power(power, port)
    raise CannotSend(f"Power {what!a} is not possible.", hint=f"Choose {', '.join(POWERS)}.")


def at_line(port: int, command: str) -> str:
    """The command line. CannotSend for what is no AT command, and for one that carries a PIN or a password: the gateway
    shows to everybody what was sent last.
    """
    command = command.strip()
    if not command.upper().startswith("AT"):
        raise CannotSend(f"{redact(command)[:40]!a} is not an AT command.", hint="Type one, such as AT+CSQ.")
    if redact(command) != command:
        raise CannotSend(
            "That command contains a PIN or a password, which would be logged.",
            hint="Set it on the gateway's own pages.",
        )
    return gsm_commands.at(port, command, timeout_ms=AT_TIMEOUT_MS)


def read_power(output: Sequence[str]) -> Verdict:
    """What `gsm power` said. Its words are not documented, so they are shown as they came."""
    words = spoken(output)
    if not words:
        return Verdict("the gateway gave no answer: check the port's state", known=False)
    return Verdict(words)


def read_at(output: Sequence[str]) -> Verdict:
    """What `gsm send sync at` said, the module's words first."""
    answer = gsm_commands.read_at_answer(output)
    words = spoken(answer.lines)
    match answer.kind:
        case AtKind.TIMEOUT:
            return Verdict(f"{words}\nno answer from the module in {AT_TIMEOUT_MS // 1000} s", known=False)
        case AtKind.NOT_READY:
            return Verdict(f"{words}\nthe module is not ready: nothing was sent to it")
        case AtKind.UNREADABLE:
            return Verdict(words or "the gateway gave no answer", known=False)
        case _:
            return Verdict(words)
