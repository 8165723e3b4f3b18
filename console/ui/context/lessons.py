"""What an empty pane says: why nothing is there, and what to do next. Pure; texts are safe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.content import Content
from textual.widgets import Static

from console.domain.link import LinkPhase
from console.protocol.dialects.known import DIALECTS
from console.protocol.text.safe import safe
from console.ui.context.gateway_chips import LINK
from console.ui.keys.keymap import keymap_of
from console.ui.kit.format import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from console.domain.backend import Backend
    from console.domain.link import GatewaySnapshot, ReceiverStatus
    from console.ui.keys.keymap import Keymap


class Lesson(Static):
    """A few lines of safe text, drawn only when they change."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes="lesson")
        self._words = ""

    def teach(self, words: str) -> None:
        if words != self._words:
            self._words = words
            self.update(Content(words))


class InboxLesson(Lesson):
    """What to type on the gateway's page, found out aside: it may take a look at the network."""

    def __init__(self, backend: Backend, page_values: Callable[[], PageValues]) -> None:
        super().__init__(id="inbox-empty")
        self._backend = backend
        self._page_values = page_values
        self._values: PageValues = ()
        self._asked = False

    def sync(self) -> None:
        """Bring it up to date; only while the inbox is empty."""
        if not self._asked:
            self._asked = True
            self._find_values()
        self.teach(of_inbox(self._backend.receiver(), self._values, keymap_of(self)))

    @work(thread=True, exit_on_error=False)
    def _find_values(self) -> None:
        self._values = self._page_values()


PageValues = tuple[tuple[str, str], ...]
"""What to type on a gateway's page SMS to HTTP: name of the field, value."""


def of_inbox(receiver: ReceiverStatus, values: PageValues, keymap: Keymap) -> str:
    """Nothing ever came: whether it could, and what the gateway's page has to say."""
    lines = ["No messages yet. They appear here the moment the gateway calls.", ""]
    if not receiver.listening and not receiver.by:
        why = safe(receiver.detail) or "it is not listening yet"
        return "\n".join([*lines, f"✗ Not receiving: {why}"])
    if values:
        width = max(len(name) for name, _ in values) + 2
        lines.append(f"On the gateway's page {DIALECTS['openvox'].pages.callbacks}, with SMS Received on, type:")
        lines += [f"  {name.ljust(width)}{safe(value)}" for name, value in values]
        lines += ["Then send an SMS to one of its numbers. `gsm-console check` tests the set-up."]
    if receiver.refused:
        calls = plural(receiver.refused, "call was", "calls were")
        lines.append(f"! {calls} refused: {keymap.name('app.receiver')} shows whose, and why.")
    return "\n".join(lines)


def of_outbox(keymap: Keymap) -> str:
    """Nothing was sent."""
    return (
        f"Nothing sent yet. Press {keymap.name('compose.new')} to write a message.\n"
        "Every step will be shown here: accepted, sent, delivered."
    )


def of_search(keymap: Keymap, key: str, gateway: str = "", filter_key: str = "") -> str:
    """Nothing of all that is there was asked for, in the line that `key` opens or by `filter_key`; where neither asks
    for anything, nothing is of the `gateway` that is shown.
    """
    ways = [f"{filter_key} shows others"] if filter_key else []
    ways += [f"{key} changes the search"] if key else []
    ways += [f"{key} {keymap.name('search.clear')} shows all"] if key and not filter_key else []
    return f"Nothing matches: {', '.join(ways)}." if ways else f"Nothing from {safe(gateway)} yet."


def of_ports(gateways: Sequence[GatewaySnapshot], keymap: Keymap) -> str:
    """No port is known, of any gateway."""
    return "\n".join(_about(gateway, keymap, "is connected, waiting for its ports") for gateway in gateways)


def of_ami(gateways: Sequence[GatewaySnapshot], keymap: Keymap, *, hidden: int) -> str:
    """No line is shown; `hidden` are there that the filter, or the choice of what is routine, leaves out."""
    if hidden:
        routine, search = keymap.name("ami.routine"), keymap.name("ami.search")
        lines = plural(hidden, "line is", "lines are")
        return f"{lines} hidden: {routine} shows routine ones too, {search} changes the search."
    return "\n".join(_about(gateway, keymap, "is connected, no answer yet") for gateway in gateways)


def _about(gateway: GatewaySnapshot, keymap: Keymap, when_up: str) -> str:
    """How its AMI link stands, and what follows from that."""
    name, link = safe(gateway.name), gateway.link
    match link.phase:
        case LinkPhase.UP:
            return f"{name} {when_up}."
        case LinkPhase.STOPPED:
            account = "[gateways.ami] in the configuration enables port status, events and sending by AMI"
            return f"{name} has no AMI: {safe(link.detail) or 'it is stopped'}. {account}."
        case LinkPhase.CONNECTING | LinkPhase.LOGGING_IN:
            return f"{name}: {LINK[link.phase].word}."
    why = f", {safe(link.detail)}" if link.detail else ""
    reconnect = keymap.name("app.reconnect")
    return f"{name}: {LINK[link.phase].word}{why}. {reconnect} tries again; `gsm-console check` explains what to fix."
