"""How things read on the screen: times, ages, signal, states. Pure; widths are terminal cells, not characters."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from console.domain.messages import DeliveryState
from console.domain.ports import PortHealth
from console.terminal.theme import INKS, Ink

Cells = list[tuple[str, Ink]]
"""A line of the screen: pieces of safe text, each in one ink."""


class Look(NamedTuple):
    """A state as the operator sees it: never colour alone."""

    glyph: str
    word: str
    ink: Ink


HEALTH: dict[PortHealth, Look] = {
    PortHealth.READY: Look("●", "ready", "good"),
    PortHealth.BUSY: Look("◐", "busy", "busy"),
    PortHealth.STARTING: Look("◌", "starting", "warn"),
    PortHealth.UNREGISTERED: Look("▲", "no network", "bad"),
    PortHealth.NEEDS_PIN: Look("▲", "needs PIN", "bad"),
    PortHealth.NO_SIM: Look("○", "no SIM", "warn"),
    PortHealth.BLOCKED: Look("■", "blocked", "bad"),
    PortHealth.OFF: Look("○", "off", "quiet"),
    PortHealth.DOWN: Look("✗", "down", "bad"),
    PortHealth.UNKNOWN: Look("?", "unknown", "quiet"),
}

DELIVERY: dict[DeliveryState, Look] = {
    DeliveryState.QUEUED: Look("·", "queued", "quiet"),
    DeliveryState.SUBMITTING: Look("→", "sending", "busy"),
    DeliveryState.ACCEPTED: Look("◔", "accepted", "busy"),
    DeliveryState.SENT: Look("✓", "sent", "good"),
    DeliveryState.DELIVERED: Look("✔", "delivered", "good"),
    DeliveryState.FAILED: Look("✗", "failed", "bad"),
    DeliveryState.UNKNOWN: Look("?", "unknown", "warn"),
    DeliveryState.CANCELLED: Look("–", "cancelled", "quiet"),
}

_BARS = "▁▂▄▆█"
_BAR_LIMITS = (0, 5, 10, 15, 20)  # the gateway's own page: up to 0 none, up to 5 one, … above 20 five

FEW = 5
"""So many things are done at once without a question, where that can be undone or does no harm."""


def fit(text: str, width: int) -> str:
    """`text` in exactly `width` cells: padded with blanks, or cut with `…`."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 1) + "…" if width > 0 else ""


FACTS = 3
"""What a title tells beside a name: nobody reads more."""


def title(name: str, *facts: str) -> str:
    """`Inbox  3 of 12  2 unread`: the name and the first three facts that there are. All is safe."""
    return "  ".join((name, *[fact for fact in facts if fact][:FACTS]))


def cut_title(text: str, width: int) -> str:
    """What is wider than `width` cells, cut between two words: half a number would be another one."""
    if cell_len(text) <= width:
        return text
    words = text.split(" ")
    while len(words) > 1 and cell_len(" ".join(words)) + 2 > width:
        words.pop()
    return fit(f"{' '.join(words).rstrip()} …", width).rstrip()


def content(cells: Cells) -> Content:
    """The same line for a Textual widget; never read as markup."""
    return Content.assemble(*((text, INKS[ink]) for text, ink in cells))


def line_width(cells: Cells) -> int:
    return sum(cell_len(text) for text, _ in cells)


def clock_time(at: float) -> str:
    """`14:31:58`, this machine's local time."""
    return f"{datetime.fromtimestamp(at).astimezone():%H:%M:%S}"


def clock_millis(at: float) -> str:
    """`14:31:58.102`, this machine's local time."""
    return f"{datetime.fromtimestamp(at).astimezone():%H:%M:%S.%f}"[:-3]


def utc_millis(at: float) -> str:
    """`06:31:58.102Z`."""
    return f"{datetime.fromtimestamp(at, UTC):%H:%M:%S.%f}"[:-3] + "Z"


def when(at: float, now: float) -> str:
    """Eight cells: the time for today, `21 Nov` within the year, else `2025-11`."""
    then, today = datetime.fromtimestamp(at).astimezone(), datetime.fromtimestamp(now).astimezone()
    if then.date() == today.date():
        return f"{then:%H:%M:%S}"
    return f"{then:%d %b  }" if then.year == today.year else f"{then:%Y-%m } "


def full_time(at: float) -> str:
    """`2026-11-22 14:31:58 +08:00`."""
    return f"{datetime.fromtimestamp(at).astimezone().isoformat(' ', 'seconds')[:19]} {zone(at)}"


def zone(at: float) -> str:
    """This machine's offset from UTC then: `+08:00`."""
    text = f"{datetime.fromtimestamp(at).astimezone():%z}"
    return f"{text[:3]}:{text[3:5]}"


def age(seconds: float) -> str:
    """How long, coarser as it grows, so that a screen at rest does not change: `20s`, `4m`, `3h12m`, `2d`."""
    if seconds < 60:
        return f"{max(0, int(seconds)) // 10 * 10}s"
    if seconds < 3600:
        return f"{int(seconds) // 60}m"
    if seconds < 86_400:
        hours, minutes = divmod(int(seconds) // 60, 60)
        return f"{hours}h{minutes:02}m"
    return f"{int(seconds) // 86_400}d"


def signal_bars(signal: int | None) -> str:
    """Five cells, rising; `  ·  ` when unknown. Steps are those of the gateway's own page."""
    if signal is None:
        return "  ·  "
    bars = sum(signal > limit for limit in _BAR_LIMITS)
    return _BARS[:bars].ljust(5, "·")


def signal_ink(signal: int | None) -> Ink:
    if signal is None:
        return "quiet"
    return "bad" if signal <= 5 else "warn" if signal <= 10 else "good"


def dbm(signal: int) -> int:
    """Received level in dBm for a +CSQ value of 0 to 31 (3GPP TS 27.007 8.5)."""
    return -113 + 2 * signal


def count(number: int) -> str:
    """`12,480`."""
    return f"{number:,}"


def plural(number: int, one: str, many: str = "") -> str:
    """`1 segment`, `2 segments`."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"
