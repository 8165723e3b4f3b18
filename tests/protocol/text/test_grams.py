"""Grams: whatever holds a word has the grams that are looked up for it."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from console.protocol.text.grams import folded, grams, label, looked_up

LETTERS = st.text(st.sampled_from("aAbе麒麟のノ한글 ß\n1+é\U0001f600"), max_size=12) | st.text(max_size=12)


def has(text: str, word: str) -> bool:
    """What an index of `text` answers."""
    known = grams(text)
    return all(
        any(gram.startswith(term[:-1]) for gram in known) if term.endswith("*") else term in known
        for term in looked_up(word)
    )


@given(LETTERS, LETTERS, LETTERS)
def test_every_substring_is_found(before: str, word: str, after: str) -> None:
    assert has(folded(before + word + after), folded(word)) or folded(word) not in folded(before + word + after)


@given(LETTERS)
def test_a_writing_is_one_word_to_any_tokenizer(text: str) -> None:
    assert all(re.fullmatch("[0-9a-y][0-9a-z]{7,11}", gram) for gram in grams(folded(text)))


def test_two_chinese_characters_are_a_word() -> None:
    assert has("您的麒麟余额", "麒麟")
    assert not has("麒 麟", "麒麟")
    assert len(looked_up("麒麟")) == 1
    assert not looked_up("麒麟")[0].endswith("*")


def test_one_character_is_the_beginning_of_a_gram() -> None:
    assert looked_up("a") == ["002p*"]
    assert has("la", "a")
    assert not has("lo", "a")


def test_case_and_width_do_not_matter() -> None:
    assert folded("ПРИВЕТ １２３ Straße") == folded("привет 123 STRASSE")


def test_a_long_word_is_looked_up_by_a_few() -> None:
    assert len(looked_up("x1y2z3" * 100)) <= 8
    assert looked_up("") == []


def test_labels_are_no_grams() -> None:
    assert label("p", "2") == "zp32"
    assert re.fullmatch("[0-9a-z]+", label("g", "gw-1 麒"))
