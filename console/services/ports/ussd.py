"""Asks the network by USSD: one code at a time on each GSM port, and every answer is kept."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from console.domain.messages import ANSWER_KEPT
from console.domain.ussd import UssdRecord, UssdState
from console.errors import ActionRefused, CannotSend, ConsoleError, LoginRefused, NotConnected, StoreError
from console.protocol.ami.refusals import never_ran
from console.protocol.dialects.dialect import needed
from console.protocol.dialects.known import DIALECTS
from console.protocol.dialects.ussd import UssdVerdict, check_code
from console.protocol.text.redact import redact
from console.services.gateway.client import AmiClient
from console.services.gateway.sessions import Connect, sessions_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection, Sequence

    from console.config import GatewayConfig
    from console.domain.clock import Clock
    from console.protocol.dialects.dialect import PortAct
    from console.store.ami.log import AmiLog

BUSY_RETRIES = 3
"""How often a code is tried again that found the port busy (nothing was sent then), as often as the vendor's page."""

BUSY_PAUSE = 5.0
"""Seconds before each of these: what an answer of the network usually takes."""

PORT_WAIT = 60.0
"""Seconds that a code waits while this console sends something else through the port."""

RETRY = 2.0
"""Seconds before an answer that could not be recorded is recorded again."""

_SESSIONS = 2
"""Codes at once on one gateway: each holds a session."""

_LOOK_AFTER = 600.0
"""Seconds between two looks for codes that other processes left behind."""

_NOT_BEGUN = UssdVerdict(UssdState.FAILED, "not sent: the console stopped first")
_LEFT = UssdVerdict(UssdState.UNKNOWN, "the console stopped before the answer came")

_logger = logging.getLogger(__name__)

PortLock = Callable[[str, int], asyncio.Lock]
"""The lock of a port of the gateway of that name. Whoever sends through the port holds it."""


class UssdStore(Protocol):
    """What this needs of the store. Futures resolve after the durable commit."""

    def history(self, gateway: str | None, port: int | None, count: int) -> list[UssdRecord]: ...

    def ask(self, gateway: str, port: int, operator: str, code: str) -> Future[UssdRecord]: ...

    def answer(self, id: int, state: UssdState, text: str) -> Future[UssdRecord]: ...  # noqa: A002

    def settle_left(self, *, under_way: Collection[int] = ()) -> Future[int]: ...


@dataclass(slots=True)
class _Asking:
    """A code on its way."""

    record: UssdRecord
    answered: Future[UssdRecord]
    verdict: UssdVerdict = _NOT_BEGUN
    """What is to be recorded if nothing more is learnt."""


