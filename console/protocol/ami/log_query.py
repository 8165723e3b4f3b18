"""One filter line of the AMI log: what is looked for, and whether a record is among it.

    event:SMSSendStatus port:3 10086 "two words" /regex/ -VarSet -event:Newexten dir:in gw:gw1 is:mark

Words must all be in the text, anywhere, in any case, and so must what `/…/` describes. Filters of different names must
all hold; of one name given twice, either. A `-` in front excludes. A name that is no filter is a word.

Looked at is the text without its secrets: what is masked on the screen can't be searched for.

A regular expression must not hold up the screen, and Python's can take for ever. So it sees the first REGEX_SEEN
characters of a record (fewer, where it repeats more than once), and one that repeats a repetition is refused.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.domain.ami import AmiKind
from console.domain.link import Flow
from console.protocol.ami.events import decode_percent, read_event
from console.protocol.ami.log_text import SMS_TEXT
from console.protocol.text.grams import folded
from console.protocol.text.redact import redact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from console.domain.link import LogRecord


MOST_REPETITIONS = 2
"""Of `*`, `+`, `{2,}` and the like in one pattern."""

MOST_OPTIONAL = 6
"""Of `?` and of groups with alternatives in one pattern: each may double the ways."""

_FEW = 8
"""A counted repetition up to this is not counted as one."""

_PIECE = re.compile(
    r"(?P<escape>\\.)"
    r"|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])"
    r"|(?P<flags>\(\?[aimsu]+\))"
    r"|(?P<open>\((?:\?(?:P<\w+>|<?[=!]|[aimsu]*(?:-[ims]+)?:))?)"
    r"|(?P<close>\))"
    r"|(?P<count>[*+?]|\{(?P<low>\d*)(?P<comma>,)?(?P<high>\d*)\})(?P<lazy>[?+])?"
    r"|(?P<or>\|)"
    r"|(?P<other>.)",
    re.DOTALL,
)


def why_slow(pattern: str) -> str:
    """Why a pattern is refused, in words; empty when it is fast on a line of the log."""
    return _Scan(pattern).why


def repetitions(pattern: str) -> int:
    """How many unbounded or long repetitions a pattern has."""
    return _Scan(pattern).repetitions


class _Scan:
    """One pass over a pattern. What is no pattern at all is for the compiler to refuse."""

    def __init__(self, pattern: str) -> None:
        self.why = ""
        self.repetitions = 0
        self._optional = 0
        self._groups = [False]
        """For each open group, whether it holds a repetition or alternatives so far."""
        self._closed = False
        """Whether the last atom was a group that did."""
        self._opened = False
        """Whether the last piece began a group."""
        for piece in _PIECE.finditer(pattern):
            self._take(piece)
        if not self.why and self.repetitions > MOST_REPETITIONS:
            self.why = f"has more than {MOST_REPETITIONS} repetitions and could take too long"
        if not self.why and self._optional > MOST_OPTIONAL:
            self.why = f"has more than {MOST_OPTIONAL} alternatives and could take too long"

    def _take(self, piece: re.Match[str]) -> None:
        kind = piece.lastgroup
        opened, self._opened = self._opened, kind == "open"
        if piece["count"] is not None:
            if opened:
                self.why = self.why or "has a kind of group that is not taken here"
            self._repeat(piece)
            return
        self._closed = False
        if kind == "open":
            self._groups.append(False)
        elif kind == "close" and len(self._groups) > 1:
            self._closed = self._groups.pop()
            self._groups[-1] = self._groups[-1] or self._closed
        elif kind == "or":
            self._optional += 1
            self._groups[-1] = True
        elif kind == "escape" and piece[0][1].isdigit() and piece[0] != "\\0":
            self.why = self.why or "refers back to a group, which could take too long"

    def _repeat(self, piece: re.Match[str]) -> None:
        many = piece["count"] in {"*", "+"}
        if piece["count"].startswith("{"):
            high = piece["high"] or ("" if piece["comma"] else piece["low"])
            many = not high or len(high) > 3 or int(high) > _FEW
            self._optional += bool(piece["comma"]) and not many
        elif piece["count"] == "?":
            self._optional += 1
        if self._closed and piece["count"] != "?":
            self.why = self.why or "repeats a group that holds a repetition or alternatives, which could take for ever"
        self.repetitions += many
        self._groups[-1] = True
        self._closed = False


FILTERS: Mapping[str, str] = {
    "event": "name of an event or answer: `event:SMSSendStatus`, `event:SMS*`",
    "port": "GSM port: `port:3`",
    "dir": "`dir:in`, `dir:out` or `dir:note`",
    "gw": "gateway by its name: `gw:north`",
    "is": "`is:mark`",
}
"""Name to what it means, for the help of whoever types one."""

REGEX_SEEN = 2_000
"""Characters of a record that a regular expression sees."""

REGEX_SEEN_TWICE = 200
"""The same for one with two repetitions: the work grows with the power of their number."""

_TEXT_SEEN = 65_536
"""Bytes of a record that are looked at. Longer ones are rare: they hold a Command's long answer."""

