"""What can be done to a GSM port: when it can't, what to ask before, and what the gateway's answer means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from console.domain.link import Holding, LinkPhase
from console.errors import CannotSend, ConsoleError
from console.protocol.openvox import commands as gsm_commands
from console.protocol.openvox.commands import AtKind
from console.protocol.text.redact import redact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.domain.link import GatewaySnapshot

Power = Literal["on", "off", "reset"]
"""What `gsm power` can do to one port."""

POWERS: tuple[Power, ...] = ("on", "off", "reset")

AT_TIMEOUT_MS = 10_000
"""Milliseconds that the gateway waits for the module: the `timeout` of `gsm send sync at`."""


class Verdict(NamedTuple):
    """What became of an act."""

    words: str
    """For the operator. May hold text from outside, several lines of it."""
    known: bool = True
    """Whether it is known to have been carried out, or not."""


def refusal(gateway: GatewaySnapshot) -> str:
    """Why nothing can be done to this gateway's ports now, in words; empty when it can be tried.

    What is not known of the account's rights forbids nothing.
    """
    if gateway.link.phase is LinkPhase.STOPPED:
        return f"{gateway.name} has no AMI link: {gateway.link.detail}"
    if gateway.rights is not None and gateway.rights.write.get("command") is Holding.MISSING:
        return f"the AMI account on {gateway.name} can't run commands: it has no write class `command`"
    if gateway.link.phase is not LinkPhase.UP:
        return f"the AMI link to {gateway.name} is down"
    return ""


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


def not_done(output: Sequence[str]) -> str:
    """Why the gateway did nothing of it, in its own words; empty where it does not say so."""
    return _joined(output) if gsm_commands.is_refusal(output) else ""


def read_power(output: Sequence[str]) -> Verdict:
    """What `gsm power` said. Its words are not documented, so they are shown as they came."""
    words = _joined(output)
    if not words:
        return Verdict("the gateway gave no answer: check the port's state", known=False)
    return Verdict(words)


def read_at(output: Sequence[str]) -> Verdict:
    """What `gsm send sync at` said, the module's words first."""
    answer = gsm_commands.read_at_answer(output)
    words = _joined(answer.lines)
    match answer.kind:
        case AtKind.TIMEOUT:
            return Verdict(f"{words}\nno answer from the module in {AT_TIMEOUT_MS // 1000} s", known=False)
        case AtKind.NOT_READY:
            return Verdict(f"{words}\nthe module is not ready: nothing was sent to it")
        case AtKind.UNREADABLE:
            return Verdict(words or "the gateway gave no answer", known=False)
        case _:
            return Verdict(words)


def error_words(error: ConsoleError) -> str:
    """An error on one line, with what to do next."""
    return redact(error.in_full)


def _joined(output: Sequence[str]) -> str:
    return redact("\n".join(line.rstrip() for line in output if line.strip()))