class UssdService:
    """Sends codes. `ask` is for any thread, everything else belongs to the services' event loop.

    A code is ASKED, durably, before any byte of it leaves. What left and got no readable answer is UNKNOWN and
    never tried again: a code may cost money, or change something.
    """

    def __init__(
        self,
        gateways: Sequence[GatewayConfig],
        store: UssdStore,
        clock: Clock,
        *,
        operator: str,
        connect: Connect = AmiClient.connect,
        port_lock: PortLock | None = None,
        port_wait: float = PORT_WAIT,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        log: AmiLog | None = None,
    ) -> None:
        """`operator` goes into history and audit. With `port_lock` codes and whatever else sends through a port wait
        for each other. `log` gets what goes to and fro.
        """
        self._store = store
        self._operator = operator
        self._port_lock = port_lock or _OwnLocks()
        self._port_wait = port_wait
        self._sleep = sleep
        self._gateways = {gateway.name: gateway for gateway in gateways}
        self._sessions = sessions_of(gateways, connect, clock, at_once=_SESSIONS, log=log)
        self._waiting: deque[_Asking] = deque()
        self._under_way: set[int] = set()
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._trouble = ""

    @property
    def trouble(self) -> str:
        """Why an answer can't be recorded, or was not waited for, in words; empty when all is well."""
        return self._trouble

    def ask(self, gateway: str, port: int, code: str) -> Future[UssdRecord]:
        """Send a code, or the reply to a menu that the port waits with. Resolves once it is known how it ended:
        ANSWERED, MENU, FAILED or UNKNOWN. From any thread, at once.

        Fails with CannotSend when it can't be sent (nothing left then), or with StoreError.
        """
        answered: Future[UssdRecord] = Future()
        # Whoever stops waiting for the answer does not call the request off: it may have left.
        answered.set_running_or_notify_cancel()
        try:
            code = self._checked(gateway, port, code)
            asked = self._store.ask(gateway, port, self._operator, code)
        except ConsoleError as error:
            answered.set_exception(error)
        else:
            asked.add_done_callback(lambda done: self._take(done, answered))
        return answered

    async def run(self) -> None:
        """Send what is asked, until cancelled. Then what has not left is FAILED, and what has is UNKNOWN."""
        try:
            self._loop = asyncio.get_running_loop()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._settle_left())
                while True:
                    self._wake.clear()
                    while self._waiting:
                        tasks.create_task(self._carry(self._waiting.popleft()))
                    await self._wake.wait()
        finally:
            self._loop = None
            while self._waiting:
                self._leave(self._waiting.popleft())

    async def _settle_left(self) -> None:
        while True:
            try:
                await asyncio.wrap_future(self._store.settle_left(under_way=frozenset(self._under_way)))
            except StoreError as error:
                self._trouble = f"USSD requests left behind: {error}"
            await self._sleep(_LOOK_AFTER)

    def _checked(self, gateway: str, port: int, code: str) -> str:
        """The code as it will be sent. Raises CannotSend."""
        if gateway not in self._gateways:
            raise CannotSend(f"There is no gateway named {gateway!a}.", hint="Choose a gateway of the configuration.")
        act = self._act_of(gateway)
        if gateway not in self._sessions:
            raise CannotSend(f"Gateway {gateway} has no AMI in the configuration.", hint="Add [gateways.ami].")
        last = self._store.history(gateway, port, 1)
        code = check_code(code, menu=bool(last) and last[0].state is UssdState.MENU)
        act.line(port, code)
        return code

    def _act_of(self, gateway: str) -> PortAct[UssdVerdict]:
        """Raises CannotSend where its make can't."""
        return needed(DIALECTS[self._gateways[gateway].dialect].ussd)

    def _take(self, asked: Future[UssdRecord], answered: Future[UssdRecord]) -> None:
        """The commit is done, or failed: runs on the store's thread."""
        if (error := asked.exception()) is not None:
            answered.set_exception(error)
            return
        self._waiting.append(_Asking(asked.result(), answered))
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has just closed
                loop.call_soon_threadsafe(self._wake.set)

    async def _carry(self, asking: _Asking) -> None:
        """Send one code and record what became of it. Whatever goes wrong stays its own trouble."""
        record = asking.record
        self._under_way.add(record.id)
        try:
            try:
                await self._send(asking)
            except Exception as error:
                _logger.exception("USSD request %d broke", record.id)
                if asking.verdict in {_NOT_BEGUN, _LEFT}:
                    words = f"stopped by {type(error).__name__}"
                    asking.verdict = asking.verdict._replace(text=words)
            await self._record(asking)
        except asyncio.CancelledError:
            self._leave(asking)
            raise
        finally:
            self._under_way.discard(record.id)

    async def _send(self, asking: _Asking) -> None:
        """Hold the port and send the code through it, again while the gateway says that it is busy."""
        record = asking.record
        lock = self._port_lock(record.gateway, record.port)
        try:
            async with asyncio.timeout(self._port_wait):
                await lock.acquire()
        except TimeoutError:
            words = f"not sent: this console has been sending through the port for {self._port_wait:g} s"
            asking.verdict = UssdVerdict(UssdState.FAILED, words)
            return
        try:
            async with self._sessions[record.gateway].kept():
                for tries in range(BUSY_RETRIES + 1):
                    if tries:
                        await self._sleep(BUSY_PAUSE)
                    await self._try(asking)
                    if not asking.verdict.busy:
                        return
            words = f"not sent: tried {BUSY_RETRIES + 1} times; {asking.verdict.text}"
            asking.verdict = UssdVerdict(UssdState.FAILED, words)
        finally:
            lock.release()

    async def _try(self, asking: _Asking) -> None:
        """One attempt."""
        record = asking.record
        ami = self._gateways[record.gateway].ami
        assert ami is not None, "checked"
        act = self._act_of(record.gateway)
        line = act.line(record.port, record.code)
        asking.verdict = _NOT_BEGUN
        try:
            async with self._sessions[record.gateway].borrow() as session:
                asking.verdict = _LEFT
                output = await session.command(line, timeout=act.wait + ami.answer_timeout)
        except (NotConnected, LoginRefused, CannotSend) as error:
            asking.verdict = UssdVerdict(UssdState.FAILED, f"not sent: {redact(str(error))}")
        except ActionRefused as error:
            state = UssdState.FAILED if never_ran(str(error)) else UssdState.UNKNOWN
            asking.verdict = UssdVerdict(state, redact(str(error)))
        except ConsoleError as error:
            asking.verdict = UssdVerdict(UssdState.UNKNOWN, redact(str(error)))
        else:
            asking.verdict = act.read(output)

    async def _record(self, asking: _Asking) -> None:
        """Record the verdict, again and again while the store can't be written: an answer must not be lost."""
        while True:
            try:
                record = await asyncio.wrap_future(self._answer(asking))
            except StoreError as error:
                self._trouble = f"the answer to USSD request {asking.record.id} can't be recorded yet: {error}"
                await self._sleep(RETRY)
            else:
                self._trouble = ""
                asking.answered.set_result(record)
                return

    def _leave(self, asking: _Asking) -> None:
        """The service ends: record the verdict as it stands, without waiting for it."""
        self._answer(asking).add_done_callback(lambda done: _pass_on(done, asking.answered))

    def _answer(self, asking: _Asking) -> Future[UssdRecord]:
        return self._store.answer(asking.record.id, asking.verdict.state, asking.verdict.text[:ANSWER_KEPT])


class _OwnLocks:
    """A lock for each port, where nobody else sends through it."""

    def __init__(self) -> None:
        self._locks: dict[tuple[str, int], asyncio.Lock] = {}

    def __call__(self, gateway: str, port: int) -> asyncio.Lock:
        return self._locks.setdefault((gateway, port), asyncio.Lock())


def _pass_on(done: Future[UssdRecord], answered: Future[UssdRecord]) -> None:
    if answered.done():
        return
    if (error := done.exception()) is not None:
        answered.set_exception(error)
    else:
        answered.set_result(done.result())
