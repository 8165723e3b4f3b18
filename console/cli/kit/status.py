"""One line and an exit code for a monitoring system, as the Monitoring Plugins' guidelines ask for: Nagios, Icinga,
Checkmk, Zabbix.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from console.cli.kit.output import one_line
from console.errors import ConsoleError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence
    from typing import NoReturn


class Status(IntEnum):
    """The exit code."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


class Figure(NamedTuple):
    """What a monitoring system draws: `label=value unit;warning;critical;least;most`."""

    label: str
    value: float
    unit: str = ""
    warning: float | None = None
    critical: float | None = None
    most: float | None = None

    def __str__(self) -> str:
        ends = ["" if end is None else f"{end:g}" for end in (self.warning, self.critical, 0, self.most)]
        return f"{self.label}={self.value:g}{self.unit};{';'.join(ends)}".rstrip(";")


class Verdict(NamedTuple):
    """What a look found."""

    status: Status
    words: str
    """May hold text from outside."""
    figures: Sequence[Figure] = ()


def tell_status(look: Callable[[], Verdict]) -> int:
    """Print what `look` finds; where it can't look, that is UNKNOWN. Returns the exit code."""
    try:
        verdict = look()
    except Exception as error:  # also of our own: 1, for an internal error, is WARNING here
        from console.cli.kit.fault import explained

        told = error if isinstance(error, ConsoleError) else explained(error)
        verdict = Verdict(Status.UNKNOWN, f"{told.title}: {told}")
    words = one_line(" ".join(verdict.words.split())).replace("|", "/")  # figures follow the first bar
    figures = " ".join(map(str, verdict.figures))
    print(f"{verdict.status.name} - {words}" + (f" | {figures}" if figures else ""))
    return int(verdict.status)


def refuse_as_unknown(parser: argparse.ArgumentParser) -> None:
    """Let a wrong argument end as UNKNOWN: 2 is CRITICAL here."""

    def refuse(message: str) -> NoReturn:
        parser.exit(Status.UNKNOWN, f"{parser.format_usage()}{Status.UNKNOWN.name} - {message}\n")

    parser.error = refuse  # type: ignore[method-assign]
