"""Textual's terminal driver, for a terminal that may be anything and may vanish.

Six things are added. What stands on the terminal already is not sent again (`LeanFrames`). Columns stay where they
are whatever width the terminal gives to a character, and where it knows only ASCII it gets nothing else. What comes in
is cut into keys by `InputParser`, so that nothing acts which nobody typed; what the console does not need is not
switched on. How fast the terminal takes what is drawn is measured, for `LinePace`.
Stopped and continued, by whatever signal, it has one reader and the terminal's own modes (see `_stop` and `_go_on`).
And a terminal that is gone (the SSH line dropped, the window closed) ends the console in good order: stock Textual
spins on the dead terminal's empty reads, and blocks for ever once its thirty queued writes are full.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Protocol, TextIO, cast

from textual.drivers.linux_driver import LinuxDriver
from textual.events import Paste
from textual.messages import TerminalSupportsSynchronizedOutput

from console.terminal.ascii_only import frames_in_ascii, in_ascii
from console.terminal.input_parser import CursorReport, InputParser, ModeReport, Pasted, Sequence
from console.terminal.keys import KeyReader
from console.terminal.lean_frames import LeanFrames
from console.terminal.size import terminal_size
from console.terminal.steady_columns import steady

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import TextIOWrapper

    from textual.app import App

    from console.terminal.escape_time import EscapeTime
    from console.terminal.input_parser import Event
    from console.terminal.line_pace import LinePace

ASK_WHERE = "\x1b[6n"
"""DSR (ECMA-48 8.3.35): where is the cursor? Any terminal since the VT100 answers, once it has drawn all before it."""

_ERASE = "\x1b[2J\x1b[H"
"""ED and CUP (ECMA-48). After a resize tmux may bring lines of the alternate screen back into the shell's."""

_SYNCHRONIZED = 2026
"""The private mode in which a terminal shows what is drawn at once, frame by frame."""

_NOT_NEEDED = {"\x1b[>25u", "\x1b[<u", "\x1b[?1004h", "\x1b[?1004l", "\x1b[?2048$p"}
"""What Textual switches on and off, or asks for, and the console does not need: kitty's keyboard protocol, reports of
focus (xterm, FocusIn/FocusOut) and of size. Left on by a line that drops, they make an escape sequence of every key.
"""

_LAST_ANSWER = 1.0
"""Seconds to wait at the end for an answer that is still to come."""

_LOOK = 0.1
"""Seconds between two looks whether to go on reading."""


class TerminalFile:
    """The terminal as a file whose writes never fail: once it is gone they go nowhere."""

    def __init__(
        self, file: TextIO, on_lost: Callable[[], None], on_taken: Callable[[int], None] | None = None
    ) -> None:
        """`on_taken` is told how many characters the terminal took."""
        self._file = file
        self._on_lost = on_lost
        self._on_taken = on_taken
        self._not_flushed = 0
        self.lost = False

    def write(self, text: str) -> int:
        self._not_flushed += len(text)
        if not self.lost:
            try:
                return self._file.write(text)
            except OSError:
                self.lose()
        return len(text)

    def flush(self) -> None:
        if not self.lost:
            try:
                self._file.flush()
            except OSError:
                self.lose()
        taken, self._not_flushed = self._not_flushed, 0
        if self._on_taken is not None:
            self._on_taken(taken)

    def fileno(self) -> int:
        return self._file.fileno()

    def isatty(self) -> bool:
        return self._file.isatty()

    def lose(self) -> None:
        """The terminal is gone. From any thread."""
        if not self.lost:
            self.lost = True
            self._on_lost()


