"""Rules at work on a real store: real programs and a real server, the sender and the clock played."""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import Future
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from console.config import Config, GatewayConfig, ReceiverConfig, RuleConfig, RulesConfig, Secret
from console.config.records import AmiConfig
from console.config.reload import InForce
from console.errors import CannotSend
from console.services.rules.runner import RuleRunner
from tests.support.inbox import text_sms
from tests.support.waiting import LOOK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from console.domain.messages import Draft, OutboxMessage
    from console.domain.rules import AnswerOf
    from console.domain.sending import Remark
    from console.store import Store
    from tests.support.backend import FixedClock

WRITE = """
import json, os, pathlib, sys
told = {"variables": dict(os.environ), "json": json.loads(sys.stdin.read()), "arguments": sys.argv[2:]}
path = pathlib.Path(sys.argv[1]) / os.environ["GSM_RULE_ID"]
path.with_suffix(".part").write_text(json.dumps(told))
path.with_suffix(".part").rename(path)
"""


def python(code: str, *arguments: object) -> tuple[str, ...]:
    return (sys.executable, "-c", code, *map(str, arguments))


class FakeSender:
    """Queues in the store, and lets nothing leave."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.against: tuple[Remark, ...] = ()
        self.busy = ""

    def remarks(self, drafts: Sequence[Draft]) -> tuple[Remark, ...]:
        return self.against

    def answer(self, draft: Draft, operator: str, answer: AnswerOf) -> Future[OutboxMessage]:
        if self.busy:
            refused: Future[OutboxMessage] = Future()
            refused.set_exception(CannotSend(self.busy))
            return refused
        return self._store.add_outbox(draft, 1, operator=operator, answer=answer)


class Running:
    """A runner, and what it works on."""

    def __init__(self, store: Store, clock: FixedClock, folder: Path) -> None:
        self.store = store
        self.clock = clock
        self.folder = folder
        self.sender = FakeSender(store)
        gateway = GatewayConfig("gw1", "192.0.2.1", ami=AmiConfig("u", Secret("s")))
        self.in_force = InForce(Config((gateway,), ReceiverConfig(), folder / "console.db"))
        own = SimpleNamespace(report=SimpleNamespace(own_number="+4915199999999"))
        self._gateways: Any = [SimpleNamespace(ports=[own])]
        self.runner = self.runner_on(store)

    def runner_on(self, store: Store) -> RuleRunner:
        """One of the process that has this store."""

        async def sleep(seconds: float) -> None:
            await asyncio.sleep(LOOK)

        return RuleRunner(
            self.in_force.live,
            store,
            self.clock,
            self.sender,
            gateways=lambda: self._gateways,
            environment={"PATH": "/usr/bin:/bin", "GSM_SECRET": "sesame"},
            sleep=sleep,
        )

    def set(self, *rules: RuleConfig) -> None:
        self.in_force.now = replace(self.in_force.now, rules=RulesConfig(rules))

    async def armed(self, *rules: RuleConfig) -> None:
        """These rules hold from now on, and what comes next is theirs."""
        self.set(*rules)
        names = {rule.name for rule in rules}
        await self.until(lambda: self.store.rules.cursors().keys() == names)

    async def receive(self, text: str, number: str = "+4915112345678", raw: bytes = b"raw") -> int:
        """The id of its entry."""
        return await asyncio.wrap_future(self.store.add_callback("gw1", text_sms(text, number=number), raw))

    async def until(self, condition: Any) -> None:
        """Looked at as often as is cheap."""
        async with asyncio.timeout(60):
            while not condition():  # noqa: ASYNC110 - any condition
                await asyncio.sleep(LOOK)

    def told(self) -> list[str]:
        """Ids of what a program was told of, as `WRITE` keeps it."""
        return sorted((path.name for path in self.folder.glob("*") if path.name.isdecimal()), key=int)

    def backlog(self) -> int:
        return sum(report.backlog for report in self.store.rules.reports())

    def failure(self) -> str:
        return "; ".join(report.failure for report in self.store.rules.reports() if report.failure)


@asynccontextmanager
async def at_work(runner: RuleRunner) -> AsyncIterator[None]:
    task = asyncio.create_task(runner.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture
async def running(store: Store, clock: FixedClock, tmp_path: Path) -> AsyncIterator[Running]:
    made = Running(store, clock, tmp_path)
    async with at_work(made.runner):
        yield made
