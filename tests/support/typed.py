"""What a terminal may send: keys as terminals write them, what is no key, and how the parser takes them in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.terminal.input_parser import InputParser, Pasted, Sequence
from console.terminal.keys import KeyReader

if TYPE_CHECKING:
    from collections.abc import Iterable

_READER = KeyReader()

_CURSOR = {"A": "up", "B": "down", "C": "right", "D": "left", "H": "home", "F": "end"}
_TILDE = {2: "insert", 3: "delete", 5: "pageup", 6: "pagedown"}
_FUNCTION = dict(zip((15, 17, 18, 19, 20, 21, 23, 24), (f"f{number}" for number in range(5, 13)), strict=True))
_MODIFIERS = {2: "shift", 3: "alt", 4: "alt+shift", 5: "ctrl", 6: "ctrl+shift", 7: "alt+ctrl", 8: "alt+ctrl+shift"}


def _modified() -> dict[str, str]:
    """xterm, and with it tmux, kitty, iTerm2, Windows Terminal, VTE, mintty and foot."""
    letters = {**_CURSOR, "P": "f1", "Q": "f2", "S": "f4"}
    found: dict[str, str] = {}
    for number, names in _MODIFIERS.items():
        found |= {f"\x1b[1;{number}{final}": f"{names}+{key}" for final, key in letters.items()}
        found |= {f"\x1b[{code};{number}~": f"{names}+{key}" for code, key in (_TILDE | _FUNCTION).items()}
    return found


KEYS = {
    **{f"\x1b[{final}": key for final, key in _CURSOR.items()},
    **{f"\x1bO{final}": key for final, key in _CURSOR.items()},
    **{f"\x1b[{code}~": key for code, key in (_TILDE | _FUNCTION).items()},
    **{f"\x1bO{final}": f"f{number}" for number, final in enumerate("PQRS", 1)},
    "\x1b[Z": "shift+tab",
    # screen, tmux, PuTTY and the Linux console
    "\x1b[1~": "home",
    "\x1b[4~": "end",
    # rxvt, PuTTY
    "\x1b[7~": "home",
    "\x1b[8~": "end",
    **{f"\x1b[{code}~": f"f{number}" for number, code in enumerate((11, 12, 13, 14), 1)},
    # the Linux console
    **{f"\x1b[[{final}": f"f{number}" for number, final in enumerate("ABCDE", 1)},
    # rxvt: shift, ctrl
    **{f"\x1b[{final}": f"shift+{key}" for final, key in zip("abcd", ("up", "down", "right", "left"), strict=True)},
    **{f"\x1bO{final}": f"ctrl+{key}" for final, key in zip("abcd", ("up", "down", "right", "left"), strict=True)},
    "\x1b[3$": "shift+delete",
    "\x1b[7$": "shift+home",
    "\x1b[8$": "shift+end",
    "\x1b[3^": "ctrl+delete",
    "\x1b[5^": "ctrl+pageup",
    "\x1b[6^": "ctrl+pagedown",
    "\x1b[7^": "ctrl+home",
    "\x1b[8^": "ctrl+end",
    # kitty's protocol and xterm's formatOtherKeys, which iTerm2 and tmux can be told to use
    "\x1b[27u": "escape",
    "\x1b[13u": "enter",
    "\x1b[9;2u": "shift+tab",
    "\x1b[116;5u": "ctrl+t",
    "\x1b[97u": "a",
    **_modified(),
}
"""Sequence -> the key that was pressed."""

NOT_KEYS = (
    # Mouse: SGR, urxvt, X10
    *("\x1b[<0;10;20M", "\x1b[<64;10;20m", "\x1b[32;10;20M", "\x1b[M !!"),
    # kitty: types of events, alternate keys, no code point
    *("\x1b[97;1:1u", "\x1b[97:65;2u", "\x1b[13;1:3u", "\x1b[99999999u", "\x1b[1;1:3A", "\x1b[?1u"),
    # Answers: colours, devices, versions, sizes, modes, cursor, settings, graphics
    *("\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\", "\x1b]10;rgb:ffff/ffff/ffff\x07", "\x1b]52;c;cXE=\x07"),
    *("\x1b[?62;22;52c", "\x1b[>0;276;0c", "\x1bP>|XTerm(390)\x1b\\", "\x1bP1$r0;1m\x1b\\", "\x1bP1+r544e=71\x1b\\"),
    *("\x1b[8;40;120t", "\x1b[48;40;120;800;1200t", "\x1b[?2026;1$y", "\x1b[?2048;2$y", "\x1b[0n"),
    *("\x1b[12;34R", "\x1b[?12;34R", "\x1b_Gi=1;OK\x1b\\"),
    # win32-input-mode; focus; unknown numbers; a title
    *("\x1b[65;30;97;1;0;1_", "\x1b[I", "\x1b[O", "\x1b[99~", "\x1b[25~", "\x1b[1;999A"),
    # what draws
    *("\x1b[1m", "\x1b[2J", "\x1b[38:2::1:2:3m", "\x1b[1 q", "\x1b[" + "1;" * 100 + "A"),
)
"""Sequences that no person types."""

STRANGE = ("\x1b^private\x1b\\", "\x1bXq\x1b[Aq\x1b\\", "\x1b]ltitle\x1b\\")
"""Such as no terminal sends of itself: behind an Escape key their first letters are taken for typed."""


class Typing:
    """A terminal, seconds that go by, and what the parser makes of both."""

    def __init__(self, escape_time: float = 0.1) -> None:
        self.parser = InputParser(lambda: escape_time)
        self.now = 0.0
        self.found: list[str] = []
        """Keys by Textual's names, pastes as `<text>`."""

    def send(self, data: bytes) -> None:
        self._find(self.parser.receive(data, self.now))

    def wait(self, seconds: float) -> None:
        """Nothing comes for so long."""
        until = self.now + seconds
        while (wake := self.parser.wake) <= until:
            self._find(self.parser.quiet(wake))
        self.now = until

    def _find(self, events: Iterable[object]) -> None:
        for event in events:
            if isinstance(event, Sequence):
                self.found += [key.key for key in _READER.keys(event.text, alt=event.alt)]
            elif isinstance(event, Pasted):
                self.found.append(f"<{event.text}>")


def typed(*parts: str | bytes | float, escape_time: float = 0.1) -> list[str]:
    """Keys and pastes that come of it; numbers are seconds in between. A long silence follows."""
    typing = Typing(escape_time)
    for part in parts:
        if isinstance(part, float | int):
            typing.wait(part)
        else:
            typing.send(part.encode() if isinstance(part, str) else part)
    typing.wait(10)
    return typing.found
