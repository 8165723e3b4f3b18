"""One AMI session's actions: login, rights, and an answer to each, in the words of Asterisk 1.8 or 22."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from console.simulator.ami import wire
from console.simulator.ami.wire import AmiEvent, ClientMessage, Damage
from console.simulator.options import gateway_time

if TYPE_CHECKING:
    import random
    from collections.abc import Awaitable, Callable

    from console.simulator.ami.asterisk_cli import CliAnswer
    from console.simulator.ami.connection import AmiConnection
    from console.simulator.ami.vitals import Vitals
    from console.simulator.options import Pace, SimulatorOptions

_BLACKLIST = ("module load", "module unload", "restart gracefully")
_OFF_WORDS = frozenset({"off", "no", "0"})
_ON_WORDS = frozenset({"on", "yes", "all", "1"})
_BEFORE_LOGIN = frozenset({"login", "challenge", "logoff"})
_NEEDS = {
    "command": frozenset({"command"}),
    "smscommand": frozenset({"smscommand"}),
    "coresettings": frozenset({"system", "reporting"}),
    "corestatus": frozenset({"system", "reporting"}),
    "userevent": frozenset({"user"}),
}
"""Action -> write classes of which the account must have one."""


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
    @property
    def vitals(self) -> Vitals: ...
    @property
    def leaving(self) -> bool:
        """Whether Asterisk 1.8 ends, and knows no action any more."""
        ...

    def publish(self, event: AmiEvent) -> None: ...


class AmiSession:
    """Who is at the other end, what they may see, and what they are answered."""

    def __init__(self, host: SessionHost, connection: AmiConnection) -> None:
        self.connection = connection
        self.authenticated = False
        self._host = host
        self._write = connection.write
        self._is_new = host.options.command_form == "new"
        self._is_yeastar = host.options.dialect == "yeastar"
        self._mask: frozenset[str] = frozenset()
        self._challenge = ""

    async def run(self) -> None:
        """Serve until either side ends it, or nobody logs in for too long."""
        options = self._host.options
        loop = asyncio.get_running_loop()
        deadline = loop.call_later(options.auth_timeout, self._auth_timed_out)
        try:
            await self.connection.run(options.command_form, self._answer)
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
        name = action.lower()
        answers: dict[str, Callable[[ClientMessage, str], Awaitable[None]]] = {
            "login": self._login,
            "challenge": self._make_challenge,
            "logoff": self._logoff,
            "ping": self._ping,
            "events": self._events,
            "command": self._command,
            "userevent": self._user_event,
            "coresettings": self._core_settings,
            "corestatus": self._core_status,
        }
        if self._is_yeastar:
            answers["command"], answers["smscommand"] = self._not_permitted, self._command
        if not self.authenticated and name not in _BEFORE_LOGIN and not self._host.leaving:
            self._write(wire.error(action_id, "Permission denied"))
        elif name not in answers or self._host.leaving:
            unknown = f"Invalid/unknown command: {action}. Use Action: ListCommands to show available commands."
            self._write(wire.error(action_id, unknown))
        elif name in _NEEDS and not _NEEDS[name] & self._host.options.write_classes:
            self._write(wire.error(action_id, "Permission denied"))
        else:
            await answers[name](message, action_id)

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
        if "system" in self._mask and self._host.vitals.booted.is_set():
            status = (("Status", "Fully Booted"),)
            headers = (*self._host.vitals.headers, *status) if self._is_new else status
            self._write([AmiEvent("FullyBooted", "system", headers).encode()])
        if self._is_new:
            self._host.publish(self._successful_auth())

    def _successful_auth(self) -> AmiEvent:
        """What whoever may read `security` hears of every login from Asterisk 10 on."""
        moment = datetime.fromtimestamp(self._host.pace.time(), UTC)
        stamp = f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}+0000"
        local, remote = ("/".join(("IPV4", "TCP", *map(str, end[:2]))) for end in self.connection.ends)
        headers = (
            ("EventTV", stamp),
            ("Severity", "Informational"),
            ("Service", "AMI"),
            ("EventVersion", "1"),
            ("AccountID", self._host.options.user),
            ("SessionID", f"{id(self):#x}"),
            ("LocalAddress", local),
            ("RemoteAddress", remote),
            ("UsingPassword", "0"),
            ("SessionTV", stamp),
        )
        return AmiEvent("SuccessfulAuth", "security", headers)

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
        line = message.get("Command")
        if not line.strip(" \t"):
            self._write(wire.error(action_id, "No command provided"))
        elif line.lower().startswith(_BLACKLIST):
            self._write(wire.error(action_id, "Command blacklisted"))
        elif self._is_new:
            await self._let_in(line)
            answer = await self._host.carry_out(line)
            await self._write_answer(line, wire.output_headers(action_id, answer.text, failed=answer.failed))
        else:
            await self._let_in(line)
            self._write(wire.follows_head(action_id, "SMSCommand" if self._is_yeastar else "Command"))
            answer = await self._host.carry_out(line)
            await self._write_answer(line, wire.follows_body(answer.text))

    async def _not_permitted(self, _message: ClientMessage, action_id: str) -> None:
        self._write(wire.error(action_id, "Permission denied"))

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
        """Tell everybody what the sender wrote, line by line: 1.8 repeats even the Action line."""
        self._write(wire.response("Success", action_id, [("Message", "Event Sent")]))
        left_out = {"userevent", "action"} if self._is_new else {"userevent"}
        lines = tuple(line for line in message.lines if line.partition(":")[0].lower() not in left_out)
        self._host.publish(AmiEvent("UserEvent", "user", (("UserEvent", message.get("UserEvent")),), lines))

    async def _core_settings(self, _message: ClientMessage, action_id: str) -> None:
        versions = ("11.0.0", "22.10.1") if self._is_new else ("1.1", "1.8.32.3")
        settings = [
            ("AMIversion", versions[0]),
            ("AsteriskVersion", versions[1]),
            ("SystemName", ""),
            ("CoreMaxCalls", "0"),
            ("CoreMaxLoadAvg", "0.000000"),
            ("CoreRunUser", ""),
            ("CoreRunGroup", ""),
            ("CoreMaxFilehandles", "0"),
            ("CoreRealTimeEnabled", "No"),
            ("CoreCDRenabled", "Yes"),
            ("CoreHTTPenabled", "No"),
        ]
        if self._is_new:
            settings.append(("SoundsSearchCustomDir", "No"))
        self._write(wire.response("Success", action_id, settings))

    async def _core_status(self, _message: ClientMessage, action_id: str) -> None:
        vitals = self._host.vitals
        date, _, clock = gateway_time(vitals.started).partition(" ")
        status = [
            (f"Core{what}{unit}", value)
            for what in ("Startup", "Reload")
            for unit, value in (("Date", date), ("Time", clock))
        ]
        status.append(("CoreCurrentCalls", "0"))
        if self._is_new:
            status.append(("CoreProcessedCalls", str(vitals.calls)))
        self._write(wire.response("Success", action_id, status))
