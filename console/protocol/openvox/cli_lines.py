"""Lines for the gateway's command line as an operator types them: which can be sent, and which do harm."""

from __future__ import annotations

import re

from console.errors import CannotSend
from console.protocol.openvox.commands import MAX_LINE_BYTES

_HEADER_BYTES = len("Command: ")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SHOW = re.compile(r"(?:[a-z][a-z0-9_-]* )?show(?: .*)?|(?:core show )?help(?: .*)?|gsm power stat \d+", re.IGNORECASE)

_CAUTIONS = (
    (
        re.compile(r"gsm send (?:sync ?)?c?sms\b|gsm send pdu\b", re.IGNORECASE),
        "It goes past the outbox: its fate is not followed. The form (n) sends it properly.",
    ),
    (re.compile(r"gsm send ussd\b", re.IGNORECASE), "It may cost money, and is kept in no history."),
    (
        re.compile(r"gsm power\b", re.IGNORECASE),
        "A port that is off receives and sends nothing; what it is just sending may be lost.",
    ),
    (
        re.compile(r"(?:core|extra)?\s*(?:stop|restart|reload|shutdown)\b|module |reboot\b", re.IGNORECASE),
        "The gateway may be away for a while. What is called or sent meanwhile is lost.",
    ),
)


def check_line(line: str) -> str:
    """The line without blanks around it. Raises CannotSend where it can't travel by AMI."""
    line = line.strip()
    if not line:
        raise CannotSend("There is no command to run.", hint="Type one, such as core show version.")
    if _CONTROL.search(line):
        raise CannotSend("A control character can't travel in a command.", hint="Take it out; type it as plain text.")
    size = _HEADER_BYTES + len(line.encode())
    if size > MAX_LINE_BYTES:
        raise CannotSend(
            f"The command is {size} bytes long and AMI takes lines of {MAX_LINE_BYTES}.", hint="Shorten it."
        )
    return line


def is_harmless(line: str) -> bool:
    """Whether a line is known to only look: `… show …`, `help`, `gsm power stat`. Whatever is not known may do harm.

    Words in quotes or with a backslash are not looked through: such a line is not known.
    """
    return '"' not in line and "\\" not in line and _SHOW.fullmatch(" ".join(line.split())) is not None


def caution(line: str) -> str:
    """What to beware of, in words; empty where nothing is known."""
    words = " ".join(line.split())
    return next((why for pattern, why in _CAUTIONS if pattern.match(words)), "")
