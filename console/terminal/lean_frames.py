"""Frames as small as they can be: what stands on the terminal already is not sent again. Pure: text in, text out.

Textual draws whole lines, each piece with both its colours and a reset behind it, most of it as it was. Here it is
remembered what every cell of the terminal shows, as curses does; what is left of a frame is the cells that changed, and
of their colours what changed. At 120x40 that is a fifth of the bytes.

Text whose width terminals dispute (see `steady_columns`) may have run into its neighbours: a line is sent whole from
there on, and what stands beyond the end of the frame's last piece is put there again.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len, split_text

from console.terminal.steady_columns import DEVICE_CONTROL, is_disputed

_TOKEN = re.compile(
    r"\x1b\[(?P<row>\d+);(?P<column>\d+)H|\x1b\[(?P<style>[\d;]*)m|(?P<text>[^\x00-\x1f\x7f\x1b]+)|(?P<line>\n)"
    rf"|(?P<other>{DEVICE_CONTROL}"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-?]*[ -/]*[@-~]|\x1b.|[\x00-\x1f\x7f\x1b])"
)
_KEEPS_PICTURE = re.compile(
    r"\x1b\[(?:\?(?:25|1004|2004|2026|2048|7|1000|1003|1006|1015)[hl$]|6n|[<>])|\x07|\x1b\](?:9|52|99|777);|\x1bP"
)
_SIMPLE = re.compile(
    r"[\x20-\x7e\u00a1-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u2190-\u22ff\u2500-\u25fc]*"
)
"""Characters of one cell each, by every table."""

_SHOWS_ON_BLANKS = frozenset({"4", "7", "9", "21", "53"})
"""SGR (ECMA-48 8.3.117) underlined, negative, crossed out, doubly underlined, overlined: seen without a letter."""

_INKS = {str(first + number) for first in (30, 90) for number in range(8)}
_GROUNDS = {str(first + number) for first in (40, 100) for number in range(8)}

RESET = "\x1b[0m"
_UNKNOWN = "\x00"
"""In a cell: nobody knows what the terminal shows there."""


class Style(NamedTuple):
    """SGR parameters, apart."""

    attributes: frozenset[str]
    ink: str
    """Of the letter; empty: the terminal's own."""
    ground: str


PLAIN = Style(frozenset(), "", "")


@lru_cache(maxsize=4096)
def read_style(parameters: str) -> Style:
    """What `parameters` of an SGR sequence say, on top of a reset."""
    values = iter(parameters.split(";"))
    attributes: set[str] = set()
    ink = ground = ""
    for value in values:
        if value in {"", "0"}:
            attributes, ink, ground = set(), "", ""
        elif value in {"38", "48"}:
            kind = next(values, "")
            colour = [value, kind, *(next(values, "") for _ in range(3 if kind == "2" else 1))]
            ink, ground = (";".join(colour), ground) if value == "38" else (ink, ";".join(colour))
        elif value in _INKS:
            ink = value
        elif value in _GROUNDS:
            ground = value
        elif value == "39":
            ink = ""
        elif value == "49":
            ground = ""
        else:
            attributes.add(value)
    return Style(frozenset(attributes), ink, ground)


@lru_cache(maxsize=4096)
def change_of(before: Style | None, after: Style) -> str:
    """The sequence that leads from one style to another; None: it is not known which one it was."""
    if before is None or before.attributes - after.attributes:
        parameters = ["0", *sorted(after.attributes), after.ink, after.ground]
        return f"\x1b[{';'.join(filter(None, parameters))}m"
    parameters = sorted(after.attributes - before.attributes)
    if after.ink != before.ink:
        parameters.append(after.ink or "39")
    if after.ground != before.ground:
        parameters.append(after.ground or "49")
    return f"\x1b[{';'.join(parameters)}m" if parameters else ""


@lru_cache(maxsize=4096)
def _on_blanks(style: Style) -> Style:
    """The same where no letter is: without what is not seen there."""
    return style if style.attributes & _SHOWS_ON_BLANKS else Style(frozenset(), "", style.ground)


