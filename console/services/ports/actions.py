"""Does to a GSM port what an operator asked for: power and AT commands, written down before, tried once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from console.errors import ActionRefused, CannotSend, NotConnected, OutcomeUnknown
from console.protocol.ami.refusals import never_ran
from console.protocol.dialects.acts import not_done
from console.protocol.dialects.dialect import needed
from console.protocol.dialects.known import DIALECTS
from console.protocol.text.redact import redact
from console.services.gateway.client import AmiClient
from console.services.gateway.sessions import AmiSessions, Connect, sessions_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.config import GatewayConfig
    from console.domain.audit import Trail
    from console.domain.clock import Clock
    from console.protocol.dialects.acts import Verdict
    from console.protocol.dialects.dialect import Dialect, PortAct
    from console.services.ports.ussd import PortLock
    from console.store.ami.log import AmiLog

PORT_WAIT = 60.0
"""Seconds that an act waits while this console sends something through the port."""

_LOOK = "Check the port before you try again."


class PortActions:
    """Belongs to the services' event loop.

    An act is in the audit, durably, before a byte of it leaves. What left and got no readable answer raises
    OutcomeUnknown, and nothing is ever tried again.
    """

    def __init__(
        self,
        gateways: Sequence[GatewayConfig],
        trail: Trail,
        clock: Clock,
        *,
        operator: str,
        port_lock: PortLock,
        connect: Connect = AmiClient.connect,
        port_wait: float = PORT_WAIT,
        log: AmiLog | None = None,
    ) -> None:
        """`operator` goes into the audit. Whatever else goes through a port holds `port_lock`. `log` gets what goes to
        and fro.
        """
        self._trail = trail
        self._operator = operator
        self._port_lock = port_lock
        self._port_wait = port_wait
        self._gateways = {gateway.name: gateway for gateway in gateways}
        self._sessions = sessions_of(gateways, connect, clock, at_once=1, log=log)

    async def power(self, gateway: str, port: int, what: str) -> str:
        """Switch a port `on` or `off`, or `reset` it; what the gateway said.

        Raises CannotSend, NotConnected, LoginRefused and ActionRefused where nothing was done, StoreError where it
        could not be written down and so was not done, OutcomeUnknown where nobody knows.
        """
        return await self._act(gateway, port, needed(self._dialect_of(gateway).power), "power", what)

    async def at(self, gateway: str, port: int, command: str) -> str:
        """Send an AT command to the module of a port; what the module said, its final word last. Raises as `power`
        does; `ERROR` is an answer.
        """
        return await self._act(gateway, port, needed(self._dialect_of(gateway).at), "AT command", command.strip())

    async def _act(self, gateway: str, port: int, act: PortAct[Verdict], action: str, detail: str) -> str:
        line = act.line(port, detail)
        sessions = self._sessions_of(gateway)
        lock = self._port_lock(gateway, port)
        try:
            async with asyncio.timeout(self._port_wait):
                await lock.acquire()
        except TimeoutError:
            raise CannotSend(
                f"Not done: this console has been sending through port {port} for {self._port_wait:g} s.",
                hint="Try again later.",
            ) from None
        try:
            target = f"{gateway} port {port}"
            await asyncio.wrap_future(self._trail.add(self._operator, action, target, redact(detail)))
            output = await self._ask(gateway, sessions, line, act.wait)
        finally:
            lock.release()
        if words := not_done(output):
            raise ActionRefused(f"Nothing was done: {words}")
        verdict = act.read(output)
        if not verdict.known:
            raise OutcomeUnknown(f"UNKNOWN whether it was done: {verdict.words}", hint=_LOOK)
        return verdict.words

    async def _ask(self, gateway: str, sessions: AmiSessions, line: str, more_time: float) -> Sequence[str]:
        """Send the line on a session of its own, once."""
        ami = self._gateways[gateway].ami
        assert ami is not None, "it has sessions"
        async with sessions.kept(), sessions.borrow() as session:
            try:
                return await session.command(line, timeout=ami.answer_timeout + more_time)
            except ActionRefused as error:
                if never_ran(str(error)):
                    raise
                raise OutcomeUnknown(f"UNKNOWN whether it was done: {error}", hint=_LOOK) from error
            except OutcomeUnknown as error:
                raise OutcomeUnknown(f"UNKNOWN whether it was done: {error}", hint=_LOOK) from error

    def _dialect_of(self, gateway: str) -> Dialect:
        if gateway not in self._gateways:
            raise CannotSend(f"There is no gateway named {gateway!a}.", hint="Choose a gateway of the configuration.")
        return DIALECTS[self._gateways[gateway].dialect]

    def _sessions_of(self, gateway: str) -> AmiSessions:
        sessions = self._sessions.get(gateway)
        if sessions is not None:
            return sessions
        raise NotConnected(f"Gateway {gateway} has no AMI in the configuration.", hint="Add [gateways.ami].")
