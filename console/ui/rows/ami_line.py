"""One line for one AMI message: the facts that matter first."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from console.domain.link import Flow, LogRecord
from console.protocol.ami.log_text import told
from console.protocol.text.safe import safe
from console.ui.kit.format import Cells, clock_millis, fit, utc_millis

if TYPE_CHECKING:
    from console.terminal.theme import Ink

ARROWS: dict[Flow, tuple[str, Ink]] = {
    Flow.IN: ("←", "good"),
    Flow.OUT: ("→", "busy"),
    Flow.NOTE: ("─", "warn"),
}

_NAME_WIDTH = 16
_TIME_WIDTH = 12


class Times(Enum):
    """How the times of the log are written. The value says it in the title."""

    CLOCK = ""
    SINCE = "since the previous line"
    UTC = "UTC"

    @property
    def following(self) -> Times:
        """The next way, round and round."""
        ways = list(Times)
        return ways[(ways.index(self) + 1) % len(ways)]


def log_cells(
    record: LogRecord, times: Times = Times.CLOCK, before: float | None = None, *, gateway: Cells | None = None
) -> Cells:
    """`14:31:58.102 ← SMSSendStatus  port 2 · id 7f3a · SUCCESS`; `before` is the time of the line above, `gateway` the
    column that says whose it is, if there is one.
    """
    arrow, ink = ARROWS[record.flow]
    name, words = told(record)
    time: Cells = [(f"{time_words(record.at, times, before)} ", "quiet"), *(gateway or [])]
    if record.is_mark:
        return [*time, ("◆ ", "accent"), (safe(words), "accent")]
    if record.flow is Flow.NOTE:
        return [*time, (f"{arrow} ", ink), (safe(words), "warn")]
    session = f" ({record.session})" if record.session else ""
    look: Ink = "busy" if record.flow is Flow.OUT else "bad" if name.lower() == "error" else "strong"
    return [*time, (f"{arrow} ", ink), (fit(safe(name + session), _NAME_WIDTH) + " ", look), (safe(words), "plain")]


def time_words(at: float, times: Times, before: float | None) -> str:
    """`14:31:58.102`, `+0.012` since the line above, or `06:31:58.102Z`."""
    match times:
        case Times.SINCE:
            return ("" if before is None else f"{at - before:+.3f}").rjust(_TIME_WIDTH)
        case Times.UTC:
            return utc_millis(at)
        case Times.CLOCK:
            return clock_millis(at)
