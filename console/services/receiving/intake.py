"""What becomes of a request: a callback is answered 200 once it is on the disk, never before; a page for those who
watch is shown; anything else is turned away, with a reason.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from console.domain.link import RefusedRequest
from console.domain.messages import Callback, CallbackKind
from console.protocol.http.access import Denial, Gates, within
from console.protocol.http.inbound import form_of, page_of, parse, query_of
from console.protocol.http.request import Incoming, Refused, Request, Unreadable, half_target
from console.services.receiving.counts import ReceiverCounts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from console.config import GatewayConfig, ReceiverConfig
    from console.domain.clock import Clock
    from console.services.receiving.callers import Caller, Callers
    from console.services.receiving.connection import Exchange


KEPT = 50
"""Pairs of address and reason."""


class Refusals:
    """Counts requests that were turned away. The same address with the same reason is one entry, so that a flood
    hides nobody else.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._found: dict[tuple[str, str], RefusedRequest] = {}
        self.total = 0
        self.recent: tuple[RefusedRequest, ...] = ()
        """The last ones, oldest first. Replaced as a whole: any thread may read it."""

    def note(self, address: str, reason: str) -> None:
        """Count one."""
        self.total += 1
        before = self._found.pop((address, reason), None)
        count = before.count + 1 if before is not None else 1
        if len(self._found) >= KEPT:
            del self._found[next(iter(self._found))]
        self._found[address, reason] = RefusedRequest(self._clock.time(), address, reason, count)
        self.recent = tuple(self._found.values())


class Unkept(Refusals):
    """Counts, in the same way, callbacks that were welcome and that the store could not commit."""


PAGES = frozenset({b"/healthz", b"/metrics"})
"""Targets that are no callbacks, whatever their query (what watches may add one against caches), unless it is an SMS.
"""

_ALLOW = "Allow: GET, HEAD, POST, OPTIONS\r\n"
_CHALLENGE = 'WWW-Authenticate: Basic realm="gsm-console", charset="UTF-8"\r\n'


class CallbackStore(Protocol):
    """What the receiver needs of the store."""

    def add_callback(self, gateway: str, callback: Callback, raw: bytes) -> Future[int]:
        """Resolves after the durable commit; fails with StoreError."""
        ...

    def note_answered(self, ids: Sequence[int]) -> Future[None]:
        """Results and reports whose callers had their 200, and have no reason to call again."""
        ...


class Pages(Protocol):
    """What the receiver shows to those who watch it."""

    def page(self, target: bytes) -> tuple[int, str, str]:
        """Status, content type and text of one of PAGES. May take a while: it is called in a thread."""
        ...


@dataclass(slots=True, eq=False)
class _Kept:
    """A callback on its way to the disk."""

    exchange: Exchange | None
    """None where nobody waits for an answer any more."""
    caller: Caller
    status: int
    """To answer with once it is there."""
    taken_at: float
    future: Future[int]
    is_word: bool
    """It tells of a message of ours, and may come once for each part in the same bytes."""


