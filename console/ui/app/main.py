"""The one screen: what its keys do, and what opens from its panes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.domain.figures import By
from console.domain.messages import InboxMessage
from console.domain.rules import About
from console.protocol.query.counting import countable
from console.protocol.query.inbox import INBOX
from console.protocol.query.outbox import OUTBOX
from console.protocol.sms.recipients import is_diallable
from console.protocol.text.safe import safe
from console.terminal.appearance import THEMES
from console.ui.app.panes import PanesScreen
from console.ui.context.contact_names import known_name
from console.ui.context.correspondent import Correspondent, ThreadWanted
from console.ui.context.undoing import undo_last
from console.ui.kit.explain import explained
from console.ui.kit.format import plural
from console.ui.kit.pane import Searchable
from console.ui.kit.questions import Question

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from console.domain.alarms import Alarm
    from console.domain.messages import OutboxMessage
    from console.domain.rules import Happening
    from console.protocol.query.table import Table
    from console.ui.ami.pane import AmiPane
    from console.ui.inbox.pane import InboxPane
    from console.ui.outbox.pane import OutboxPane
    from console.ui.ports.grid import PortGrid
    from console.ui.ports.pane import PortsPane


ALL_WORD = "all"
"""What is typed for all gateways, all messages, all alarms."""


_TABLES: dict[str, Table[Any]] = {INBOX.name: INBOX, OUTBOX.name: OUTBOX}
"""Lists whose values can be counted."""


class MainScreen(PanesScreen):
    """Goes from pane to pane, and opens what needs more room than a pane."""

    def action_new(self) -> None:
        self.compose_pane.form.start_anew()
        self.action_pane("compose")

    def action_receiver(self) -> None:
        from console.ui.context.detail import UNMATCHED, calls_detail

        with explained(self):
            store = self._sources.store
            self.app.push_screen(calls_detail(self._sources.backend.receiver(), store.unmatched(0, UNMATCHED)))

    def action_alarms(self) -> None:
        from console.ui.alarms.screen import AlarmsScreen

        s = self._sources
        self.app.push_screen(AlarmsScreen(s.store, s.clock, s.backend, go_to=self._go_to_alarm))

    def action_rules(self) -> None:
        from console.ui.rules.screen import RulesScreen

        s = self._sources
        self.app.push_screen(RulesScreen(s.store, s.clock, s.backend, go_to=self._go_to_happening))

    def action_figures(self, by: str = By.DAY.value) -> None:
        from console.ui.figures.screen import FiguresScreen

        s = self._sources
        prices = {
            gateway.name: (gateway.price_per_segment, gateway.currency)
            for gateway in self._gateways.all()
            if gateway.price_per_segment is not None
        }
        within = self._gateways.chosen
        self.app.push_screen(
            FiguresScreen(s.store, s.clock, By(by), prices=prices, within=within, go_to=self._go_to_sent)
        )

    def _go_to_sent(self, line: str) -> None:
        """To the messages of the outbox that a line asks for."""
        self.action_pane("outbox")
        self.outbox_pane.look_at(line)

    def _go_to_happening(self, happening: Happening) -> None:
        """To the conversation with who wrote or was written to, to what the alarm is about, or to the SIM's port."""
        store, thing = self._sources.store, happening.thing
        with explained(self):
            match happening.about:
                case About.SMS:
                    messages: Iterable[InboxMessage | OutboxMessage] = store.inbox_messages([thing])
                case About.RESULT:
                    messages = filter(None, [store.outbox_message(thing)])
                case About.ALARM:
                    for alarm in store.alarms.with_ids([thing]):
                        self._go_to_alarm(alarm)
                    return
                case About.SIM:
                    self._go_to_port(happening.gateway, thing)
                    return
            for message in messages:
                self.post_message(ThreadWanted(Correspondent.of(message, store.regions)))

    def action_next_alarm(self) -> None:
        if alarm := self._alarms.next():
            self._go_to_alarm(alarm)
        else:
            self.notify("Nothing is wrong.")

    def _go_to_alarm(self, alarm: Alarm) -> None:
        """To what it is about: a port, a gateway's AMI link, or the receiver."""
        if alarm.port:
            self._go_to_port(alarm.gateway, alarm.port)
        elif alarm.gateway:
            self._see_gateway(alarm.gateway)
            self.action_pane("ami")
        else:
            self.action_receiver()

    def _go_to_port(self, gateway: str, port: int) -> None:
        self._see_gateway(gateway)
        self.action_pane("ports")
        self.ports_pane.go_to(gateway, port)

    def _see_gateway(self, name: str) -> None:
        if not self._gateways.shows(name):
            self.action_gateway(name)

    # ---- one gateway, or all --------------------------------------------------------------------------------

    def action_step_gateway(self, by: int) -> None:
        if self._gateways.several:
            self.action_gateway(self._gateways.after(by))
        else:
            self.notify("There is only one gateway.")

    def action_gateway(self, name: str) -> None:
        """Show one gateway alone, or all of them."""
        self._gateways.choose("" if name == ALL_WORD else name)
        self.compose_pane.form.prefer(self._gateways.chosen)
        self.inbox_pane.show_chosen()
        self.outbox_pane.show_chosen()
        self.ami_pane.show_chosen()
        self.sync()

    def values(self, kind: str) -> Sequence[str]:
        """What a command may be done to, by what it takes; nothing where that is for the operator to word."""
        match kind:
            case "PORT":
                return tuple(self._gateways.ports())
            case "GATEWAY":
                return (ALL_WORD, *(gateway.name for gateway in self._gateways.all()))
            case "VIEW":
                with explained(self):
                    return (ALL_WORD, *(view.name for view in self._sources.store.views.all(self._list_here)))
            case "THEME":
                return THEMES
            case "BY":
                return tuple(each.value for each in By)
            case "FIELD":
                return tuple(field.name for field in countable(_TABLES.get(self._list_here, INBOX)))
            case "ALL":
                return (ALL_WORD,)
            case "ROWS":
                return (ALL_WORD, "range")
        return ()

    @property
    def _list_here(self) -> str:
        """The list that has the focus, by the name of its table; the inbox where none has."""
        around = [] if self.focused is None else self.focused.ancestors_with_self
        return next((pane.line.table.name for pane in around if isinstance(pane, Searchable)), "inbox")

    def action_undo(self) -> None:
        undo_last(self, self._sources.backend)

    def action_reconnect(self) -> None:
        for gateway in self._gateways.shown():
            self._sources.backend.gateway_acts.reconnect(gateway.name)

    def action_quit(self) -> None:
        from console.ui.kit.dialogs import ConfirmScreen

        if isinstance(self.app.screen, ConfirmScreen):
            return
        question, receiver = "Quit the console?", self._sources.backend.receiver()
        if receiver.next:
            question += f" {safe(' or '.join(receiver.next))} takes over receiving."
        elif not receiver.by:
            question += " Until you start it again nothing receives, and the gateway does not repeat its calls."
        if unsent := self.compose_pane.form.unsent:
            question += f" {plural(unsent, 'draft is', 'drafts are')} not sent and will be lost."

        def leave(confirmed: bool | None) -> None:
            if confirmed:
                self.app.exit()

        self.app.push_screen(ConfirmScreen(Question.LEAVE, question), leave)

    def on_compose_pane_entered(self) -> None:
        if self.active != "compose":
            self.action_pane("compose")

    def on_compose_pane_left(self) -> None:
        self.action_pane(self._before_compose)

    def on_inbox_pane_reply(self, event: InboxPane.Reply) -> None:
        self._answer(event.message)

    def _answer(self, message: InboxMessage | OutboxMessage) -> None:
        """Write to the other party of a message."""
        self._come_to_front()
        received = message if isinstance(message, InboxMessage) else None
        if received is not None:
            self._sources.mark_read(received)
        self._reply_to(Correspondent.of(message, self._sources.store.regions), received)

    def _reply_to(self, who: Correspondent, answers: InboxMessage | None = None) -> None:
        if not is_diallable(who.number):
            sender = safe(who.number) or "An unknown sender"
            self.notify(f"{sender} takes no replies: that is a name, not a number.", severity="warning", markup=False)
            return
        self.action_pane("compose")
        self.compose_pane.write_to(who.number, gateway=who.gateway, port=who.port, answers=answers)

    def on_thread_wanted(self, event: ThreadWanted) -> None:
        from console.ui.thread.screen import Desk, ThreadScreen

        if not event.correspondent.number.strip():
            self.notify("There is no number to show a conversation with.", severity="warning")
            return
        s, form = self._sources, self.compose_pane.form
        desk = Desk(s.store, s.clock, s.backend, s.sending, s.mark_read, self._reply_to, form.kept.keep, form.kept.take)
        self.app.push_screen(ThreadScreen(event.correspondent, desk, within=self._gateways.chosen))

    def on_outbox_pane_again(self, event: OutboxPane.Again) -> None:
        self._come_to_front()
        self.action_pane("compose")
        self.compose_pane.write_again(event.message)

    def on_inbox_pane_opened(self, event: InboxPane.Opened) -> None:
        self._open_message(event.message)

    def _come_to_front(self) -> None:
        """Leave what was opened over this screen."""
        while self.app.screen is not self:
            self.app.pop_screen()

    def _open_message(self, message: InboxMessage | OutboxMessage) -> None:
        """The message whole, received or sent."""
        from console.ui.context.detail import inbox_detail

        if not isinstance(message, InboxMessage):
            self.outbox_pane.open_message(message)
            return
        self._sources.mark_read(message)
        with explained(self):
            calls = self._sources.store.callbacks_of(message.id)
            called = known_name(self._sources.store, message.callback.number, message.gateway)
            self.app.push_screen(inbox_detail(message, calls, called))

    def on_ami_pane_opened(self, event: AmiPane.Opened) -> None:
        from console.ui.context.detail import log_detail

        self.app.push_screen(log_detail(event.record))

    def on_ports_pane_ussd_wanted(self, event: PortsPane.UssdWanted) -> None:
        from console.ui.ports.ussd import UssdScreen

        s = self._sources
        self.app.push_screen(UssdScreen(s.backend, s.store, s.clock, event.gateway, event.port, event.begun))

    def on_port_grid_opened(self, event: PortGrid.Opened) -> None:
        from console.ui.ports.screen import PortScreen

        s = self._sources
        self.app.push_screen(
            PortScreen(
                s.backend,
                s.store,
                s.log,
                s.clock,
                event.facts,
                open_message=self._open_message,
                reply=self._answer,
            )
        )
