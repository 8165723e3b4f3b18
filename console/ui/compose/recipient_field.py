"""Where the recipients are typed or pasted, or their file is named, and below it who was understood."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input, Static

from console.errors import ConsoleError
from console.ui.compose.addressees import Reading, is_read_aside, read_to, reading_line
from console.ui.keys.actions import bindings
from console.ui.keys.keymap import keymap_of
from console.ui.kit.filter_line import SafeInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.worker import Worker

    from console.store import LiveReader

LONGEST = 200_000
"""Characters in the line: some 14,000 numbers. More of them belong into a file."""


_LAST_ENTRY = re.compile(r"[^,;|，；、｜]*\Z")


class _Contacts(Suggester):
    """Completes the last entry: a contact's name, or `@` and a group. The key that moves right takes it."""

    def __init__(self, store: LiveReader) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._store = store

    async def get_suggestion(self, value: str) -> str | None:
        """The line with its last entry completed; None where no contact begins so."""
        last = _LAST_ENTRY.search(value)
        begun = last[0].lstrip() if last else ""
        if not begun:
            return None
        with suppress(ConsoleError):
            book = await asyncio.to_thread(self._store.contacts.book)
            if completed := book.completed(begun):
                return value[: len(value) - len(begun)] + completed
        return None


class RecipientInput(SafeInput):
    """The line. Enter goes on to the text at once, so that what is typed ahead lands there."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("lines", "to.leave")]

    def __init__(self, done: Callable[[], None], store: LiveReader) -> None:
        super().__init__(id="to", placeholder="numbers or names, with commas; @group, @list.csv")
        self.suggester = _Contacts(store)
        self._done = done

    async def action_submit(self) -> None:
        self._done()

    def on_paste(self, event: events.Paste) -> None:
        """All lines of what is pasted, with commas between them; Textual's own way takes only the first."""
        event.prevent_default()
        event.stop()
        pasted = ", ".join(line.strip() for line in event.text.splitlines() if line.strip())
        if len(self.value) + len(pasted) > LONGEST:
            self.notify("That is too long for one line. Put it into a file, and type @ and its path.")
        else:
            self.replace(pasted, *self.selection)


class RecipientField(Vertical):
    """The line, and what it was read as. A file, and a very long list, is read aside."""

    class Changed(Message):
        """Somebody else is meant, or more is known of whom."""

    def __init__(self, gateway: Callable[[], str], done: Callable[[], None], store: LiveReader) -> None:
        """`gateway` says by which one it is written; `done` is called on Enter, before the next key is looked at."""
        super().__init__(id="recipients")
        self._gateway = gateway
        self.in_use: frozenset[str] = frozenset()
        """Numbers that have written, or were written to: they are not refused whatever the region says of them."""
        self._done = done
        self._store = store
        self._reading = Reading("")
        self._is_busy = False
        """Whether something is being read aside: one at a time, the latest next."""
        self._worker: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        with Horizontal(classes="field"):
            yield Static("To", classes="label")
            yield RecipientInput(self._done, self._store)
        yield Static(id="to-line")

    @property
    def value(self) -> str:
        return self.query_one(RecipientInput).value

    @value.setter
    def value(self, value: str) -> None:
        self.query_one(RecipientInput).value = value

    @property
    def reading(self) -> Reading:
        """Who was understood, of what stands there now; of what is read aside, the last that was read."""
        if not self._is_settled:
            typed, region = self.value, self._region
            if not is_read_aside(typed):
                self._reading = read_to(typed, region, self._store.contacts, self.in_use)
            elif not self._is_busy:
                self._is_busy = True
                self._worker = self._read_aside(typed, region)
        return self._reading

    @property
    def _region(self) -> str:
        return self._store.regions.of(self._gateway())

    @property
    def _is_settled(self) -> bool:
        return (self._reading.typed, self._reading.region) == (self.value, self._region)

    @property
    def is_pending(self) -> bool:
        """Whether something is still being read aside."""
        _ = self.reading
        return not self._is_settled

    async def settled(self) -> Reading:
        """The reading of what stands there, once it is read. Await it in a worker only."""
        while self.is_pending and self._worker is not None:
            await self._worker.wait()
        return self.reading

    @work(thread=True, exit_on_error=False)
    def _read_aside(self, typed: str, region: str) -> None:
        reading = read_to(typed, region, self._store.contacts, self.in_use)
        self.app.call_from_thread(self._take, reading)

    def _take(self, reading: Reading) -> None:
        self._is_busy = False
        self._reading = reading
        self._tell()

    def on_mount(self) -> None:
        self.query_one("#to-line").display = False
        self._warm_up(self._region)

    @work(thread=True)
    def _warm_up(self, region: str) -> None:
        """The first number of a region loads tables for 50 ms: better now, aside, than under a key. So do contacts."""
        read_to("0123456789, @", region, self._store.contacts)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._tell()

    def on_descendant_blur(self) -> None:
        self.show_line()

    def _tell(self) -> None:
        self.show_line()
        self.post_message(self.Changed())

    def show_line(self) -> None:
        """Tell below the line who was understood."""
        typing = self.screen.focused is self.query_one(RecipientInput)
        key = keymap_of(self).name("compose.recipients")
        line = Content("reading …") if self.is_pending else reading_line(self.reading, typing=typing, key=key)
        shown = self.query_one("#to-line", Static)
        shown.display = bool(line.plain)
        shown.update(line)
