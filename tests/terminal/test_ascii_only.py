from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from console.terminal.ascii_only import MARKS, frames_in_ascii, in_ascii
from console.ui.kit.format import DELIVERY, HEALTH


def test_frames_and_marks_are_in_ascii_and_texts_stay() -> None:
    assert frames_in_ascii("╭─ Inbox ─╮│▲ no SIM│") == "+- Inbox -+|! no SIM|"
    assert frames_in_ascii("• 您好 “é” · Каждый …") == "N 您好 “é” . Каждый ~"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Привет, мир", "Privet, mir"),
        ("│Щука    │", "|Shchuka |"),  # it takes of the blanks behind it
        ("│Щука   │", "|Suka   |"),  # where they do not suffice, each character has its own cells
        ("您好", "NiHa"),
        ("رمز التحقق", "rmz lthqq "),
        ("\ue000 é", "? e"),
    ],
)
def test_texts_are_in_latin_letters(text: str, written: str) -> None:
    assert in_ascii(text) == written


def test_sequences_stay() -> None:
    assert in_ascii("\x1b[38;2;1;2;3m●\x1b[0m\x1b[2;3H") == "\x1b[38;2;1;2;3m*\x1b[0m\x1b[2;3H"


@pytest.mark.parametrize("looks", [HEALTH.values(), DELIVERY.values()])
def test_states_that_stand_side_by_side_are_told_apart_by_word_and_mostly_by_glyph(looks: list[object]) -> None:
    known = {(look.word, in_ascii(look.glyph)) for look in looks}  # type: ignore[attr-defined]
    assert len(known) == len(list(looks))
    assert all(glyph != "?" or word == "unknown" for word, glyph in known)


SAME = [set("→↑▶▸"), set("←↓◂"), set("╎▏▌▐▀▎"), set("▁▂▃▄▅▆▇█░▔·–≡")]
"""Of one meaning; what is drawn beside text; what is part of a bar."""


def test_a_letter_means_one_thing() -> None:
    marks = defaultdict(set)
    for mark, letter in MARKS.items():
        marks[letter].add(mark)
    assert [found for found in marks.values() if len(found) > 1 and not any(found <= same for same in SAME)] == []
    assert "?" not in marks


def test_every_mark_is_one_cell_for_one() -> None:
    assert {mark for mark in MARKS if (len(MARKS[mark]), cell_len(mark)) != (1, 1)} == set()


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=1))
def test_a_character_keeps_its_width(character: str) -> None:
    assert in_ascii(character).isascii()
    assert len(in_ascii(character)) == cell_len(character)


@given(st.text(st.sampled_from("aж中é  \u0301…│щ·😀"), max_size=12))
def test_a_text_keeps_its_width(text: str) -> None:
    assert in_ascii(text).isascii()
    assert len(in_ascii(text)) == cell_len(text)
