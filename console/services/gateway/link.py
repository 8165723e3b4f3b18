"""The persistent AMI session of one gateway: alive, or honestly dead, and tried again.

A Ping asks for a sign of life every `ping_period`; its answer has a deadline, so a peer that is gone without
a word is noticed within two periods. While an action of ours is open no Ping is sent, because a server
answers in order and a slow command would look like silence; an action that is not answered in time brings
the next Ping forward. Nothing is ever sent again by itself after a reconnect.
"""

from __future__ import annotations

import asyncio
import random as random_module
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from console.domain.ami import AmiKind
from console.domain.link import Flow, LinkPhase, LinkStatus
from console.errors import ActionRefused, ConsoleError, LoginRefused, NotConnected, OutcomeUnknown
from console.protocol.ami import rights as ami_rights
from console.protocol.dialects.known import DIALECTS
from console.protocol.rules.backoff import Backoff
from console.services.gateway.client import AmiClient

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import tzinfo

    from console.config import GatewayConfig
    from console.domain.ami import AmiMessage
    from console.domain.clock import Clock
    from console.domain.link import AccountRights
    from console.services.gateway.client import OpenConnection
    from console.store.ami.log import AmiLog


class AmiSelfCheck:
    """One account's. `rights` is a snapshot that any thread may read; the rest belongs to the link's loop."""

    def __init__(
        self,
        username: str,
        clock: Clock,
        *,
        command: Callable[[str], Awaitable[tuple[str, ...]]],
        note: Callable[[str], None],
    ) -> None:
        """`command` runs a line on the session (raises GatewayError); `note` takes what an operator should
        know, a line at a time, when it is not what the login before had.
        """
        self.rights: AccountRights | None = None
        self._username = username
        self._clock = clock
        self._command = command
        self._note = note
        self._booted = asyncio.Event()
        """FullyBooted came on the present connection."""
        self._noted: tuple[str, ...] = ()

    def begin(self) -> None:
        """A new connection is being made: nothing has come on it yet."""
        self._booted.clear()

    def heard(self, event: AmiMessage) -> None:
        """An event came."""
        if not self._booted.is_set() and event.name == "FullyBooted":
            self._booted.set()

    async def run(self, banner: str) -> None:
        """Check now; and again should FullyBooted come behind the answer: a gateway that is still starting
        answers, but with nothing. Meant to be cancelled when the session ends.
        """
        await self._check(banner)
        if not self._booted.is_set():
            await self._booted.wait()
            await self._check(banner)

    async def _check(self, banner: str) -> None:
        output: tuple[str, ...] | None = None
        refused = ""
        try:
            if ami_rights.may_ask(banner):
                output = await self._command(ami_rights.question(self._username))
        except ActionRefused as error:
            refused = str(error)
        except ConsoleError:
            return
        now, booted = self._clock.time(), self._booted.is_set()
        self.rights = ami_rights.assess(self._username, now, output=output, refused=refused, booted=booted)
        self._tell(self.rights)

    def _tell(self, rights: AccountRights) -> None:
        lines = [f"AMI account: {finding}" for finding in rights.findings]
        if lines:
            lines.append(f"AMI account: permissions to request, in manager.conf: {'  '.join(rights.manager_conf)}")
        elif self._noted:
            lines.append("AMI account: no permission is missing any more")
        if rights.findings != self._noted:
            self._noted = rights.findings
            for line in lines:
                self._note(line)


_PATIENCE = 1.0
"""Seconds for the gateway to say goodbye when the console leaves for good."""