_REGEX_LENGTH = 200
_TOKEN = re.compile(
    r"(?=\S)(?P<minus>-(?=\S))?(?:/(?P<regex>(?:\\.|[^/\\])+)/(?=\s|$)"
    r'|(?:(?P<name>[A-Za-z]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<bare>\S*)))'
)
_CHANNEL = re.compile(r"(?:gsm-)?(?:1\.)?([1-9]\d{0,3})", re.IGNORECASE)
_CALL_CHANNEL = re.compile(r"EXTRA/([1-9]\d{0,3})-", re.IGNORECASE)
_IN_ACTION = re.compile(
    r"^Command: gsm (?:(?:show span|send(?: sync)? \w+|check phone stat|power \w+) )([1-9]\d{0,3})\b",
    re.MULTILINE | re.IGNORECASE,
)
_IN_ANSWER = re.compile(r"\bspan:? *([1-9]\d{0,3})\b", re.IGNORECASE)
_PORT_HEADERS = ("GsmPort", "Port", "Channel", "Context")


@dataclass(frozen=True, slots=True)
class Term:
    """One piece of the line. `name` is a filter's, `word` or `regex`."""

    name: str
    value: str
    """Folded, for a regex as written."""
    excluded: bool = False
    pattern: re.Pattern[str] | None = None
    seen: int = REGEX_SEEN
    """Characters that the pattern sees."""


@dataclass(frozen=True, slots=True)
class LogQuery:
    """What a line asks for; nothing asks for everything."""

    terms: tuple[Term, ...] = ()
    problems: tuple[str, ...] = ()
    """Pieces that make no sense, in words for the operator. They hold nothing back."""

    @property
    def is_empty(self) -> bool:
        """It asks for everything."""
        return not self.terms

    def matches(self, record: LogRecord) -> bool:
        """Whether a record is among what is asked for."""
        wanted: dict[str, bool] = {}
        text: _Text | None = None
        for term in self.terms:
            if term.name in FILTERS:
                holds = _holds(term, record)
            else:
                text = text or _Text(searched_text(record))
                holds = text.holds(term)
                if holds is term.excluded:
                    return False
                continue
            if term.excluded and holds:
                return False
            if not term.excluded:
                wanted[term.name] = wanted.get(term.name, False) or holds
        return all(wanted.values())


