"""Bytes of an AMI server into messages: pure, incremental, the same for any fragmentation.

The rules were measured on Asterisk 1.8.32.3 and 22.10.1:

* Only CR LF ends a line of the server. A lone LF or a lone CR is data.
* The first line of a connection is the banner, one line. Then come blocks, each ended by an empty line.
* The first line of a block decides its kind: an `Event: OriginateResponse` block holds a `Response:` line.
* `Response: Follows` (Asterisk 1.4 to 13) is a Command's answer whose output stands behind the headers with
  no blank line between, and ends at `--END COMMAND--`, which may be glued to the last line of output. Its
  headers are exactly Response, Privilege and ActionID; whatever else looks like a header is output. A third
  line that begins `ActionID:` and ends in CR LF is taken as the header: right whenever an ActionID was sent,
  as ours always are.
* Bytes are framed before they are decoded, so a letter cut between two reads stays whole.

Text is decoded from UTF-8; a byte that is no UTF-8 shows as an escape (`\\xe9`), and `raw` keeps it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.domain.ami import AmiKind

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_MESSAGE = 1024 * 1024
"""Most bytes of one message. A longer one is handed out as its first MAX_MESSAGE bytes with `complete` False,
the rest up to its end is dropped, and framing goes on behind it: a block without end can't fill memory."""

_LINE_END = b"\r\n"
_BLOCK_END = b"\r\n\r\n"
_OUTPUT_END = b"--END COMMAND--\r\n\r\n"
_OLD_COMMAND = re.compile(rb"response: *follows *(?:\r\n|\Z)", re.IGNORECASE)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")


def _value(data: bytes) -> str:
    """A header's value: all behind the colon but the one blank that separates them."""
    return _text(data[1:] if data.startswith(b" ") else data)


def _body_start(data: bytes, start: int, *, final: bool) -> int:
    """Where the output of an old-form Command answer begins; -1 while too little is there, unless `final`."""
    at = data.find(_LINE_END, start) + 2
    for name in (b"privilege:", b"actionid:"):
        piece = data[at : at + len(name)].lower()
        if piece == name:
            newline = data.find(b"\n", at)
            if newline < 0:
                return at if final else -1
            line = data[at:newline]
            if line.endswith(b"\r") and not line.endswith(b"--END COMMAND--\r"):
                at = newline + 1
        elif name.startswith(piece) and not final:
            return -1
    return at


@dataclass(frozen=True, slots=True)
class AmiBlock:
    """One message as received: a `console.domain.ami.AmiMessage`. Headers are read when asked for."""

    kind: AmiKind
    raw: bytes
    """Whole, with the line ends and the empty line that close it."""
    complete: bool = True
    """False when the stream ended inside it, when it passed MAX_MESSAGE and was cut there, or when a text cut it."""

    @property
    def name(self) -> str:
        """The banner line; the Response word; the Event's name; empty for OTHER and TEXT."""
        if self.kind in (AmiKind.OTHER, AmiKind.TEXT):
            return ""
        line = self.raw.partition(_LINE_END)[0]
        return _text(line) if self.kind is AmiKind.BANNER else _value(line.partition(b":")[2])

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """In order, names repeat. A line without a colon is a name with an empty value."""
        if self.kind is AmiKind.BANNER:
            return ()
        split = (line.partition(":") for line in _text(self._head()).split("\r\n") if line)
        pairs = ((name, value[1:] if value[:1] == " " else value) for name, _, value in split)
        if self.kind is AmiKind.RESPONSE:
            return tuple(pair for pair in pairs if pair[0] != "Output")
        return tuple(pairs)

    @property
    def output(self) -> tuple[str, ...] | None:
        """Lines of a Command's output, the same in both forms; None when this is no Command answer.

        The new form writes "no output" and "one empty line" alike, so both forms give `()` for either.
        """
        if self.kind is not AmiKind.RESPONSE:
            return None
        if self._old_command:
            body = self.raw[_body_start(self.raw, 0, final=True) :].removesuffix(_OUTPUT_END)
            lines = body.removesuffix(b"\n").split(b"\n")
        else:
            headers = self.raw.split(_LINE_END)
            lines = [line[7:].removeprefix(b" ") for line in headers if line.startswith(b"Output:")]
            if not lines and self.get("Message") != "Command output follows":
                return None
        return () if lines == [b""] else tuple(map(_text, lines))

    def get(self, name: str, default: str = "") -> str:
        """The first header of that name (any case), or `default`."""
        if self.kind is AmiKind.BANNER:
            return default
        head = _LINE_END + self._head()
        wanted = _LINE_END + name.lower().encode() + b":"
        at = head.lower().find(wanted)
        if at < 0:
            return default
        value = at + len(wanted)
        end = head.find(_LINE_END, value)
        return _value(head[value : end if end >= 0 else None])

    @property
    def _old_command(self) -> bool:
        return self.kind is AmiKind.RESPONSE and _OLD_COMMAND.match(self.raw) is not None

    def _head(self) -> bytes:
        return self.raw[: _body_start(self.raw, 0, final=True)] if self._old_command else self.raw


