"""The server's side of the AMI wire: its blocks, and how it reads lines (Asterisk 1.8, main/manager.c).

What the server writes is a list of chunks: each is one write on the socket, because Asterisk writes response
headers one by one and a client must not care.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.simulator.options import CommandForm

BANNERS = {"old": b"Asterisk Call Manager/1.1\r\n", "new": b"Asterisk Call Manager/11.0.0\r\n"}

INPUT_BUFFER = 1024
"""Bytes of the server's line buffer, line end included: longer lines are thrown away."""

_THROWN_AWAY = {"old": INPUT_BUFFER, "new": INPUT_BUFFER - 1}
"""Bytes at a time of a line that does not fit, in 1.8 and in 22."""

MAX_HEADERS = 128

SMS_CLASS = "smscommand"
"""The class of all that a Yeastar says of SMS; it stands behind `all`."""


@dataclass(frozen=True, slots=True)
class AmiEvent:
    """An event before it is written: `read_class` decides who sees it.

    Values go out raw, line breaks and all.
    """

    name: str
    read_class: str
    headers: tuple[tuple[str, str], ...] = ()
    lines: tuple[str, ...] = ()
    """Behind the headers, as somebody else wrote them."""

    def encode(self) -> bytes:
        classes = f"all,{SMS_CLASS}" if self.read_class == SMS_CLASS else f"{self.read_class},all"
        lines = [f"Event: {self.name}", f"Privilege: {classes}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        lines += self.lines
        return ("\r\n".join(lines) + "\r\n\r\n").encode(errors="surrogateescape")


class Damage(Enum):
    """What went wrong while a client's message was read."""

    LINE_TOO_LONG = auto()
    TOO_MANY_LINES = auto()


@dataclass(frozen=True, slots=True)
class ClientMessage:
    """One action as read: header lines in order, and the damage if there was any."""

    lines: tuple[str, ...]
    damage: Damage | None = None

    def get(self, name: str) -> str:
        """The first header of that name, any case; for Action the first that is not empty.

        Blanks before the value are cut.
        """
        for line in self.lines:
            head, colon, value = line.partition(":")
            if colon and head.lower() == name.lower():
                value = value.lstrip(" \t")
                if value or name != "Action":
                    return value
        return ""


class ClientReader:
    """Bytes from a client to messages.

    A line ends with LF, one CR before it is cut; NUL cuts the rest of its line; an empty line ends the
    message, so a stray one is a message of its own. A line that does not fit the buffer is dropped piece by
    piece, which at some lengths makes its own line end look like an empty line: kept, since clients are
    caught by it.
    """

    def __init__(self, form: CommandForm = "old") -> None:
        self._piece = _THROWN_AWAY[form]
        self._buffer = bytearray()
        self._lines: list[str] = []
        self._damage: Damage | None = None

    def feed(self, data: bytes) -> list[ClientMessage]:
        self._buffer += data
        messages: list[ClientMessage] = []
        while (line := self._take_line()) is not None:
            if line:
                self._add(line)
                continue
            messages.append(ClientMessage(tuple(self._lines), self._damage))
            self._lines = []
            self._damage = None
        return messages

    def _take_line(self) -> bytes | None:
        while True:
            end = self._buffer.find(b"\n", 0, INPUT_BUFFER)
            if end >= 0:
                line = bytes(self._buffer[:end])
                del self._buffer[: end + 1]
                return line.removesuffix(b"\r").split(b"\0", 1)[0]
            if len(self._buffer) < INPUT_BUFFER:
                return None
            del self._buffer[: self._piece]
            self._damage = Damage.LINE_TOO_LONG

    def _add(self, line: bytes) -> None:
        if len(self._lines) < MAX_HEADERS:
            self._lines.append(line.decode(errors="surrogateescape"))
        else:
            self._damage = Damage.TOO_MANY_LINES


def response(word: str, action_id: str, headers: Sequence[tuple[str, str]] = ()) -> list[bytes]:
    """`Response: word` with the ActionID second when there was one."""
    chunks = [_line("Response", word)]
    if action_id:
        chunks.append(_line("ActionID", action_id))
    chunks += [_line(name, value) for name, value in headers]
    return [*chunks, b"\r\n"]


def error(action_id: str, message: str) -> list[bytes]:
    return response("Error", action_id, [("Message", message)])


def follows_head(action_id: str, privilege: str = "Command") -> list[bytes]:
    """Beginning of an old-form Command answer, written before the command runs."""
    chunks = [b"Response: Follows\r\n", _line("Privilege", privilege)]
    return [*chunks, _line("ActionID", action_id)] if action_id else chunks


def follows_body(output: str) -> list[bytes]:
    """The rest of it: raw output with LF ends, and the end mark glued to a last line that has none."""
    body = output.encode(errors="surrogateescape")
    return [body, b"--END COMMAND--\r\n\r\n"] if body else [b"--END COMMAND--\r\n\r\n"]


def output_headers(action_id: str, output: str, *, failed: bool) -> list[bytes]:
    """A new-form Command answer: one `Output:` header a line."""
    lines = output.removesuffix("\n").split("\n")
    headers = [("Message", "Command output follows"), *(("Output", line) for line in lines)]
    return response("Error" if failed else "Success", action_id, headers)


def _line(name: str, value: str) -> bytes:
    return f"{name}: {value}\r\n".encode(errors="surrogateescape")
