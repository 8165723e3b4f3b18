"""The last SMS in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from console.store.inbox.entries import Noted, Recent
from tests.support.inbox import inbox_at, text_sms

if TYPE_CHECKING:
    from pathlib import Path


def noted(entry: int, *, content: int = 0, sender: int = 0, at: float = 0.0, fills: bool = True) -> Noted:
    return Noted(entry, content or entry, sender, at, fills)


def test_the_newest_of_a_content() -> None:
    recent = Recent()
    recent.note(noted(1, content=7))
    recent.note(noted(2, content=7))
    assert recent.same(7) == 2
    assert recent.same(8) is None


def test_the_oldest_are_forgotten() -> None:
    recent = Recent(kept=2)
    for entry in (1, 2, 3):
        recent.note(noted(entry, sender=entry % 2))
    assert [recent.same(entry) for entry in (1, 2, 3)] == [None, 2, 3]
    assert recent.near(1, 0.0, 1.0, only_filling=False) == [3]
    assert recent.near(0, 0.0, 1.0, only_filling=False) == [2]


def test_near_ones_of_a_sender_newest_first() -> None:
    recent = Recent()
    for entry, at in ((1, 0.0), (2, 5.0), (3, 30.0), (2, 6.0)):
        recent.note(noted(entry, at=at, fills=entry != 2))
    assert recent.near(0, 3.0, 10.0, only_filling=False) == [2, 1]
    assert recent.near(0, 3.0, 10.0, only_filling=True) == [1]
    assert recent.near(9, 3.0, 10.0, only_filling=False) == []


def test_what_is_undone_was_never_noted() -> None:
    recent = Recent(kept=3)
    recent.note(noted(1))
    recent.newest = 1
    recent.keep()
    for entry in (2, 3, 4):
        recent.note(noted(entry, sender=entry))
    recent.newest = 4
    recent.undo()
    assert recent.newest == 1
    assert [recent.same(entry) for entry in (2, 3, 4)] == [None, None, None]
    assert recent.near(2, 0.0, 1.0, only_filling=False) == []
    recent.note(noted(2))
    assert recent.same(2) == 2


@given(
    st.integers(1, 6),
    st.lists(
        st.one_of(st.tuples(st.integers(-9, 9), st.integers(-3, 3), st.floats(0, 9), st.booleans()), st.booleans()),
        max_size=40,
    ),
)
def test_it_is_a_list_of_the_last(kept: int, steps: list[tuple[int, int, float, bool] | bool]) -> None:
    recent = Recent(kept=kept)
    known: list[tuple[int, Noted]] = []
    safe = list(known)
    number = 0
    for step in steps:
        if isinstance(step, tuple):
            number += 1
            known.append((number, Noted(number, *step)))
            recent.note(known[-1][1])
        elif step:
            recent.keep()
            safe = list(known)
        else:
            recent.undo()
            known = list(safe)
        newest_first = [one for its, one in reversed(known) if its > number - kept]
        for content in range(-9, 10):
            assert recent.same(content) == next((one.entry for one in newest_first if one.content == content), None)
        for sender in range(-3, 4):
            of_sender = [one for one in newest_first if one.sender == sender]
            assert recent.near(sender, 4.0, 3.0, only_filling=True) == [
                one.entry for one in of_sender if abs(one.at - 4.0) <= 3.0 and one.fills
            ]


def test_a_long_sms_goes_on_in_whatever_process_its_parts_come(path: Path) -> None:
    letters = "".join(chr(0x410 + (7 * i + i // 13) % 32) for i in range(67 * 5 + 20))
    parts = [
        text_sms(letters[67 * part : 67 * (part + 1)], time=f"2026/11/22 12:00:{4 * part:02}") for part in range(6)
    ]
    with inbox_at(path) as inbox, inbox_at(path) as other:
        for callback in parts[:4]:
            inbox.add(callback)
        assert other.add(parts[3]) == 1
        assert other.add(parts[4]) == 1
        assert inbox.add(parts[5]) == 1
        assert other.add(parts[5]) == 1
        (entry,) = inbox.reader.inbox_slice(0, 9)
    assert (entry.parts, entry.copies, entry.callback.text) == (6, 2, letters)
