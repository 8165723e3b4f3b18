"""What a person does to a port: refused with the reason, asked about, done, and what came of it told."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from typing import TYPE_CHECKING

from textual.content import Content

from console.errors import ConsoleError, OutcomeUnknown
from console.protocol.openvox import port_acts
from console.protocol.text.safe import safe, safe_lines
from console.ui.keys.keymap import keymap_of
from console.ui.kit.explain import explained
from console.ui.kit.questions import Question
from console.ui.ports.facts import state_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from concurrent.futures import Future

    from textual.widget import Widget

    from console.domain.backend import Backend
    from console.domain.clock import Clock
    from console.protocol.openvox.port_acts import Power
    from console.ui.ports.facts import PortFacts

_POWERS: tuple[tuple[str, Power], ...] = (
    ("Reset the module", "reset"),
    ("Switch it off", "off"),
    ("Switch it on", "on"),
)
_MEANS: dict[Power, str] = {
    "reset": "A message it is sending may be lost, and it is out of service until it registers again.",
    "off": "A message it is sending may be lost, and it neither sends nor receives until switched on.",
    "on": "It will register with the network.",
}
_ASKED: dict[Power, Question] = {"reset": Question.RESET, "off": Question.SWITCH_OFF, "on": Question.SWITCH_ON}
_LONG = 15.0
"""Seconds that an answer stays on the screen."""


class PortDecisions:
    """The conversations behind the keys of a port. Each returns at once.

    Whether anything may be changed here at all is asked before, where the key is taken (`console.ui.keys.actions`).
    """

    def __init__(self, widget: Widget, backend: Backend, clock: Clock) -> None:
        """`widget` is any that stays on its screen for as long as these are in use."""
        self._widget = widget
        self._backend = backend
        self._clock = clock

    def power(self, facts: PortFacts) -> None:
        """Let the operator choose between on, off and reset, ask again, and do it."""
        from console.ui.kit.dialogs import ChooseScreen

        if self._is_refused(facts):
            return

        def ask(what: Power | None) -> None:
            if what is not None:
                self._ask_power(facts, what)

        self._widget.app.push_screen(ChooseScreen(f"Power: {_name(facts)}", _POWERS), ask)

    def reset(self, facts: PortFacts) -> None:
        """Ask whether it is meant, and do it."""
        if not self._is_refused(facts):
            self._ask_power(facts, "reset")

    def _ask_power(self, facts: PortFacts, what: Power) -> None:
        state = state_of(facts, self._clock.time())
        port = f"{_name(facts)} ({' '.join(f'{facts.port.report.operator} {state.words}'.split())})"
        verb = "Reset" if what == "reset" else f"Switch {what}"
        gateway, number = facts.key
        self._confirm(
            _ASKED[what],
            f"{verb} {port}? {_MEANS[what]}",
            lambda: self._do(
                f"Power {what}, {_name(facts)}", lambda: self._backend.gateway_acts.power(gateway, number, what)
            ),
        )

    def at_command(self, facts: PortFacts, begun: str = "") -> None:
        """Ask for an AT command, of which `begun` is there; ask whether it is meant, send it and show the answer."""
        from console.ui.kit.dialogs import AskScreen

        if self._is_refused(facts):
            return
        gateway, number = facts.key

        def check(command: str | None) -> None:
            if not command:
                return
            if command.upper().startswith("ATAT"):  # the AT that stood there, and the one that was typed
                command = command[2:]
            with explained(self._widget):
                port_acts.at_line(number, command)
                question = (
                    f"Send {safe(command)} to the module in {_name(facts)}? It may change the module, or cost money."
                )
                title = f"{command} on {_name(facts)}"
                self._confirm(
                    Question.AT,
                    question,
                    lambda: self._do(title, lambda: self._backend.gateway_acts.at(gateway, number, command)),
                )

        remark = "Sent to the module unchanged. It is recorded in the audit, and visible on the gateway's page."
        screen = AskScreen(f"AT command for {_name(facts)}", begun or "AT", placeholder="AT+CSQ", remark=remark)
        self._widget.app.push_screen(screen, check)

    def lock_out(self, facts: PortFacts) -> None:
        """Leave the port out of `auto` and sets from now on, or let it in again."""
        name, locked = _name(facts), facts.locked_out
        if locked:
            assert facts.note is not None, "it is locked out"
            question = f"Unlock {name} for automatic selection? {facts.note.operator} locked it out."
        else:
            question = f"Lock {name} out of auto and port sets? You can still choose it by number."
        asked = Question.LET_IN if locked else Question.LEAVE_OUT
        self._confirm(asked, question, lambda: self._keep(facts, locked=not locked))

    def note_port(self, facts: PortFacts, begun: str = "") -> None:
        """Ask for a note to colleagues; `begun` is in the place of the one that is there."""
        from console.ui.kit.dialogs import AskScreen

        def keep(note: str | None) -> None:
            if note is not None:
                self._run(self._keep_note(facts, note, facts.locked_out))

        before = begun or (facts.note.note if facts.note is not None else "")
        remark = f"Visible to all users of this database, signed {self._backend.operator()}. Leave empty to delete."
        self._widget.app.push_screen(AskScreen(f"Note on {_name(facts)}", before, remark=remark), keep)

    def tell_none(self, wanted: str = "") -> None:
        """There is no port to do it to; none that is looked for, where there are words for it."""
        key = keymap_of(self._widget).name("search.end")
        words = f"No port matches {safe(wanted)}: {key} shows all." if wanted else "No port is known yet."
        self._widget.notify(words, severity="warning", markup=False)

    # ---- how it goes on -------------------------------------------------------------------------------------

    def _is_refused(self, facts: PortFacts) -> bool:
        gateway = next((one for one in self._backend.gateways() if one.name == facts.gateway), None)
        words = port_acts.refusal(gateway) if gateway is not None else f"there is no gateway {facts.gateway} any more"
        if words:
            self._widget.notify(f"Not possible: {safe(words)}.", severity="warning", markup=False)
        return bool(words)

    def _confirm(self, question: Question, words: str, act: Callable[[], None]) -> None:
        from console.ui.kit.dialogs import ConfirmScreen

        def go(confirmed: bool | None) -> None:
            if confirmed:
                act()

        self._widget.app.push_screen(ConfirmScreen(question, safe(words)), go)

    def _keep(self, facts: PortFacts, *, locked: bool) -> None:
        note = facts.note.note if facts.note is not None else ""
        self._run(self._keep_note(facts, note, locked))

    async def _keep_note(self, facts: PortFacts, note: str, locked: bool) -> None:
        with explained(self._widget):
            await asyncio.wrap_future(self._backend.port_notes.set(*facts.key, note, locked, self._backend.operator()))
            words = "locked out of auto" if locked else "unlocked"
            if locked != facts.locked_out:
                self._tell(f"{_name(facts)} is now {words}.")
            else:
                self._tell(f"{_name(facts)}: {'note saved' if note else 'note deleted'}.")

    def _do(self, title: str, act: Callable[[], Future[str]]) -> None:
        self._run(self._done(title, act))

    async def _done(self, title: str, act: Callable[[], Future[str]]) -> None:
        try:
            words = await asyncio.wrap_future(act())
        except OutcomeUnknown as error:
            self._show(title, f"? {error}\n{error.hint}")
        except ConsoleError as error:
            self._show(title, f"✗ Not done: {port_acts.error_words(error)}")
        else:
            self._show(title, words or "done (no output)")

    def _show(self, title: str, words: str) -> None:
        """Over the screen that it was asked on; in a toast where the operator has gone elsewhere."""
        from console.ui.context.detail import DetailScreen

        app = self._widget.app
        lines = safe_lines(words)
        if app.screen is self._widget.screen:
            app.push_screen(DetailScreen(title, Content("\n".join(lines))))
        else:
            app.notify("\n".join([safe(title), *lines[:5]]), timeout=_LONG, markup=False)

    def _tell(self, words: str) -> None:
        self._widget.app.notify(safe(words), markup=False)

    def _run(self, work: Coroutine[object, object, None]) -> None:
        # The application's own work: a screen that is left takes its workers with it.
        self._widget.app.run_worker(work, exit_on_error=False)


class PortKeys:
    """The keys that do something to one port, for whatever widget shows it."""

    decisions: PortDecisions

    @property
    @abstractmethod
    def chosen(self) -> PortFacts | None:
        """The port that is meant; None where there is none."""

    @property
    def looked_for(self) -> str:
        """The words that ports are looked for by; empty: all are shown."""
        return ""

    @abstractmethod
    def ask_network(self, facts: PortFacts, begun: str = "") -> None:
        """Show what the network can be asked through the port; the code `begun` stands in the line."""

    @abstractmethod
    def choose_port(self, word: str) -> bool:
        """Go to the port that a command names; whether it is that one now. Where it is not, that is told."""

    # What follows a command: the port, and what is to be done to it. A key says nothing: the one under the cursor.

    def action_ussd(self, words: str = "") -> None:
        if facts := self._meant(words):
            self.ask_network(facts, _behind(words))

    def action_power_port(self, words: str = "") -> None:
        if facts := self._meant(words):
            self.decisions.power(facts)

    def action_reset_port(self, words: str = "") -> None:
        if facts := self._meant(words):
            self.decisions.reset(facts)

    def action_at_command(self, words: str = "") -> None:
        if facts := self._meant(words):
            self.decisions.at_command(facts, _behind(words))

    def action_lock_out(self, words: str = "") -> None:
        if facts := self._meant(words):
            self.decisions.lock_out(facts)

    def action_note_port(self, words: str = "") -> None:
        if facts := self._meant(words):
            self.decisions.note_port(facts, _behind(words))

    def _meant(self, words: str) -> PortFacts | None:
        if words and not self.choose_port(words.partition(" ")[0]):
            return None
        facts = self.chosen
        if facts is None:
            self.decisions.tell_none(self.looked_for)
        return facts


def _behind(words: str) -> str:
    """What stands behind the port."""
    return words.partition(" ")[2].strip()


def _name(facts: PortFacts) -> str:
    return f"{facts.gateway} port {facts.port.port}"
