"""What can be done to a GSM port of any make: when it can't, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from console.domain.link import Holding, LinkPhase
from console.protocol.driver.refusals import is_refusal
from console.protocol.text.redact import redact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.domain.link import GatewaySnapshot
    from console.errors import ConsoleError

Power = Literal["on", "off", "reset"]
"""What `gsm power` can do to one port."""

POWERS: tuple[Power, ...] = ("on", "off", "reset")


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


def not_done(output: Sequence[str]) -> str:
    """Why the gateway did nothing of it, in its own words; empty where it does not say so."""
    return spoken(output) if is_refusal(output) else ""


def error_words(error: ConsoleError) -> str:
    """An error on one line, with what to do next."""
    return redact(error.in_full)


def spoken(output: Sequence[str]) -> str:
    """What a gateway said, without empty lines and secrets."""
    return redact("\n".join(line.rstrip() for line in output if line.strip()))
