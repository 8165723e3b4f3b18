"""Asks the gateway, once a login, what the AMI account may do, and keeps what it learnt.

Nothing waits for it, and when it fails nothing is lost but the knowledge.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from console.errors import ActionRefused, ConsoleError
from console.protocol.ami import rights as ami_rights

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from console.domain.ami import AmiMessage
    from console.domain.clock import Clock
    from console.domain.rights import AccountRights


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
            lines.append(f"AMI account: ask for, in manager.conf: {'  '.join(rights.manager_conf)}")
        elif self._noted:
            lines.append("AMI account: nothing is missing any more")
        if rights.findings != self._noted:
            self._noted = rights.findings
            for line in lines:
                self._note(line)
