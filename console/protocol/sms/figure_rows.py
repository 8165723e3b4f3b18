"""Figures, a row each. A seam: the shell and the screen's files write the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.figures import By, Figure, median
from console.protocol.sms.causes import of_code

if TYPE_CHECKING:
    from collections.abc import Mapping

COLUMNS = (
    *("by", "value", "gateway", "messages", "sent", "delivered", "failed", "unknown", "delivered_share"),
    *("seconds_to_sent", "seconds_to_delivered", "segments", "price"),
)
"""Seconds are medians, from us to the air and from there to the handset: guesses within a stretch of a few seconds.
`price` is at today's price.
"""


def words_of(figure: Figure) -> str:
    """What it is of, in words. Not safe."""
    value = figure.value
    if figure.by is By.REASON:
        cause = of_code(value)
        return f"{cause.means} ({value})" if cause else value or "no known code"
    if not value:
        return "unknown"
    if figure.by is By.PORT:
        return f"{figure.gateway} port {value}"
    return f"~{value}" if figure.by is By.NETWORK else value


def fields(figure: Figure, prices: Mapping[str, tuple[float, str]]) -> dict[str, object]:
    """As a flat object, with COLUMNS in their order. Texts as they are."""
    share, seconds = figure.share, (median(figure.to_sent), median(figure.to_delivered))
    values = (
        *(figure.by.value, figure.value, figure.gateway, figure.messages, figure.sent, figure.delivered),
        *(figure.failed, figure.unknown, None if share is None else round(share, 4)),
        *(None if each is None else round(each, 1) for each in seconds),
        *(figure.segments, figure.price(prices)),
    )
    return dict(zip(COLUMNS, values, strict=True))
