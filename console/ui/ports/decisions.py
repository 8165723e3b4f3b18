"""What a person does to a port: refused with the reason, asked about, done, and what came of it told."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from typing import TYPE_CHECKING

from textual.content import Content

from console.errors import ConsoleError, OutcomeUnknown
from console.protocol.dialects import acts
from console.protocol.dialects.dialect import Lack, needed
from console.protocol.dialects.known import DIALECTS
from console.protocol.text.safe import safe, safe_lines
from console.ui.keys.keymap import keymap_of
from console.ui.kit.explain import explained
from console.ui.kit.format import plural
from console.ui.kit.marks import named, share
from console.ui.kit.questions import Question
from console.ui.ports.facts import state_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from concurrent.futures import Future

    from textual.widget import Widget

    from console.domain.backend import Backend
    from console.domain.clock import Clock
    from console.protocol.dialects.acts import Power, Verdict
    from console.protocol.dialects.dialect import Dialect, PortAct
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
_MEANS_ALL: dict[Power, str] = {
    "reset": "Messages they are sending may be lost, and each is out of service until it registers again.",
    "off": "Messages they are sending may be lost, and none sends or receives until switched on.",
    "on": "They will register with the network.",
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

    def power(self, ports: Sequence[PortFacts]) -> None:
        """Let the operator choose between on, off and reset, ask again, and do it to all of these."""
        from console.ui.kit.dialogs import ChooseScreen

        allowed = self._allowed(ports, lambda dialect: dialect.power)
        if not allowed:
            return

        def ask(what: Power | None) -> None:
            if what is not None:
                self._ask_power(allowed, what)

        self._widget.app.push_screen(ChooseScreen(f"Power: {ports_words(allowed)}", _POWERS), ask)

    def reset(self, ports: Sequence[PortFacts]) -> None:
        """Ask whether it is meant, and do it to all of these."""
        if allowed := self._allowed(ports, lambda dialect: dialect.power):
            self._ask_power(allowed, "reset")

    def _ask_power(self, ports: Sequence[PortFacts], what: Power) -> None:
        verb = "Reset" if what == "reset" else f"Switch {what}"
        if len(ports) > 1:
            question = f"{verb} {ports_words(ports)}? {_MEANS_ALL[what]}"
            self._confirm(_ASKED[what], question, lambda: self._run(self._power_all(ports, what)))
            return
        (facts,) = ports
        state = state_of(facts, self._clock.time())
        port = f"{_name(facts)} ({' '.join(f'{facts.port.report.operator} {state.words}'.split())})"
        gateway, number = facts.key
        self._confirm(
            _ASKED[what],
            f"{verb} {port}? {_MEANS[what]}",
            lambda: self._do(
                f"Power {what}, {_name(facts)}", lambda: self._backend.gateway_acts.power(gateway, number, what)
            ),
        )

    async def _power_all(self, ports: Sequence[PortFacts], what: Power) -> None:
        """One after the other: a gateway is not asked for all of it at the same moment."""
        self._tell(f"Power {what} of {plural(len(ports), 'port')} is under way.")
        lines: list[str] = []
        done = 0
        for facts in ports:
            try:
                words = await asyncio.wrap_future(self._backend.gateway_acts.power(*facts.key, what))
            except ConsoleError as error:
                lines.append(f"{_name(facts)}: {_not_done(error)}")
            else:
                done += 1
                lines.append(f"{_name(facts)}: {words or 'done'}")
        if done == len(ports):
            self._tell(f"Power {what} of {ports_words(ports)}: done.")
        else:
            self._show(f"Power {what}: {done} of {plural(len(ports), 'port')}", "\n".join(lines))

    def at_command(self, facts: PortFacts, begun: str = "") -> None:
        """Ask for an AT command, of which `begun` is there; ask whether it is meant, send it and show the answer."""
        from console.ui.kit.dialogs import AskScreen

        if not self._allowed([facts], lambda dialect: dialect.at):
            return
        gateway, number = facts.key
        act = needed(self._dialect_of(gateway).at)

        def check(command: str | None) -> None:
            if not command:
                return
            if command.upper().startswith("ATAT"):  # the AT that stood there, and the one that was typed
                command = command[2:]
            with explained(self._widget):
                act.line(number, command)
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

    def lock_out(self, ports: Sequence[PortFacts]) -> None:
        """Lock them out of `auto` and port sets from now on; where all of them are, let them in again."""
        lock = not all(facts.locked_out for facts in ports)
        taken = [facts for facts in ports if facts.locked_out is not lock]
        names = ports_words(taken)
        if lock:
            them = "it" if len(taken) == 1 else "them"
            question = f"Lock {names} out of auto and port sets? You can still choose {them} by number."
        else:
            by = named(dict.fromkeys(facts.note.operator for facts in taken if facts.note is not None))
            question = f"Unlock {names} for automatic selection? Locked out by {by}."
        keys = [facts.key for facts in taken]
        asked = Question.LEAVE_OUT if lock else Question.LET_IN
        self._confirm(asked, question, lambda: self._run(self._lock(keys, names, lock)))

    async def _lock(self, keys: list[tuple[str, int]], names: str, lock: bool) -> None:
        with explained(self._widget):
            notes, me = self._backend.port_notes, self._backend.operator()
            await asyncio.wrap_future(notes.lock_all(keys, lock, me))
            words = "locked out of auto" if lock else "unlocked"
            self._tell(f"{names}: {words}. {keymap_of(self._widget).name('app.undo')} undoes that.")

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

    def may_ask_network(self, facts: PortFacts) -> bool:
        """Whether codes can be sent through it at all; where not, that is told."""
        lack = self._dialect_of(facts.gateway).ussd
        if isinstance(lack, Lack):
            self._widget.notify(safe(str(lack)), severity="warning", markup=False)
        return not isinstance(lack, Lack)

    def _dialect_of(self, gateway: str) -> Dialect:
        """Of a gateway that is gone the usual one: the act itself says that it is."""
        names = {one.name: one.dialect for one in self._backend.gateways()}
        return DIALECTS[names.get(gateway, "openvox")]

    def _allowed(
        self, ports: Sequence[PortFacts], wanted: Callable[[Dialect], PortAct[Verdict] | Lack]
    ) -> Sequence[PortFacts]:
        """Those of them to which that can be done now; of the others it is told why not."""
        gateways = {gateway.name: gateway for gateway in self._backend.gateways()}

        def why_not(facts: PortFacts) -> str:
            gateway = gateways.get(facts.gateway)
            if gateway is None:
                return f"there is no gateway {facts.gateway} any more"
            act = wanted(DIALECTS[gateway.dialect])
            return str(act).rstrip(".") if isinstance(act, Lack) else acts.refusal(gateway)

        found = share(ports, why_not)
        if found.left:
            reasons = "; ".join(why for why, _ in found.left)
            which = f" of {plural(found.number - len(found.taken), 'port')}" if found.taken else ""
            self._widget.notify(f"Not possible{which}: {safe(reasons)}.", severity="warning", markup=False)
        return found.taken

    def _confirm(self, question: Question, words: str, act: Callable[[], None]) -> None:
        from console.ui.kit.dialogs import ConfirmScreen

        def go(confirmed: bool | None) -> None:
            if confirmed:
                act()

        self._widget.app.push_screen(ConfirmScreen(question, safe(words)), go)

    async def _keep_note(self, facts: PortFacts, note: str, locked: bool) -> None:
        with explained(self._widget):
            await asyncio.wrap_future(self._backend.port_notes.set(*facts.key, note, locked, self._backend.operator()))
            self._tell(f"{_name(facts)}: {'note saved' if note else 'note deleted'}.")

    def _do(self, title: str, act: Callable[[], Future[str]]) -> None:
        self._run(self._done(title, act))

    async def _done(self, title: str, act: Callable[[], Future[str]]) -> None:
        try:
            words = await asyncio.wrap_future(act())
        except ConsoleError as error:
            self._show(title, _not_done(error))
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
    def marked_ports(self) -> Sequence[PortFacts]:
        """Those that are marked."""
        return ()

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
        if (facts := self._meant(words)) and self.decisions.may_ask_network(facts):
            self.ask_network(facts, _behind(words))

    def action_power_port(self, words: str = "") -> None:
        if ports := self._all_meant(words):
            self.decisions.power(ports)

    def action_reset_port(self, words: str = "") -> None:
        if ports := self._all_meant(words):
            self.decisions.reset(ports)

    def action_at_command(self, words: str = "") -> None:
        if facts := self._meant(words):
            self.decisions.at_command(facts, _behind(words))

    def action_lock_out(self, words: str = "") -> None:
        if ports := self._all_meant(words):
            self.decisions.lock_out(ports)

    def action_note_port(self, words: str = "") -> None:
        if facts := self._meant(words):
            self.decisions.note_port(facts, _behind(words))

    def _all_meant(self, words: str) -> Sequence[PortFacts]:
        """Those that are marked, unless a command names one."""
        if not words and (marked := self.marked_ports):
            return marked
        facts = self._meant(words)
        return [] if facts is None else [facts]

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


def _not_done(error: ConsoleError) -> str:
    if isinstance(error, OutcomeUnknown):
        return f"? {error}\n{error.hint}"
    return f"✗ Not done: {acts.error_words(error)}"


def ports_words(ports: Sequence[PortFacts]) -> str:
    """`gw1 port 3`; of several all are named: `3 ports: gw1 2, 5 and 7; gw2 1`."""
    if len(ports) == 1:
        return _name(ports[0])
    gateways: dict[str, list[str]] = {}
    for facts in ports:
        gateways.setdefault(facts.gateway, []).append(str(facts.port.port))
    which = "; ".join(f"{gateway} {named(numbers, len(ports))}" for gateway, numbers in gateways.items())
    return f"{plural(len(ports), 'port')}: {which}"


def _name(facts: PortFacts) -> str:
    return f"{facts.gateway} port {facts.port.port}"
