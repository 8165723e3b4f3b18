"""What comes in on a real terminal that nobody typed: nothing acts, nothing ends, and keys work afterwards."""

from __future__ import annotations

import pytest

from tests.support.stories import leave, left_the_form
from tests.support.terminal import Terminal
from tests.support.typed import NOT_KEYS, STRANGE

pytestmark = pytest.mark.slow

DEMO = ("demo", "--rate", "0", "--gateways", "2")
CUT_PASTE = "\x1b[200~10086"
"""Its end never comes."""


def shown(terminal: Terminal) -> list[str]:
    """Inbox, form and outbox, and the keys there are; elsewhere time goes by."""
    first, end = (next(row for row, line in enumerate(terminal.lines) if pane in line) for pane in ("1 Inbox", "4 AMI"))
    return [*terminal.lines[first:end], terminal.lines[-1]]


def is_built(terminal: Terminal) -> bool:
    return all(part in terminal.text for part in ("11 of 12 in service", "Outbox  4", "q Quit"))


def comes_to_help(terminal: Terminal) -> None:
    """Keys act in the order in which they came: what came before has acted, if it does."""
    terminal.type("?")
    terminal.wait_for("type to search")
    terminal.type("esc")
    terminal.wait_for(
        lambda screen: (
            not any(part in screen.text for part in ("type to search", "In lists", "Everywhere"))
            and "q Quit" in screen.text
        )  # the last line to its end: what is drawn comes in pieces
    )


@pytest.mark.parametrize(
    "sent",
    [
        [*NOT_KEYS, *STRANGE],
        [piece for sequence in NOT_KEYS for piece in (sequence[:2], sequence[2:])],
        ["\x1b[200~ \x1b[1mALERT \x1b[0m from db1 ARDro[]12 \x1b[201~"],
        ["\x1b[200~ARD\x1b[2", "01~", "\x1b[20", "0~ARD\x1b[201~"],
    ],
    ids=["no keys", "no keys, cut", "paste", "paste, cut"],
)
def test_what_nobody_typed_does_nothing(sent: list[str]) -> None:
    with Terminal.console(*DEMO, columns=120, rows=40) as terminal:
        terminal.wait_for(is_built)
        comes_to_help(terminal)
        before = shown(terminal)
        terminal.type(*sent)
        comes_to_help(terminal)
        terminal.wait_for(lambda screen: shown(screen) == before)
        leave(terminal)


def test_a_paste_without_end_is_kept_and_keys_work_again() -> None:
    with Terminal.console(*DEMO, columns=120, rows=40) as terminal:
        terminal.wait_for("receiving")
        terminal.type("n")
        terminal.wait_for("numbers or names, with commas")
        terminal.type(CUT_PASTE)
        terminal.wait_for("To    10086 ")
        terminal.type("esc")
        terminal.wait_for(left_the_form)
        leave(terminal)


def test_only_what_is_needed_is_switched_on() -> None:
    with Terminal.console(*DEMO, columns=120, rows=40) as terminal:
        terminal.wait_for("receiving")
        leave(terminal)
        for sequence in (b"\x1b[>", b"\x1b[<", b"\x1b[?1004", b"\x1b[?2048", b"\x1b[?1000h", b"\x1b[?1003h"):
            assert sequence not in terminal.raw
