"""One AMI connection without the connection: bytes in, occurrences out; actions in, bytes out.

Logging in is one table, MOVES. The MD5 challenge is asked for first, so that the secret stays off the wire;
where it is refused the secret is sent plainly. `FullyBooted` is never waited for: many accounts never get it.

Answers come in the order of the actions and carry their ActionID. An answer without one belongs to the oldest
open action only while this server has never been seen to echo an ActionID; after that it belongs to nobody
(a server's own error, such as `Missing action in request`), so it can't shift the answers behind it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from console.domain.ami import AmiKind
from console.domain.facts import Shutdown
from console.errors import CannotSend, NotConnected
from console.protocol.ami.doubt import Doubt
from console.protocol.ami.frames import AmiFramer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.config import Secret
    from console.protocol.ami.frames import AmiBlock

MAX_LINE = 1022
"""Bytes of a line without its CR LF: the server's input buffer holds 1024 with it (main/manager.h)."""
MAX_HEADERS = 128
"""Lines of an action, Action and ActionID included."""

_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_()/-]*")
_FORBIDDEN = re.compile(r"[\r\n\0]")
_TEMPORARY = ("shutting down", "already in use", "invalid/unknown command")
"""Refusals of a login that have nothing to do with the account: trying again later makes sense. A stopping Asterisk 1.8
knows no action any more, Login included, for some five seconds.
"""

LONGEST_WORDS = 200
"""Characters of a banner or a refusal that are told."""


class SessionPhase(StrEnum):
    """Where a connection stands."""

    GREETING = "waiting for the AMI greeting"
    CHALLENGING = "waiting for the login challenge"
    LOGGING_IN = "logging in"
    READY = "ready"
    CLOSING = "closing"
    REFUSED = "refused"
    LOST = "lost"


class Heard(StrEnum):
    """What moves the phase on."""

    BANNER = "banner"
    SUCCESS = "our action was answered Success"
    ERROR = "our action was answered otherwise"
    LOGOFF = "we said goodbye"
    END = "the stream ended"


_P = SessionPhase
MOVES: Mapping[tuple[SessionPhase, Heard], SessionPhase] = MappingProxyType(
    {
        (_P.GREETING, Heard.BANNER): _P.CHALLENGING,
        (_P.CHALLENGING, Heard.SUCCESS): _P.LOGGING_IN,
        (_P.CHALLENGING, Heard.ERROR): _P.LOGGING_IN,
        (_P.LOGGING_IN, Heard.SUCCESS): _P.READY,
        (_P.LOGGING_IN, Heard.ERROR): _P.REFUSED,
        (_P.READY, Heard.LOGOFF): _P.CLOSING,
        **{(phase, Heard.END): _P.LOST for phase in _P},
    }
)
"""Everything else leaves the phase as it is."""


@dataclass(frozen=True, slots=True)
class Received:
    """A message came; told for every message, before what it means."""

    message: AmiBlock


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """Actions may be sent now."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The login was answered with a no."""

    words: str
    """The gateway's own, e.g. `Authentication failed`."""
    temporary: bool
    """It is the moment, not the account: the server is stopping, or the account is in use."""


def bounded(words: str) -> str:
    """What a peer says, as far as it can be told in a line. One that is hostile may say a megabyte."""
    return words if len(words) <= LONGEST_WORDS else f"{words[: LONGEST_WORDS - 1]}…"


@dataclass(frozen=True, slots=True)
class Answered:
    """An action got its answer."""

    action_id: str
    message: AmiBlock


Occurrence = Received | LoggedIn | Refused | Answered


