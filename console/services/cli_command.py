"""Runs lines of an operator on the gateway's command line, one at a time, each written down before it leaves."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from console.errors import CannotSend, OutcomeUnknown
from console.protocol.cli_lines import check_line
from console.protocol.redact import redact
from console.services.ami_client import AmiClient
from console.services.ami_sessions import AmiSessions, Connect

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from console.config import GatewayConfig
    from console.domain.clock import Clock
    from console.store.ami_log import AmiLog

TIMEOUT = 120.0
"""Seconds that an answer is waited for: longer than any command of the gateway's own waits for its module (90)."""

ACTION = "command"
"""Id of the act in the audit."""


class Audit(Protocol):
    """What this needs of the store. The future resolves after the durable commit."""

    def add(self, operator: str, action: str, target: str, detail: str = "") -> Future[None]: ...


class CliCommands:
    """Sessions apart from the one that listens: a command may hold its session for long."""

    def __init__(
        self,
        gateways: Sequence[GatewayConfig],
        audit: Audit,
        clock: Clock,
        *,
        operator: str,
        connect: Connect = AmiClient.connect,
        log: AmiLog | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        """`operator` goes into the audit; `log` gets what goes to and fro; `timeout` in seconds."""
        self._audit = audit
        self._operator = operator
        self._timeout = timeout
        self._names = {gateway.name for gateway in gateways}
        self._sessions = {
            gateway.name: AmiSessions(gateway, replace(gateway.ami, send_sessions=1), connect, clock, log=log)
            for gateway in gateways
            if gateway.ami is not None
        }

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
            raise CannotSend(f"There is no gateway named {gateway!a}.", hint="Choose one of the configuration.")
        await asyncio.wrap_future(self._audit.add(self._operator, ACTION, gateway, redact(line)))
        async with sessions.kept(), sessions.borrow() as session:
            try:
                output = await session.command(line, timeout=self._timeout)
            except OutcomeUnknown as error:
                hint = "It may have been carried out. Look before you run it again."
                raise OutcomeUnknown(str(error), hint=hint) from error
        return tuple(redact(words) for words in output)
