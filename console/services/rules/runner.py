"""Runs the rules: in one process of a store, and each rule on its own, so that one that hangs holds up nothing.

A look goes through what is new, once for all rules, and keeps what each matched. Then each rule does what it has to, in
the order of its hits: a step that fails is tried again after a while, and given up in the end. What was under way when
the process died is done again by the next one, for it is not known to be done; an answer alone is not.
"""

from __future__ import annotations

import asyncio
import os
import random
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from console.domain.messages import Draft, OutboxMessage, Via
from console.domain.rules import AnswerOf, Hit, Step
from console.errors import CannotSend, NotAnswered, StoreError
from console.protocol.rules import answering, telling
from console.protocol.rules.backoff import Backoff
from console.protocol.rules.judging import steps
from console.protocol.sms.numbers import in_full
from console.protocol.text.port_names import port_number
from console.protocol.text.redact import redact
from console.services.program import environment_of, run_program
from console.services.rules.looking import Looking
from console.services.rules.notify import notify
from console.services.rules.webhook import post
from console.store.rules import operator_of, subject_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from concurrent.futures import Future

    from console.config import Config, RuleConfig
    from console.domain.clock import Clock
    from console.domain.link import GatewaySnapshot
    from console.domain.sending import Remark
    from console.store import Store

PERIOD = 0.5
"""Seconds between two looks."""

LEASE_PERIOD = 1.0

_FIRST, _CAP = 2.0, 300.0
"""Seconds before the second attempt, and between two at the most."""

_SAID = 10
"""Messages to a number that an echo may be of."""


class Answers(Protocol):
    """What the runner needs of the sender."""

    def remarks(self, drafts: Sequence[Draft]) -> tuple[Remark, ...]: ...
    def answer(self, draft: Draft, operator: str, answer: AnswerOf) -> Future[OutboxMessage]: ...


