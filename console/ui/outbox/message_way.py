"""A message on its way, whole: every step it took and on whose word, and what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets import Static

from console.domain.messages import DeliveryState, Evidence, OutboxMessage
from console.errors import ConsoleError
from console.protocol.sms.causes import explain
from console.protocol.text.safe import safe, safe_lines
from console.protocol.text.time_words import midnight, spoken_window
from console.terminal.theme import INKS
from console.ui.context.copying import CopyKeys
from console.ui.context.detail import DetailScreen, facts
from console.ui.keys.actions import bindings
from console.ui.keys.keymap import keymap_of
from console.ui.kit.format import DELIVERY, clock_millis, full_time
from console.ui.outbox.decisions import AT_HOME, Decisions, MessageKeys
from console.ui.rows.outbox_row import look_of, planned_wait, result_wait, successor_words, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.binding import Binding, BindingType

    from console.domain.backend import Backend
    from console.domain.clock import Clock
    from console.store import LiveReader

LOOK = 0.25
"""Seconds between two looks at what changed."""

_TROUBLED = frozenset({DeliveryState.FAILED, DeliveryState.UNKNOWN})
_A_FEW = 3
"""Failures of a port from which they may have something in common."""

_BINDINGS = bindings("outbox", "outbox.ask", "outbox.settle", "outbox.resend", "outbox.when", "outbox.cancel")
_COPYING = bindings("outbox", "outbox.copy", "outbox.export")


class MessageScreen(MessageKeys, CopyKeys, DetailScreen):
    """Stays true while it is open: the answer of the gateway, and what somebody else decides, appear in it."""

    BINDINGS: ClassVar[list[BindingType]] = [*_BINDINGS, *_COPYING]

    def __init__(
        self,
        message: OutboxMessage,
        store: LiveReader,
        clock: Clock,
        backend: Backend,
        *,
        again: Callable[[OutboxMessage], None],
    ) -> None:
        """`again` is called when the operator wants to write the message once more, once the screen is gone."""
        super().__init__(f"Message {message.id}", Content(""))
        self._message = message
        self._store = store
        self._clock = clock
        self._again = again
        self.decisions = Decisions(self, backend, clock)
        self._shown: object = None

    def on_mount(self) -> None:
        super().on_mount()
        self.sync()
        self.set_interval(LOOK, self.sync)

    def sync(self) -> None:
        """Show what is known by now; returns at once where nothing changed."""
        revision, wait = self._store.revision, self._wait(self._message)
        if (revision, wait) == self._shown:
            return
        try:
            message = self._store.outbox_message(self._message.id) or self._message
            evidence, imsi = self._store.evidence(message.id), self._store.outbox.imsi(message.id)
            failures = self._failures(message)
        except ConsoleError:
            return  # the main screen's own look at the store tells why
        wait = self._wait(message)
        self._shown = (revision, wait)
        self._message = message
        draft = message.draft
        timed = message.state is DeliveryState.QUEUED and (draft.not_before or draft.not_after)
        when = spoken_window(draft.not_before, draft.not_after, self._clock.time()) if timed else ""
        self.query_one("#detail Static", Static).update(whole(message, evidence, imsi, wait, failures, when))
        keymap = keymap_of(self)
        keys = "  ".join(f"{keymap.name(binding.id or '')} {binding.description.lower()}" for binding in self._of_use())
        self.query_one("#dialog").border_subtitle = Content(f"{keys}  {keymap.name('detail.leave')} closes")

    def _wait(self, message: OutboxMessage) -> str:
        """For how long it waits still, or its result is waited for."""
        now = self._clock.time()
        return planned_wait(message, now) or result_wait(message, now)

    def _failures(self, message: OutboxMessage) -> str:
        """What today's failures have in common with this one. Raises StoreError."""
        if message.state is not DeliveryState.FAILED:
            return ""
        now = self._clock.time()
        counts = self._store.port_history.counts(message.draft.gateway, (midnight(now), now + 60))[0]
        return failures_words({port: count.failed for port, count in counts.items()}, message.port)

    def _of_use(self) -> list[Binding]:
        """The keys that do something for a message in this state."""
        state = self._message.state
        idle = set()
        if not self._message.is_ours:
            return []
        if state in AT_HOME or state is DeliveryState.DELIVERED:
            idle.add("outbox.ask")
        if state is not DeliveryState.UNKNOWN:
            idle.add("outbox.settle")
        if state is not DeliveryState.QUEUED:
            idle |= {"outbox.cancel", "outbox.when"}
        if self._message.again_as is not None:
            idle.add("outbox.resend")
        return [binding for binding in _BINDINGS if binding.id not in idle]

    @property
    def chosen(self) -> OutboxMessage:
        return self._message

    @property
    def looked_at(self) -> list[OutboxMessage]:
        return [self._message]

    def action_again(self) -> None:
        if self.decisions.may_act_on(self._message):
            self.decisions.again(self._message, self._write)

    def _write(self, message: OutboxMessage) -> None:
        self.dismiss(None)
        # At once and not as a result, which comes later than a key that is typed ahead.
        self._again(message)


