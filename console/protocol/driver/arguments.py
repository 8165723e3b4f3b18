"""Arguments of the driver's commands: what they may hold, and how they travel.

A line built of them travels in a header of an AMI action and is split there by Asterisk (main/cli.c `parse_args`): `"`
toggles quoting, a backslash makes the next character ordinary, blanks and tabs part words. What can't travel that way
raises CannotSend before any byte leaves.
"""

from __future__ import annotations

import re

from console.errors import CannotSend
from console.protocol.ami.session import MAX_LINE

_HEADER = "Command: "
_DESTINATION = re.compile(r"\+?[0-9*#]+")
_ID = re.compile(r"[A-Za-z0-9_-]{1,31}")


def quote(text: str) -> str:
    """`text` as one argument of an Asterisk command line, byte for byte."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def check_destination(to: str) -> str:
    """`to` when it can be dialled: digits, `*` and `#` with an optional leading `+`. CannotSend otherwise."""
    if not _DESTINATION.fullmatch(to):
        raise CannotSend(
            f"{_shown(to)} is not a number you can send to.",
            hint="Use digits, * and #, with a leading + if needed: +8613632919026.",
        )
    return to


def check_id(id: str) -> str:  # noqa: A002 - the field's name on the wire
    """`id` when the whole gateway can carry it: at most 31 of A-Z a-z 0-9 _ and -. CannotSend otherwise."""
    if not _ID.fullmatch(id):
        raise CannotSend(f"{_shown(id)} is not a valid message id.", hint="Use 1 to 31 letters, digits, _ or -.")
    return id


def command_line(*words: str) -> str:
    """One command line of these words. Raises CannotSend for what AMI can't carry."""
    line = " ".join(words)
    if "\r" in line or "\n" in line:
        raise CannotSend(
            "AMI can't carry a line break.",
            hint="Remove the line breaks, or send this message by HTTP.",
        )
    if "\0" in line:
        raise CannotSend("AMI can't carry a NUL character.", hint="Remove it from the text.")
    size = len(_HEADER) + len(utf8(line))
    if size > MAX_LINE:
        raise CannotSend(
            f"The command is {size} bytes long; AMI takes lines of {MAX_LINE}.",
            hint="Split the text into segments, or shorten it.",
        )
    return line


def utf8(text: str) -> bytes:
    """The bytes of a text. Raises CannotSend for half of a surrogate pair: it has none."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise CannotSend(
            "Half of a surrogate pair is not a character and can't be sent.", hint="Remove it from the text."
        ) from None


def port_word(port: int) -> str:
    """A GSM port, from 1."""
    return at_least(port, 1, "port")


def at_least(number: int, least: int, what: str) -> str:
    """A number that must not be smaller; `what` it is, in words."""
    if number < least:
        raise CannotSend(f"The {what} must be {least} or more, not {number}.")
    return str(number)


def _shown(text: str) -> str:
    """Outside text for an error message: short, and with nothing in it that acts on a terminal."""
    return ascii(text if len(text) <= 40 else text[:40] + "...")