class RuleRunner:
    """`run` belongs to the services' event loop; `is_running` is for any thread."""

    def __init__(
        self,
        config: Config,
        store: Store,
        clock: Clock,
        sender: Answers,
        *,
        gateways: Callable[[], Sequence[GatewaySnapshot]],
        environment: Mapping[str, str] = os.environ,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.is_running = False
        """Whether it is this process that runs the rules."""
        self._config = config
        self._store = store
        self._clock = clock
        self._sender = sender
        self._gateways = gateways
        self._environment = environment_of(environment)
        self._sleep = sleep
        self._looking = Looking(config, store, clock)
        self._workers: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Run the rules, or wait until nobody else does, until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._again_and_again(self._keep_lease, LEASE_PERIOD))
                tasks.create_task(self._again_and_again(lambda: self._look(tasks), PERIOD))
        finally:
            self.is_running = False
            self._workers.clear()
            self._store.rules.leave_lease()

    async def _again_and_again(self, step: Callable[[], Awaitable[None]], period: float) -> None:
        while True:
            # The store tells why, to whoever looks at it; the next time it may work.
            with suppress(StoreError):
                await step()
            await self._sleep(period)

    async def _keep_lease(self) -> None:
        """Apart from all else, which may take a while. Without rules nobody needs it."""
        try:
            has_rules = bool(self._config.rules.all)
            self.is_running = has_rules and await asyncio.wrap_future(self._store.rules.take_lease())
        except StoreError:
            self.is_running = False
            raise

    async def _look(self, tasks: asyncio.TaskGroup) -> None:
        """Keep what is new, and see to it that each rule that there is now has one who does it."""
        rules = {rule.name: rule for rule in self._config.rules.all} if self.is_running else {}
        for name in [name for name, task in self._workers.items() if name not in rules or task.done()]:
            self._workers.pop(name).cancel()
        if not rules:
            self._looking.forget()
            return
        await self._looking.look()
        for name in rules.keys() - self._workers.keys():
            self._workers[name] = tasks.create_task(self._work(name))

    # ---- one rule -------------------------------------------------------------------------------------------

    async def _work(self, name: str) -> None:
        """Do what the rule has to, as long as there is something whose time has come."""
        while True:
            with suppress(StoreError):
                while self.is_running and await self._do_next(name):
                    pass
            await self._sleep(PERIOD)

    async def _do_next(self, name: str) -> bool:
        """Take the next step, if one is due."""
        hit = await asyncio.to_thread(self._store.rules.next_due, name)
        rule = next((rule for rule in self._config.rules.all if rule.name == name), None)
        if hit is None or rule is None or hit.due_at > self._clock.time():
            return False
        if hit.left[0] not in steps(rule):
            await asyncio.wrap_future(self._store.rules.did(hit, "the rule does that no more"))
        elif hit.left[0] is Step.MARK and rule.mark:
            words = self._config.sending.opt_out_words
            await asyncio.wrap_future(self._store.rules.mark(hit, rule.mark, words))
        else:
            await self._try(rule, hit)
        return True

    async def _try(self, rule: RuleConfig, hit: Hit) -> None:
        subject = await asyncio.to_thread(subject_of, self._store, hit.happening)
        book = self._store.rules
        if subject is None:
            await asyncio.wrap_future(book.did(hit, "it was removed before it could be handled"))
            return
        try:
            words = await self._step(rule, hit, {"rule": rule.name, **subject.fields})
        except NotAnswered as error:
            await asyncio.wrap_future(book.did(hit, f"not answered: {error}"))
            return
        except StoreError:
            raise
        except Exception as error:  # of this rule alone: the others go on
            words = f"internal error: {redact(repr(error))[:200]}"
        if not words:
            await asyncio.wrap_future(book.did(hit))
            return
        pause = Backoff(first=min(_CAP, _FIRST * 2**hit.attempts), cap=_CAP).next(random.random())  # noqa: S311
        last = hit.attempts + 1 >= rule.attempts
        await asyncio.wrap_future(book.failed(hit, words, None if last else self._clock.time() + pause))

    async def _step(self, rule: RuleConfig, hit: Hit, fields: Mapping[str, object]) -> str:
        """What went wrong, in words, or nothing."""
        now, limit = self._clock.time(), rule.timeout
        match hit.left[0]:
            case Step.RUN:
                environment = self._environment | telling.variables(fields)
                command = telling.arguments(rule.run, fields)
                return await run_program(command, fields, environment=environment, timeout=limit)
            case Step.WEBHOOK if rule.webhook is not None:
                key = f"{rule.name}-{hit.id}"
                return await post(rule.webhook, fields, secret=rule.webhook_secret, key=key, at=now, timeout=limit)
            case Step.NOTIFY:
                body, environment = telling.headline(fields), self._environment
                return await notify(rule.notify, rule.name, body, environment=environment, timeout=limit)
            case Step.ANSWER:
                return await self._answer(rule, hit)
        return ""

    async def _answer(self, rule: RuleConfig, hit: Hit) -> str:
        """Raises NotAnswered where something speaks against it. What can't be sent just now is tried again."""
        try:
            draft = await asyncio.to_thread(self._draft, rule, hit)
            limit = rule.answer_limit
            of = AnswerOf(rule.name, hit.happening.thing, limit.most, limit.minutes * 60.0)
            await asyncio.wrap_future(self._sender.answer(draft, operator_of(rule.name), of))
        except NotAnswered:
            raise
        except CannotSend as error:
            return str(error)
        return ""

    def _draft(self, rule: RuleConfig, hit: Hit) -> Draft:
        """The answer, to who wrote. Raises NotAnswered."""
        entry = next(iter(self._store.inbox_messages([hit.happening.thing])), None)
        gateway = next((one for one in self._config.gateways if entry and one.name == entry.gateway), None)
        if entry is None or gateway is None:
            raise NotAnswered("there is no gateway to answer by.", hint="Answer it yourself.")
        region, via = self._store.regions.of(gateway.name), Via.AMI if gateway.ami is not None else Via.HTTP
        number = in_full(entry.callback.number, region)
        # From the SIM that was written to: another's answer would come from a stranger.
        draft = Draft(gateway.name, number, rule.answer, port_number(entry.callback.port), via)
        thread = self._store.thread(self._store.person(number, gateway.name), 0, _SAID)
        words = answering.why_not(
            number,
            entry.callback.text,
            self._clock.time() - entry.received_at,
            own=[port.report.own_number for one in self._gateways() for port in one.ports],
            said=[rule.answer, *(one.draft.text for one in thread if isinstance(one, OutboxMessage))],
            remarks=self._sender.remarks([draft]),
            region=region,
        )
        if words:
            raise NotAnswered(words, hint="Answer it yourself.")
        return draft