class Intake:
    """Takes requests and answers them. Belongs to the event loop; what it counts may be read from any thread."""

    def __init__(
        self,
        config: ReceiverConfig,
        gateways: Sequence[GatewayConfig],
        store: CallbackStore,
        clock: Clock,
        callers: Callers,
        *,
        pages: Pages | None = None,
    ) -> None:
        self.counts = ReceiverCounts()
        self.refusals = Refusals(clock)
        self.unkept = Unkept(clock)
        self.pages = pages
        self.trouble = ""
        """Why callbacks are not kept, in words; empty when they are."""
        self._monitors = config.monitors
        self._gates = Gates(gateways)
        self._store = store
        self._clock = clock
        self._callers = callers
        self._settled: deque[_Kept] = deque()
        self._woken = False
        self._unsettled = 0
        self._all_settled = asyncio.Event()

    def take(self, exchange: Exchange, incoming: Incoming) -> None:
        """Answer it: now, or once it is durable."""
        caller = exchange.connection.caller
        assert caller is not None
        self._callers.begin(caller)
        match incoming:
            case Request():
                waits = self._take(exchange, caller, incoming)
            case Refused(status, reason):
                waits = self._refuse(exchange, status, reason)
            case Unreadable(raw, reason):
                waits = self._quarantine(exchange, caller, raw, reason)
        if not waits:
            self._callers.finish(caller)

    def may_call(self, address: str) -> bool:
        """Whether some call from there may come in."""
        return self._gates.admits(address) or within(address, self._monitors)

    def take_half(self, caller: Caller, raw: bytes, reason: str) -> None:
        """Keep what came of a call that did not come to its end: nobody calls again with it."""
        target = half_target(raw)
        gate = self._gates.of(target, caller.address)
        if not target or self._gates.denial(gate, caller.address, target) is not None:
            self.refusals.note(caller.address, reason)
            return
        self.refusals.note(caller.address, f"{reason} Its bytes are kept in the inbox.")
        self._callers.begin(caller)
        callback = Callback(CallbackKind.UNREADABLE, reason=reason)
        name = gate.gateway.name if gate is not None else ""
        self._keep(None, caller, 408, name, callback, self._gates.without_secrets(raw))

    async def all_answered(self, patience: float) -> bool:
        """Whether every callback that was taken has its answer, in so many seconds at most."""
        if self._unsettled:
            self._all_settled.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._all_settled.wait(), patience)
        return not self._unsettled

    # ---- one request ----------------------------------------------------------------------------------------
    # Each returns whether its answer is still to come.

    def _take(self, exchange: Exchange, caller: Caller, request: Request) -> bool:
        if request.method == "OPTIONS":
            exchange.answer(204, fields=_ALLOW)
            return False
        if request.method not in ("GET", "HEAD", "POST"):
            reason = f"The method {request.method} is not accepted; use GET."
            return self._refuse(exchange, 405, reason, fields=_ALLOW)
        target, body = request.target, form_of(request.body)
        if not body and (b"?" not in target or _is_page(target)):
            # Nothing is lost: a gateway always adds its parameters.
            return self._show(exchange, caller, page_of(target))
        gate = self._gates.of(target, caller.address)
        denial = self._gates.denial(gate, caller.address, target, body, request.authorization)
        if denial is not None:
            return self._deny(exchange, denial)
        exchange.connection.challenged = False
        # A query may hold only the token: what is said may stand in either.
        query = b"&".join(filter(None, (query_of(target), body))) if body else target
        if gate is None:
            name, callback = "", parse(query)
        else:
            gateway = gate.gateway
            name, callback = gateway.name, parse(query, gateway.parameter_names, charset=gateway.charset)
            target, body = gate.without_tokens(target), gate.query_without_tokens(body)
        return self._keep(exchange, caller, 200, name, callback, target + b"\r\n\r\n" + body if body else target)

    def _quarantine(self, exchange: Exchange, caller: Caller, raw: bytes, reason: str) -> bool:
        gate = self._gates.of(b"", caller.address)
        denial = self._gates.denial(gate, caller.address)
        if denial is not None:
            return self._refuse(exchange, 400, f"{reason} {denial.reason}")
        self.refusals.note(caller.address, f"{reason} Its bytes are kept in the inbox.")
        callback = Callback(CallbackKind.UNREADABLE, reason=reason)
        return self._keep(exchange, caller, 400, "", callback, self._gates.without_secrets(raw))

    def _keep(
        self, exchange: Exchange | None, caller: Caller, status: int, gateway: str, callback: Callback, raw: bytes
    ) -> bool:
        self._unsettled += 1
        self.counts.unreadable += callback.kind is CallbackKind.UNREADABLE
        loop = asyncio.get_running_loop()
        future = self._store.add_callback(gateway, callback, raw)
        is_word = callback.kind in (CallbackKind.RESULT, CallbackKind.REPORT)
        kept = _Kept(exchange, caller, status, self._clock.monotonic(), future, is_word)
        kept.future.add_done_callback(lambda _: self._on_settled(kept, loop))
        return True

    def _on_settled(self, kept: _Kept, loop: asyncio.AbstractEventLoop) -> None:
        """Called in the store's thread. Those that shared a commit share one wake-up of the event loop, too."""
        self._settled.append(kept)
        if not self._woken and not loop.is_closed():
            self._woken = True
            with contextlib.suppress(RuntimeError):  # The loop was closed meanwhile: nobody is left to answer.
                loop.call_soon_threadsafe(self._answer_settled)

    def _answer_settled(self) -> None:
        self._woken = False
        now = self._clock.monotonic()
        answered: list[int] = []
        while self._settled:
            kept = self._settled.popleft()
            self._unsettled -= 1
            error = kept.future.exception()
            if error is not None:
                self.trouble = f"Callbacks are answered 503 and not kept: {error}"
                self.unkept.note(kept.caller.address, str(error))
                if kept.exchange is not None:
                    kept.exchange.keep_alive = False
                    kept.exchange.answer(503)
            else:
                self.trouble = ""
                self.counts.accepted += kept.status == 200
                self.counts.committed(now - kept.taken_at)
                if kept.exchange is not None:
                    if kept.is_word and kept.exchange.connection.is_open:
                        answered.append(kept.future.result())
                    kept.exchange.answer(kept.status)
            self._callers.finish(kept.caller)
        if answered:
            # Before anything that a caller does with its answer: the store writes in this order.
            self._store.note_answered(answered)
        if not self._unsettled:
            self._all_settled.set()

    def _show(self, exchange: Exchange, caller: Caller, target: bytes) -> bool:
        """A page for those who watch the receiver; the work is done beside the event loop."""
        pages = self.pages
        allowed = not self._monitors or within(caller.address, self._monitors)
        if pages is None or not allowed or target not in PAGES:
            return self._refuse(exchange, 404, "The request has no parameters.")

        def show(done: asyncio.Future[tuple[int, str, str]]) -> None:
            self._callers.finish(caller)
            if done.cancelled() or done.exception() is not None:
                exchange.answer(503)
            else:
                status, kind, text = done.result()
                exchange.answer(status, text, fields=f"Content-Type: {kind}\r\n")

        asyncio.get_running_loop().run_in_executor(None, pages.page, target).add_done_callback(show)
        return True

    def _deny(self, exchange: Exchange, denial: Denial) -> bool:
        if denial.challenge:
            # The usual first half of HTTP Basic: it counts as refused only when the second half never comes.
            exchange.connection.challenged = True
            exchange.answer(denial.status, fields=_CHALLENGE)
            return False
        return self._refuse(exchange, denial.status, denial.reason)

    def _refuse(self, exchange: Exchange, status: int, reason: str, *, fields: str = "") -> bool:
        self.refusals.note(exchange.connection.address, reason)
        exchange.keep_alive = False
        exchange.answer(status, "" if status in (401, 403) else reason, fields=fields)
        return False


def _is_page(target: bytes) -> bool:
    return page_of(target) in PAGES and parse(target).kind is CallbackKind.UNREADABLE
