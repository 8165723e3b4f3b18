from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from console.terminal.ascii_only import GLYPHS, in_ascii
from console.ui.kit.format import DELIVERY, HEALTH


def test_frames_states_and_letters_in_ascii() -> None:
    assert in_ascii("╭─ Inbox ─╮│▲ no SIM│") == "+- Inbox -+|! no SIM|"
    assert in_ascii("您好 é …") == "???? ? _"


def test_sequences_stay() -> None:
    assert in_ascii("\x1b[38;2;1;2;3m●\x1b[0m\x1b[2;3H") == "\x1b[38;2;1;2;3m*\x1b[0m\x1b[2;3H"


@pytest.mark.parametrize("looks", [HEALTH.values(), DELIVERY.values()])
def test_states_that_stand_side_by_side_are_told_apart_by_word_and_mostly_by_glyph(looks: list[object]) -> None:
    known = {(look.word, in_ascii(look.glyph)) for look in looks}  # type: ignore[attr-defined]
    assert len(known) == len(list(looks))
    assert all(glyph != "?" or word == "unknown" for word, glyph in known)


def test_every_glyph_is_one_cell_for_one() -> None:
    assert {glyph for glyph in GLYPHS if len(GLYPHS[glyph]) != cell_len(glyph)} == set()


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=1))
def test_a_character_keeps_its_width(character: str) -> None:
    assert in_ascii(character).isascii()
    assert len(in_ascii(character)) == cell_len(character)
