"""Sending by HTTP: the query of `/sendsms` and every answer it is known to give.

The answer repeats the message, and not always as valid JSON: raw control characters, quotes that were not
escaped, debug lines in between. So it is never parsed as a document: the records behind the last `"report"`
are read by their own keys, and what can't be read is kept raw.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from console.errors import CannotSend
from console.protocol.driver.arguments import check_destination, check_id, utf8
from console.protocol.sms.segments import HTTP_MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_NUMBER = 23
"""The recipient's buffer is 24 bytes."""

_PORT = re.compile(r"[0-9]{1,3}|[A-Za-z]{1,8}-[0-9]{1,3}\.[0-9]{1,3}")

ACCEPTED = frozenset({"sending"})
"""Result words: in the gateway's queue, or still on its way when the old firmware stopped waiting."""

SENT = frozenset({"success"})
"""Result words: the module sent it (old firmware)."""

REFUSED = frozenset({"not ready", "not select", "message too long", "fail"})
"""Result words: not sent and not going to be."""


def build_query(
    *,
    username: str,
    password: str,
    to: str,
    text: str,
    port: str | None,
    id: str,  # noqa: A002 - the field's name on the wire
    timeout: int | None = None,
    report: Literal["JSON", "String"] = "JSON",
) -> str:
    """The query behind `/sendsms?` for one recipient, percent-encoded UTF-8.

    `port` is `2` or `gsm-1.2` (board.span, old firmware); None lets the gateway choose. `timeout` in seconds.
    Raises CannotSend for what the gateway would refuse or choke on. The query holds the password: to show it,
    build it with another.
    """
    check_destination(to)
    if len(to) > MAX_NUMBER:
        raise CannotSend(f"A number sent by HTTP has at most {MAX_NUMBER} characters; this one has {len(to)}.")
    if port is not None and not _PORT.fullmatch(port):
        raise CannotSend(f"{port[:40]!a} is not a port.", hint="Use 2, or gsm-1.2 on old firmware.")
    if timeout is not None and timeout < 0:
        raise CannotSend(f"The timeout must be 0 or more seconds, not {timeout}.")
    _check_text(text)
    fields = {"username": username, "password": password, "phonenumber": to, "message": text}
    if port is not None:
        fields["port"] = port
    fields |= {"report": report, "id": check_id(id)}
    if timeout is not None:
        fields["timeout"] = str(timeout)
    return "&".join(f"{name}={quote(value, '*', errors='surrogateescape')}" for name, value in fields.items())


def _check_text(text: str) -> None:
    if "\0" in text:
        raise CannotSend("The gateway drops everything after a NUL.", hint="Remove it from the text.")
    size = len(utf8(text)) + text.count('"') + text.count("\\")
    if size > HTTP_MAX_BYTES:
        raise CannotSend(
            f"The gateway takes {HTTP_MAX_BYTES} bytes of text by HTTP; this text has {size}.",
            hint="Shorten the text, or send it by AMI.",
        )


class HttpAnswerKind(StrEnum):
    """What a body turned out to be."""

    REPORT = "report"
    """One record for each recipient."""
    WORDS = "words"
    """Reports are switched off: bare result words, run together."""
    AUTH_FAILED = "authentication failed"
    DISABLED = "disabled"
    """HTTP to SMS is switched off on the gateway."""
    ERROR = "error"
    """Refused as a whole, with the gateway's reason in `words`."""
    UNREADABLE = "unreadable"
    """None of these: whether the message was taken is unknown."""


@dataclass(frozen=True, slots=True)
class Record:
    """What the gateway says of one recipient. All raw text from outside; absent fields are empty."""

    port: str
    """`1`, `gsm-1.1`, `nil`, `(null)` or empty."""
    phonenumber: str
    time: str
    id: str
    result: str
    """See ACCEPTED, SENT and REFUSED; any other word, or none, tells nothing."""

    def may_be_of(self, number: str) -> bool:
        """Whether it may be of a message to this number: it names none, or this one, with more or less of what stands
        in front of it.
        """
        named, ours = (re.sub(r"[^0-9]", "", words).lstrip("0") for words in (self.phonenumber, number))
        return not named or named.endswith(ours) or ours.endswith(named)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An answer of `/sendsms`, read; `raw` is the body, always whole."""

    kind: HttpAnswerKind
    records: tuple[Record, ...]
    words: tuple[str, ...]
    """WORDS: the result words in order. AUTH_FAILED, DISABLED, ERROR: the gateway's sentence."""
    raw: bytes


