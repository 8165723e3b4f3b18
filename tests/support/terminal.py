"""A real pseudo-terminal with a program in it, read through pyte as an operator's terminal would show it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pyte
from wcwidth import wcwidth

from tests.support.waiting import DEADLINE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType


KEYS = {
    "enter": "\r",
    "esc": "\x1b",
    "tab": "\t",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "pgdn": "\x1b[6~",
    "ctrl+t": "\x14",
    "backspace": "\x7f",
}

# Queries and keyboard modes that pyte would print: `ESC [ > 1 u`, `ESC [ < u`, `ESC [ ? 2026 $ p`.
_PRIVATE = re.compile(rb"\x1b\[(?:[<>=][0-9;]*[a-zA-Z]|\?[0-9;]*\$p)")
_UNFINISHED = re.compile(rb"\x1b(?:\[[<>=?]?[0-9;]*\$?)?$")

REPOSITORY = Path(__file__).resolve().parents[2]


def _seen(row: Mapping[int, pyte.screens.Char], columns: int) -> Iterator[int]:
    """The cells of a row without the second halves of wide characters, which pyte keeps empty."""
    for column in range(columns):
        before = row[column - 1].data if column else ""
        if row[column].data or not before or wcwidth(before[0]) != 2:
            yield column


class _Screen(pyte.Screen):
    """A screen that answers what a program asks of its terminal, as all but a few do."""

    def __init__(self, columns: int, lines: int, answer: Callable[[bytes], object]) -> None:
        super().__init__(columns, lines)
        self._answer = answer

    def write_process_input(self, data: str) -> None:
        self._answer(data.encode())


class Terminal:
    """`with Terminal([...], columns=80, rows=24) as terminal:`; the program is killed at the end if it still runs."""

    def __init__(
        self,
        command: list[str],
        *,
        columns: int = 80,
        rows: int = 24,
        environ: Mapping[str, str] | None = None,
        controlling: bool = True,
        answers: bool = True,
    ) -> None:
        """`controlling`: it is that of the program's session. `answers`: it tells where the cursor is, when asked."""
        self.screen = _Screen(columns, rows, self._write) if answers else pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = bytearray()
        self._held = b""
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.modes_before = termios.tcgetattr(slave)
        self._slave = slave
        inherited = {name: value for name, value in os.environ.items() if name not in {"TMUX", "STY", "NO_COLOR"}}
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=REPOSITORY,
            # The controlling terminal sends SIGHUP when it goes; any other one just goes.
            preexec_fn=(lambda: os.login_tty(slave)) if controlling else os.setsid,
            env={
                **inherited,
                "TERM": "xterm-256color",
                "COLORTERM": "truecolor",
                "LANG": "C.UTF-8",
                **(environ or {}),
            },
        )
        self._ended = os.pidfd_open(self.process.pid)

    @classmethod
    def console(
        cls,
        *arguments: str,
        columns: int = 80,
        rows: int = 24,
        controlling: bool = True,
        answers: bool = True,
        **environ: str,
    ) -> Terminal:
        """`gsm-console ARGUMENTS` in a terminal of this size."""
        command = [sys.executable, "-m", "console", *arguments]
        return cls(command, columns=columns, rows=rows, environ=environ, controlling=controlling, answers=answers)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for end in (self._master, self._slave, self._ended):
            if end >= 0:
                os.close(end)

    @property
    def lines(self) -> list[str]:
        """What is seen. (pyte's own `display` stumbles over half a wide character, of a line that is half drawn.)"""
        rows, columns = self.screen.buffer, self.screen.columns
        return [
            "".join(rows[row][column].data or " " for column in _seen(rows[row], columns))
            for row in range(self.screen.lines)
        ]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def type(self, *keys: str) -> None:
        """Press keys by name, or type text."""
        for key in keys:
            self._write(KEYS.get(key, key).encode())

    def _write(self, data: bytes) -> None:
        os.write(self._master, data)

    def hang_up(self) -> None:
        """Close the terminal, as a dropped SSH line does. Nothing can be read or typed afterwards."""
        for end in (self._slave, self._master):
            os.close(end)
        self._master = self._slave = -1

    def resize(self, columns: int, rows: int) -> None:
        self.screen.resize(rows, columns)
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.killpg(self.process.pid, signal.SIGWINCH)

    def wait_for(self, what: str | Callable[[Terminal], bool], *, deadline: float = DEADLINE) -> None:
        """Read until the screen holds `what`. Raises AssertionError when it never does, with the screen and, to tell a
        key that was lost from a picture that was, the last that came.
        """
        holds = (lambda terminal: what in terminal.text) if isinstance(what, str) else what
        end = time.monotonic() + deadline
        while not holds(self):
            left = end - time.monotonic()
            assert left > 0, f"never came: {what}\n{self.text}\nthe last that came: {bytes(self.raw[-500:])!r}"
            if not self._read(min(left, 0.5)) and self.process.poll() is not None and not self._read(0):
                assert holds(self), f"the program ended ({self.process.returncode}) before: {what}\n{self.text}"
                return

    def wait_for_exit(self, *, deadline: float = DEADLINE) -> int:
        """Read until the program ends; returns its exit code (negative: the signal)."""
        end = time.monotonic() + deadline
        while self.process.poll() is None:
            left = end - time.monotonic()
            assert left > 0, f"never ended\n{self.text}"
            self._read(min(left, 0.2))
        self.read_all()
        return self.process.returncode

    def read_all(self) -> None:
        """Read what the program has written by now."""
        while self._read(0):
            pass

    @property
    def modes_now(self) -> list[object]:
        """Terminal modes, to see whether the program put them back."""
        return termios.tcgetattr(self._slave)

    def put_modes_back(self) -> None:
        """As they were before the program started; a shell does so when its job stops."""
        termios.tcsetattr(self._slave, termios.TCSANOW, self.modes_before)

    def _read(self, timeout: float) -> bool:
        """Show what comes within so many seconds, or before the program ends; whether anything came."""
        ready, _, _ = select.select([self._master, self._ended], [], [], timeout)
        if self._master not in ready:
            return False
        self.show(os.read(self._master, 65536))
        return True

    def show(self, data: bytes) -> None:
        """What came from the program: kept, and drawn."""
        self.raw += data
        data = self._held + data
        unfinished = _UNFINISHED.search(data)
        self._held = data[unfinished.start() :] if unfinished else b""
        data = data[: unfinished.start()] if unfinished else data
        self._stream.feed(_PRIVATE.sub(b"", data))
