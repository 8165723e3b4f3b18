"""The first setup: the screen that asks, and what it tries out on real gateways.

A module of its own, for here the two meet that may not know each other.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from console.runtime.page_values import page_values
from console.services.clock import SystemClock
from console.services.gateway.check import check_gateway
from console.services.receiving.check import receiver_findings
from console.ui.setup.screen import CheckLine, Setup, SetupEnding

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from console.config import Config
    from console.domain.clock import Clock
    from console.services.gateway.check import Finding
    from console.terminal.appearance import Appearance
    from console.ui.context.lessons import PageValues

_TOKEN_BYTES = 24


class Checks:
    """Tries out what was answered so far, by the same looks as `gsm-console check`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def ami(self, config: Config) -> list[CheckLine]:
        return _lines(await check_gateway(replace(config.gateways[0], http=None, callers=()), self._clock))

    async def http(self, config: Config) -> list[CheckLine]:
        return _lines(await check_gateway(replace(config.gateways[0], ami=None, callers=()), self._clock))

    async def receiver(self, config: Config) -> list[CheckLine]:
        return _lines(await asyncio.to_thread(receiver_findings, config, self._clock.time()))

    async def to_enter(self, config: Config) -> PageValues:
        return await asyncio.to_thread(page_values, config, show_token=True)


def _lines(findings: Sequence[Finding]) -> list[CheckLine]:
    return [CheckLine(one.verdict.value, one.subject, one.words, one.hint) for one in findings]


def ask(path: Path, appearance: Appearance | None = None) -> SetupEnding:
    """Ask on the terminal, until it was written or left. `path` is where the configuration will be."""
    from console.ui.setup.screen import SetupApp

    app = SetupApp(Setup(Checks(SystemClock()), path, secrets.token_urlsafe(_TOKEN_BYTES)), appearance=appearance)
    return app.run_until_left() or SetupEnding()
