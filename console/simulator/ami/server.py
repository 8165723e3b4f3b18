"""The box's AMI server: listens, keeps the sessions, hands events to those who may see them, and can be made
to fail.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from dataclasses import replace
from typing import TYPE_CHECKING

from console.simulator.ami.connection import AmiConnection
from console.simulator.ami.session import AmiSession, AmiTrouble
from console.simulator.ami.wire import AmiEvent
from console.simulator.closing import close_listener
from console.simulator.options import Pace, SimulatorOptions, split_address
from console.simulator.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.simulator.ami.asterisk_cli import Cli, CliAnswer
    from console.simulator.ami.vitals import Vitals

AUTH_LIMIT = 50
"""Connections without a login; one more is closed without a word."""

LEAVES_FOR = {"old": 5.0, "new": 0.0}
"""Seconds between the Shutdown event and the FIN. In that time 1.8 has no actions any more, Login neither."""

LOADS_FOR = 20.0
"""Seconds after its start in which logins work and the driver's commands do not yet exist."""


class AmiServer:
    """All AMI connections of the box."""

    def __init__(
        self, options: SimulatorOptions, cli: Cli, vitals: Vitals, pace: Pace, *, on_end: Callable[[], None]
    ) -> None:
        """`on_end` is called when Asterisk ends, and its modules with it."""
        self.options = options
        self.cli = cli
        self.vitals = vitals
        self.pace = pace
        self._on_end = on_end
        self.trouble = AmiTrouble()
        self.challenges = random.Random(f"{options.seed}:challenge")  # noqa: S311
        self.leaving = False
        self.silent = False
        """Connections are taken, and nothing is ever said on them."""
        self.address = ("", 0)
        self._sessions: set[AmiSession] = set()
        self._server: asyncio.Server | None = None
        self._tasks = Tasks()
        self._commands: set[asyncio.Task[CliAnswer]] = set()
        self._storm: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen: the first time where the options say, later on the same TCP port again."""
        host, tcp_port = self.address if self.address[1] else split_address(self.options.ami_address)
        self._server = await asyncio.start_server(self._serve, host, tcp_port)
        self.address = (host, self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Stop listening and drop every session with a bare FIN."""
        self.storm(0)
        self._tasks.cancel()
        self.leaving = False
        self.vitals.booted.set()
        self._close_listener()
        self._stop_commands()
        await asyncio.sleep(0)
        for session in tuple(self._sessions):
            session.connection.drop()
        await asyncio.gather(*(session.connection.wait_closed() for session in tuple(self._sessions)))

    def publish(self, event: AmiEvent) -> None:
        """Show an event to every session whose account and mask let it through."""
        block = event.encode()
        for session in tuple(self._sessions):
            if session.sees(event.read_class):
                session.connection.write_event(block)

    async def carry_out(self, line: str) -> CliAnswer:
        """Run a command line. A session that is cut does not stop it: what it asked for happens all the same."""
        cli = self.cli if self.vitals.booted.is_set() else self.cli.without("gsm")
        command = asyncio.get_running_loop().create_task(cli.run(line))
        self._commands.add(command)
        command.add_done_callback(self._commands.discard)
        answer = await asyncio.shield(command)
        # Asterisk takes the output for a C string.
        return replace(answer, text=answer.text.partition("\0")[0])

    @property
    def sessions(self) -> int:
        """Connections now open, logged in or not, the half-open ones left out."""
        return sum(not session.connection.mute for session in self._sessions)

    @property
    def listening(self) -> bool:
        return self._server is not None

    def half_open(self) -> None:
        """From now on the sessions of this moment hear nothing and say nothing, and no FIN tells.

        New ones work.
        """
        for session in self._sessions:
            session.connection.mute = True

    def fall_silent(self) -> None:
        """As half-open, and new connections hear nothing either, not even a banner."""
        self.half_open()
        self.silent = True

    def cut(self, *, refuse_for: float = 0.0) -> None:
        """Reset every session; with `refuse_for`, refuse new connections for that many seconds."""
        if refuse_for > 0:
            self._close_listener()
            self._spawn_start(refuse_for)
        for session in tuple(self._sessions):
            session.connection.abort()

    def shut_down(self, *, restart: bool, back_after: float | None) -> None:
        """Asterisk ends at once: Shutdown event, FIN, TCP port closed; all is there again after `back_after` s."""
        self._announce(restart=restart)
        self._end()
        if back_after is not None:
            self._spawn_start(back_after)

    def begin_to_leave(self, *, back_after: float | None) -> None:
        """Asterisk ends by and by, as `core stop now` does it; with the seconds that it shall be gone, as `core restart
        now` does.
        """
        self._tasks.begin(self._leave(back_after))

    async def _leave(self, back_after: float | None) -> None:
        self._announce(restart=back_after is not None)
        form = self.options.command_form
        self.leaving = form == "old"
        await self.pace.sleep(LEAVES_FOR[form])
        self._end()
        self.leaving = False
        self.vitals.booted.clear()
        if back_after is None:
            return
        await self.pace.sleep(back_after)
        self.vitals.begin()
        await self._start_again()
        await self.pace.sleep(LOADS_FOR)
        self.vitals.booted.set()
        status = (("Status", "Fully Booted"),)
        self.publish(AmiEvent("FullyBooted", "system", status if form == "old" else (*status, *self.vitals.headers)))

    def _announce(self, *, restart: bool) -> None:
        self.publish(AmiEvent("Shutdown", "system", (("Shutdown", "Cleanly"), ("Restart", str(restart)))))

    def _end(self) -> None:
        self._close_listener()
        for session in tuple(self._sessions):
            session.connection.drop()
        self._stop_commands()
        self._on_end()

    def storm(self, rate: float) -> None:
        """Publish `rate` events a second until told 0."""
        if self._storm is not None:
            self._storm.cancel()
            self._storm = None
        if rate > 0:
            self._storm = asyncio.get_running_loop().create_task(self._blow(rate))

    async def _blow(self, rate: float) -> None:
        started = self.pace.monotonic()
        count = 0
        while True:
            await self.pace.sleep(max(0.01, 1 / rate))
            due = int((self.pace.monotonic() - started) * rate)
            while count < due:
                count += 1
                self.publish(
                    AmiEvent(
                        "VarSet",
                        "dialplan",
                        (
                            ("Channel", f"EXTRA/1-{count}"),
                            ("Variable", "STORM"),
                            ("Value", str(count)),
                            ("Uniqueid", f"{int(self.pace.time())}.{count}"),
                        ),
                    )
                )

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.listening:
            writer.transport.abort()  # it was taken just as Asterisk went
            return
        if sum(not session.authenticated for session in self._sessions) >= AUTH_LIMIT:
            writer.close()
            return
        connection = AmiConnection(reader, writer, write_timeout=self.options.write_timeout)
        connection.mute = self.silent
        session = AmiSession(self, connection)
        self._sessions.add(session)
        try:
            await session.run()
        finally:
            self._sessions.discard(session)

    def _stop_commands(self) -> None:
        """Asterisk is gone, and what it was doing with it."""
        for command in tuple(self._commands):
            command.cancel()

    def _close_listener(self) -> None:
        if self._server is not None:
            close_listener(self._server)
            self._server = None

    def _spawn_start(self, after: float) -> None:
        async def start_later() -> None:
            await self.pace.sleep(after)
            await self._start_again()

        self._tasks.begin(start_later())

    async def _start_again(self) -> None:
        if self._server is None:
            with contextlib.suppress(OSError):
                await self.start()