class AmiFramer:
    """Cuts one connection's bytes into messages. Feed it what was read; close it when the stream ends."""

    def __init__(self, *, max_message: int = MAX_MESSAGE, awaits: Callable[[str], bool] = lambda _: True) -> None:
        """`awaits` tells whether an ActionID (empty: none) may be answered now. An old-form Command answer that nobody
        awaits is a block like any other: it may stand in the text of an SMS, and its end mark might never come.
        """
        self._max = max(max_message, 64)
        self._awaits = awaits
        self._buffer = bytearray()
        self._awaited = b"\n"
        """Until these bytes stand in the buffer, at `_searched` or behind, no message is complete."""
        self._searched = 0
        self._dropping = b""
        """The end mark of an oversized message whose rest is being dropped, else empty."""
        self._greeted = False

    def feed(self, data: bytes) -> list[AmiBlock]:
        """Take bytes as they came; return the messages they complete."""
        self._buffer += data
        if self._buffer.find(self._awaited, self._searched) < 0 and len(self._buffer) <= self._max:
            self._searched = max(self._searched, len(self._buffer) - len(self._awaited) + 1)
            return []
        return self._cut()

    def close(self) -> list[AmiBlock]:
        """The stream has ended: what is left of an unfinished message, marked incomplete."""
        rest = bytes(self._buffer)
        self._buffer.clear()
        if not rest or self._dropping:
            return []
        return [AmiBlock(self._kind(rest), rest, complete=False)]

    def _cut(self) -> list[AmiBlock]:
        data = bytes(self._buffer)
        messages = []
        at = 0
        while True:
            if self._dropping:
                mark, search = self._dropping, at
                end = data.find(mark, at)
                if end < 0:
                    at = max(at, len(data) - len(mark) + 1)
                    break
                self._dropping = b""
                at = end + len(mark)
            kind, mark, search = self._begin(data, at)
            end = data.find(mark, search)
            stop = end + len(mark)
            if end >= 0 and stop - at <= self._max:
                if stop - at > len(_LINE_END):  # else a stray empty line: nothing in it
                    messages.append(AmiBlock(kind, data[at:stop]))
                at = stop
            elif len(data) - at > self._max:
                messages.append(AmiBlock(kind, data[at : at + self._max], complete=False))
                self._dropping = mark
                at += self._max - len(mark) + 1
            else:
                break
        self._buffer = bytearray(data[at:])
        self._awaited = mark
        self._searched = max(search, len(data) - len(mark) + 1, at) - at
        return messages

    def _begin(self, data: bytes, at: int) -> tuple[AmiKind, bytes, int]:
        """Kind of the message that begins at `at`, the mark that ends it, and where to look for the mark.

        While too little is there to tell, the mark is a line feed still to come: it can't be told before.
        """
        if data.startswith(b"Event:", at):
            self._greeted = True
            return AmiKind.EVENT, _BLOCK_END, at
        if data.startswith(b"Response: Success\r\n", at):
            self._greeted = True
            return AmiKind.RESPONSE, _BLOCK_END, at
        if data.startswith(_LINE_END, at):
            return AmiKind.OTHER, _LINE_END, at
        oversized = len(data) - at > self._max
        end = data.find(_LINE_END, at, at + self._max)
        if end < 0 and not oversized:
            return AmiKind.OTHER, b"\n", len(data)
        line = data[at : end if end >= 0 else at + self._max]
        kind = self._kind(line)
        self._greeted = True
        if kind is AmiKind.BANNER:
            return kind, _LINE_END, at
        if kind is AmiKind.RESPONSE and _OLD_COMMAND.match(line):
            body = _body_start(data, at, final=oversized)
            if body < 0:
                return kind, b"\n", len(data)
            action_id = AmiBlock(kind, data[at:body]).get("ActionID")
            return (kind, _OUTPUT_END, body) if self._awaits(action_id) else (kind, _BLOCK_END, at)
        return kind, _BLOCK_END, at

    def _kind(self, line: bytes) -> AmiKind:
        """By the first line. A connection's first line is the banner unless it looks like a header."""
        if line[:6].lower() == b"event:":
            return AmiKind.EVENT
        if line[:9].lower() == b"response:":
            return AmiKind.RESPONSE
        return AmiKind.OTHER if self._greeted or b":" in line else AmiKind.BANNER
