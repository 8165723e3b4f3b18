"""How far a batch has come: numbers, and how they read. Pure."""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING

from console.domain.link import LinkPhase
from console.domain.messages import DeliveryState, Via
from console.domain.ports import PortHealth
from console.domain.sending import Batch, BatchState
from console.protocol.text.safe import safe
from console.ui.kit.format import DELIVERY, Cells, Look, age, count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.domain.link import GatewaySnapshot
    from console.domain.messages import Draft
    from console.domain.sending import Troubled

STATE: dict[BatchState, Look] = {
    BatchState.RUNNING: Look("▶", "running", "busy"),
    BatchState.PAUSED: Look("Ⅱ", "paused", "warn"),
    BatchState.CANCELLED: Look("–", "cancelled", "quiet"),
}

WAITS = Look("!", "held", "warn")
"""A batch of an earlier run, of which nothing leaves before somebody says so."""

DONE = Look("✓", "done", "good")
ENDED = Look("■", "ended", "plain")
"""Nothing more of it will leave, and some of it failed or is unknown."""

_ON_AIR = (DeliveryState.SENT, DeliveryState.DELIVERED)
_BAR = 16

_NUMBER = re.compile(r"\d+")
"""A port in the words of a set: `1 > 2 > 5`."""

_WINDOW = 120.0
"""Seconds over which the rate is taken: a pause an hour ago does not count."""

_SPAN = 5.0
"""Seconds that two looks must be apart to tell a rate."""


def look_of(batch: Batch, *, waits: bool = False, held: str = "") -> Look:
    """Its state as the operator sees it. `waits` for a yes; `held`: for what it waits though it may leave, in words."""
    if batch.is_finished and batch.state is not BatchState.CANCELLED:
        return ENDED if batch.is_troubled else DONE
    if held and not waits and batch.state is BatchState.RUNNING and batch.waiting == batch.left:
        return Look("◌", held, "warn")
    return WAITS if waits else STATE[batch.state]


def held_words(draft: Draft, gateway: GatewaySnapshot | None) -> str:
    """For what a message that may leave waits: `waits for AMI (gw1)`, `no port is ready`; empty where it should leave.

    `draft` is what is next of a batch, `gateway` as last heard.
    """
    if gateway is None:
        return ""
    if draft.via is Via.AMI and gateway.link.phase is not LinkPhase.UP:
        return f"waits for AMI ({safe(gateway.name)})"
    if draft.via is Via.HTTP and gateway.http_trouble is not None:
        return f"waits for HTTP ({safe(gateway.name)})"
    if draft.port is not None or (draft.via is Via.HTTP and not draft.pool):
        return ""  # a named port takes it or refuses it, and by HTTP the gateway may choose
    of_set = _NUMBER.findall(dict(gateway.port_sets).get(draft.pool, ""))
    of_it = [port for port in gateway.ports if not draft.pool or str(port.port) in of_set]
    ready = [port.port for port in of_it if port.health in {PortHealth.READY, PortHealth.BUSY}]
    if not ready:
        return f"no port of {safe(draft.pool)} is ready" if draft.pool else "no port is ready"
    usage = (gateway.usage.get(port) for port in ready)
    return "" if any(sim is None or sim.left != 0 for sim in usage) else "every port is at its limit"


class Rate:
    """How many messages of one batch leave in a minute, by what was seen of it lately."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def note(self, batch: Batch, now: float) -> None:
        """This is how far it has come now. While it does not run there is no rate, and what was before is forgotten."""
        if self._seen and now < self._seen[-1][0]:
            self._seen.clear()
        if batch.state is not BatchState.RUNNING:
            self._seen.clear()
            return
        self._seen.append((now, batch.gone))
        while len(self._seen) > 2 and self._seen[1][0] <= now - _WINDOW:
            self._seen.popleft()

    def per_minute(self, batch: Batch) -> float | None:
        """None while it can't be told. Before anything was seen for long enough: as it went so far."""
        if not self._seen:
            return None
        (first, before), (last, after) = self._seen[0], self._seen[-1]
        if last - first >= _SPAN:
            return (after - before) / (last - first) * 60
        if batch.first_at is not None and batch.last_at is not None and batch.last_at - batch.first_at >= _SPAN:
            return batch.gone / (batch.last_at - batch.first_at) * 60
        return None