class _Text:
    """The text of one record; folded once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._folded = folded(text)

    def holds(self, term: Term) -> bool:
        if term.pattern is not None:
            return term.pattern.search(self._text[: term.seen]) is not None
        return term.value in self._folded


def parse_log_query(line: str) -> LogQuery:
    """Read a line. Whatever it says, a query comes of it: what makes no sense is in `problems`."""
    terms: list[Term] = []
    problems: list[str] = []
    for match in _TOKEN.finditer(line):
        excluded = bool(match["minus"])
        name = (match["name"] or "").lower()
        value = match["quoted"] if match["quoted"] is not None else match["bare"]
        if match["regex"] is not None:
            terms += _regex(match["regex"], excluded, problems)
        elif name not in FILTERS:
            word = folded(f"{match['name']}:{value}" if match["name"] else value)
            terms += [Term("word", word, excluded)] if word else []
        elif not value:
            problems.append(f"`{name}:` needs a value: {FILTERS[name]}")
        elif (value := value.casefold()) not in _CHOICES.get(name, {value}) or (name == "port" and not _is_port(value)):
            problems.append(f"`{name}:{value}` is not known: {FILTERS[name]}")
        else:
            terms.append(Term(name, value, excluded))
    # What costs least first: most records are out before their text is looked at.
    terms.sort(key=lambda term: (term.name not in FILTERS, term.pattern is not None))
    return LogQuery(tuple(terms), tuple(problems))


_CHOICES = {"dir": {flow.value for flow in Flow}, "is": {"mark"}}


def _is_port(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 6


def _regex(source: str, excluded: bool, problems: list[str]) -> Iterable[Term]:
    """The term of a regular expression, unless it is none or could take too long."""
    source = source.replace("\\/", "/")
    why = f"is longer than {_REGEX_LENGTH} characters" if len(source) > _REGEX_LENGTH else why_slow(source)
    pattern = None
    if not why:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # Python's doubts about a pattern
                pattern = re.compile(source, re.IGNORECASE)
        except (re.error, OverflowError, RecursionError, Warning) as error:
            why = f"is no regular expression: {error}"
    if pattern is None:
        problems.append(f"/{source[:40]}/ {why}")
        return []
    seen = REGEX_SEEN if repetitions(source) < 2 else REGEX_SEEN_TWICE
    return [Term("regex", source, excluded, pattern, seen)]


def searched_text(record: LogRecord) -> str:
    """All that words are looked for in, without secrets: what was received or sent, and an SMS as it reads."""
    if record.message is None:
        return redact(record.text[:_TEXT_SEEN])
    raw = record.message.raw
    text = raw[:_TEXT_SEEN].decode("utf-8", "backslashreplace")
    if len(raw) > _TEXT_SEEN:
        text = text.rpartition("\n")[0]  # half a line might hold half a secret, which nothing masks
    if SMS_TEXT in text and (data := record.message.get("AppData")).startswith(SMS_TEXT):
        text += decode_percent(data.removeprefix(SMS_TEXT))
    return redact(text)


def port_of(record: LogRecord) -> int | None:
    """The GSM port that a record is about; None where it is about none, or does not say."""
    message = record.message
    if message is None:
        found = _IN_ACTION.search(record.text) if record.flow is Flow.OUT else None
        return int(found[1]) if found else None
    if message.kind is AmiKind.EVENT:
        port = getattr(read_event(message), "port", None)
        if isinstance(port, int):
            return port
        named = (port_named(message.get(name)) for name in _PORT_HEADERS)
        return next((port for port in named if port is not None), None)
    output = message.output or ()
    found = _IN_ANSWER.search(output[0]) if 1 <= len(output) <= 3 else None
    return int(found[1]) if found else None


def port_named(words: str) -> int | None:
    """GSM port of `3`, `gsm-3`, `gsm-1.3` or the call channel `EXTRA/5-1` (two a port); else None."""
    if found := _CHANNEL.fullmatch(words.strip()):
        return int(found[1])
    if found := _CALL_CHANNEL.match(words.strip()):
        return (int(found[1]) + 1) // 2
    return None


def _holds(term: Term, record: LogRecord) -> bool:
    match term.name:
        case "event":
            name = record.message.name.casefold() if record.message is not None else ""
            start, star, _ = term.value.partition("*")
            return name.startswith(start) if star else bool(name) and name == term.value
        case "dir":
            return record.flow.value == term.value
        case "gw":
            return record.gateway.casefold() == term.value
        case "is":
            return record.is_mark
        case _:
            return str(port_of(record)) == term.value
