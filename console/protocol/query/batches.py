"""Batches as a search sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.sending import BatchState
from console.protocol.query.fields import Choice, Numbers, Part, times
from console.protocol.query.table import Table

if TYPE_CHECKING:
    from console.domain.sending import Batch


def state_of(batch: Batch) -> str:
    """`done`, or `ended` where some of it failed or is unknown; while something may leave what was decided on it."""
    if batch.is_finished and batch.state is not BatchState.CANCELLED:
        return "ended" if batch.is_troubled else "done"
    return batch.state.value


BATCHES: Table[Batch] = Table(
    "batches",
    (
        Numbers("id", "the number of the batch", lambda batch: batch.id),
        Choice(
            "is",
            "done: all of it is sent; ended: nothing more leaves, and some failed or is unknown",
            dict.fromkeys((*(state.value for state in BatchState), "done", "ended"), "end"),
            lambda batch: (state_of(batch),),
        ),
        Part("by", "who queued it", lambda batch: batch.operator, "alice"),
        *times(lambda batch: batch.created_at, "queued"),
    ),
    text=lambda batch: f"{batch.label}\n{batch.operator}",
)