class LeanFrames:
    """Of one terminal. `lean` takes all that is written to it, in order."""

    def __init__(self) -> None:
        self._characters: dict[int, list[str]] = {}
        self._styles: dict[int, list[Style]] = {}
        self._out: list[str] = []
        self._at: tuple[int, int] | None = None
        """Row and column of the terminal's cursor, from 1, where they are known."""
        self._style: Style | None = None
        """What the terminal writes in."""
        self._row = self._column = 1
        self._wanted = PLAIN
        self._whole = False
        """Whether the rest of this line is sent, changed or not."""
        self._disputed = False
        """Whether text of disputed width was sent since the cursor was last moved."""
        self._spilt = 0
        """Cells of the line, from its start, into which text of disputed width may have run."""

    def forget(self) -> None:
        """Something else may have been drawn on it."""
        self._characters.clear()
        self._styles.clear()
        self._at = self._style = None

    def lean(self, data: str) -> str:
        """What of it has to be sent. The terminal's style is plain before and after."""
        self._style = PLAIN if self._style is not None else None
        moved = False
        for token in _TOKEN.finditer(data):
            kind = token.lastgroup
            if kind == "text":
                moved = False
                self._draw(token["text"])
            elif kind == "style":
                self._wanted = read_style(token["style"])
            elif kind == "column":
                self._mend()
                self._row, self._column, self._whole = int(token["row"]), int(token["column"]), False
                moved = True
            elif kind == "other":
                self._pass(token["other"])
        self._mend()
        if moved:
            self._move()  # the cursor is to stay there
        if self._style is not None and self._style != PLAIN:
            self._out.append(RESET)
            self._style = PLAIN
        out, self._out = "".join(self._out), []
        return out

    def _pass(self, sequence: str) -> None:
        """Something that draws no text: as it is."""
        if not _KEEPS_PICTURE.match(sequence):
            self.forget()
        self._out.append(sequence)

    def _move(self) -> None:
        """Bring the terminal's cursor to where the next text belongs."""
        target = (self._row, self._column)
        if self._at == target:
            return
        if self._at is not None and self._at[0] == self._row and self._at[1] < self._column:
            self._out.append(f"\x1b[{self._column - self._at[1]}C")
        else:
            self._out.append(f"\x1b[{self._row};{self._column}H")
        self._at, self._disputed = target, False

    def _draw(self, text: str) -> None:
        style = self._wanted if text.strip(" ") else _on_blanks(self._wanted)
        cells = cells_of(text)
        first, last = self._column - 1, self._column - 1 + len(cells)
        characters, styles = self._line(self._row, last)
        before, before_styles = characters[first:last], styles[first:last]
        if not self._whole and before == cells and before_styles.count(style) == len(cells):
            self._column += len(cells)
            return
        self._whole = self._whole or is_disputed(text) or is_disputed("".join(before))
        self._cut_off(characters, last)
        _cut(characters, first)
        _cut(characters, last)
        characters[first:last], styles[first:last] = cells, [style] * len(cells)
        start, stop = (0, len(cells)) if self._whole else _changed(before, cells, before_styles, style)
        self._send("".join(cells[start:stop]), start, stop, style)
        self._column += len(cells) - stop

    def _send(self, text: str, start: int, stop: int, style: Style) -> None:
        """Cells `start` to `stop` of the piece that begins at the cursor; the cursor comes to its end."""
        self._column += start
        if self._disputed and not text.isspace():
            self._at = None  # not in one run with what was before it; blanks are, so that they cover none of it
        self._move()
        if (
            self._style is not None
            and text.isspace()
            and not (self._style.attributes | style.attributes) & _SHOWS_ON_BLANKS
        ):
            style = self._style._replace(ground=style.ground)
        self._out.append(change_of(self._style, style))
        self._style = style
        self._out.append(text)
        if is_disputed(text):
            self._disputed = True
            self._spilt = max(self._spilt, self._column - 1 + widest(text.rstrip(" ")))
        self._column += stop - start
        self._at = (self._row, self._column)

    def _cut_off(self, characters: list[str], place: int) -> None:
        """Of text of disputed width that stands across the edge before `place` nobody knows what the terminal shows
        beyond it. Textual sends no more than it believes changed: a dialog over the middle of a line, say.
        """
        start = end = place
        while end < len(characters) and characters[end] == "":
            end += 1
        if end == place:
            return
        while start > 0 and characters[start] == "":
            start -= 1
        if is_disputed(characters[start]):
            characters[start], characters[place] = split_text(characters[start], place - start)
            self._spilt = max(self._spilt, end)

    def _mend(self) -> None:
        """The piece before was the last of its line in this frame. What its text may have run into stands there again,
        as far as it is known.
        """
        column, place = self._column, self._column - 1
        characters, styles = self._line(self._row, 0)
        while place < min(self._spilt, len(characters)):
            text, end = characters[place], place + 1
            while end < len(characters) and characters[end] == "":
                end += 1
            if text not in ("", _UNKNOWN):
                self._column = place + 1
                self._send(text, 0, end - place, styles[place])
            place = end
        self._column, self._spilt = column, 0

    def _line(self, row: int, width: int) -> tuple[list[str], list[Style]]:
        characters, styles = self._characters.setdefault(row, []), self._styles.setdefault(row, [])
        if missing := max(0, width - len(characters)):
            characters += [_UNKNOWN] * missing
            styles += [PLAIN] * missing
        return characters, styles


def widest(text: str) -> int:
    """Cells of `text` on the terminal that gives the most to each character of disputed width."""
    return sum(2 if is_disputed(character) else cell_len(character) for character in text)


def cells_of(text: str) -> list[str]:
    """One text a cell; an empty one continues what is before it. Text of disputed width is one piece."""
    if _SIMPLE.fullmatch(text):
        return list(text)
    if is_disputed(text):
        width = cell_len(text)
        return [text, *([""] * (width - 1))] if width else []
    cells: list[str] = []
    for character in text:
        cells += [character, *([""] * (cell_len(character) - 1))]
    return cells


def _cut(characters: list[str], place: int) -> None:
    """What stands across the edge before `place` will be cut in two: nobody knows what is left of it."""
    if place >= len(characters) or characters[place] != "":
        return
    first = place
    while first > 0 and characters[first] == "":
        first -= 1
    characters[first] = _UNKNOWN
    for index in range(first + 1, len(characters)):
        if characters[index] != "":
            break
        characters[index] = _UNKNOWN


def _changed(before: list[str], after: list[str], styles: list[Style], style: Style) -> tuple[int, int]:
    """The part of `after` that differs, never beginning or ending within a wide character."""
    start, stop = 0, len(after)
    while start < stop and before[start] == after[start] and styles[start] == style:
        start += 1
    while stop > start and before[stop - 1] == after[stop - 1] and styles[stop - 1] == style:
        stop -= 1
    while start > 0 and (after[start] == "" or before[start] == ""):
        start -= 1
    while stop < len(after) and (after[stop] == "" or before[stop] == ""):
        stop += 1
    return start, stop
