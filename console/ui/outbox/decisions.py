"""What a person decides about messages on their way: asked about where it matters, then done, then told."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections import Counter
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeVar

from console.domain.messages import DeliveryState, OutboxMessage
from console.domain.sending import BatchState
from console.errors import ConsoleError
from console.protocol.rules.timing import is_planned
from console.protocol.text.safe import safe
from console.protocol.text.time_words import Window, spoken_window
from console.ui.context.gateways import Gateways
from console.ui.context.when import as_typed, ask_when
from console.ui.kit.explain import explained, refused
from console.ui.kit.format import DELIVERY, age, count, plural
from console.ui.kit.marks import named, share
from console.ui.kit.questions import Question

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from concurrent.futures import Future

    from textual.widget import Widget

    from console.domain.backend import Backend
    from console.domain.clock import Clock
    from console.domain.sending import Batch, Decided
    from console.ui.kit.marks import Share

A = TypeVar("A")
Severity = Literal["information", "warning"]

_NAMED = 3
"""Recipients that a question names; the rest it counts."""

AT_HOME = frozenset({DeliveryState.QUEUED, DeliveryState.CANCELLED})
"""States of a message of which nothing left."""

MARKS = (
    ("It was sent", DeliveryState.SENT),
    ("It was delivered", DeliveryState.DELIVERED),
    ("It was not sent", DeliveryState.FAILED),
)


class Decisions:
    """The conversations behind the keys of the outbox. Each returns at once.

    What was decided is done even where the screen it was decided on is gone by then. Whether anything may be changed
    here is asked before, where the key is taken (`console.ui.keys.actions`).
    """

    def __init__(self, widget: Widget, backend: Backend, clock: Clock) -> None:
        """`widget` is any that stays on its screen for as long as these are in use."""
        self._widget = widget
        self._backend = backend
        self._clock = clock
        self._gateways = Gateways(backend)

    # ---- one message ----------------------------------------------------------------------------------------

    def may_act_on(self, message: OutboxMessage) -> bool:
        """Whether a console sent it; else it is said who did, and that it is only looked at."""
        if not message.is_ours:
            words = f"Message {message.id} was sent by another program ({message.operator}): you can only view it here."
            self._tell(words, "warning")
        return message.is_ours

    def check(self, message: OutboxMessage) -> None:
        """Ask the gateway what became of it. The answer is told, and kept as evidence by who asks."""
        if message.state in AT_HOME:
            self._tell(f"Message {message.id} was never sent: the gateway has no record of it.", "warning")
        elif message.state is DeliveryState.DELIVERED:
            self._tell(f"Message {message.id} is delivered: the network said so, and the gateway knows nothing more.")
        else:
            self._run(self._check(message.id))

    async def _check(self, message_id: int) -> None:
        with explained(self._widget):
            answer = await asyncio.wrap_future(self._backend.gateway_acts.ask_status(message_id))
            self._tell(f"Message {message_id}: {answer}")

    def mark(self, message: OutboxMessage) -> None:
        """Let the operator say what became of an UNKNOWN message."""
        from console.ui.kit.dialogs import ChooseScreen

        if message.state is not DeliveryState.UNKNOWN:
            word = DELIVERY[message.state].word
            self._tell(f"Message {message.id} is {word}. Only an unknown one can be marked.", "warning")
        else:
            title = f"Message {message.id} to {message.draft.to}{self._at(message)}: what was the outcome?"
            remark = "Set it only if you know it, from the recipient or the gateway's own page."
            chooser = ChooseScreen(title, MARKS, remark=remark)
            self._widget.app.push_screen(chooser, lambda state: self._confirm_mark(message, state))

    def _confirm_mark(self, message: OutboxMessage, state: DeliveryState | None) -> None:
        if state is None:
            return
        what = next(label for label, value in MARKS if value is state).lower()
        whom = f"{safe(message.draft.to)}{self._at(message)}"
        question = f"Mark message {message.id} to {whom}: {what}? This is recorded with your name."
        done = f"Message {message.id} is marked as {DELIVERY[state].word}."
        self._confirm(Question.MARK, question, lambda: self._backend.sending.settle(message.id, state), lambda _: done)

    def call_off(self, message: OutboxMessage) -> None:
        """Call off a QUEUED message."""
        if message.state is not DeliveryState.QUEUED:
            word = DELIVERY[message.state].word
            self._tell(f"Message {message.id} is {word}. Only a queued one can be cancelled.", "warning")
        else:
            whom = f"{safe(message.draft.to)}{self._at(message)}"
            question = f"Cancel message {message.id} to {whom}? Nothing of it has been sent."
            self._confirm(Question.CALL_OFF, question, lambda: self._backend.sending.cancel([message.id]), _called_off)

    def put_off(self, message: OutboxMessage) -> None:
        """Give a QUEUED message another time."""
        if message.state is not DeliveryState.QUEUED:
            word = DELIVERY[message.state].word
            self._tell(f"Message {message.id} is {word}. Only a queued one can be rescheduled.", "warning")
            return

        def take(when: Window) -> None:
            words = spoken_window(when.not_before, when.not_after, self._clock.time())
            done = " ".join((f"Message {message.id} will be sent {words}.", *when.remarks))
            put_off = self._backend.sending.put_off
            self._run(self._do(lambda: put_off(message.id, when.not_before, when.not_after), lambda _: done))

        draft, now = message.draft, self._clock.time()
        title = f"Message {message.id} to {safe(draft.to)}{self._at(message)}: when should it be sent?"
        ask_when(self._widget, self._clock, title, as_typed(Window(draft.not_before, draft.not_after), now), take)

    def again(self, message: OutboxMessage, write: Callable[[OutboxMessage], None]) -> None:
        """Take a message to the form once more. One that waits for its time is called off before."""
        if not is_planned(message, self._clock.time()):
            write(message)
        elif not refused(self._widget, self._backend):
            question = f"Cancel message {message.id} to {safe(message.draft.to)}{self._at(message)} and edit it?"
            called_off = replace(message, state=DeliveryState.CANCELLED, segments=(DeliveryState.CANCELLED,))

            def done(number: int) -> str:
                if number:
                    write(called_off)
                return _called_off(number)

            self._confirm(Question.WRITE_ANEW, question, lambda: self._backend.sending.cancel([message.id]), done)

    # ---- what is marked -------------------------------------------------------------------------------------

    def mark_all(self, messages: Sequence[OutboxMessage]) -> None:
        """Let the operator say what became of the UNKNOWN ones among these: of all of them the same."""
        from console.ui.kit.dialogs import ChooseScreen

        found = share(messages, partial(_why_not, DeliveryState.UNKNOWN))
        if not found.taken:
            self._tell(f"None of them is unknown: {found.left_words}.", "warning")
            return
        whom, number = self._whom(found), plural(len(found.taken), "unknown message")

        def confirm(state: DeliveryState | None) -> None:
            if state is not None:
                what = next(label for label, value in MARKS if value is state).lower().replace("it was", "they were")
                question = f"Mark {number} to {whom}: {what}? It is kept with your name."
                self._asked(Question.MARK, question, lambda: self._run(self._settle_all(found, state)))

        remark = f"To {whom}. Say it only if you know it of all, from the recipients or the gateway's own page."
        chooser = ChooseScreen(f"Outcome of {number}", MARKS, remark=remark)
        self._widget.app.push_screen(chooser, confirm)

    async def _settle_all(self, found: Share[OutboxMessage], state: DeliveryState) -> None:
        settled, reasons = 0, Counter[str]()
        for message in found.taken:
            try:
                await asyncio.wrap_future(self._backend.sending.settle(message.id, state))
                settled += 1
            except ConsoleError as error:
                reasons[str(error)] += 1
        words = f"{plural(settled, 'message')} marked as {DELIVERY[state].word}."
        for reason, number in reasons.items():
            words += f" {count(number)} could not be: {reason}"
        self._tell(f"{words}{_left_out(found)}", "warning" if reasons else "information")

    def call_off_all(self, messages: Sequence[OutboxMessage]) -> None:
        """Cancel the QUEUED ones among these."""
        found = share(messages, partial(_why_not, DeliveryState.QUEUED))
        if not found.taken:
            self._tell(f"None of them is queued: {found.left_words}.", "warning")
            return
        question = f"Cancel {plural(len(found.taken), 'message')} to {self._whom(found)}?"
        question += f"{_left_out(found)} Nothing of {'it' if len(found.taken) == 1 else 'them'} has left."
        ids = [message.id for message in found.taken]

        def done(number: int) -> str:
            late = len(ids) - number
            gone = (
                f" {count(late)} could not be: {'it' if late == 1 else 'they'} had already been sent." if late else ""
            )
            return f"{plural(number, 'message')} cancelled.{gone}"

        self._confirm(Question.CALL_OFF, question, lambda: self._backend.sending.cancel(ids), done)

    def _whom(self, found: Share[OutboxMessage]) -> str:
        return named(dict.fromkeys(f"{safe(one.draft.to)}{self._at(one)}" for one in found.taken))

    # ---- what an earlier run left ---------------------------------------------------------------------------

    def go_on(self, left_over: Sequence[OutboxMessage], now: float) -> None:
        """Let what an earlier run left behind go on."""
        if not left_over:
            self._tell("There are no held messages.", "warning")
        else:
            question = f"{_left_over_words(left_over, now)} Send them now?"
            self._confirm(Question.RELEASE, question, self._backend.sending.take_over, _going_on)

    def drop(self, left_over: Sequence[OutboxMessage], now: float) -> None:
        """Call all of that off."""
        if not left_over:
            self._tell("There are no held messages.", "warning")
        else:
            question = f"{_left_over_words(left_over, now)} Cancel them all?"
            ids = [message.id for message in left_over]
            self._confirm(Question.CALL_OFF_LEFT, question, lambda: self._backend.sending.cancel(ids), _called_off)

    # ---- batches --------------------------------------------------------------------------------------------

    def pause(self, batch: Batch) -> None:
        """Let the rest of a batch wait, or go on if it does."""
        if not batch.waiting or batch.state is BatchState.CANCELLED:
            self._tell(f"Batch {batch.id} has no messages left to send.", "warning")
        else:
            state = BatchState.RUNNING if batch.state is BatchState.PAUSED else BatchState.PAUSED
            self._run(
                self._do(
                    lambda: self._backend.sending.set_batch(batch.id, state),
                    lambda decided: decided_words(batch.id, state, decided),
                )
            )

    def cancel_rest(self, batch: Batch) -> None:
        """Call off what has not left of a batch."""
        rest = batch.waiting
        if not rest or batch.state is BatchState.CANCELLED:
            self._tell(f"Batch {batch.id} has no messages left to send.", "warning")
        else:
            question = f"Cancel the rest of batch {batch.id}: {count(rest)} of {plural(batch.total, 'message')}?"
            self._confirm(
                Question.CALL_OFF_REST,
                question,
                lambda: self._backend.sending.set_batch(batch.id, BatchState.CANCELLED),
                lambda decided: decided_words(batch.id, BatchState.CANCELLED, decided),
            )

    # ---- how it is done -------------------------------------------------------------------------------------

    def _confirm(self, question: Question, words: str, act: Callable[[], Future[A]], done: Callable[[A], str]) -> None:
        self._asked(question, words, lambda: self._run(self._do(act, done)))

    def _asked(self, question: Question, words: str, go_on: Callable[[], None]) -> None:
        from console.ui.kit.dialogs import ConfirmScreen

        def go(confirmed: bool | None) -> None:
            if confirmed:
                go_on()

        self._widget.app.push_screen(ConfirmScreen(question, words), go)

    async def _do(self, act: Callable[[], Future[A]], done: Callable[[A], str]) -> None:
        with explained(self._widget):
            self._tell(done(await asyncio.wrap_future(act())))

    def _at(self, message: OutboxMessage) -> str:
        return self._gateways.at(message.draft.gateway)

    def _run(self, work: Coroutine[object, object, None]) -> None:
        # The application's own work: a screen that is left takes its workers with it, and a write is not called back.
        self._widget.app.run_worker(work, exit_on_error=False)

    def _tell(self, words: str, severity: Severity = "information") -> None:
        self._widget.app.notify(safe(words), severity=severity, markup=False)


class MessageKeys:
    """The keys that decide about one message, for whatever widget shows it."""

    decisions: Decisions

    @property
    @abstractmethod
    def chosen(self) -> OutboxMessage | None:
        """The message that is meant; None where there is none."""

    def action_check_message(self) -> None:
        if (message := self.chosen) and self.decisions.may_act_on(message):
            self.decisions.check(message)

    def action_mark_message(self) -> None:
        if (message := self.chosen) and self.decisions.may_act_on(message):
            self.decisions.mark(message)

    def action_put_off(self) -> None:
        if (message := self.chosen) and self.decisions.may_act_on(message):
            self.decisions.put_off(message)

    def action_call_off(self) -> None:
        if (message := self.chosen) and self.decisions.may_act_on(message):
            self.decisions.call_off(message)


def _why_not(wanted: DeliveryState, message: OutboxMessage) -> str:
    if not message.is_ours:
        return "not ours"
    return "" if message.state is wanted else DELIVERY[message.state].word


def _left_out(found: Share[OutboxMessage]) -> str:
    return f" Left out: {found.left_words}." if found.left else ""


def decided_words(batch_id: int, wanted: BatchState, decided: Decided) -> str:
    """What a decision came to: `Batch 1 is paused; 2 more are already on their way.`"""
    leaving = decided.on_their_way
    way = f"on {'its' if leaving == 1 else 'their'} way"
    if wanted is BatchState.CANCELLED:
        too_late = f", {count(leaving)} {'was' if leaving == 1 else 'were'} {way}"
        return f"Batch {batch_id}: {count(decided.called_off)} cancelled{too_late if leaving else ''}."
    if decided.state is not wanted:
        return f"Batch {batch_id} was already cancelled."
    if wanted is BatchState.RUNNING:
        return f"Batch {batch_id} is resumed."
    more = f"; {count(leaving)} more {'is' if leaving == 1 else 'are'} already {way}"
    return f"Batch {batch_id} is paused{more if leaving else ''}."


def _going_on(number: int) -> str:
    return f"{plural(number, 'message')} released."


def _called_off(number: int) -> str:
    return f"{plural(number, 'message')} cancelled." if number else "Nothing was cancelled: it had already been sent."


def _left_over_words(left_over: Sequence[OutboxMessage], now: float) -> str:
    """How many, to whom, how old."""
    numbers = list(dict.fromkeys(safe(message.draft.to) for message in left_over))
    whom = ", ".join(numbers[:_NAMED])
    if len(numbers) > _NAMED:
        whom += f" and {plural(len(numbers) - _NAMED, 'other')}"
    oldest = age(now - min(message.created_at for message in left_over))
    return f"{plural(len(left_over), 'message')} from an earlier session, the oldest queued {oldest} ago, to {whom}."
