"""One logged-in AMI connection over TCP.

Every failure of an action says which of two things it is: NotConnected, when no byte of it left, so that
asking again is safe; OutcomeUnknown, when it left and no whole answer came. Reading never waits for anybody:
a real server ends a session whose reader stalls for 100 ms.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from console.errors import ActionRefused, LoginRefused, NotConnected, OutcomeUnknown
from console.protocol.ami.session import AmiSession, Answered, LoggedIn, Received, Refused, SessionPhase, bounded
from console.protocol.text.redact import redact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.config import Secret
    from console.domain.clock import Clock
    from console.protocol.ami.frames import AmiBlock
    from console.protocol.ami.session import Occurrence

OpenConnection = Callable[[str, int], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]
"""The seam to the network: host and TCP port to a connected pair of streams. Raises OSError."""

_READ_SIZE = 65_536
_OUR_END = "closed by the console"
_REACH_HINT = "Check host and tcp_port, and that AMI (Asterisk API) is enabled on the gateway."
_LOGIN_HINT = "Check that this TCP port is the gateway's AMI, and that it has a free session."


class AmiClient:
    """One connection, from `connect` to `close`. Belongs to the event loop it was made on."""

    def __init__(
        self,
        session: AmiSession,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        clock: Clock,
        answer_timeout: float,
        on_message: Callable[[AmiBlock], None] | None,
        on_sent: Callable[[str], None] | None,
        command_action: str,
    ) -> None:
        """Use `connect`."""
        self.last_heard = clock.time()
        """When the last byte came, Unix seconds UTC."""
        self._session = session
        self._reader = reader
        self._writer = writer
        self._clock = clock
        self._answer_timeout = answer_timeout
        self._on_message = on_message
        self._on_sent = on_sent
        self._command_action = command_action
        self._waiting: dict[str, asyncio.Future[AmiBlock]] = {}
        self._idle = asyncio.Event()
        self._idle.set()
        loop = asyncio.get_running_loop()
        self._logged_in: asyncio.Future[Refused | None] = loop.create_future()
        self._closed: asyncio.Future[str] = loop.create_future()
        self._reading = loop.create_task(self._read())

    @classmethod
    async def connect(
        cls,
        host: str,
        tcp_port: int,
        username: str,
        secret: Secret,
        *,
        events: bool,
        clock: Clock,
        connect_timeout: float,
        answer_timeout: float,
        on_message: Callable[[AmiBlock], None] | None = None,
        on_sent: Callable[[str], None] | None = None,
        command_action: str = "Command",
        open_connection: OpenConnection = asyncio.open_connection,
    ) -> AmiClient:
        """Connect and log in. Timeouts in seconds: to connect, and for each answer, the login's included.

        `on_message` gets every message as it comes, `on_sent` every action that left with its secrets
        masked; both run on the reading task and must return at once. `command_action` is the
        action that runs command lines. Raises NotConnected, LoginRefused; CannotSend for an account that can't be sent.
        """
        session = AmiSession(username, secret, events=events, id_prefix=f"gc{secrets.token_hex(3)}")
        where = f"{host}:{tcp_port}"
        try:
            async with asyncio.timeout(connect_timeout):
                reader, writer = await open_connection(host, tcp_port)
        except TimeoutError:
            raise NotConnected(
                f"{where} did not accept a connection within {connect_timeout:g} s.", hint=_REACH_HINT
            ) from None
        except OSError as error:
            raise NotConnected(f"{where} can't be reached: {error.strerror or error}.", hint=_REACH_HINT) from error
        client = cls(
            session,
            reader,
            writer,
            clock=clock,
            answer_timeout=answer_timeout,
            on_message=on_message,
            on_sent=on_sent,
            command_action=command_action,
        )
        try:
            await client._log_in(where, username)
        except BaseException:
            await client.close()
            raise
        return client

    @property
    def banner(self) -> str:
        """The server's first line. Text from outside."""
        return self._session.banner

    @property
    def open_actions(self) -> int:
        """Actions somebody waits for. While there are any, silence proves nothing."""
        return len(self._waiting)

    async def wait_idle(self) -> None:
        """Wait until no action is open."""
        await self._idle.wait()

    @property
    def is_closed(self) -> bool:
        """No action can leave any more."""
        return self._closed.done()

    async def action(
        self, name: str, headers: Sequence[tuple[str, str]] = (), *, timeout: float | None = None
    ) -> AmiBlock:
        """Send an action and wait for its answer, whatever it says. `timeout` in seconds.

        Raises NotConnected and CannotSend when nothing left; OutcomeUnknown when it left and no whole answer
        came. When cancelled, the action has left all the same.
        """
        if self._closed.done() or self._writer.is_closing():
            raise NotConnected(f"{name} was not sent: the connection is closed.")
        action_id, data = self._session.act(name, headers)
        answer: asyncio.Future[AmiBlock] = asyncio.get_running_loop().create_future()
        self._waiting[action_id] = answer
        self._idle.clear()
        limit = self._answer_timeout if timeout is None else timeout
        try:
            self._write(data)
            async with asyncio.timeout(limit):
                message = await answer
        except TimeoutError:
            raise OutcomeUnknown(f"{name} was sent, but no answer came within {limit:g} s.") from None
        finally:
            self._waiting.pop(action_id, None)
            self._session.abandon(action_id)
            if not self._waiting:
                self._idle.set()
        if not message.complete:
            raise OutcomeUnknown(f"{name} was sent, but its answer was too long to read.")
        return message

    async def command(self, line: str, *, timeout: float | None = None) -> tuple[str, ...]:
        """Run one CLI command; its output lines, also when they tell of a failure.

        Raises like `action`, and ActionRefused with the gateway's words when the command was not run.
        """
        answer = await self.action(self._command_action, [("Command", line)], timeout=timeout)
        if answer.output is None and answer.name.lower() == "error":
            raise ActionRefused(bounded(answer.get("Message")) or "The gateway answered Error and gave no reason.")
        return answer.output or ()

    async def close(self, *, patience: float = 1.0) -> None:
        """Leave: Logoff when there is a session, then close. Raises no GatewayError.

        `patience` is in seconds, for the server to say goodbye.
        """
        try:
            farewell = b"" if self._closed.done() else self._session.log_off()
            if farewell:
                busy = bool(self._waiting)  # with an action of ours: it would not answer in time
                self._write(farewell)
                if not busy and patience > 0:
                    await asyncio.wait([self._closed], timeout=patience)
        finally:
            self._lost(_OUR_END)
        await asyncio.gather(self._reading, self._writer.wait_closed(), return_exceptions=True)

    async def wait_closed(self) -> str:
        """Wait for the end of the connection; why it ended, in words."""
        return await asyncio.shield(self._closed)

    async def _log_in(self, where: str, username: str) -> None:
        ends: list[asyncio.Future[Any]] = [self._logged_in, self._closed]
        done, _ = await asyncio.wait(ends, timeout=self._answer_timeout, return_when=asyncio.FIRST_COMPLETED)
        greeting = f" (greeting: {self.banner!r})" if self.banner else ""
        if not done:
            waited = f"{where} connected, but still {self._session.phase} after {self._answer_timeout:g} s{greeting}."
            raise NotConnected(waited, hint=_LOGIN_HINT)
        if not self._logged_in.done():
            raise NotConnected(f"{where}: {self._closed.result()}{greeting}.", hint=_LOGIN_HINT)
        refused = self._logged_in.result()
        if refused is None:
            return
        if refused.temporary:
            raise NotConnected(f"{where} accepts no login now: {refused.words}.")
        raise LoginRefused(
            f"{where} refused the account {username!r}: {refused.words}.",
            hint="Check username and secret of this gateway's AMI, and the account's permit list there.",
        )

    def _write(self, data: bytes) -> None:
        self._writer.write(data)
        if self._on_sent is not None:
            self._on_sent(redact(data.decode().replace("\r\n", "\n").strip("\n")))

    async def _read(self) -> None:
        try:
            while data := await self._reader.read(_READ_SIZE):
                self.last_heard = self._clock.time()
                self._handle(self._session.receive(data))
            reason = self._why_it_ended()
        except OSError as error:
            reason = f"the connection broke ({error.strerror or error})"
        except Exception as error:  # whatever came must not leave a connection that is open and deaf
            reason = f"the console could not handle what came: {error!r}"
        try:
            self._handle(self._session.end())
        finally:
            self._lost(reason)

    def _handle(self, occurrences: Sequence[Occurrence]) -> None:
        for occurrence in occurrences:
            match occurrence:
                case Received(message):
                    if self._on_message is not None:
                        self._on_message(message)
                case Answered(action_id, message):
                    waiting = self._waiting.pop(action_id, None)
                    if waiting is not None and not waiting.done():
                        waiting.set_result(message)
                case LoggedIn():
                    self._settle_login(None)
                case Refused():
                    self._settle_login(occurrence)
        for data in self._session.outgoing():
            self._write(data)

    def _settle_login(self, refused: Refused | None) -> None:
        if not self._logged_in.done():
            self._logged_in.set_result(refused)

    def _why_it_ended(self) -> str:
        session = self._session
        if session.shutdown is not None:
            return f"the gateway's Asterisk is {'restarting' if session.shutdown.restart else 'shutting down'}"
        if session.phase is SessionPhase.CLOSING:
            return _OUR_END
        if session.phase is SessionPhase.READY:
            return "the gateway closed the connection"
        return f"the gateway closed the connection while {session.phase}"

    def _lost(self, reason: str) -> None:
        """The end, once: whoever waits is told that the outcome is unknown."""
        if self._closed.done():
            return
        self._closed.set_result(reason)
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(OutcomeUnknown(f"The action was sent, but no answer came: {reason}."))
        # abort, for close would wait until a peer that is gone has taken what is still buffered
        self._writer.transport.abort()
        if asyncio.current_task() is not self._reading:
            self._reading.cancel()
