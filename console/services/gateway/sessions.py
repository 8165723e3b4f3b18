"""Sending sessions of one gateway: bounded, reused while there is work, closed when there is none."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from console.domain.ami import AmiKind
from console.domain.link import Flow
from console.errors import ConsoleError
from console.protocol.dialects.known import DIALECTS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from console.config import AmiConfig, GatewayConfig, Secret
    from console.domain.ami import AmiMessage
    from console.domain.clock import Clock
    from console.store.ami.log import AmiLog

SESSION = "send"
"""How the AMI log tells these sessions from the one that listens."""

_CEREMONY = ("Action: Challenge\n", "Action: Login\n", "Action: Ping\n", "Action: Logoff\n")
"""Left out of the log, with the answers that say yes: a send would drown in them."""


class Session(Protocol):
    """What sending needs of an AMI connection."""

    async def action(
        self, name: str, headers: Sequence[tuple[str, str]] = (), *, timeout: float | None = None
    ) -> AmiMessage: ...

    async def command(self, line: str, *, timeout: float | None = None) -> tuple[str, ...]: ...

    async def close(self) -> None: ...


class Connect(Protocol):
    """Opens one logged-in connection. Raises NotConnected or LoginRefused."""

    async def __call__(
        self,
        host: str,
        tcp_port: int,
        username: str,
        secret: Secret,
        *,
        events: bool,
        clock: Clock,
        connect_timeout: float,
        answer_timeout: float,
        on_message: Callable[[AmiMessage], None] | None,
        on_sent: Callable[[str], None] | None,
        command_action: str,
    ) -> Session: ...


class AmiSessions:
    """Lends sessions with events off, each to one borrower at a time.

    A `sync` send holds its session for many seconds, so these are apart from the session that listens. One
    that has lain idle is asked a Ping before it is lent again: a peer that went away is found before a
    message is at stake.
    """

    def __init__(
        self, gateway: GatewayConfig, ami: AmiConfig, connect: Connect, clock: Clock, *, log: AmiLog | None = None
    ) -> None:
        """`log` gets every command and every answer but the ceremony around them."""
        self._name = gateway.name
        self._log = log
        self._host = gateway.host
        self._command_action = DIALECTS[gateway.dialect].action
        self._ami = ami
        self._connect = connect
        self._clock = clock
        self._places = asyncio.Semaphore(ami.send_sessions)
        self._idle: list[Session] = []
        self._keepers = 0

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """While anyone is inside, idle sessions stay open for the next borrower; the last to leave closes
        them.
        """
        self._keepers += 1
        try:
            yield
        finally:
            self._keepers -= 1
            if self._keepers == 0:
                await self._close_idle()

    @asynccontextmanager
    async def borrow(self) -> AsyncIterator[Session]:
        """A live session; waits while all are lent. Raises NotConnected or LoginRefused.

        An exception that leaves the block closes the session: a late answer to the old command must not be
        read as the answer to the next.
        """
        async with self._places:
            session = await self._live()
            try:
                yield session
            except BaseException:
                await session.close()
                raise
            self._idle.append(session)

    async def _close_idle(self) -> None:
        """All at once, so that a deaf gateway costs one wait; whoever cancels this leaves none of them open."""
        idle, self._idle = self._idle, []
        cancelled: asyncio.CancelledError | None = None
        while idle:
            try:
                await asyncio.gather(*(session.close() for session in idle))
                break
            except asyncio.CancelledError as error:
                cancelled = error  # A close that had not begun did not happen.
        if cancelled is not None:
            raise cancelled

    async def _live(self) -> Session:
        while self._idle:
            session = self._idle.pop()
            try:
                await session.action("Ping", timeout=self._ami.connect_timeout)
            except BaseException as error:
                await session.close()
                if not isinstance(error, ConsoleError):
                    raise
            else:
                return session
        return await self._connect(
            self._host,
            self._ami.tcp_port,
            self._ami.username,
            self._ami.secret,
            events=False,
            clock=self._clock,
            connect_timeout=self._ami.connect_timeout,
            answer_timeout=self._ami.answer_timeout,
            on_message=self._heard,
            on_sent=self._sent,
            command_action=self._command_action,
        )

    def _heard(self, message: AmiMessage) -> None:
        yes = message.kind is AmiKind.RESPONSE and message.output is None and message.name.lower() != "error"
        if self._log is not None and message.kind is not AmiKind.BANNER and not yes:
            self._log.append(self._clock.time(), self._name, Flow.IN, "", message, session=SESSION)

    def _sent(self, text: str) -> None:
        if self._log is not None and not text.startswith(_CEREMONY):
            self._log.append(self._clock.time(), self._name, Flow.OUT, text, session=SESSION)


def sessions_of(
    gateways: Sequence[GatewayConfig], connect: Connect, clock: Clock, *, at_once: int, log: AmiLog | None
) -> dict[str, AmiSessions]:
    """Sessions apart from those that send, `at_once` of each gateway that has AMI, by its name."""
    return {
        gateway.name: AmiSessions(gateway, replace(gateway.ami, send_sessions=at_once), connect, clock, log=log)
        for gateway in gateways
        if gateway.ami is not None
    }
