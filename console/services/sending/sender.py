"""The outbox at work: takes drafts from any thread, sends them, and records what becomes known.

Two rules hold throughout. A message is SUBMITTING, durably, before any byte of it leaves; and what is
UNKNOWN is never tried again by the program. A process that dies leaves SUBMITTING behind, which `recover`
turns into UNKNOWN at the next start; QUEUED ones stay as they are until a person says yes.
"""

from __future__ import annotations

import asyncio
import random
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from console.domain.messages import DeliveryState, Draft, InboxMessage, OutboxMessage
from console.errors import ConsoleError
from console.protocol.rules.timing import end_of, with_end
from console.protocol.sms.guards import of_again, remarks
from console.services.gateway.client import AmiClient
from console.services.sending.carrier import Carrier
from console.services.sending.dispatcher import Dispatcher
from console.services.sending.drafting import Drafting, Ports
from console.services.sending.outbox import Outbox, OutboxStore
from console.services.sending.planner import Planner
from console.services.sending.results import AmiResults
from console.services.sending.routing import Lockouts, Route, Routing
from console.services.sending.sims import Sims, keep_counting

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    import httpx

    from console.config import AlarmConfig, GatewayConfig, SendingConfig
    from console.domain.ami import AmiMessage
    from console.domain.clock import Clock
    from console.domain.facts import SendStatus
    from console.domain.link import HttpTrouble
    from console.domain.plan import SegmentPlan
    from console.domain.rules import AnswerOf
    from console.domain.sending import Batch, BatchState, Decided, Forecast, Remark, Seen, SimUsage
    from console.services.gateway.sessions import Connect
    from console.store.ami.log import AmiLog

_LOOKED_AT = 20
"""Messages to and from a number that the guards look at."""

_Done = TypeVar("_Done")