class Drawn(Protocol):
    """What the driver needs of the application."""

    line: LinePace
    escape_time: EscapeTime
    ascii_only: bool
    """Frames and marks are drawn in ASCII."""
    utf8: bool
    """Texts can be written in UTF-8."""

    @property
    def frames_held(self) -> bool: ...

    def fail(self, error: Exception) -> None:
        """A fault of ours: it is to end. On its event loop."""
        ...

    def lose_terminal(self) -> None:
        """Nobody sees it any more: it is to end. On its event loop."""
        ...

    def hold_frames(self) -> None:
        """Draw nothing more until `release_frames`. On its event loop."""
        ...

    def release_frames(self) -> None:
        """The terminal has room again. On its event loop."""
        ...

    def redraw(self) -> None:
        """Draw everything anew. On its event loop."""
        ...

    def went_on(self, seconds: float) -> None:
        """It has stood still for so long, and has the terminal again. On its event loop."""
        ...


class ConsoleDriver(LinuxDriver):
    """Steady columns, a measured line, and a clean end when the terminal goes."""

    def __init__(
        self,
        app: App[object],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        # Until the first resize is told, Textual would ask Rich, and Rich the environment.
        self._size = size or self._get_terminal_size()
        self._drawn = cast("Drawn", app)
        self._line = self._drawn.line
        self._terminal = TerminalFile(cast("TextIO", self._file), self._end, self._taken)
        self._file = cast("TextIOWrapper", self._terminal)
        self._watch: threading.Thread | None = None
        self._answered = threading.Event()
        self._frames = LeanFrames()
        self._writing = threading.Lock()
        self._stale = False
        self._has_terminal = False
        self._reads = False
        """Whether an answer of the terminal would be read here; if not, the shell would take it for typed."""
        self._stopped_at: float | None = None
        """On the monotonic clock; None: it was not stopped by `_stop`."""

    def _get_terminal_size(self) -> tuple[int, int]:
        return terminal_size(self.fileno, os.environ)

    def write(self, data: str) -> None:
        if data in _NOT_NEEDED:
            return
        with self._writing:
            if self._stale:
                self._stale = False
                self._frames.forget()
            if self._drawn.ascii_only:
                data = frames_in_ascii(data) if self._drawn.utf8 else in_ascii(data)
            data = steady(self._frames.lean(data))
        # The queue of a thread that has ended would never be emptied.
        if data and (self._writer_thread is None or self._writer_thread.is_alive()):
            self._line.wrote(len(data))
            super().write(data)

    def forget(self) -> None:
        """Something else may have been drawn: what comes next is sent whole."""
        self._stale = True

    def flush(self) -> None:
        """The end of a frame: ask how far the terminal is, and draw no more until it is near."""
        if self._reads and not self._terminal.lost and self._line.asks():
            self._answered.clear()
            self.write(ASK_WHERE)
        if self._line.is_late and not self._drawn.frames_held:
            self._drawn.hold_frames()
            self._release()

    def _taken(self, size: int) -> None:
        self._line.took(size)
        self._release()

    def _release(self) -> None:
        if self._drawn.frames_held and not self._line.is_late:
            with contextlib.suppress(RuntimeError):  # its loop has ended
                self._loop.call_soon_threadsafe(self._drawn.release_frames)

    def _sigtstp_application(self, *_: object) -> None:
        self._soon(self._stop)

    def _sigcont_application(self, *_: object) -> None:
        self._soon(self._go_on)

    def _soon(self, act: Callable[[], None]) -> None:
        """Between two steps of the event loop: a signal may come while the locks that `act` needs are held."""
        with contextlib.suppress(RuntimeError):  # its loop has ended
            self._loop.call_soon_threadsafe(act)

    def _stop(self) -> None:
        """Give the terminal back and stop, as Textual would at once."""
        if self._has_terminal:
            self.suspend_application_mode()
            self._stopped_at = time.monotonic()
        os.kill(os.getpid(), signal.SIGSTOP)

    def _go_on(self) -> None:
        """Take the terminal again, whatever was done with it meanwhile."""
        if self._stopped_at is not None:
            self.resume_application_mode()
            if not self._has_terminal:
                return  # continued in the background (`bg`): it was stopped again, or goes on unseen
            stopped_at, self._stopped_at = self._stopped_at, None
            self._drawn.went_on(time.monotonic() - stopped_at)
        elif self._has_terminal:
            self._take_anew()

    def _take_anew(self) -> None:
        """After SIGSTOP, which asks nobody: its threads live, and the modes are its own still, or those of a shell."""
        modes = self.attrs_before
        self._line.forget()  # no answer is on its way any more
        self._has_terminal = False  # what stands there may be the shell's
        self.suspend_application_mode()
        self.resume_application_mode()
        self.attrs_before = modes
        if self._has_terminal:
            self._drawn.redraw()
        else:
            self._stopped_at = time.monotonic()  # in the background, as above

    def start_application_mode(self) -> None:
        self.forget()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._has_terminal = self._writer_thread is not None and self._writer_thread.is_alive()
        self._reads = self._has_terminal and self.input_tty
        self._redraw_when_resized()
        if self._watch is None:
            self._watch = threading.Thread(target=self._wait_for_hangup, name="terminal-watch", daemon=True)
            self._watch.start()

    def _redraw_when_resized(self) -> None:
        """A terminal that shrinks loses what it showed, though it may be back at its size before anybody looks.

        Textual asks for the size where the signal strikes. A second signal may strike in the midst of that, tell its
        size first, and leave the older one as the last word. On the event loop there is no such midst.
        """
        if threading.current_thread() is not threading.main_thread():
            return
        textual = signal.getsignal(signal.SIGWINCH)

        def resized() -> None:
            self.forget()
            if callable(textual):
                textual(signal.SIGWINCH, None)
            self._loop.call_soon(self._drawn.redraw)

        self._loop.add_signal_handler(signal.SIGWINCH, resized)

    def disable_input(self) -> None:
        """Ask nothing more, take what answer is still to come, and read no further."""
        if self._reads:
            self._reads = False
            if not self._terminal.lost and self._line.waits_for_answer:
                self._answered.wait(_LAST_ANSWER)
        self._line.forget()
        super().disable_input()

    def stop_application_mode(self) -> None:
        if self._has_terminal:
            self._has_terminal = False
            self.write(_ERASE)
        super().stop_application_mode()

    def _run_input_thread(self) -> None:
        """Read what is typed until told to stop. A fault ends the console as any other does."""
        try:
            self.run_input_thread()
        except Exception as error:
            self._soon(partial(self._drawn.fail, error))

    def run_input_thread(self) -> None:
        parser = InputParser(lambda: self._drawn.escape_time.seconds)
        keys = KeyReader()
        while not self.exit_event.is_set():
            wait = min(max(parser.wake - time.monotonic(), 0.0), _LOOK)
            if select.select([self.fileno], [], [], wait)[0]:
                typed = self._read()
                if not typed:
                    # A dead terminal is always ready to say so: whoever goes on asking spins.
                    self._terminal.lose()
                    return
                events = parser.receive(typed, time.monotonic())
            else:
                events = parser.quiet(time.monotonic())
            for event in events:
                self._came(event, keys)

    def _came(self, event: Event, keys: KeyReader) -> None:
        match event:
            case Sequence(text, alt):
                for key in keys.keys(text, alt=alt):
                    self.process_message(key)
            case Pasted(text):
                self.process_message(Paste(text))
            case CursorReport():
                self._reached()
            case ModeReport(mode, value) if mode == _SYNCHRONIZED and value:
                self.process_message(TerminalSupportsSynchronizedOutput())

    def _reached(self) -> None:
        """The terminal has drawn all that came before the question where its cursor is."""
        took = self._line.answered()
        if took is not None:
            self._drawn.escape_time.learn(took)
        self._answered.set()
        self._release()

    def _read(self) -> bytes:
        """What was typed; empty when the terminal is gone."""
        try:
            return os.read(self.fileno, 4096)
        except OSError:
            return b""

    def _wait_for_hangup(self) -> None:
        """An idle console writes nothing, so a hangup must be looked for."""
        terminal = select.poll()
        terminal.register(self.fileno, 0)  # a hangup is always reported
        if terminal.poll():
            self._terminal.lose()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._drawn.lose_terminal)
