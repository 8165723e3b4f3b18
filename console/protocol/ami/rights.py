"""The self-check of an AMI account: which classes it seems to have, and what follows for the operator.

`manager show user NAME` tells it in the same words from Asterisk 1.6 to 22 (measured on 1.8.32.3 and
22.10.1): `read perm:` and `write perm:`, each with class names joined by commas, or `<none>`. Older releases
append `all` to any list that is not empty, so `all` beside other names proves nothing. Asterisk 1.4 (AMI 1.0)
prints the secret there and must not be asked.

What the session was seen to do counts for more than what is told: a command that ran proves `command`, a
FullyBooted that came proves `system`, whatever manager.conf says by now.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from console.domain.link import AccountRights, Holding
from console.protocol.driver.arguments import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

NEEDED_READ = ("system", "call")
NEEDED_WRITE = ("command",)

_CLASSES = (
    *("system", "call", "log", "verbose", "command", "agent", "user", "config", "dtmf", "reporting", "cdr"),
    *("dialplan", "originate", "agi", "cc", "aoc", "test", "security", "message"),
)
"""In the order of manager.c."""
_NOT_ALLOWED = ("permission denied", "invalid/unknown command")
"""Refusals of the Command action that are about the account; others are about the moment."""

_NO_COMMAND = "no write class command: no port status, and nothing can be sent by AMI"
_NO_EVENTS = "no read class system or call: no send results, delivery reports, SIM or port events"
_FEWER_EVENTS = "no read class {}: some send results, delivery reports, SIM or port events may not come"
_DIALPLAN = (
    "read class dialplan shows received texts raw; one that looks like an event becomes at most a doubtful row. "
    "You can remove it: SMS that come without a callback are then missed"
)
_NO_DIALPLAN = "no read class dialplan: SMS that come without a callback are missed"
_NOT_TOLD = "the gateway does not report the account's read classes"
_NOT_BOOTED = "no FullyBooted event: read class system seems to be missing, or the gateway is still starting"


def may_ask(banner: str) -> bool:
    """Whether this server can be asked about an account without printing its secret."""
    return not banner.rstrip().endswith("/1.0")


def question(username: str) -> str:
    """The command line that asks about an account. Raises CannotSend."""
    return f"manager show user {quote(username)}"


def assess(username: str, at: float, *, output: Sequence[str] | None, refused: str = "", booted: bool) -> AccountRights:
    """What the account seems to be allowed.

    `output` is the answer to `question`, None when the command was not run, and `refused` then the gateway's
    words, if it gave any. `booted`: FullyBooted came. `at` is the time, Unix seconds UTC.
    """
    told_read, told_write = (_told(output or (), field) for field in ("read perm", "write perm"))
    seen_read = ("system",) if booted else ()
    read = _holdings(NEEDED_READ, told_read, seen_read)
    if output is not None:
        write = _holdings(NEEDED_WRITE, told_write, ("command",))
    elif any(words in refused.lower() for words in _NOT_ALLOWED):
        write = MappingProxyType({"command": Holding.MISSING})
    else:
        write = MappingProxyType({"command": Holding.UNKNOWN})
    lacks = any(read[name] is not Holding.HELD for name in NEEDED_READ) or write["command"] is not Holding.HELD
    return AccountRights(
        at=at,
        read=read,
        write=write,
        findings=tuple(_findings(read, write, told=told_read is not None)),
        remark="" if told_read is None else _DIALPLAN if "dialplan" in told_read else _NO_DIALPLAN,
        manager_conf=_lines(username, read, write) if lacks else (),
    )


def _told(output: Iterable[str], field: str) -> frozenset[str] | None:
    """The classes on the line `field: a,b,c`; None when there is no such line."""
    for line in output:
        name, colon, value = line.partition(":")
        if colon and name.strip().lower() == field:
            words = frozenset(word.strip().lower() for word in value.split(","))
            return frozenset(_CLASSES) if words == {"all"} else words & frozenset(_CLASSES)
    return None


def _holdings(needed: Sequence[str], told: frozenset[str] | None, seen: Sequence[str]) -> Mapping[str, Holding]:
    absent = Holding.UNKNOWN if told is None else Holding.MISSING
    held = (told or frozenset()).union(seen)
    names = (name for name in _CLASSES if name in held or name in needed)
    return MappingProxyType({name: Holding.HELD if name in held else absent for name in names})


def _findings(read: Mapping[str, Holding], write: Mapping[str, Holding], *, told: bool) -> Iterable[str]:
    if write["command"] is Holding.MISSING:
        yield _NO_COMMAND
    if not told:
        yield _NOT_TOLD
        if read["system"] is Holding.UNKNOWN:
            yield _NOT_BOOTED
        return
    lacking = [name for name in ("system", "call") if read[name] is Holding.MISSING]
    if len(lacking) == 2:
        yield _NO_EVENTS
    elif lacking:
        yield _FEWER_EVENTS.format(lacking[0])


def _lines(username: str, read: Mapping[str, Holding], write: Mapping[str, Holding]) -> tuple[str, ...]:
    """The account's section with all it has and all that is needed: both mappings name just these."""
    return (f"[{username}]", f"read = {','.join(read)}", f"write = {','.join(write)}")
