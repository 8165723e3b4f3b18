"""The console without a screen: what happens as lines, one an event, for screen readers and pipes."""

from __future__ import annotations

import select
import sys
import threading
import time
from typing import TYPE_CHECKING

from console.domain.link import LinkPhase
from console.domain.messages import CallbackKind, DeliveryState
from console.domain.ports import PortHealth
from console.errors import StoreError
from console.protocol.sms.joining import parts_words
from console.protocol.text.redact import redact
from console.protocol.text.safe import safe
from console.terminal import signals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

    from console.domain.alarms import Alarm
    from console.domain.backend import Backend
    from console.domain.link import GatewaySnapshot
    from console.domain.messages import InboxMessage, OutboxMessage
    from console.store import Store

LOOK_PERIOD = 0.2
"""Seconds between two looks."""

_NEWEST = 500
"""Messages of the outbox that are looked at for new ones, and at most as many are followed."""

_UNDER_WAY = (DeliveryState.QUEUED, DeliveryState.SUBMITTING, DeliveryState.ACCEPTED)
_OUTCOMES = {
    DeliveryState.SENT,
    DeliveryState.DELIVERED,
    DeliveryState.FAILED,
    DeliveryState.UNKNOWN,
    DeliveryState.CANCELLED,
}
_LAST = {DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.CANCELLED}
_LINK_WORDS = {
    LinkPhase.UP: "up",
    LinkPhase.WAITING: "down",
    LinkPhase.REFUSED: "login refused",
    LinkPhase.STOPPED: "stopped",
}


class News:
    """What happened since the last look, in words; at the first one, how things are."""

    def __init__(self, store: Store, backend: Backend) -> None:
        self._store = store
        self._backend = backend
        self._revision = -1
        self._mark = store.mark()
        self._told: dict[object, str] = {}
        self._alarms: dict[int, Alarm] = {}
        self._followed = {message.id: message.state for message in store.outbox_in(*_UNDER_WAY)[-_NEWEST:]}
        self._newest = max((message.id for message in store.outbox_slice(0, 1)), default=0)

    def look(self) -> list[str]:
        """Lines without their time; safe to show. Raises StoreError."""
        lines = [*self._receiver(), *self._gateways(), *self._troubles()]
        if (revision := self._store.poll()) != self._revision:
            self._revision = revision
            lines += [*self._inbox(), *self._outbox(), *self._alarm_lines()]
        return [safe(redact(line)) for line in lines]

    def _receiver(self) -> Iterator[str]:
        status = self._backend.receiver()
        words = f"listening on {status.address}" if status.listening else f"{status.by} receives" if status.by else ""
        if status.detail:
            words = "; ".join(filter(None, (words, status.detail)))
        yield from self._changed("receiver", f"receiver  {words}" if words else "")

    def _troubles(self) -> Iterator[str]:
        words = self._backend.trouble()
        if self._is_new("trouble", words):
            yield f"trouble   {words or 'over'}"

    def _gateways(self) -> Iterator[str]:
        for gateway in self._backend.gateways():
            if words := _LINK_WORDS.get(gateway.link.phase):
                detail = f": {gateway.link.detail}" if gateway.link.detail else ""
                yield from self._changed(gateway.name, f"AMI       {gateway.name}  {words}{detail}")
            yield from self._ports(gateway)

    def _ports(self, gateway: GatewaySnapshot) -> Iterator[str]:
        for port in gateway.ports:
            if port.health is not PortHealth.UNKNOWN:
                operator = f"  {port.report.operator}" if port.report.operator else ""
                words = f"port      {gateway.name} port {port.port}  {port.health.value}"
                if self._is_new((gateway.name, port.port), port.health.value):
                    yield words + operator

    def _inbox(self) -> Iterator[str]:
        ids, self._mark = self._store.changes(self._mark)
        yield from (inbox_line(entry) for entry in self._store.inbox_messages(ids))

    def _outbox(self) -> Iterator[str]:
        for message in self._new_messages():
            self._followed[message.id] = DeliveryState.QUEUED
        for message_id, before in list(self._followed.items()):
            message_now = self._store.outbox_message(message_id)
            if message_now is None or message_now.state in _LAST:
                self._followed.pop(message_id)
            if message_now is not None and message_now.state is not before:
                self._followed.update({message_id: message_now.state} if message_now.state not in _LAST else {})
                if message_now.state in _OUTCOMES:
                    yield outbox_line(message_now)
        for message_id in list(self._followed)[:-_NEWEST]:
            self._followed.pop(message_id)

    def _new_messages(self) -> list[OutboxMessage]:
        new = [message for message in self._store.outbox_slice(0, _NEWEST) if message.id > self._newest]
        self._newest = max((message.id for message in new), default=self._newest)
        return new[::-1]

    def _alarm_lines(self) -> Iterator[str]:
        now = {alarm.id: alarm for alarm in self._store.alarms.open()}
        before, self._alarms = self._alarms, now
        yield from (alarm_line(alarm) for alarm in now.values() if alarm.id not in before)
        yield from (alarm_line(alarm, over=True) for alarm in before.values() if alarm.id not in now)

    def _changed(self, what: object, words: str) -> Iterator[str]:
        if words and self._is_new(what, words):
            yield words

    def _is_new(self, what: object, words: str) -> bool:
        before, self._told[what] = self._told.get(what, ""), words
        return before != words


