"""A command's output as a terminal would show it: control sequences are obeyed here, in a grid, and go no further.

What comes out is plain text in pieces of one colour each. A sequence that moves the cursor moves it in the grid, a
colour becomes the name of a colour, and anything else (a title, a clipboard, a question to the terminal) is gone.
Secrets are masked once the text stands as it will be read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from console.protocol.text.redact import redact
from console.protocol.text.safe import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyte.screens import Char

MOST_LINES = 10_000
"""Lines of the grid; of a longer output the last ones are kept."""

_MOST_WORK = 200_000
"""Sequences that act on the whole grid, times its lines. An output that asks for more is shown with its controls as
marks: nobody means it well."""

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_COLOUR = re.compile("(?:\x1b\\[|\x9b)[0-9;]*m")
_HARMLESS = re.compile("[\r\x08]")
_TAB = 8


class Run(NamedTuple):
    """A piece of a line."""

    text: str
    """May hold characters that hide or turn text: it goes to the screen through `safe`, as all does."""
    colour: str = ""
    """`red`, `green`, `brown`, `blue`, `magenta`, `cyan`, `white`, `black`; `brightred`, …; six hexadecimal digits;
    empty for the usual one.
    """
    bold: bool = False


Line = tuple[Run, ...]


def render(output: Sequence[str], columns: int) -> tuple[Line, ...]:
    """The lines of an output on a terminal so wide; longer ones go on in the next. At most MOST_LINES."""
    columns = max(20, columns)
    output = output[-MOST_LINES:]
    text = "\n".join(output)
    if not _CONTROL.search(text):
        lines: Sequence[Line] = [(Run(piece),) for line in output for piece in _wrapped(line, columns)]
    elif _work(text, output, columns) > _MOST_WORK:
        lines = [(Run(piece),) for line in output for piece in _wrapped(safe(line), columns)]
    else:
        lines = _drawn(output, columns)
    return tuple(_masked(line) for line in lines[-MOST_LINES:])


def _masked(line: Line) -> Line:
    text = "".join(run.text for run in line)
    masked = redact(text)
    return line if masked == text else (Run(masked),)


def _work(text: str, output: Sequence[str], columns: int) -> int:
    acting = _CONTROL.findall(_HARMLESS.sub("", _COLOUR.sub("", text)))
    return len(acting) * _rows(output, columns)


def _rows(output: Sequence[str], columns: int) -> int:
    """Rows that the output takes, about, so that nothing scrolls out of the grid."""
    return min(MOST_LINES, sum(1 + 2 * len(line) // columns for line in output) + 1)


def _wrapped(line: str, columns: int) -> Iterator[str]:
    """A line without controls in pieces that fit. A character takes one cell, two or none."""
    line = line.expandtabs(_TAB)
    if line.isascii():
        yield from (line[at : at + columns] for at in range(0, len(line), columns))
        if not line:
            yield ""
        return
    from wcwidth import wcwidth  # here, for its tables take their time and most lines need none of them

    piece, width = "", 0
    for char in line:
        cells = max(0, wcwidth(char))
        if width + cells > columns:
            yield piece
            piece, width = "", 0
        piece += char
        width += cells
    yield piece


def _drawn(output: Sequence[str], columns: int) -> list[Line]:
    import pyte  # here, for it takes its time and most outputs need none of it

    screen = pyte.Screen(columns, _rows(output, columns))
    stream = pyte.Stream(screen)
    for number, line in enumerate(output):
        # A line feed is a new line: the gateway's lines end with nothing else.
        start = "\r\n" if number else ""
        try:
            stream.feed(start + line)
        except Exception:  # sequences that pyte does not know how to take; they are for the eye, then
            stream = pyte.Stream(screen)
            stream.feed("\r" + safe(line))
    used = max((number for number, row in screen.buffer.items() if row), default=-1)
    last = max(used, screen.cursor.y)
    return [_line(screen.buffer[number], columns) for number in range(last + 1)]


def _line(row: Mapping[int, Char], columns: int) -> Line:
    """A row as runs; blanks at its end are dropped."""
    runs: list[Run] = []
    for column in range(min(max(row, default=-1) + 1, columns)):
        cell = row[column]
        colour = "" if cell.fg == "default" else cell.fg
        if runs and (runs[-1].colour, runs[-1].bold) == (colour, cell.bold):
            runs[-1] = runs[-1]._replace(text=runs[-1].text + cell.data)
        else:
            runs.append(Run(cell.data, colour, cell.bold))
    while runs and not runs[-1].text.rstrip():
        runs.pop()
    if runs:
        runs[-1] = runs[-1]._replace(text=runs[-1].text.rstrip())
    return tuple(runs) or (Run(""),)
