"""Looking after messages: claimed, left to others, done with. What another looks after is asked about first."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from typing import TYPE_CHECKING, NamedTuple

from console.domain.audit import Deed, user_of
from console.protocol.text.safe import safe
from console.ui.keys.keymap import keymap_of
from console.ui.kit.explain import explained
from console.ui.kit.format import count, full_time, plural
from console.ui.kit.marks import named, share
from console.ui.kit.questions import Question

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    from textual.widget import Widget

    from console.domain.backend import Backend
    from console.domain.messages import Claim, Claimed, InboxMessage
    from console.ui.kit.format import Cells
    from console.ui.kit.marks import Share


def claim_line(claim: Claim) -> Cells:
    """`Claimed by @alice, …`, or `✓ done by alice, …`."""
    if claim.done_at is not None:
        return [(f"✓ done by {safe(claim.done_by)}, {full_time(claim.done_at)}", "good")]
    return [(f"Claimed by @{safe(claim.operator)}, {full_time(claim.claimed_at)}", "accent")]


def _whose(message: InboxMessage) -> str:
    return f"the message from {safe(message.callback.number[:40]) or 'an unknown sender'}"


class ForAll(NamedTuple):
    """What a key does to many messages: the same to each."""

    deed: Deed
    share: Share[int]
    """By entry."""
    of_others: tuple[str, ...] = ()
    """Who looks after those of them that are a colleague's, or has done with them; each once."""
    number_of_others: int = 0


def for_all(wanted: Deed, claims: Mapping[int, Claim | None], me: str) -> ForAll:
    """Of these claims, each as it is seen now. Claim claims what is open; where all of that is one's own already it is
    released, and where nothing is open all is taken up again. Pure.
    """

    def is_mine(claim: Claim | None) -> bool:
        return claim is not None and user_of(claim.done_by or claim.operator) == user_of(me)

    deed = wanted
    still_open = [claim for claim in claims.values() if claim is None or claim.done_at is None]
    if wanted is Deed.CLAIM and still_open and all(map(is_mine, still_open)):
        deed = Deed.RELEASE

    def why_not(entry: int) -> str:
        claim = claims[entry]
        if claim is not None and claim.done_at is not None:
            return "done already" if still_open or deed is Deed.DONE else ""
        return "yours already" if deed is Deed.CLAIM and is_mine(claim) else ""

    found = share(claims, why_not)
    others = [claim for entry in found.taken if (claim := claims[entry]) is not None and not is_mine(claim)]
    whose = tuple(dict.fromkeys(user_of(claim.done_by or claim.operator) for claim in others))
    return ForAll(deed, found, whose, len(others))


_ALL_DID = {Deed.CLAIM: "claimed", Deed.DONE: "done", Deed.RELEASE: "released"}
_ALL_ASK = {Deed.CLAIM: "Claim {}", Deed.DONE: "Mark {} as done"}


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

    def change_all(self, wanted: Deed, seen: Mapping[int, Claim | None]) -> None:
        """Claim or finish all of these, as `for_all` says. What is a colleague's is asked about once, for all."""
        from console.ui.kit.dialogs import ConfirmScreen

        plan = for_all(wanted, seen, self._backend.operator())
        number = len(plan.share.taken)
        if not number:
            left = plan.share.left_words
            self._widget.notify(f"Nothing to do: {left or 'they are gone'}.", severity="warning", markup=False)
            return
        claims = {entry: seen[entry] for entry in plan.share.taken}

        def go(confirmed: bool | None) -> None:
            if confirmed:
                self._widget.app.run_worker(self._changed_all(plan, claims), exit_on_error=False)

        if not plan.number_of_others:
            go(True)
            return
        few, whose = plan.number_of_others, safe(named(plan.of_others))
        asked = _ALL_ASK[plan.deed].format(plural(number, "message"))
        words = f"{asked}? {count(few)} of them {'is' if few == 1 else 'are'} claimed or done by {whose}."
        question = Question.DONE if plan.deed is Deed.DONE else Question.TAKE_OVER
        self._widget.app.push_screen(ConfirmScreen(question, words), go)

    async def _changed_all(self, plan: ForAll, claims: Mapping[int, Claim | None]) -> None:
        with explained(self._widget):
            change = self._backend.claims.change_all(plan.deed, claims, self._backend.operator())
            came_to = await asyncio.wrap_future(change)
            undo = f" {keymap_of(self._widget).name('app.undo')} undoes that." if came_to.changed else ""
            self._widget.app.notify(f"{all_words(plan, came_to)}{undo}", markup=False)

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


def all_words(plan: ForAll, came_to: Claimed) -> str:
    """`11 messages done. Left out: 1 yours already.`, and what could not be. Safe."""
    words = f"{plural(came_to.changed, 'message')} {_ALL_DID[plan.deed]}."
    if came_to.others:
        by = named(dict.fromkeys(user_of(claim.done_by or claim.operator) for claim in came_to.others))
        words += f" {count(len(came_to.others))} could not be: {safe(by)} changed that a moment ago."
    if gone := len(plan.share.taken) - came_to.changed - len(came_to.others):
        words += f" {count(gone)} {'is' if gone == 1 else 'are'} so already, or gone."
    return f"{words} Left out: {plan.share.left_words}." if plan.share.left else words


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