def whole(
    message: OutboxMessage, evidence: list[Evidence], imsi: str, wait: str, failures: str = "", when: str = ""
) -> Content:
    """The message, what is known of its way, and every step: when it became known, who says so, in which words."""
    look = look_of(message)
    head = Content.assemble(
        (f"{look.glyph} {look.word}", f"bold {INKS[look.ink].removeprefix('bold ')}"),
        f"  {_in_one_line(message.detail)}" if message.detail else "",
        (f"  {wait}" if wait else "", "$primary"),
        "\n\n",
        "\n".join(safe_lines(text_of(message))),
        "\n\n",
    )
    steps = [Content.assemble(("\n\nWhat is known", "$quiet"))]
    for step in evidence:
        seen = DELIVERY[step.state]
        which = f" segment {step.segment}" if step.segment else ""
        steps.append(
            Content.assemble(
                (f"{clock_millis(step.at)}  ", "$quiet"),
                (f"{seen.glyph} {seen.word}{which}", INKS[seen.ink]),
                (f"  {safe(step.source)}", "$quiet"),
                f"  {_in_one_line(step.raw)}" if step.raw else "",
                (f"  {safe(step.why)}" if step.why else "", "$quiet"),
            )
        )
    return head + facts(_pairs(message, imsi, failures, when)) + Content("\n").join(steps)


def failures_words(failed: Mapping[int, int], port: int | None) -> str:
    """`4 of today's 5 failures are on port 3`, where that port is the trouble. `failed` are those of today, by port."""
    here, all_of_them = failed.get(port, 0) if port is not None else 0, sum(failed.values())
    if here < _A_FEW or 2 * here <= all_of_them:
        return ""
    which = f"All of today's {here}" if here == all_of_them else f"{here} of today's {all_of_them}"
    return f"{which} failures are on port {port}"


def _pairs(message: OutboxMessage, imsi: str, failures: str, when: str) -> list[tuple[str, str]]:
    """What is known of it beside its state, each with its name."""
    draft = message.draft
    unknown = "port chosen by the gateway" if message.is_ours else "port unknown"
    port = unknown if message.port is None else f"port {message.port}"
    if draft.pool:
        port += f" of the set {draft.pool}"
    cause = explain(message.detail) if message.state in _TROUBLED else None
    waits = message.state is DeliveryState.ACCEPTED and message.deadline is not None
    return [
        ("Means", "" if cause is None else f"{cause.means} ({cause.lasting.value})"),
        ("Try this", "" if cause is None else cause.advice),
        ("Today", failures),
        ("To", draft.to),
        ("Way", f"{draft.gateway}, {port}, by {draft.via.value.upper() if message.is_ours else 'another program'}"),
        ("SIM", f"IMSI {imsi}" if imsi else ""),
        ("Sent by", message.operator),
        ("Batch", "" if message.batch is None else str(message.batch)),
        ("Again for", "" if draft.again_of is None else f"message {draft.again_of}"),
        ("Sent again", successor_words(message)),
        ("Parts", f"{message.parts} on the air" if message.parts > 1 else ""),
        ("Queued" if message.is_ours else "Seen", full_time(message.created_at)),
        ("Leaves", when),
        ("On the air", _time(message.sent_at)),
        ("Delivered", _time(message.delivered_at)),
        ("Result until", f"{_time(message.deadline)}, then it is unknown" if waits else ""),
    ]


def _time(at: float | None) -> str:
    return "" if at is None else full_time(at)


def _in_one_line(raw: str) -> str:
    """A gateway's answer without its line ends and tabs, which say nothing."""
    return safe(" ".join(raw.split()))