class Sender:
    """Sends messages. `run` and `on_event` belong to the services' event loop, everything else is for any thread."""

    def __init__(
        self,
        gateways: Sequence[GatewayConfig],
        store: OutboxStore,
        clock: Clock,
        *,
        ports: Ports,
        operator: str = "",
        rules: SendingConfig | None = None,
        alarms: AlarmConfig | None = None,
        connect: Connect = AmiClient.connect,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        log: AmiLog | None = None,
        plans: bool = False,
    ) -> None:
        """`ports(name)` are a gateway's ports as last heard; `operator` is who sends; `alarms` say after how many
        failures in a row a port is left alone; `log` gets what goes to and fro on the AMI sessions that send. `plans`:
        whether it also sends what anybody planned, when its time comes.
        """
        self._store = store
        self._clock = clock
        self._operator = operator
        self._rules = rules
        self._outbox = Outbox(store, clock, sleep=sleep)
        self._lockouts = Lockouts(store.port_notes)
        self._carrier = Carrier(
            gateways, store, self._outbox, clock, connect=connect, transport=transport, sleep=sleep, log=log
        )
        self._results = AmiResults(store, self._carrier.watch, on_others=self._heard_of_others)
        self._sims: dict[str, Sims] = {}
        self._dispatchers: dict[str, Dispatcher] = {}
        routings = self._routings = dict[str, Routing]()
        for gateway in gateways:
            name = gateway.name
            mine = partial(ports, name)
            sims = self._sims[name] = Sims(gateway, store.sending, clock, mine)
            locked = self._lockouts.of(name)
            routing = Routing(gateway, sims, clock, ports=mine, locked=locked, alarms=alarms)
            routings[name] = routing
            self._dispatchers[name] = Dispatcher(
                gateway, self._carrier, routing, now=self._outbox.now, sleep=sleep, random=random.random
            )
        self._planner = Planner(self._dispatchers, store, self._outbox, clock, self._add, takes=plans)
        self._drafting = Drafting(gateways, routings, ports, store.sending)

    @property
    def trouble(self) -> str:
        """Why something could not be recorded, or waits; empty when all is well."""
        held = (
            f"messages for {name} wait: {dispatcher.waits_for}"
            for name, dispatcher in self._dispatchers.items()
            if dispatcher.waits_for
        )
        return "; ".join(filter(None, (self._carrier.trouble, self._outbox.trouble, self._outbox.clock_trouble, *held)))

    async def run(self) -> None:
        """Send what is submitted, until cancelled. Then what was under way stays SUBMITTING for `recover`
        to judge.
        """
        try:
            await asyncio.wrap_future(self._store.recover())
            for dispatcher in self._dispatchers.values():
                for message in dispatcher.cut_off():
                    if await self._carrier.may_go_on(message):
                        dispatcher.add(message)
                    dispatcher.forget(message)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._planner.run())
                for dispatcher in self._dispatchers.values():
                    tasks.create_task(dispatcher.run())
        finally:
            await self._carrier.close()

    # ---- before anything is sent ----------------------------------------------------------------------------

    def plan(self, draft: Draft) -> SegmentPlan:
        """How the draft's text will be cut on the way it will really take. Refuses nothing."""
        return self._drafting.plan(draft)

    def wire_form(self, draft: Draft) -> tuple[str, ...]:
        """What will go to the gateway for it: AMI command lines or the HTTP request, secrets masked. The id, and the
        flag of a long message, are given when it is queued: `ID` and an example here.

        Raises CannotSend, as `submit` would.
        """
        return self._drafting.wire_form(draft)

    def forecast(self, drafts: Sequence[Draft]) -> Forecast:
        """Ports, segments and time that sending these will take. Raises CannotSend, as `submit` would."""
        return self._drafting.forecast(drafts)

    def remarks(self, drafts: Sequence[Draft]) -> tuple[Remark, ...]:
        """Why these should be looked at twice. Reads the store; raises StoreError."""
        found = [remark for draft in drafts for remark in self._lockouts.remarks(draft)]
        originals = (self._store.outbox_message(draft.again_of) for draft in drafts if draft.again_of is not None)
        found += [remark for message in originals if message is not None for remark in of_again(message)]
        rules = self._rules
        if rules is None:
            return tuple(found)
        opted_out = {draft.to for draft in self._store.opt_outs.among(drafts)}
        for draft in drafts:
            thread = self._store.thread(self._store.person(draft.to, draft.gateway), 0, _LOOKED_AT)
            found += remarks(
                draft,
                now=self._clock.time(),
                deny=rules.deny,
                repeat_minutes=rules.repeat_minutes,
                sent=[one for one in thread if isinstance(one, OutboxMessage) and one.is_ours],
                received=[one for one in thread if isinstance(one, InboxMessage)],
                region=self._store.regions.of(draft.gateway),
                quiet_hours=rules.quiet_hours,
                opted_out=self._store.opt_outs.of(draft.to, draft.gateway) if draft.to in opted_out else None,
            )
        return tuple(found)

    async def refresh(self) -> None:
        """Read what went by the SIMs so far: a forecast that comes before `run` has to know. Raises StoreError."""
        for sims in self._sims.values():
            await sims.refresh()

    async def keep_counting(self) -> None:
        """Keep what went by the SIMs fresh until cancelled. Raises StoreError."""
        await keep_counting(*self._sims.values())

    def http_trouble(self, gateway: str) -> HttpTrouble | None:
        """Of a gateway's `/sendsms`."""
        return self._carrier.http_trouble(gateway)

    def usage(self, gateway: str) -> Mapping[int, SimUsage]:
        """What went by the SIMs of a gateway that have a limit, by port."""
        return self._sims[gateway].usage()

    # ---- what people ask for --------------------------------------------------------------------------------

    def submit(self, draft: Draft, seen: Seen | None = None) -> Future[OutboxMessage]:
        """Queue a message durably, then send it, where it has a time once that comes. Resolves once it is queued; at
        once.

        Without a port it gets the least loaded one that is READY when its turn comes. Fails with CannotSend when it
        can't be sent as it is, or when the outbox is not as `seen` any more where that matters (nothing is queued
        then), or with StoreError.
        """
        try:
            order = self._drafting.order(self._timed(draft))
        except ConsoleError as error:
            return _refused(error)
        future = self._store.add_outbox(
            order.draft,
            order.segments,
            parts=order.parts,
            result_wait=order.result_wait,
            operator=self._operator,
            seen=seen,
        )
        future.add_done_callback(lambda queued: self._take(queued, lambda message: [message]))
        return future

    def answer(self, draft: Draft, operator: str, answer: AnswerOf) -> Future[OutboxMessage]:
        """As `submit`, for a rule, whose words `operator` is. Fails with NotAnswered where what `answer` is of is
        answered already, or the number had too many.
        """
        try:
            order = self._drafting.order(self._timed(draft))
        except ConsoleError as error:
            return _refused(error)
        queued = self._store.add_outbox(
            order.draft,
            order.segments,
            parts=order.parts,
            result_wait=order.result_wait,
            operator=operator,
            answer=answer,
        )
        queued.add_done_callback(lambda done: self._take(done, lambda message: [message]))
        return queued

    def submit_all(self, drafts: Sequence[Draft], label: str, seen: Seen | None = None) -> Future[Batch]:
        """The same for many: all of them are queued, or none. They leave as one batch."""
        try:
            orders = [self._drafting.order(self._timed(draft)) for draft in drafts]
        except ConsoleError as error:
            return _refused(error)
        queued = self._store.sending.add_batch(orders, self._operator, label, seen)
        queued.add_done_callback(lambda done: self._take(done, lambda added: added[1]))
        return _then(queued, lambda added: added[0])

    def set_batch(self, batch_id: int, state: BatchState) -> Future[Decided]:
        """Let the rest of a batch wait, go on, or call it off."""
        done = self._store.sending.set_batch(batch_id, state, self._operator)
        done.add_done_callback(lambda _: self._look())
        return done

    def cancel(self, ids: Sequence[int]) -> Future[int]:
        """Call off messages of which nothing has left; how many that were."""
        return self._store.sending.cancel(ids, self._operator)

    def take_over(self) -> Future[int]:
        """Let the queued messages that an earlier run left behind go on; how many there were."""
        taken = self._store.sending.take_over(self._operator)
        taken.add_done_callback(lambda done: self._take(done, lambda messages: messages))
        return _then(taken, len)

    def put_off(self, message_id: int, not_before: float | None, not_after: float | None) -> Future[OutboxMessage]:
        """Give a QUEUED message another time."""
        end = end_of(not_before, not_after, self._outbox.now().high, self._longest)
        return self._store.planned.change(message_id, not_before, end, self._operator)

    def settle(self, message_id: int, state: DeliveryState) -> Future[OutboxMessage]:
        """What a person knows of an UNKNOWN message."""
        return self._store.sending.settle(message_id, state, self._operator)

    def _take(self, queued: Future[_Done], messages: Callable[[_Done], Sequence[OutboxMessage]]) -> None:
        """The commit is done, or failed: runs on the store's thread."""
        if queued.cancelled() or queued.exception() is not None:
            return
        self._add([one for one in messages(queued.result()) if one.draft.not_before is None])

    def _add(self, messages: Sequence[OutboxMessage]) -> None:
        """These are this process's own, and may leave now."""
        for message in messages:
            dispatcher = self._dispatchers.get(message.draft.gateway)
            if dispatcher is None:
                self._carrier.refuse(message, f"There is no gateway named {message.draft.gateway} any more.")
            else:
                dispatcher.add(message)

    def _timed(self, draft: Draft) -> Draft:
        """With a time not to leave after. Where the clock jumped, that is not past by either reading."""
        return with_end(draft, self._outbox.now().high, self._longest)

    @property
    def _longest(self) -> float:
        """Seconds that a message waits where nothing else was said."""
        return self._rules.not_after_hours * 3600 if self._rules else 0.0

    def _look(self) -> None:
        for dispatcher in self._dispatchers.values():
            dispatcher.look()

    # ---- what others ask for --------------------------------------------------------------------------------

    def port_lock(self, gateway: str, port: int) -> asyncio.Lock:
        """Held while something is sent by AMI through a port. Raises NotConnected for a gateway without AMI."""
        return self._carrier.port_lock(gateway, port)

    def on_event(self, gateway: str, message: AmiMessage) -> None:
        """Take what an AMI event says about a message, whoever sent it."""
        self._results.on_event(gateway, message)

    def _heard_of_others(self, gateway: str, status: SendStatus) -> None:
        if status.port is not None and gateway in self._routings:
            self._routings[gateway].heard(Route(status.port, status.imsi), status.state)


def _refused(error: ConsoleError) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_exception(error)
    return future


_Made = TypeVar("_Made")


def _then(future: Future[_Done], make: Callable[[_Done], _Made]) -> Future[_Made]:
    """What is made of the result of `future`, or its error."""
    made: Future[_Made] = Future()

    def pass_on(done: Future[_Done]) -> None:
        if (error := done.exception()) is not None:
            made.set_exception(error)
        else:
            made.set_result(make(done.result()))

    future.add_done_callback(pass_on)
    return made