_REFUSALS = re.compile(
    r"""
    ^[^\S\n]*(?:
        (?P<auth>Authentication\ Failed\b[^\n]*)
      | (?P<disabled>Function\ is\ disable\b[^\n]*)
      | (?P<error>Send\ SMS\ Fail\b[^\n]*|Enable\ CORS\ Switch[^\n]*|The\ url\ is\ not\ allowed[^\n]*)
      | \{\s*"error"\s*:\s*"(?P<json>(?:[^"\\]|\\.)*)"
    )
    """,
    re.MULTILINE | re.VERBOSE | re.DOTALL,
)

_REPORT = re.compile(r'"report"\s*:\s*\[')
_JSON_RECORD = re.compile(r'"[0-9]+"\s*:\s*\[\s*\{')
_JSON_FIELD = re.compile(r'"(port|phonenumber|time|id|result)"\s*:\s*"((?:[^"\\]|\\.)*)"', re.DOTALL)

_START = re.compile(r"^[ \t]*-*record(?: ([0-9]{1,6}))? start-*[ \t\r]*$", re.MULTILINE)
_END = re.compile(r"^[ \t]*-*record(?: [0-9]{1,6})? end-*[ \t\r]*$", re.MULTILINE)
_ECHO = re.compile(rf'"message"\s*:|"report"\s*:|^message:|{_START.pattern}', re.MULTILINE)
_STRING_FIELD = re.compile(r"^[ \t]*(port|phonenumber|time|id|result):([^\n]*)", re.MULTILINE)

_WORDS = re.compile(r"sending|not ready|not select|message too long|success|fail")
_ALL_WORDS = re.compile(rf"(?:{_WORDS.pattern})+")


def read_answer(body: bytes) -> HttpAnswer:
    """Read a body of `/sendsms`, HTTP 200 whatever it says. Never raises; the rest is UNREADABLE.

    The answer may hold the message, and a message may hold anything: a refusal counts only before the echo,
    records only behind it.
    """
    text = body.decode("utf-8", "replace").lstrip("\ufeff")
    echo = _ECHO.search(text)
    refusal = _REFUSALS.search(text, 0, echo.start() if echo else len(text))
    if refusal:
        return _refused(refusal, body)
    if echo:
        records = _json_records(text) if echo[0].startswith('"') else _string_records(text)
        if records:
            return HttpAnswer(HttpAnswerKind.REPORT, records, (), body)
    elif _ALL_WORDS.fullmatch(last := text.rstrip().rpartition("\n")[2].strip()):
        return HttpAnswer(HttpAnswerKind.WORDS, (), tuple(_WORDS.findall(last)), body)
    return HttpAnswer(HttpAnswerKind.UNREADABLE, (), (), body)


def _refused(found: re.Match[str], body: bytes) -> HttpAnswer:
    kinds = {
        "auth": HttpAnswerKind.AUTH_FAILED,
        "disabled": HttpAnswerKind.DISABLED,
        "error": HttpAnswerKind.ERROR,
        "json": HttpAnswerKind.ERROR,
    }
    name = found.lastgroup or "error"
    words = _unescaped(found[name]) if name == "json" else found[name].strip()
    return HttpAnswer(kinds[name], (), (words,), body)


def _json_records(text: str) -> tuple[Record, ...]:
    """Records behind the last `"report":[`, whatever stands between them; one without a result is none."""
    reports = list(_REPORT.finditer(text))
    if not reports:
        return ()
    pieces = _JSON_RECORD.split(text[reports[-1].end() :])[1:]
    fields = (_first(_JSON_FIELD, piece) for piece in pieces)
    return tuple(_record(each, _unescaped) for each in fields if "result" in each)


def _string_records(text: str) -> tuple[Record, ...]:
    """The run of records that ends the body: nothing between them, numbers rising by one."""
    records: list[Record] = []
    number = behind = None
    for start in reversed(list(_START.finditer(text))):
        end = _END.search(text, start.end())
        if behind is not None:
            apart = end is None or text[end.end() : behind].strip()
            if apart or (number and start[1] != str(int(number) - 1)):
                break
        each = _first(_STRING_FIELD, text[start.end() : end.start() if end else len(text)])
        if "result" in each:
            records.append(_record(each, str.strip))
        number, behind = start[1], start.start()
    return tuple(reversed(records))


def _first(pattern: re.Pattern[str], text: str) -> dict[str, str]:
    """The first value of each name."""
    values: dict[str, str] = {}
    for found in pattern.finditer(text):
        values.setdefault(found[1], found[2])
    return values


def _record(values: dict[str, str], cleaned: Callable[[str], str]) -> Record:
    names = ("port", "phonenumber", "time", "id", "result")
    return Record(*(cleaned(values.get(name, "")) for name in names))


def _unescaped(value: str) -> str:
    """The inside of a JSON string; as it stands when it is not quite one."""
    try:
        return str(json.loads(f'"{value}"', strict=False))
    except ValueError:
        return value
