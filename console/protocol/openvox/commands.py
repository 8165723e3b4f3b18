"""The gateway's `gsm ...` commands: typed arguments to command lines, and their answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from console.errors import CannotSend
from console.protocol.driver.arguments import at_least, check_destination, check_id, command_line, port_word, quote
from console.protocol.driver.refusals import is_refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

FLAGS = range(10, 100)
"""References of the parts of one message: a valid octet whether the driver reads it as decimal or as hexadecimal."""

_PLAIN_WORD = re.compile(r"[+0-9*#A-Za-z=_.-]+")


def send_sms(port: int, to: str, text: str) -> str:
    """`gsm send sms`: the answer says nothing of the outcome, and the driver may send it much later."""
    return command_line("gsm send sms", port_word(port), check_destination(to), quote(text))


def send_sync_sms(
    port: int,
    to: str,
    text: str,
    *,
    timeout: int,
    flash: bool | None = False,
    id: str = "",  # noqa: A002
) -> str:
    """`gsm send sync sms`: answered when the module is done, or after `timeout` seconds. `flash` None: a driver without
    that argument (2013), which would take it for the id.
    """
    return command_line(
        "gsm send sync sms",
        port_word(port),
        check_destination(to),
        quote(text),
        at_least(timeout, 1, "timeout"),
        *_flash_and_id(flash=flash, id=id),
    )


def send_sync_csms(
    port: int,
    to: str,
    text: str,
    *,
    flag: int,
    count: int,
    sequence: int,
    timeout: int,
    flash: bool | None = False,
    id: str = "",  # noqa: A002
) -> str:
    """`gsm send sync csms`: part `sequence` (from 1) of `count`; `flag` from `FLAGS`."""
    if flag not in FLAGS:
        raise CannotSend(f"The reference of a long message must be 10 to 99, not {flag}.")
    if not 1 <= sequence <= count <= 255:
        raise CannotSend(
            f"Part {sequence} of {count} can't be sent: a message has at most 255 parts, numbered from 1.",
            hint="Shorten the text." if count > 255 else "",
        )
    return command_line(
        "gsm send sync csms",
        port_word(port),
        check_destination(to),
        quote(text),
        str(flag),
        str(count),
        str(sequence),
        at_least(timeout, 1, "timeout"),
        *_flash_and_id(flash=flash, id=id),
    )


def ussd(port: int, code: str, *, timeout: int, id: str = "") -> str:  # noqa: A002
    """`gsm send ussd`: `code` is a service code (`*100#`) or the reply to a menu; `timeout` in seconds."""
    if not code:
        raise CannotSend("The USSD code is empty.", hint="Type one, such as *100#.")
    more = (check_id(id),) if id else ()
    return command_line("gsm send ussd", port_word(port), _word(code), at_least(timeout, 1, "timeout"), *more)


def at(port: int, command: str, *, timeout_ms: int | None = None, keywords: Sequence[str] = ()) -> str:
    """`gsm send at` (no answer awaited), or with `timeout_ms` `gsm send sync at`.

    The synchronous form waits for one of `keywords`, or for OK or ERROR when there are none.
    """
    if not command:
        raise CannotSend("The AT command is empty.", hint="Type one, such as AT+CSQ.")
    if timeout_ms is None:
        if keywords:
            raise CannotSend("Keywords to wait for need a timeout.")
        return command_line("gsm send at", port_word(port), _word(command))
    more = (quote("|".join(keywords)),) if keywords else ()
    wait = at_least(timeout_ms, 1, "timeout")
    return command_line("gsm send sync at", port_word(port), _word(command), wait, *more)


def power(action: Literal["on", "off", "reset"], port: int | Literal["all"]) -> str:
    """`gsm power`: `all` goes with on and off only. What the gateway answers differs; show it as it is.

    `gsm power stat` is never sent: chan_extra 2.0.8 locks one mutex twice in it, and may hang the port.
    """
    if port == "all":
        if action not in {"on", "off"}:
            raise CannotSend(f"Power {action} needs one port.", hint="Choose a port.")
        return f"gsm power {action} all"
    return command_line("gsm power", action, port_word(port))


def _flash_and_id(*, flash: bool | None, id: str) -> tuple[str, ...]:  # noqa: A002
    """The optional arguments at the end: an id needs the flash digit in front of it, but for a driver without one."""
    if not id:
        return ("1",) if flash else ()
    return (check_id(id),) if flash is None else ("1" if flash else "0", check_id(id))


def _word(text: str) -> str:
    return text if _PLAIN_WORD.fullmatch(text) else quote(text)


class SendAnswer(StrEnum):
    """What the answer to a `sync` send says. `Response: Follows` or `Success` alone says nothing."""

    SUCCESSFULLY = "SUCCESSFULLY"
    FAILED = "FAILED"
    USING = "WAS USING"
    """The span was busy with another send; nothing was sent."""
    TIMEOUT = "TIMEOUT"
    """The module did not say in time. The driver (chan_extra 2.0.8) keeps the message and tries again every 2 s."""
    UNREADABLE = "unreadable"
    """None of the words, or words that contradict each other: the message may or may not have been sent."""


_COMPLAINT = re.compile(r"\s*(?:No such command '|Usage:|Command ')")
_OUTCOME = re.compile(r"\bSMS TO PHONE\b")
_SUCCESS = re.compile(r"\bSUCCESS(?:FULLY)?\b")
_FAILED = re.compile(r"\bFAIL(?:ED|URE)?\b")
_TIMEOUT = re.compile(r"\bSMS TO PHONE\b.*\bTIMEOUT\b")
_USING = re.compile(r"\bWAS USING\b")


def read_send_answer(output: Sequence[str]) -> SendAnswer:
    """The answer to `send_sync_sms` or `send_sync_csms`.

    The words are looked for anywhere: firmwares differ in the line around them. Not in Asterisk's own
    complaints, though, which repeat the command and so the text; a command it refused was not carried out.
    """
    words = "\n".join(line for line in output if not _COMPLAINT.match(line))
    if _SUCCESS.search(words):
        contradicted = _FAILED.search(words) or _USING.search(words)
        return SendAnswer.UNREADABLE if contradicted else SendAnswer.SUCCESSFULLY
    if _FAILED.search(words):
        return SendAnswer.FAILED
    if _USING.search(words):
        return SendAnswer.USING
    if _TIMEOUT.search(words):
        return SendAnswer.TIMEOUT
    return SendAnswer.FAILED if is_refusal(output) and not _OUTCOME.search(words) else SendAnswer.UNREADABLE


class UssdKind(StrEnum):
    """What the answer to `ussd` is."""

    RECEIVED = "received"
    FAILED = "failed"
    BUSY = "busy"
    """Another USSD request is under way on that port."""
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class UssdAnswer:
    """The network's reply; `text` is raw text from outside with line breaks, for other kinds all of it."""

    kind: UssdKind
    text: str
    response: int | None = None
    """USSD response class: 0 is final, 1 asks for a reply (3GPP TS 27.007 7.15)."""
    code: int | None = None
    """Data coding scheme, 15 for the default alphabet."""


