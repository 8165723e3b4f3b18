"""Looking after messages: claimed, left to others, done with. What another looks after is asked about first."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from typing import TYPE_CHECKING

from console.domain.operator import user_of
from console.protocol.text.safe import safe
from console.ui.kit.explain import explained
from console.ui.kit.format import full_time
from console.ui.kit.questions import Question

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from textual.widget import Widget

    from console.domain.backend import Backend
    from console.domain.messages import Claim, InboxMessage
    from console.ui.kit.format import Cells


def claim_line(claim: Claim) -> Cells:
    """`Claimed by @alice, …`, or `✓ done by alice, …`."""
    if claim.done_at is not None:
        return [(f"✓ done by {safe(claim.done_by)}, {full_time(claim.done_at)}", "good")]
    return [(f"Claimed by @{safe(claim.operator)}, {full_time(claim.claimed_at)}", "accent")]


def _whose(message: InboxMessage) -> str:
    return f"the message from {safe(message.callback.number[:40]) or 'an unknown sender'}"


class Claiming:
    """The conversations behind the keys. Each returns at once.

    `seen` is the claim that stands on the screen: where it changed meanwhile nothing is done, and that is told. Whether
    anything may be changed here is asked before, where the key is taken (`console.ui.keys.actions`).
    """

    def __init__(self, widget: Widget, backend: Backend) -> None:
        """`widget` is any that stays on its screen for as long as this is in use."""
        self._widget = widget
        self._backend = backend

    def toggle(self, message: InboxMessage, seen: Claim | None) -> None:
        """Claim a message; leave it to others where it is the operator's own; take it over where it is another's."""
        me, entry, whose = self._backend.operator(), message.id, _whose(message)

        def claim() -> Future[Claim | None]:
            return self._backend.claims.claim(entry, me, seen=seen)

        if seen is None:
            self._do(claim)
        elif seen.done_at is not None:
            if self._is_mine(seen.done_by):
                self._do(claim)
            else:
                self._ask(Question.TAKE_UP, f"{safe(seen.done_by)} marked {whose} done. Reopen it?", claim)
        elif self._is_mine(seen.operator):
            self._do(lambda: self._backend.claims.release(entry, me, seen=seen))
        else:
            self._ask(Question.TAKE_OVER, f"{safe(seen.operator)} has claimed {whose}. Take it over?", claim)

    def finish(self, message: InboxMessage, seen: Claim | None) -> None:
        """Say that a message is done with."""
        me, entry, whose = self._backend.operator(), message.id, _whose(message)

        def done() -> Future[Claim | None]:
            return self._backend.claims.done(entry, me, seen=seen)

        if seen is not None and seen.done_at is not None:
            self._widget.notify(
                f"Already done by {safe(seen.done_by)}; Claim reopens it.",
                severity="warning",
                markup=False,
            )
        elif seen is None or self._is_mine(seen.operator):
            self._do(done)
        else:
            self._ask(Question.DONE, f"{safe(seen.operator)} has claimed {whose}. Mark it done anyway?", done)

    def _is_mine(self, operator: str) -> bool:
        return user_of(operator) == user_of(self._backend.operator())

    def _ask(self, question: Question, words: str, act: Callable[[], Future[Claim | None]]) -> None:
        from console.ui.kit.dialogs import ConfirmScreen

        def go(confirmed: bool | None) -> None:
            if confirmed:
                self._do(act)

        self._widget.app.push_screen(ConfirmScreen(question, words), go)

    def _do(self, act: Callable[[], Future[Claim | None]]) -> None:
        # The application's own work: a screen that is left takes its workers with it, and a write is not called back.
        self._widget.app.run_worker(self._done(act), exit_on_error=False)

    async def _done(self, act: Callable[[], Future[Claim | None]]) -> None:
        with explained(self._widget):
            claim = await asyncio.wrap_future(act())
            if claim is None or self._is_mine(claim.done_by or claim.operator):
                return
            state = "marked it done" if claim.done_at is not None else "claimed it"
            self._widget.notify(
                f"Nothing was changed: {safe(claim.done_by or claim.operator)} {state} a moment ago.",
                severity="warning",
                markup=False,
            )


class ClaimKeys:
    """Claim and Done, for a pane or a screen that says which message is meant."""

    claiming: Claiming

    @abstractmethod
    def to_look_after(self) -> tuple[InboxMessage, Claim | None] | None:
        """The message that is meant, and its claim as it stands on the screen; None where there is none."""

    def action_claim_entry(self) -> None:
        if meant := self.to_look_after():
            self.claiming.toggle(*meant)

    def action_finish_entry(self) -> None:
        if meant := self.to_look_after():
            self.claiming.finish(*meant)
