"""Runs lines of an operator on the gateway's command line, one at a time, each written down before it leaves."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from console.errors import CannotSend, OutcomeUnknown
from console.protocol.ami.command_line import check_line
from console.protocol.text.redact import redact
from console.services.gateway.client import AmiClient
from console.services.gateway.sessions import Connect, sessions_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.config import GatewayConfig
    from console.domain.audit import Trail
    from console.domain.clock import Clock
    from console.store.ami.log import AmiLog

TIMEOUT = 120.0
"""Seconds that an answer is waited for: longer than any command of the gateway's own waits for its module (90)."""

ACTION = "command"
"""Id of the act in the audit."""


class CliCommands:
    """Sessions apart from the one that listens: a command may hold its session for long."""

    def __init__(
        self,
        gateways: Sequence[GatewayConfig],
        trail: Trail,
        clock: Clock,
        *,
        operator: str,
        connect: Connect = AmiClient.connect,
        log: AmiLog | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        """`operator` goes into the audit; `log` gets what goes to and fro; `timeout` in seconds."""
        self._trail = trail
        self._operator = operator
        self._timeout = timeout
        self._names = {gateway.name for gateway in gateways}
        self._sessions = sessions_of(gateways, connect, clock, at_once=1, log=log)

    async def run(self, gateway: str, line: str) -> tuple[str, ...]:
        """Run one line; its output without secrets, raw text from outside. Belongs to the services' event loop.

        Raises CannotSend, NotConnected and LoginRefused when nothing left, StoreError when it could not be written
        down (nothing left then, either), ActionRefused when the gateway did not run it, and OutcomeUnknown when it
        left and no whole answer came. Nothing is ever tried again.
        """
        line = check_line(line)
        sessions = self._sessions.get(gateway)
        if sessions is None:
            if gateway in self._names:
                raise CannotSend(f"Gateway {gateway} has no AMI in the configuration.", hint="Add [gateways.ami].")
            raise CannotSend(f"There is no gateway named {gateway!a}.", hint="Choose a gateway of the configuration.")
        await asyncio.wrap_future(self._trail.add(self._operator, ACTION, gateway, redact(line)))
        async with sessions.kept(), sessions.borrow() as session:
            try:
                output = await session.command(line, timeout=self._timeout)
            except OutcomeUnknown as error:
                hint = "It may have been executed. Check before you run it again."
                raise OutcomeUnknown(str(error), hint=hint) from error
        return tuple(redact(words) for words in output)
