"""The bytes of a terminal, cut into keys, pastes and answers. A pure state machine: bytes and times in, events out.

Letters act in this program, so what no person typed must never come out as letters. The rules:

* A control sequence (ESC [, parameters, intermediates, one final byte: ECMA-48 5.4) is one event, however it is cut
  into reads. Three keys break its grammar: `ESC [ [ A` (F1 of the Linux console), `ESC [ 3 $` (rxvt), and
  `ESC [ M` with three characters behind it (a mouse report: xterm, "Mouse Tracking").
* A control string (OSC, DCS, APC, PM: ECMA-48 5.6) is dropped whole, up to its terminator `ESC \\` or, with OSC, BEL
  (xterm, "Operating System Commands"). Another ESC within it begins something new; within SOS it is content.
* C1 controls in their eight-bit form (U+009B for `ESC [`: ECMA-48 5.3) open the same; the others are dropped.
* A lone ESC is the Escape key after `escape_time`. If the rest of a sequence comes later still, it is that sequence:
  its first character is held until the second one tells.
* ESC and a character close behind it is Alt and that character (xterm, "metaSendsEscape").
* Between `ESC [ 200 ~` and `ESC [ 201 ~` all is text (xterm, "Bracketed Paste Mode"), its controls shown as marks. A
  paste whose end never comes ends by silence; its text is kept. Only a cursor report in it is none: the console asks
  for these whenever it draws, and the answer may come at any time.
* What is not finished within SILENCE is dropped, so a key works again after that, whatever came before.

Which sequences are keys is not known here; see `keys`.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from console.protocol.text.safe import safe

if TYPE_CHECKING:
    from collections.abc import Callable

TOGETHER = 0.03
"""Seconds within which no hand presses Escape and another key: the terminal sent both for one."""

SILENCE = 1.0
"""Seconds after which the rest of a sequence is not waited for: longer than a lost packet takes to be sent again."""

PASTE_SILENCE = 3.0
"""Seconds after which a paste has ended without its mark. What came later would act, so it is long."""

LATE = 1.0
"""Seconds after the Escape key for which the rest of a sequence may still follow."""

HELD = 0.5
"""Seconds for which the first character of that rest is held. Whoever types it is answered so much later."""

LONGEST_SEQUENCE = 64
"""Characters; a longer control sequence is no key and no answer."""

LONGEST_PASTE = 1_000_000
"""Characters; a longer paste comes in pieces of about that size."""

_ESC, _BEL, _C1_ST = "\x1b", "\x07", "\x9c"
_INTRODUCERS = "[O]P_^X"
"""Of CSI, SS3, OSC, DCS, APC, PM and SOS, behind ESC."""
_PASTE_BEGINS, _PASTE_ENDS = "\x1b[200~", "\x1b[201~"

_LATE_SEQUENCE = re.compile(r"\[[0-?A-Za-z]|O[A-DFHMPQRS]|\][0-9]|P[0-9>!$+=|]|_G")
"""How the rest of a sequence begins that comes behind an Escape key: as terminals send it, and hardly anybody types."""

_RXVT_SHIFTED = re.compile(r"\x1b\[[0-9]+\$")
_CURSOR = re.compile(r"\x1b\[[0-9]+;[0-9]+R")
_MODE = re.compile(r"\x1b\[\?([0-9]{1,5});([0-4])\$y")
_CONTROLS = re.compile(r"[^\n\r\t\x20-\x7e\xa0-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Sequence:
    """A character, or a whole escape sequence, that may be a key. `alt`: it was pressed with Alt."""

    text: str
    alt: bool = False


@dataclass(frozen=True, slots=True)
class Pasted:
    """Text that was pasted, its controls but line ends and tabs as marks."""

    text: str


@dataclass(frozen=True, slots=True)
class CursorReport:
    """The answer to DSR 6 (ECMA-48 8.3.14, CPR). F3 with a modifier reads the same in xterm, and is not told apart."""


@dataclass(frozen=True, slots=True)
class ModeReport:
    """The answer to DECRQM (xterm, "DECRPM"): of a private mode, 0 not known, 1 to 4 known."""

    mode: int
    value: int


Event = Sequence | Pasted | CursorReport | ModeReport

ESCAPE = Sequence(_ESC)


class InputParser:
    """Give it what was read by `receive`, and by `quiet` the time when there is nothing to read."""

    def __init__(self, escape_time: Callable[[], float]) -> None:
        """`escape_time` says for how many seconds the rest of a sequence is waited for behind a lone ESC."""
        self._escape_time = escape_time
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._state = self._ground
        self._sequence = ""
        self._owed: list[Event] = []
        """The Escape key, while it is not known whether what follows it completes a sequence."""
        self._events: list[Event] = []
        self._now = self._came_at = 0.0
        self._escaped_at = float("-inf")
        self._pasting = False
        self._paste = StringIO()
        self._paste_held = ""
        """The end of the paste so far, as far as it may be the beginning of its mark."""

    def receive(self, data: bytes, now: float) -> list[Event]:
        """What was read at `now`, seconds of a clock that never goes back. Never raises."""
        self._now = now
        text = self._decode(data)
        while text:
            text = self._take_paste(text) if self._pasting else self._take(text)
        self._came_at = now
        return self._taken()

    def quiet(self, now: float) -> list[Event]:
        """There is nothing to read at `now`: what has waited for too long is ended."""
        self._now = now
        if now >= self.wake:
            self._end()
        return self._taken()

    @property
    def wake(self) -> float:
        """When `quiet` has something to do, unless more is read; infinity while nothing is unfinished."""
        if self._pasting:
            return self._came_at + PASTE_SILENCE
        if self._state == self._ground:
            return float("inf")
        if self._state == self._escape:
            return self._came_at + self._escape_time()
        return self._came_at + (HELD if self._state == self._late else SILENCE)

    def _end(self) -> None:
        """Of what is unfinished, by silence."""
        if self._pasting:
            self._end_paste()
        elif self._state == self._escape:
            self._events.append(ESCAPE)
            self._escaped_at = self._now
        elif self._state == self._late:
            self._events += [*self._owed, Sequence(self._sequence[1:])]
        self._state = self._ground

    def _taken(self) -> list[Event]:
        events, self._events = self._events, []
        return events

    def _take(self, text: str) -> str:
        """Take what comes before a paste; returns what is behind the mark that begins it."""
        for index, char in enumerate(text, 1):
            self._state(char)
            self._came_at = self._now
            if self._pasting:
                return text[index:]
        return ""

    # ---- states: each takes the next character --------------------------------------------------------------

    def _ground(self, char: str) -> None:
        if char == _ESC:
            self._begin_escape()
        elif "\x80" <= char < "\xa0":
            self._introduce(chr(ord(char) - 0x40))
        elif char in _INTRODUCERS and self._now - self._escaped_at <= LATE:
            self._owed = []
            self._hold(char)
        else:
            self._events.append(Sequence(char))
        self._escaped_at = float("-inf")

    def _begin_escape(self) -> None:
        self._state = self._escape

    def _escape(self, char: str) -> None:
        together = self._now - self._came_at <= TOGETHER
        if char in _INTRODUCERS and not together:
            self._owed = [ESCAPE]
            self._hold(char)
        elif char in _INTRODUCERS:
            self._introduce(char)
        elif char == "\\":
            self._state = self._ground  # ST of a string that nobody saw begin
        elif together and char != _ESC:
            self._state = self._ground
            self._events.append(Sequence(char, alt=True))
        else:
            self._events.append(ESCAPE)
            self._again(char)

    def _hold(self, char: str) -> None:
        self._sequence = _ESC + char
        self._state = self._late

    def _late(self, char: str) -> None:
        """An introducer came when ESC was a key already, or nearly."""
        introducer = self._sequence[1:]
        if _LATE_SEQUENCE.match(introducer + char):
            self._introduce(introducer)
            self._state(char)
        else:
            self._events += [*self._owed, Sequence(introducer)]
            self._again(char)

    def _introduce(self, char: str) -> None:
        """What `char` opens behind ESC. C1 controls that open nothing are dropped."""
        states = {"[": self._control, "O": self._single_shift, "X": self._any_string}
        self._sequence = _ESC + char
        self._state = states.get(char, self._string if char in _INTRODUCERS else self._ground)

    def _again(self, char: str) -> None:
        """Something was cut short by a character that begins anew, or is a key."""
        self._state = self._ground
        self._ground(char)

    def _control(self, char: str) -> None:
        """Behind CSI."""
        if not " " <= char <= "~":
            self._again(char)
            return
        if len(self._sequence) < LONGEST_SEQUENCE:
            self._sequence += char
        if self._sequence == "\x1b[M":
            self._state = self._mouse
        elif (char >= "@" and self._sequence != "\x1b[[") or _RXVT_SHIFTED.fullmatch(self._sequence):
            self._state = self._ground
            if len(self._sequence) < LONGEST_SEQUENCE:
                self._complete()

    def _complete(self) -> None:
        """A control sequence is whole."""
        if self._sequence == _PASTE_BEGINS:
            self._pasting = True
        elif _CURSOR.fullmatch(self._sequence):
            self._events.append(CursorReport())
        elif match := _MODE.fullmatch(self._sequence):
            self._events.append(ModeReport(int(match[1]), int(match[2])))
        else:
            self._events.append(Sequence(self._sequence))

    def _mouse(self, char: str) -> None:
        """Behind `CSI M`: the button, the column and the row."""
        if char < " ":
            self._again(char)
            return
        self._sequence += char
        if len(self._sequence) == len("\x1b[M") + 3:
            self._state = self._ground

    def _single_shift(self, char: str) -> None:
        """Behind SS3: one character; some terminals put modifiers before it."""
        if not " " <= char <= "~":
            self._again(char)
        elif char not in "0123456789;":
            self._state = self._ground
            self._events.append(Sequence(self._sequence + char))

    def _string(self, char: str) -> None:
        """Behind OSC, DCS, APC or PM."""
        if char == _ESC:
            self._state = self._string_escape
        elif char == _C1_ST or (char == _BEL and self._sequence == "\x1b]"):
            self._state = self._ground

    def _string_escape(self, char: str) -> None:
        if char == "\\":
            self._state = self._ground
        elif char != _ESC:
            self._begin_escape()
            self._escape(char)

    def _any_string(self, char: str) -> None:
        """Behind SOS, which may hold anything but its end (ECMA-48 5.6)."""
        if char == _C1_ST or (char == "\\" and self._sequence.endswith(_ESC)):
            self._state = self._ground
        self._sequence = "\x1bX" + (_ESC if char == _ESC else "")

    # ---- pastes ---------------------------------------------------------------------------------------------

    def _take_paste(self, text: str) -> str:
        """Take what belongs to the paste; returns what is behind it."""
        body, mark, rest = (self._paste_held + text).partition(_PASTE_ENDS)
        self._paste_held = "" if mark else _beginning_of_end(body)
        self._paste.write(body.removesuffix(self._paste_held))
        if mark:
            self._end_paste()
        elif self._paste.tell() >= LONGEST_PASTE:
            self._give_paste()
        return rest

    def _end_paste(self) -> None:
        self._pasting = False
        self._paste_held = ""  # a mark that was cut off is no text
        self._give_paste()

    def _give_paste(self) -> None:
        text, self._paste = self._paste.getvalue(), StringIO()
        text, answers = _CURSOR.subn("", text)
        self._events += [CursorReport()] * answers
        self._events.append(Pasted(_CONTROLS.sub(lambda control: safe(control[0]), text)))


def _beginning_of_end(text: str) -> str:
    """As much of the mark that ends a paste as `text` ends with."""
    return next((part for end in range(5, 0, -1) if text.endswith(part := _PASTE_ENDS[:end])), "")
