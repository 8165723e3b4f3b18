"""Charts of text cells: one line that goes up and down, and columns above one another. One colour each. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_STEPS = " ▁▂▃▄▅▆▇█"
MISSING = "·"
"""Where nothing is known. A value of nothing is drawn as nothing."""


def spark(values: Sequence[float | None], width: int, top: float) -> str:
    """The last `width` values in a cell each, from 0 to `top`; blanks in front where there are fewer."""
    shown = [_cell(value, top) for value in values[-width:]] if width > 0 else []
    return "".join(shown).rjust(max(0, width))


def _cell(value: float | None, top: float) -> str:
    if value is None:
        return MISSING
    # The least that there can be is still a line: a gap would read as nothing known.
    return _STEPS[max(1, min(8, round(8 * value / top)))] if top > 0 else _STEPS[1]


def columns(values: Sequence[float | None], height: int, top: float, *, cell: int = 1) -> list[str]:
    """Lines from top to bottom. Each value has a column of `cell` cells; the last of several is blank."""
    lines = []
    for line in range(height - 1, -1, -1):
        cells = []
        for value in values:
            if value is None:
                char = MISSING if line == 0 else " "
            else:
                eighths = 0 if top <= 0 else round(8 * height * value / top)
                if value > 0:
                    eighths = max(1, eighths)
                char = _STEPS[max(0, min(8, eighths - 8 * line))]
            cells.append(char if cell == 1 else char * (cell - 1) + " ")
        lines.append("".join(cells))
    return lines


def axis(labels: Sequence[str], cell: int) -> str:
    """Labels below columns of `cell` cells, each where its column begins; there are none where they would touch."""
    line = ""
    for place, label in enumerate(labels):
        start = place * cell
        if label and len(line) <= start:
            line = line.ljust(start) + label + " "
    return line.rstrip()