_USSD = re.compile(r"1:.*?USSD on span \d+\s*,\s*res?ponses:\s*(\d+)(?:\s*,\s*code:\s*(\d+))?", re.IGNORECASE)


def read_ussd_answer(output: Sequence[str]) -> UssdAnswer:
    """Either spelling of the driver: `1:Recive USSD on span 2,responses:0,code:15`, `1:Receive ...`."""
    whole = "\n".join(output).strip()
    found = _USSD.match(whole)
    if found:
        _, mark, text = whole[found.end() :].partition("Text:")
        body = text if mark else whole[found.end() :].strip()
        code = int(found[2]) if found[2] else None
        return UssdAnswer(UssdKind.RECEIVED, body, int(found[1]), code)
    if "Sending USSD now" in whole:
        return UssdAnswer(UssdKind.BUSY, whole)
    if whole.startswith("0"):
        return UssdAnswer(UssdKind.FAILED, whole)
    return UssdAnswer(UssdKind.UNREADABLE, whole)


class AtKind(StrEnum):
    """How a synchronous AT command ended."""

    OK = "OK"
    ERROR = "ERROR"
    TIMEOUT = "TIMEOUT"
    NOT_READY = "NOT READY"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class AtAnswer:
    """The module's words (from outside, raw), the final one included."""

    kind: AtKind
    lines: tuple[str, ...]


_AT_ENDINGS = (
    (AtKind.OK, re.compile(r"OK")),
    (AtKind.ERROR, re.compile(r"ERROR|\+CM[ES] ERROR:.*")),
    (AtKind.TIMEOUT, re.compile(r"TIMEOUT")),
    (AtKind.NOT_READY, re.compile(r"NOT READY")),
)


def read_at_answer(output: Sequence[str]) -> AtAnswer:
    """The answer to `at` with a timeout, told by its last line."""
    lines = tuple(line.rstrip("\r") for line in output)
    spoken = [line.strip() for line in lines if line.strip()]
    last = spoken[-1] if spoken else ""
    for kind, ending in _AT_ENDINGS:
        if ending.fullmatch(last):
            return AtAnswer(kind, lines)
    return AtAnswer(AtKind.UNREADABLE, lines)
