"""An SMS that AMI saw coming in, and whether a callback brought it.

What AMI tells of an SMS depends on the gateway's settings, and so does what a callback must have in common with it:

* **Exact**: the values of the callback itself, percent-encoded. Sender, text, port and gateway time must agree; or the
  callback's bytes hold the same encoded values, in whichever charset they are read.
* **Inexact**: the text stood raw in a shell command, where a quote may have cut it. Sender, port and gateway time must
  agree. Where several SMS agree so far (the parts of a long one), the beginning of the text tells them apart.
* **Nameless**: only that there was one. A callback through its port counts for the last SMS that was seen before it.

What a callback does not tell (its name on the gateway's page may be one we do not know) is no disagreement.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.domain.messages import Callback, CallbackKind, came_by_ami
from console.protocol.sms.joining import gateway_seconds
from console.protocol.text.port_names import port_number

if TYPE_CHECKING:
    from collections.abc import Sequence

EARLY = 2.0
"""Seconds by which a callback may reach us before the AMI event of the same SMS: two connections, two queues."""


@dataclass(frozen=True, slots=True)
class Overheard:
    """One SMS as AMI told of it."""

    call: str
    """Uniqueid of the channel that ran its dialplan steps, the same for every client; empty when it was not told."""
    at: float
    """When its first step was heard, Unix seconds UTC."""
    callback: Callback
    """What a callback would have brought, with `call` as id; UNREADABLE where AMI did not tell the text."""
    raw: bytes
    """The events it rests on."""
    exact: bool = False
    encoded: tuple[bytes, ...] = ()
    """Number, port, text and time of an exact one, as they stand in the callback's URL; empty where not known."""
    doubted: tuple[bytes, ...] = ()
    """It may be the text of strangers: how each of those texts begins behind its first empty line."""

    @property
    def is_nameless(self) -> bool:
        """Its text is not known."""
        return self.callback.kind is not CallbackKind.SMS


@dataclass(frozen=True, slots=True)
class Came:
    """One SMS, part of one, or unreadable callback that is in the inbox."""

    gateway: str
    at: float
    """When it was received, Unix seconds UTC."""
    callback: Callback
    raw: bytes

    @property
    def by_ami(self) -> bool:
        """It is itself what AMI saw."""
        return came_by_ami(self.gateway, self.raw)


def is_kept(heard: Overheard, came: Sequence[Came], others: Sequence[Overheard] = ()) -> bool:
    """Whether the inbox has an SMS already: a callback brought it, or it was added by who else heard it.

    `came` is what is in the inbox of its gateway from around that time. `others` are further SMS heard there then:
    what brought one of them did not bring this one. They are not looked at for an exact one.
    """
    if heard.doubted:
        texts = [_words(row.callback.text) for row in came if row.callback.kind is CallbackKind.SMS]
        return all(any(piece in text for text in texts) for piece in map(_beginning, heard.doubted))
    if any(row.by_ami and _is_same(heard, row) for row in came):
        return True
    called = [row for row in came if not row.by_ami]
    if heard.exact and not heard.is_nameless:
        return any(_brings(heard, row) for row in called)
    # An unreadable call of nobody in particular may be anything.
    named = [row for row in called if row.gateway or row.callback.kind is CallbackKind.SMS]
    agreeing = [row for row in named if _agree(heard.callback, row.callback)]
    if heard.is_nameless:
        return _is_nearest(heard, agreeing, others)
    return _is_alike(heard, agreeing, others)


def _beginning(block: bytes) -> str:
    """What a block has of a text, but for its last two lines: the rest of the true event may stand there."""
    lines = block.decode("utf-8", "backslashreplace").strip().splitlines()
    return _words(" ".join(lines[:-2] or lines[:1]))


def _words(text: str) -> str:
    """Without white space and the backslashes by which the driver escapes."""
    return "".join(text.replace("\\", "").split())


def _is_same(heard: Overheard, row: Came) -> bool:
    """Whether an entry by AMI is this SMS. A line that says only that there was one does not stand for its text."""
    if row.callback.kind is not CallbackKind.SMS and not heard.is_nameless:
        return False
    if row.raw == heard.raw or (heard.call and heard.call == row.callback.id):
        return True
    return not heard.is_nameless and row.callback.text == heard.callback.text and _agree(heard.callback, row.callback)


def _brings(heard: Overheard, row: Came) -> bool:
    """Whether a callback is an exact one's."""
    if heard.encoded and _holds(row.raw, heard.encoded):
        return True
    if row.callback.kind is not CallbackKind.SMS:
        return False
    return row.callback.text == heard.callback.text and _agree(heard.callback, row.callback)


def _holds(raw: bytes, values: Sequence[bytes]) -> bool:
    query = raw + b"&"
    return all(b"=" + value + b"&" in query for value in values)


def _is_alike(heard: Overheard, agreeing: Sequence[Came], others: Sequence[Overheard]) -> bool:
    """One of them begins as the text does, or is the callback of none of the others."""
    if any(_begins(row.callback.text, heard.callback.text) for row in agreeing):
        return True
    rivals = [other for other in others if not other.is_nameless and _agree(other.callback, heard.callback)]
    return any(not any(_begins(row.callback.text, rival.callback.text) for rival in rivals) for row in agreeing)


def _begins(text: str, cut: str) -> bool:
    """Whether a text may have been cut to that: by a quote, at which the shell command seemed to end."""
    return text == cut or text.startswith(cut or '"')


def _is_nearest(heard: Overheard, agreeing: Sequence[Came], others: Sequence[Overheard]) -> bool:
    """In the order they came, each callback counts for the last SMS seen before it that has none yet."""
    named = [other for other in others if not other.is_nameless]
    waiting = sorted([heard, *(other for other in others if other.is_nameless)], key=lambda other: other.at)
    for row in sorted(agreeing, key=lambda row: row.at):
        if any(_agree(other.callback, row.callback) and _begins_or_is(other, row) for other in named):
            continue
        before = bisect_right(waiting, row.at + EARLY, key=lambda other: other.at)
        last = next((i for i in reversed(range(before)) if _agree(waiting[i].callback, row.callback)), None)
        if last is not None and waiting.pop(last) is heard:
            return True
    return False


def _begins_or_is(other: Overheard, row: Came) -> bool:
    return _brings(other, row) if other.exact else _begins(row.callback.text, other.callback.text)


def _agree(one: Callback, other: Callback) -> bool:
    """Whether port, number and gateway time are the same, as far as both tell them."""
    return (
        _ports_agree(one.port, other.port)
        and (not one.number or not other.number or one.number == other.number)
        and _times_agree(one.gateway_time, other.gateway_time)
    )


def _ports_agree(one: str, other: str) -> bool:
    """`3` and `gsm-1.3` are one port; which one a name is that we do not know, nobody says."""
    first, second = port_number(one), port_number(other)
    if first is None and second is None:
        return one == other or not one or not other
    return first is None or second is None or first == second


def _times_agree(one: str, other: str) -> bool:
    if one == other or not one or not other:
        return True
    seconds = gateway_seconds(one)
    return seconds is not None and seconds == gateway_seconds(other)
