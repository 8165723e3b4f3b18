"""One thing at a time is said in passing, and nothing goes before it can have been read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from console.ui.kit.toasts import MOST, UNTIL_A_KEY, USUAL, Toast, Toasts, parted

WIDTH = 70


def said(toasts: Toasts, width: int = WIDTH) -> str:
    return "".join(text for text, _ in toasts.cells(width)).rstrip()


def test_what_comes_meanwhile_waits_and_is_counted() -> None:
    toasts = Toasts()
    for words in ("First.", "Second.", "Third.", "Second."):
        toasts.add(Toast(words), 0.0, WIDTH)
    assert said(toasts).split() == ["▌", "First.", "+2"], "the same is said once"
    toasts.look(1.0, WIDTH)
    assert "First." in said(toasts), "it can't have been read yet"
    toasts.look(2.0, WIDTH)
    assert said(toasts).split() == ["▌", "Second.", "+1"]
    toasts.look(4.0, WIDTH)
    toasts.look(4.0 + USUAL - 0.1, WIDTH)
    assert said(toasts).split() == ["▌", "Third."], "nothing waits for its row"
    toasts.look(4.0 + USUAL, WIDTH)
    assert toasts.cells(WIDTH) == []


def test_an_error_stays_until_a_key_but_not_for_ever() -> None:
    for key, now, there in ((False, 30.0, True), (True, 1.0, True), (True, 3.0, False), (False, UNTIL_A_KEY, False)):
        toasts = Toasts()
        toasts.add(Toast("Broken.", "error"), 0.0, WIDTH)
        toasts.look(now, WIDTH, key=key)
        assert bool(toasts.cells(WIDTH)) is there, (key, now)


def test_what_is_long_is_read_in_parts() -> None:
    toasts, now = Toasts(), 0.0
    read: list[str] = []
    words = "The configuration is not TOML: at line 3 something stands that nobody can make sense of."
    toasts.add(Toast(words, "warning"), now, 30)
    while toasts.cells(40):
        if not read or said(toasts, 40) != read[-1]:
            read.append(said(toasts, 40))
        now += 0.1
        toasts.look(now, 30)
    assert " ".join(each.removeprefix("▌! ").removesuffix("…").rstrip() for each in read) == words
    assert [each.endswith("…") for each in read] == [True, True, False]


def test_a_clock_that_is_set_back_keeps_nothing_for_ever() -> None:
    toasts = Toasts()
    toasts.add(Toast("First."), 1e9, WIDTH)
    toasts.look(0.0, WIDTH)
    assert "First." in said(toasts)
    toasts.look(USUAL, WIDTH)
    assert toasts.cells(WIDTH) == []


@given(st.text(), st.integers(2, 100))
def test_no_part_is_wider_than_its_row_and_nothing_is_left_out(words: str, width: int) -> None:
    parts = parted(words, width)
    assert all(cell_len(part) <= width for part in parts)
    assert "".join(parts).replace(" ", "") == words.replace(" ", "")


def test_of_more_than_anybody_reads_the_newest_wait() -> None:
    toasts, read, now = Toasts(), [], 0.0
    for number in range(MOST + 10):
        toasts.add(Toast(f"alarm {number}"), now, WIDTH)
    assert said(toasts).endswith(f"+{MOST}")
    while words := said(toasts):
        read.append(int(words.split()[2]))
        now += 2 * USUAL
        toasts.look(now, WIDTH)
    assert read == [0, *range(10, MOST + 10)]
