"""The gateway's command line: which lines can be sent, which do harm, which words may come next."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.errors import CannotSend
from console.protocol.ami.session import MAX_LINE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


_HEADER_BYTES = len("Command: ")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SHOW = re.compile(r"(?:[a-z][a-z0-9_-]* )?show(?: .*)?|(?:core show )?help(?: .*)?", re.IGNORECASE)

_CAUTIONS = (
    (
        re.compile(r"gsm send (?:sync ?)?c?sms\b|gsm send pdu\b", re.IGNORECASE),
        "It bypasses the outbox: its outcome is not tracked. Use the form to send it properly.",
    ),
    (re.compile(r"gsm send ussd\b", re.IGNORECASE), "It may cost money, and is not kept in the history."),
    (
        re.compile(r"gsm power stat\b", re.IGNORECASE),
        "It may hang the port (the driver locks twice): then the gateway must be restarted.",
    ),
    (
        re.compile(r"gsm power\b", re.IGNORECASE),
        "A port that is off neither receives nor sends; a message it is sending may be lost.",
    ),
    (
        re.compile(r"(?:core|extra)?\s*(?:stop|restart|reload|shutdown)\b|module |reboot\b", re.IGNORECASE),
        "The gateway may be down for a while. Calls and SMS are lost meanwhile.",
    ),
)


def check_line(line: str) -> str:
    """The line without blanks around it. Raises CannotSend where it can't travel by AMI."""
    line = line.strip()
    if not line:
        raise CannotSend("The command is empty.", hint="Type one, such as core show version.")
    if _CONTROL.search(line):
        raise CannotSend("A command can't contain a control character.", hint="Remove it.")
    size = _HEADER_BYTES + len(line.encode())
    if size > MAX_LINE:
        raise CannotSend(f"The command is {size} bytes long; AMI takes lines of {MAX_LINE}.", hint="Shorten it.")
    return line


def is_harmless(line: str) -> bool:
    """Whether a line is known to only look: `… show …`, `help`. Whatever is not known may do harm.

    Words in quotes or with a backslash are not looked through: such a line is not known.
    """
    return '"' not in line and "\\" not in line and _SHOW.fullmatch(" ".join(line.split())) is not None


def caution(line: str) -> str:
    """What to beware of, in words; empty where nothing is known."""
    words = " ".join(line.split())
    return next((why for pattern, why in _CAUTIONS if pattern.match(words)), "")


ASTERISK_FORMS = (
    "core show version",
    "core show uptime [seconds]",
    "core show channels",
    "core show help [command]",
    "manager show users",
    "manager show user <user>",
    "manager show connected",
)
"""Asterisk's own commands. A form a line, its words by blanks: `<argument>`, `[one that may be left out]`, or
alternatives. A comma in an argument stands for a blank."""

_WORD = re.compile(r'"(?:\\.|[^"\\])*"?|\S+')


@dataclass(frozen=True, slots=True)
class Completion:
    """What Tab makes of a line."""

    line: str
    """The line, as far as it is clear how it goes on."""
    candidates: tuple[str, ...] = ()
    """Words that may stand where the cursor is; empty where none is known."""
    expected: str = ""
    """What is to come from the cursor on: `<port> <number> <text>`, of each command that it may be one; else empty."""


def complete(line: str, forms: Sequence[str], ports: Iterable[int] = ()) -> Completion:
    """Complete the end of a line by the forms that a gateway knows; `ports` are those of the gateway."""
    words = _WORD.findall(line)
    begun = words.pop() if words and not line[-1:].isspace() else ""
    numbers = tuple(str(port) for port in ports)
    candidates: dict[str, None] = {}
    rests: dict[str, None] = {}
    for form in map(str.split, forms):
        if len(words) >= len(form) or not all(_takes(piece, word) for piece, word in zip(form, words, strict=False)):
            continue
        fitting = [word for word in _words(form[len(words)], numbers) if word.startswith(begun.lower())]
        candidates |= dict.fromkeys(fitting)
        if fitting or _is_argument(form[len(words)]):
            rests[" ".join(map(_shown, form[len(words) :]))] = None
    found = tuple(candidates)
    return Completion(_go_on(line, begun, found), found, " · ".join(rests) if len(rests) <= 3 else "")


def _takes(piece: str, word: str) -> bool:
    """Whether a word may stand at this place of a form."""
    return _is_argument(piece) or word.lower() in piece.split("|")


def _is_argument(piece: str) -> bool:
    return piece[0] in "<["


def _words(piece: str, ports: Sequence[str]) -> Sequence[str]:
    """The words that may stand there."""
    if piece.startswith("<port>"):
        return [*ports, *piece.split("|")[1:]]
    if piece.startswith("["):
        inner = piece[1:-1].partition(",")[0]
        return inner.split("|") if "|" in inner or inner == "seconds" else ()
    return () if _is_argument(piece) else piece.split("|")


def _shown(piece: str) -> str:
    return piece.replace(",", " ")


def _go_on(line: str, begun: str, candidates: Sequence[str]) -> str:
    """The line with what all candidates have in common; a blank behind the only one."""
    if not candidates:
        return line
    first, last = min(candidates), max(candidates)
    common = first
    while not last.startswith(common):
        common = common[:-1]
    kept = line[: len(line) - len(begun)]
    if len(candidates) == 1:
        return f"{kept}{common} "
    return kept + common if len(common) > len(begun) else line