class AmiLink:
    """Connects, watches, reconnects. Belongs to the event loop that runs `run`.

    `status` is a snapshot that any thread may read, and any thread may call `reconnect`.
    """

    def __init__(
        self,
        gateway: GatewayConfig,
        log: AmiLog,
        clock: Clock,
        *,
        on_event: Callable[[AmiMessage], None],
        on_up: Callable[[], None],
        random: Callable[[], float] = random_module.random,
        open_connection: OpenConnection = asyncio.open_connection,
        zone: tzinfo | None = None,
    ) -> None:
        """`on_event` gets every event, `on_up` is called after each login; both must return at once.

        `zone` is that of the times written into the log, None for the machine's own.
        """
        assert gateway.ami is not None, "a gateway without an AMI account has no link"
        self.status = LinkStatus(LinkPhase.STOPPED, clock.time())
        self._gateway = gateway
        self._ami = gateway.ami
        self._dialect = DIALECTS[gateway.dialect]
        self._log = log
        self._clock = clock
        self._on_event = on_event
        self._on_up = on_up
        self._random = random
        self._open_connection = open_connection
        self._zone = zone
        self._backoff = Backoff(cap=60.0)
        self._client: AmiClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._asked = asyncio.Event()
        """A person wants a new connection, now."""
        self._suspected = asyncio.Event()
        """An action was not answered in time: the next Ping tells whether anybody is there."""
        self._down_since: float | None = None
        self._self_check = AmiSelfCheck(
            self._ami.username,
            clock,
            command=lambda line: self.command(line, timeout=self._ping_deadline),
            note=self._note,
        )

    @property
    def rights(self) -> AccountRights | None:
        """What the account seems to be allowed, as learnt after a login; None while nothing was learnt."""
        return self._self_check.rights

    async def run(self) -> None:
        """Keep the session until cancelled; then log off and stop. Trouble with the gateway never ends it."""
        self._loop = asyncio.get_running_loop()
        try:
            while True:
                self._asked.clear()
                await self._pause(await self._session())
        finally:
            self._loop = None
            self._set(LinkPhase.STOPPED)

    async def command(self, line: str, *, timeout: float | None = None) -> tuple[str, ...]:
        """Run one CLI command on the session; its output lines. `timeout` in seconds, else `answer_timeout`.

        Raises NotConnected and CannotSend when nothing left, OutcomeUnknown when it left and no answer came,
        and ActionRefused when the gateway did not run it.
        """
        client = self._client
        if client is None:
            detail = f" ({self.status.detail})" if self.status.detail else ""
            raise NotConnected(f"AMI of {self._gateway.name} is {self.status.phase}{detail}: nothing was sent.")
        if self._suspected.is_set():
            raise NotConnected(f"AMI of {self._gateway.name} is not answering: nothing was sent.")
        try:
            return await client.command(line, timeout=timeout)
        except OutcomeUnknown:
            if client is self._client and not client.is_closed:
                self._suspected.set()
            raise

    def reconnect(self) -> None:
        """Drop what there is and connect anew, at once. From any thread; without effect while not running."""
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # the loop has just been closed
                loop.call_soon_threadsafe(self._asked.set)

    async def _session(self) -> float | None:
        """One session from connecting to its end. Seconds to wait before the next; None: until asked."""
        began = self._clock.time()
        self._set(LinkPhase.CONNECTING)
        self._self_check.begin()
        try:
            client = await self._connect()
        except LoginRefused as error:
            self._gap_began(began)
            self._set(LinkPhase.REFUSED, str(error))
            self._note(f"{error} Not retried until you reconnect.")
            return None
        except ConsoleError as error:
            return self._retry(str(error).rstrip("."), began)
        self._up(client)
        checking = asyncio.create_task(self._check_rights(client.banner))
        patience = _PATIENCE
        try:
            reason, since = await self._watch(client)
            patience = 0.0  # a new session is wanted now, and the old peer may be deaf
        finally:
            self._client = None
            checking.cancel()
            await asyncio.gather(checking, return_exceptions=True)
            await client.close(patience=patience)
        if self._clock.time() - self.status.since >= self._ami.ping_period:
            self._backoff.reset()
        return self._retry(reason, since)

    async def _check_rights(self, banner: str) -> None:
        if self._dialect.tells_rights:
            await self._self_check.run(banner)

    async def _connect(self) -> AmiClient:
        return await AmiClient.connect(
            self._gateway.host,
            self._ami.tcp_port,
            self._ami.username,
            self._ami.secret,
            events=True,
            clock=self._clock,
            connect_timeout=self._ami.connect_timeout,
            answer_timeout=self._ami.answer_timeout,
            on_message=self._heard,
            on_sent=lambda text: self._append(Flow.OUT, text),
            command_action=self._dialect.action,
            open_connection=self._open_connection,
        )

    async def _watch(self, client: AmiClient) -> tuple[str, float]:
        """Until the session ends or must end: why, and since when nothing could be heard any more."""
        while True:
            doubt = client.wait_idle() if self._suspected.is_set() else self._suspected.wait()
            await _first_of(client.wait_closed(), self._asked.wait(), doubt, within=self._ami.ping_period)
            alive = client.is_closed or client.open_actions > 0 or await self._answers_ping(client)
            if client.is_closed:
                return await client.wait_closed(), self._clock.time()
            if self._asked.is_set():
                return "reconnect requested", self._clock.time()
            if not alive:
                silence = self._clock.time() - client.last_heard
                return f"no answer to a Ping, nothing received for {silence:.3g} s", client.last_heard

    async def _answers_ping(self, client: AmiClient) -> bool:
        """Whether a Ping is answered in time. Given up, without blame, when a new connection is asked for.

        It gets less time where a command has waited in vain before it, so that two periods are kept all the same.
        """
        left = 2 * self._ami.ping_period - (self._clock.time() - client.last_heard)
        deadline = min(self._ping_deadline, max(self._ping_deadline / 4, left))
        ping = asyncio.ensure_future(client.action("Ping", timeout=deadline))
        await _first_of(ping, self._asked.wait(), within=None)
        alive = ping.cancelled() or ping.exception() is None
        if alive:
            self._suspected.clear()
        return alive

    @property
    def _ping_deadline(self) -> float:
        """No longer than the period, so that silence is noticed within two."""
        return min(self._ami.answer_timeout, self._ami.ping_period)

    async def _pause(self, delay: float | None) -> None:
        """Wait until the next try is due or asked for."""
        await _first_of(self._asked.wait(), within=delay)
        if self._asked.is_set():
            self._backoff.reset()

    def _up(self, client: AmiClient) -> None:
        self._asked.clear()
        self._suspected.clear()
        self._client = client
        self._set(LinkPhase.UP, banner=client.banner)
        if self._down_since is None:
            self._note("AMI up")
        else:
            self._note(f"AMI down {self._span(self._down_since, self._clock.time())}")
            self._down_since = None
        self._on_up()

    def _retry(self, reason: str, since: float) -> float:
        """Note the end and why; seconds until the next try."""
        self._gap_began(since)
        if self._asked.is_set():
            self._note(f"AMI down: {reason}")
            return 0.0
        delay = self._backoff.next(self._random())
        self._set(LinkPhase.WAITING, reason, retry_at=self._clock.time() + delay)
        self._note(f"AMI down: {reason}; next try in {delay:.0f} s")
        return delay

    def _gap_began(self, at: float) -> None:
        if self._down_since is None:
            self._down_since = at

    def _heard(self, message: AmiMessage) -> None:
        self._append(Flow.IN, "", message)
        if message.kind is AmiKind.BANNER:
            self._set(LinkPhase.LOGGING_IN, banner=message.name)
        elif message.kind is AmiKind.EVENT:
            self._self_check.heard(message)
            try:
                self._on_event(message)
            except Exception as error:  # one event that nobody can handle must not cost the session
                self._note(f"The event {message.name!r} could not be handled: {error!r}")

    def _note(self, text: str) -> None:
        self._append(Flow.NOTE, text)

    def _append(self, flow: Flow, text: str, message: AmiMessage | None = None) -> None:
        self._log.append(self._clock.time(), self._gateway.name, flow, text, message)

    def _set(self, phase: LinkPhase, detail: str = "", *, retry_at: float | None = None, banner: str = "") -> None:
        self.status = LinkStatus(phase, self._clock.time(), detail, retry_at, banner)

    def _span(self, since: float, until: float) -> str:
        """`12:01:03 – 12:01:09`, with dates when it goes past midnight."""
        first, last = (datetime.fromtimestamp(at, UTC).astimezone(self._zone) for at in (since, until))
        form = "%H:%M:%S" if first.date() == last.date() else "%Y-%m-%d %H:%M:%S"
        return f"{first.strftime(form)} – {last.strftime(form)}"


async def _first_of(*waits: Awaitable[object], within: float | None) -> None:
    """Until one of them is done or time is up; the others are cancelled."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
