"""One AMI session's actions: login, rights, and an answer to each, in Asterisk 1.8's words."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from console.simulator.ami import wire
from console.simulator.ami.wire import AmiEvent, ClientMessage, Damage

if TYPE_CHECKING:
    import random
    from collections.abc import Awaitable, Callable

    from console.simulator.ami.asterisk_cli import CliAnswer
    from console.simulator.ami.connection import AmiConnection
    from console.simulator.options import Pace, SimulatorOptions

_BLACKLIST = ("module load", "module unload", "restart gracefully")
_OFF_WORDS = frozenset({"off", "no", "0"})
_ON_WORDS = frozenset({"on", "yes", "all", "1"})


@dataclass(slots=True)
class AmiTrouble:
    """What goes wrong from now on. Read by the sessions before they answer."""

    answer_delay: float = 0.0
    """Seconds that every answer comes late."""
    cut_next_answer: bool = False
    """The next Command answer stops in its middle and the connection drops."""
    swallow_next_answer: bool = False
    """The next Command is carried out and its answer never comes."""
    only: str = ""
    """Beginning of the commands that the two above, and `gate`, are about; empty: all."""
    gate: asyncio.Event | None = None
    """Commands are carried out, and their answers wait until it is set."""
    unread: bool = False
    """They are not even carried out until then."""
    held: int = 0
    """Commands that were read and wait so."""


class SessionHost(Protocol):
    """What a session needs of its server."""

    @property
    def options(self) -> SimulatorOptions: ...
    async def carry_out(self, line: str) -> CliAnswer:
        """Run one command line to its end, whatever becomes of the session that asked."""
        ...

    @property
    def pace(self) -> Pace: ...
    @property
    def trouble(self) -> AmiTrouble: ...
    @property
    def challenges(self) -> random.Random: ...
    def publish(self, event: AmiEvent) -> None: ...


class AmiSession:
    """Who is at the other end, what they may see, and what they are answered."""

    def __init__(self, host: SessionHost, connection: AmiConnection) -> None:
        self.connection = connection
        self.authenticated = False
        self._host = host
        self._write = connection.write
        self._mask: frozenset[str] = frozenset()
        self._challenge = ""

    async def run(self) -> None:
        """Serve until either side ends it, or nobody logs in for too long."""
        options = self._host.options
        loop = asyncio.get_running_loop()
        deadline = loop.call_later(options.auth_timeout, self._auth_timed_out)
        try:
            await self.connection.run(wire.BANNERS[options.command_form], self._answer)
        finally:
            deadline.cancel()

    def sees(self, read_class: str) -> bool:
        return self.authenticated and not self.connection.closing and read_class in self._mask

    def _auth_timed_out(self) -> None:
        if not self.authenticated:
            self.connection.drop()

    async def _answer(self, message: ClientMessage) -> None:
        if self._host.trouble.answer_delay > 0:
            await self._host.pace.sleep(self._host.trouble.answer_delay)
        await self._dispatch(message, message.get("ActionID"))

    async def _dispatch(self, message: ClientMessage, action_id: str) -> None:
        if message.damage is Damage.LINE_TOO_LONG:
            self._write(wire.error(action_id, "Failed to parse message: line too long"))
            return
        if message.damage is Damage.TOO_MANY_LINES:
            self._write(wire.error(action_id, "Too many lines in message or allocation failure"))
            return
        action = message.get("Action")
        if not action:
            self._write(wire.error(action_id, "Missing action in request"))
            return
        before_login: dict[str, Callable[[ClientMessage, str], Awaitable[None]]] = {
            "login": self._login,
            "challenge": self._make_challenge,
            "logoff": self._logoff,
        }
        after_login = {
            "ping": self._ping,
            "events": self._events,
            "command": self._command,
            "userevent": self._user_event,
            "coresettings": self._core_settings,
        }
        name = action.lower()
        if name in before_login:
            await before_login[name](message, action_id)
        elif not self.authenticated:
            self._write(wire.error(action_id, "Permission denied"))
        elif name in after_login:
            await after_login[name](message, action_id)
        else:
            unknown = f"Invalid/unknown command: {action}. Use Action: ListCommands to show available commands."
            self._write(wire.error(action_id, unknown))

    async def _login(self, message: ClientMessage, action_id: str) -> None:
        if self.authenticated:
            self._write(wire.response("Success", action_id, [("Message", "Already authenticated")]))
            return
        if not self._accepts(message):
            await self._host.pace.sleep(self._host.options.login_delay)
            self._write(wire.error(action_id, "Authentication failed"))
            self.connection.finish()
            return
        self.authenticated = True
        events = message.get("Events")
        self._mask = self._mask_of(events) if events else self._host.options.read_classes
        self._write(wire.response("Success", action_id, [("Message", "Authentication accepted")]))
        if "system" in self._mask:
            self._write([AmiEvent("FullyBooted", "system", (("Status", "Fully Booted"),)).encode()])

    def _accepts(self, message: ClientMessage) -> bool:
        options = self._host.options
        if message.get("Username").lower() != options.user.lower():
            return False
        if message.get("AuthType").lower() == "md5":
            wanted = hashlib.md5(f"{self._challenge}{options.password}".encode()).hexdigest()  # noqa: S324
            return bool(self._challenge) and hmac.compare_digest(message.get("Key").encode(), wanted.encode())
        given = message.get("Secret").encode(errors="surrogateescape")
        return hmac.compare_digest(given, options.password.encode())

    async def _make_challenge(self, message: ClientMessage, action_id: str) -> None:
        if message.get("AuthType").lower() != "md5":
            self._write(wire.error(action_id, "Must specify AuthType"))
            return
        self._challenge = self._challenge or str(self._host.challenges.randrange(100_000_000, 1_000_000_000))
        self._write(wire.response("Success", action_id, [("Challenge", self._challenge)]))

    async def _logoff(self, _message: ClientMessage, action_id: str) -> None:
        self._write(wire.response("Goodbye", action_id, [("Message", "Thanks for all the fish.")]))
        self.connection.finish()

    async def _ping(self, _message: ClientMessage, action_id: str) -> None:
        stamp = f"{self._host.pace.time():.6f}"
        self._write(wire.response("Success", action_id, [("Ping", "Pong"), ("Timestamp", stamp)]))

    async def _events(self, message: ClientMessage, action_id: str) -> None:
        wanted = message.get("EventMask")
        if not wanted:
            self._write(wire.error(action_id, "Invalid event mask"))
            return
        self._mask = self._mask_of(wanted)
        word = "On" if self._mask or wanted.lower() in _ON_WORDS else "Off"
        self._write(wire.response("Success", action_id, [("Events", word)]))

    def _mask_of(self, wanted: str) -> frozenset[str]:
        """Classes asked for that the account may read; an unknown word is no class at all."""
        lowered = wanted.lower()
        if lowered in _ON_WORDS:
            return self._host.options.read_classes
        if lowered in _OFF_WORDS:
            return frozenset()
        return frozenset(lowered.split(",")) & self._host.options.read_classes

    async def _command(self, message: ClientMessage, action_id: str) -> None:
        options = self._host.options
        line = message.get("Command")
        if "command" not in options.write_classes:
            self._write(wire.error(action_id, "Permission denied"))
        elif not line.strip(" \t"):
            self._write(wire.error(action_id, "No command provided"))
        elif line.lower().startswith(_BLACKLIST):
            self._write(wire.error(action_id, "Command blacklisted"))
        elif options.command_form == "old":
            await self._let_in(line)
            self._write(wire.follows_head(action_id))
            answer = await self._host.carry_out(line)
            await self._write_answer(line, wire.follows_body(answer.text))
        else:
            await self._let_in(line)
            answer = await self._host.carry_out(line)
            await self._write_answer(line, wire.output_headers(action_id, answer.text, failed=answer.failed))

    async def _let_in(self, line: str) -> None:
        """Wait, where commands are held back before they are carried out."""
        trouble = self._host.trouble
        if trouble.unread and trouble.gate is not None and line.startswith(trouble.only):
            trouble.held += 1
            try:
                await trouble.gate.wait()
            finally:
                trouble.held -= 1

    async def _write_answer(self, line: str, chunks: list[bytes]) -> None:
        """The end of a Command answer, or the trouble that was ordered in its place."""
        trouble = self._host.trouble
        if not line.startswith(trouble.only):
            self._write(chunks)
            return
        if trouble.gate is not None:
            await trouble.gate.wait()
        if trouble.swallow_next_answer:
            trouble.swallow_next_answer = False
            await asyncio.Event().wait()
        if trouble.cut_next_answer:
            trouble.cut_next_answer = False
            whole = b"".join(chunks)
            self._write([whole[: len(whole) // 2]])
            self.connection.finish()
            return
        self._write(chunks)

    async def _user_event(self, message: ClientMessage, action_id: str) -> None:
        """Tell everybody what the sender wrote: 1.8 repeats the Action line and the ActionID too."""
        self._write(wire.response("Success", action_id, [("Message", "Event Sent")]))
        headers = [line.partition(":") for line in message.lines]
        shown = [(name, value.lstrip(" \t")) for name, _, value in headers if name.lower() != "userevent"]
        self._host.publish(AmiEvent("UserEvent", "user", (("UserEvent", message.get("UserEvent")), *shown)))

    async def _core_settings(self, _message: ClientMessage, action_id: str) -> None:
        new = self._host.options.command_form == "new"
        versions = ("11.0.0", "22.10.1") if new else ("1.1", "1.8.32.3")
        settings = [("AMIversion", versions[0]), ("AsteriskVersion", versions[1]), ("SystemName", "")]
        self._write(wire.response("Success", action_id, settings))
