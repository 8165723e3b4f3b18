"""One make of gateway, as the rest of the program knows it: a record of what to say, and of how to read the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from console.errors import CannotSend

if TYPE_CHECKING:
    from console.config.records import PortStyle
    from console.domain.ami import AmiMessage
    from console.domain.facts import Fact
    from console.domain.messages import DeliveryState
    from console.domain.plan import SplitPath
    from console.domain.ports import SpanReport
    from console.protocol.dialects.acts import Verdict
    from console.protocol.dialects.ussd import UssdVerdict

Events = Mapping[str, Callable[["AmiMessage"], "Fact | None"]]
"""Name of an AMI event, in lower case, to what reads it."""

Lines = Sequence[str]
"""The output of a command."""

_Read = TypeVar("_Read")


class Parcel(NamedTuple):
    """A message that is to leave by AMI."""

    port: int
    to: str
    texts: Sequence[str]
    """A text for each command: the segments where the console cuts, else the whole."""
    ids: Sequence[str]
    """As many, each with an id of its own by which its result is told."""
    number: int
    """The message's own; several in a row differ in it."""
    timeout: int
    """Seconds that the gateway may wait for its module."""


class SendVerdict(NamedTuple):
    """What the answer to a send says: SENT; ACCEPTED, where an event will tell; FAILED; QUEUED, where the port was busy
    and nothing left; UNKNOWN for whatever leaves a doubt.
    """

    state: DeliveryState
    words: str


class Lack(NamedTuple):
    """What a make can't do, in words for the operator."""

    words: str
    instead: str
    """What to do about it."""

    def __str__(self) -> str:
        return f"{self.words} {self.instead}"


@dataclass(frozen=True, slots=True)
class PortAct(Generic[_Read]):
    """Something that can be asked of a port."""

    line: Callable[[int, str], str]
    """The command line for a port and what is asked. Raises CannotSend."""
    read: Callable[[Lines], _Read]
    wait: float = 0.0
    """Seconds that the gateway itself takes at most."""


class Pages(NamedTuple):
    """Where on the gateway's own pages something is set."""

    account: str
    """The AMI account."""
    callbacks: str = ""
    """The calls for each SMS that comes in; empty where the make has none, and AMI brings the SMS."""
    http: str = ""
    """The HTTP interface for sending; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """Its functions are pure; those that make a line raise CannotSend where it can't travel. A port is a number from
    1, whatever the make calls it.
    """

    name: str
    """In the configuration."""
    title: str
    """Of make and firmware, for people."""
    action: str
    """The AMI action that runs a command line."""
    tells_rights: bool
    """Whether `manager show user` tells what its account may do."""
    cuts: bool
    """Whether the console cuts a long text; else the gateway does."""
    path: SplitPath
    """How a text that goes by AMI is cut."""
    pace: float
    """Seconds between two SMS of a port unless the configuration says otherwise."""
    send: Callable[[Parcel], tuple[str, ...]]
    """A command line for each text."""
    read_send: Callable[[Lines], SendVerdict]
    list_ports: str
    """The command line that lists the ports."""
    read_ports: Callable[[Lines], tuple[tuple[int, str], ...]]
    """Port and status words."""
    show_port: Callable[[int], str]
    read_port: Callable[[Lines], SpanReport]
    fits: Callable[[Lines], bool]
    """Whether what a port's report holds looks like this make and firmware: a guess."""
    events: Events
    ussd: PortAct[UssdVerdict] | Lack
    power: PortAct[Verdict] | Lack
    at: PortAct[Verdict] | Lack
    http: PortStyle | Lack
    """How `/sendsms` calls a port unless the configuration says otherwise."""
    pages: Pages
    forms: tuple[str, ...]
    """Of its command lines, as `console.protocol.ami.command_line` completes them."""


def needed(act: PortAct[_Read] | Lack) -> PortAct[_Read]:
    """The act. Raises CannotSend where the make can't."""
    if isinstance(act, Lack):
        raise CannotSend(act.words, hint=act.instead)
    return act