def inbox_line(entry: InboxMessage) -> str:
    """What came in."""
    callback = entry.callback
    if callback.kind is CallbackKind.GAP:
        return f"gap       {entry.gateway}  nothing was receiving for {entry.until - entry.since:.0f} s"
    text = entry.seamed
    if callback.kind is CallbackKind.UNREADABLE:
        text = f"unreadable: {callback.reason} {entry.raw.decode('utf-8', 'backslashreplace')}"
    words = parts_words(entry)
    parts = f"  ({words})" if words else ""
    port = f" port {callback.port}" if callback.port else ""
    return f"SMS       {entry.gateway}{port}  from {callback.number or 'nobody'}: {text}{parts}"


def outbox_line(message: OutboxMessage) -> str:
    """What became of a message of ours, and on whose word where that matters."""
    draft = message.draft
    port = message.port if draft.port is None else draft.port
    through = f"{draft.gateway}" if port is None else f"{draft.gateway} port {port}"
    why = f": {message.detail}" if message.detail and message.state is not DeliveryState.DELIVERED else ""
    return f"sending   {through}  to {draft.to}: {message.state.value}{why}"


def alarm_line(alarm: Alarm, *, over: bool = False) -> str:
    """That it began, or is over."""
    place = f"{alarm.gateway} port {alarm.port}" if alarm.port else alarm.gateway or "this console"
    return f"alarm     {place}  {alarm.kind.value}{' is over' if over else f': {alarm.words}'}"


def stream(store: Store, backend: Backend, *, exit_after: float | None = None) -> int:
    """Print what happens until a signal ends it or nobody reads; 0. From the main thread."""
    ended = signals.Ending()
    ended.listen()
    if exit_after is not None:
        threading.Timer(exit_after, ended.set).start()
    follow(News(store, backend), sys.stdout, lambda: _is_over(ended, sys.stdout.fileno()))
    return 0


def follow(news: News, out: TextIO, is_over: Callable[[], bool], clock: Callable[[], float] = time.time) -> None:
    """Write what is new, a line each behind its time (UTC), at every look until it is over."""
    trouble = ""
    while True:
        over = is_over()
        try:
            lines, trouble_now = news.look(), ""
        except StoreError as error:
            lines, trouble_now = [], safe(f"trouble   {error.in_full}")
        if trouble_now and trouble_now != trouble:
            lines = [trouble_now]
        trouble = trouble_now
        at = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(clock()))
        out.writelines(f"{at}  {line}\n" for line in lines)
        out.flush()
        if over:
            return


def _is_over(ended: signals.Ending, descriptor: int) -> bool:
    """Wait a moment; whether it is to end, or nobody reads any more."""
    watched = select.poll()
    watched.register(descriptor, 0)  # errors and hangups are always reported
    return ended.wait(LOOK_PERIOD) or bool(watched.poll(0))
