"""A gateway of 44 ports on a small terminal and on a large one: every port can be seen, sorted and found."""

from __future__ import annotations

import re

import pytest

from tests.support.terminal import Terminal

ALL = set(range(1, 45))
KNOWN = "43 of 44 in service"


def rows(terminal: Terminal) -> list[int]:
    """The ports that have a line, from the top."""
    return [int(found[1]) for line in terminal.lines if (found := re.match(r"│ +(\d{1,2})[ ⊘✎]", line))]


def title(terminal: Terminal) -> str:
    return next((line for line in terminal.lines if "─ Ports " in line), "")


def walk(terminal: Terminal) -> set[int]:
    """Page down from the first port to the last; every port that was seen on the way."""
    seen = set(rows(terminal))
    terminal.type("pgdn")  # the cursor goes to the foot of the page: from there each page is a new one
    while 44 not in seen:
        shown = rows(terminal)
        terminal.type("pgdn")
        terminal.wait_for(lambda it, shown=shown: rows(it) not in ([], shown))  # type: ignore[misc]
        seen |= set(rows(terminal))
    return seen


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (120, 40)])
def test_forty_four_ports_are_all_seen_sorted_and_found(columns: int, lines: int) -> None:
    with Terminal.console("demo", "--ports", "44", "--rate", "0", columns=columns, rows=lines) as terminal:
        terminal.wait_for("receiving")
        terminal.type("2")
        terminal.wait_for(KNOWN)
        if columns == 120:
            terminal.type("z")
        terminal.wait_for(lambda it: " more columns ←/→ (1/" in title(it) and len(rows(it)) > 15)
        assert walk(terminal) == ALL
        terminal.type("g")
        terminal.wait_for(lambda it: rows(it)[:2] == [1, 2])

        pages = int(title(terminal).partition(" (1/")[2].partition(")")[0])
        for page in range(2, pages + 1):
            terminal.type("right")
            terminal.wait_for(lambda it, page=page: f" ({page}/{pages})" in title(it))  # type: ignore[misc]
            terminal.wait_for(lambda it: rows(it)[:2] == [1, 2])
        for _ in range(2, pages + 1):
            terminal.type("left")
        terminal.wait_for(lambda it: " (1/" in title(it))

        terminal.type("s")
        terminal.wait_for("worst first")
        terminal.type("G")
        terminal.wait_for(lambda it: rows(it)[-1] == 44)  # the slot without a SIM
        terminal.type("g")
        terminal.type("/")
        terminal.wait_for("port:1-8")
        terminal.type(*"down")  # letters: `down` is a key
        terminal.wait_for("/down  1 of 44")
        terminal.wait_for(lambda it: rows(it) == [44])
        terminal.type(*["backspace"] * 4, "port:40-44 is:ready")
        terminal.wait_for("/port:40-44 is:ready  4 of 44")
        terminal.wait_for(lambda it: rows(it) == [40, 41, 42, 43])
        terminal.type("esc")
        terminal.wait_for(lambda it: len(rows(it)) > 15)
        terminal.type("t")
        terminal.wait_for(lambda it: " page " not in title(it) and "-67dBm" in it.text)