def bar(share: float, width: int) -> str:
    """`████░░░░`, full only when all is done."""
    filled = int(share * width)
    return "█" * filled + "░" * (width - filled)


def bar_cells(batch: Batch, width: int = _BAR) -> Cells:
    """The bar, and how many of how many are out."""
    share = batch.gone / batch.total if batch.total else 1.0
    filled = bar(share, width).rstrip("░")
    return [
        (filled, "busy"),
        ("░" * (width - len(filled)), "quiet"),
        (f" {count(batch.gone)} of {count(batch.total)}", "plain"),
    ]


def progress_cells(batch: Batch, rate: float | None, *, waits: bool = False, held: str = "") -> Cells:
    """`batch 7 ▶ running  ████░░ 420 of 1,000  31/min  19m left`. `waits` and `held` as of `look_of`."""
    look = look_of(batch, waits=waits, held=held)
    cells: Cells = [(f"batch {batch.id} ", "strong"), (f"{look.glyph} {look.word}  ", look.ink), *bar_cells(batch)]
    if rate is not None and look is STATE[BatchState.RUNNING]:
        cells.append((f"  {rate:,.0f}/min" if rate >= 1 or not rate else "  under 1/min", "quiet"))
        if rate > 0:
            cells.append((f"  {age(batch.left / rate * 60)} left", "quiet"))
    return cells


def count_cells(batch: Batch) -> Cells:
    """`✓ 400 sent  ✗ 3 failed  ? 2 unknown  ◔ 15 accepted  · 580 left`; what there is none of is not named."""
    counts = batch.counts
    shown: list[tuple[int, Look]] = [
        (sum(counts.get(state, 0) for state in _ON_AIR), DELIVERY[DeliveryState.SENT]),
        *(
            (counts.get(state, 0), DELIVERY[state])
            for state in (
                DeliveryState.FAILED,
                DeliveryState.UNKNOWN,
                DeliveryState.ACCEPTED,
                DeliveryState.SUBMITTING,
                DeliveryState.CANCELLED,
            )
        ),
        (counts.get(DeliveryState.QUEUED, 0), Look("·", "left", "quiet")),
    ]
    cells: Cells = []
    for number, look in shown:
        if number or look.word in {"sent", "left"}:
            cells.append((f"{look.glyph} {count(number)} {look.word}  ", look.ink if number else "quiet"))
    return cells


def ended_cells(batches: Sequence[Batch], key: str, *, short: bool = False) -> Cells:
    """`■ batch 1 ended (5 b)`, until somebody looks; `key` lists batches. `short`: `■ (5 b)`."""
    if not batches:
        return []
    look = look_of(batches[0])
    what = f"batch {batches[0].id}" if len(batches) == 1 else f"{len(batches)} batches"
    return [(f"  {look.glyph}" if short else f"  {look.glyph} {what} ended", look.ink), (f" ({key})", "quiet")]


def troubled_cells(troubled: Sequence[Troubled], key: str, *, most: int, short: bool = False) -> Cells:
    """`✗ 2 need you (5 F)`, until somebody looks: failed or unknown. `key` lists them, `most` are counted. `short`:
    `✗ 2 (5 F)`.
    """
    if not troubled:
        return []
    number = len(troubled)
    states = {each.state for each in troubled}
    look = DELIVERY[DeliveryState.FAILED if DeliveryState.FAILED in states else DeliveryState.UNKNOWN]
    more = "+" if number >= most else ""
    words = "" if short else f" need{'s' if number == 1 else ''} you"
    return [(f"  {look.glyph} {count(number)}{more}{words}", look.ink), (f" ({key})", "quiet")]


def header_cells(batches: Sequence[Batch]) -> Cells:
    """`batch 120/1,000`, for the first line of the screen; all that are under way together."""
    if not batches:
        return []
    what = "batch" if len(batches) == 1 else f"{len(batches)} batches"
    paused = all(batch.state is BatchState.PAUSED for batch in batches)
    done, total = sum(batch.gone for batch in batches), sum(batch.total for batch in batches)
    words = f"  {what} {count(done)}/{count(total)}{' paused' if paused else ''}"
    return [(words, "warn" if paused else "busy")]