class AmiSession:
    """The state of one connection. Feed it with `receive`; write to the socket what `outgoing` gives."""

    def __init__(self, username: str, secret: Secret, *, events: bool, id_prefix: str) -> None:
        """`id_prefix` makes the ActionIDs ours and, being new for each connection, unique.

        Raises CannotSend when user name or secret hold what can't travel.
        """
        self.phase = SessionPhase.GREETING
        self.banner = ""
        self.shutdown: Shutdown | None = None
        """Set once the server has announced its end."""
        self._username = username
        self._secret = secret
        self._events = events
        self._prefix = id_prefix
        self._framer = AmiFramer(awaits=self._awaits)
        self._doubt = Doubt()
        self._count = 0
        self._open: dict[str, bool] = {}
        """ActionIDs not yet answered, oldest first -> somebody still waits for it."""
        self._echoes = False
        self._outgoing: list[bytes] = []
        encode_action("Login", "", self._login(""))  # an account that can't be sent is told before connecting

    def receive(self, data: bytes) -> list[Occurrence]:
        """Bytes as they came from the server."""
        blocks = self._framer.feed(data)
        return [occurrence for block in blocks for occurrence in self._take(self._doubt.judge(block, self._open))]

    def end(self) -> list[Occurrence]:
        """The stream is over. An unfinished message is told, but answers nothing."""
        occurrences: list[Occurrence] = [Received(message) for message in self._framer.close()]
        self._move(Heard.END)
        return occurrences

    def act(self, name: str, headers: Sequence[tuple[str, str]] = ()) -> tuple[str, bytes]:
        """The ActionID and the bytes of an action, which is open from now on.

        Raises CannotSend when it can't travel, NotConnected when the session is not ready: nothing has left.
        """
        if self.phase is not SessionPhase.READY:
            raise NotConnected(f"{name} was not sent: the AMI session is {self.phase}.")
        return self._start(name, headers)

    def log_off(self) -> bytes:
        """The bytes of a Logoff, or nothing when there is no session to leave."""
        if self.phase is not SessionPhase.READY:
            return b""
        data = self._start("Logoff", ())[1]
        self._move(Heard.LOGOFF)
        return data

    def abandon(self, action_id: str) -> None:
        """Nobody waits for this answer any more. Should it come, it is still known as the answer to it."""
        if action_id in self._open:
            self._open[action_id] = False

    def outgoing(self) -> list[bytes]:
        """Actions of the session's own, for logging in, to be written now."""
        actions, self._outgoing = self._outgoing, []
        return actions

    def _start(self, name: str, headers: Sequence[tuple[str, str]]) -> tuple[str, bytes]:
        action_id = f"{self._prefix}-{self._count + 1}"
        data = encode_action(name, action_id, headers)
        self._count += 1
        self._open[action_id] = True
        return action_id, data

    def _move(self, heard: Heard) -> None:
        self.phase = MOVES.get((self.phase, heard), self.phase)

    def _take(self, message: AmiBlock) -> list[Occurrence]:
        occurrences: list[Occurrence] = [Received(message)]
        if message.kind is AmiKind.RESPONSE:
            occurrences += self._answer(message)
        elif message.kind is AmiKind.EVENT:
            self._note_shutdown(message)
        elif message.kind is AmiKind.BANNER:
            self.banner = bounded(message.name)
        if self.phase is SessionPhase.GREETING:
            self._move(Heard.BANNER)
            self._outgoing.append(self._start("Challenge", [("AuthType", "MD5")])[1])
        return occurrences

    def _answer(self, message: AmiBlock) -> list[Occurrence]:
        action_id = message.get("ActionID")
        if not self._awaits(action_id):
            return []
        self._echoes |= bool(action_id)
        action_id = action_id or next(iter(self._open))
        awaited = self._close_until(action_id)
        if self.phase in {SessionPhase.CHALLENGING, SessionPhase.LOGGING_IN}:
            return self._log_in(message)
        return [Answered(action_id, message)] if awaited else []

    def _awaits(self, action_id: str) -> bool:
        """Whether an answer with this ActionID, or without one, may come now."""
        return action_id in self._open if action_id else bool(self._open) and not self._echoes

    def _close_until(self, action_id: str) -> bool:
        """This action is answered. What was given up before it will not be: answers come in order."""
        for older in list(self._open):
            if older == action_id:
                break
            if not self._open[older]:
                del self._open[older]
        return self._open.pop(action_id)

    def _log_in(self, answer: AmiBlock) -> list[Occurrence]:
        """The next step after the answer to Challenge or to Login."""
        success = answer.name.strip().lower() == "success"
        challenged = self.phase is SessionPhase.CHALLENGING
        self._move(Heard.SUCCESS if success else Heard.ERROR)
        if challenged:
            challenge = answer.get("Challenge") if success else ""
            self._outgoing.append(self._start("Login", self._login(challenge))[1])
            return []
        if success:
            return [LoggedIn()]
        words = bounded(answer.get("Message") or answer.name)
        return [Refused(words, any(reason in words.lower() for reason in _TEMPORARY))]

    def _login(self, challenge: str) -> list[tuple[str, str]]:
        """Headers of the Login; with a challenge the MD5 key in place of the secret."""
        secret = self._secret.reveal()
        events = ("Events", "on" if self._events else "off")
        if not challenge:
            return [("Username", self._username), ("Secret", secret), events]
        key = hashlib.md5((challenge + secret).encode(), usedforsecurity=False).hexdigest()
        return [("AuthType", "MD5"), ("Username", self._username), ("Key", key), events]

    def _note_shutdown(self, event: AmiBlock) -> None:
        if event.name == "Shutdown":
            self.shutdown = Shutdown(event.get("Restart").lower() == "true")


def encode_action(name: str, action_id: str, headers: Sequence[tuple[str, str]]) -> bytes:
    """One action as it goes on the wire. Raises CannotSend, naming no value, for what would be misread.

    Refused: CR, LF and NUL (they end a line or a message), names the server would not find, our own headers
    twice, lines past MAX_LINE bytes, more than MAX_HEADERS lines, and lone surrogates (no UTF-8).
    """
    lines = [("Action", name), ("ActionID", action_id), *headers]
    if len(lines) > MAX_HEADERS:
        raise CannotSend(f"{name!r} has {len(lines)} headers; the gateway takes at most {MAX_HEADERS}.")
    encoded = bytearray()
    for index, (header, value) in enumerate(lines):
        if not _HEADER_NAME.fullmatch(header) or (index > 1 and header.lower() in {"action", "actionid"}):
            raise CannotSend(f"{header!r} is not a valid header name for {name!r}.")
        if _FORBIDDEN.search(value):
            raise CannotSend(
                f"The {header} header of {name!r} contains a line break or a NUL, which AMI can't carry.",
                hint="Remove the line break, or send by HTTP.",
            )
        try:
            line = f"{header}: {value}".encode()
        except UnicodeEncodeError:
            raise CannotSend(f"The {header} header of {name!r} contains half a surrogate pair.") from None
        if len(line) > MAX_LINE:
            raise CannotSend(
                f"The {header} header of {name!r} is {len(line)} bytes long; the gateway takes {MAX_LINE}.",
                hint="Shorten the text, or send by HTTP.",
            )
        encoded += line + b"\r\n"
    return bytes(encoded + b"\r\n")
