"""Look-alikes: what stands in for a character that the alphabet lacks."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given

from console.protocol.sms import gsm7
from console.protocol.sms.look_alikes import Change, composed, replace, suggestion
from tests.support.texts import any_text, hard_texts


@pytest.mark.parametrize(
    ("char", "look"),
    [
        ("’", "'"),
        ("“", '"'),
        ("–", "-"),
        ("—", "-"),
        ("…", "..."),
        ("\u00a0", " "),
        ("\u2009", " "),
        ("\t", " "),
        ("\u200b", ""),
        ("`", "'"),
        ("•", "*"),
        ("á", "a"),
        ("ç", "c"),
        ("Š", "S"),
        ("ł", "l"),
        ("№", "No"),
        ("ﬁ", "fi"),
        ("²", "2"),
        ("Ａ", "A"),
        ("Α", "A"),
        ("Ά", "A"),
    ],
)
def test_suggestions(char: str, look: str) -> None:
    assert suggestion(char) == look


@pytest.mark.parametrize("char", ["a", "é", "€", "Ж", "й", "中", "😀", "\u200d", "α", "\ud800"])
def test_characters_without_a_suggestion(char: str) -> None:
    assert suggestion(char) is None


@pytest.mark.parametrize(("char", "look"), [("é", "e"), ("ß", "ss"), ("€", "EUR"), ("Ä", "A"), ("Ø", "O")])
def test_by_ami_even_letters_of_the_alphabet_need_one(char: str, look: str) -> None:
    assert suggestion(char, ascii_only=True) == look


def test_replace_names_each_change_where_it_was() -> None:
    text, changes = replace("Don’t… \u200bwait")
    assert text == "Don't... wait"
    assert changes == (Change(3, "’", "'"), Change(5, "…", "..."), Change(7, "\u200b", ""))


@pytest.mark.parametrize(
    ("apart", "together"),
    [
        ("Mu\u0308ller", "Müller"),
        ("Cafe\u0301 \u0301", "Café \u0301"),
        ("\u0438\u0306", "й"),
        ("q\u0308", "q\u0308"),
        ("\u0958 \uf900", "\u0958 \uf900"),
    ],
)
def test_letters_written_apart_are_composed_and_nothing_else(apart: str, together: str) -> None:
    assert composed(apart) == together
    assert composed(together) == together


@given(any_text)
def test_what_is_composed_is_the_same_text(text: str) -> None:
    assert unicodedata.normalize("NFD", composed(text)) == unicodedata.normalize("NFD", text)
    assert len(composed(text)) <= len(text)


def test_a_letter_and_its_mark_become_the_letter_of_the_alphabet() -> None:
    assert replace("cafe\u0301") == ("café", (Change(3, "e\u0301", "é"),))
    assert replace("cafe\u0301", ascii_only=True)[0] == "cafe"
    assert replace("z\u0301")[0] == "z"


def test_greek_capitals_change_only_when_no_other_greek_is_left_over() -> None:
    assert replace("ΚΑΛΗΜΕΡΑ")[0] == "KAΛHMEPA"
    assert replace("Καλημέρα – ναι")[0] == "Καλημέρα - ναι"


def test_text_that_costs_nothing_is_left_alone() -> None:
    assert replace("price [5] € é") == ("price [5] € é", ())
    assert replace("") == ("", ())


@given(any_text | hard_texts)
def test_changes_account_for_the_whole_difference(text: str) -> None:
    new, changes = replace(text)
    rebuilt, at = [], 0
    for change in changes:
        rebuilt += [text[at : change.index], change.put]
        assert text[change.index :].startswith(change.found)
        assert gsm7.is_gsm7(change.put)
        at = change.index + len(change.found)
    assert "".join([*rebuilt, text[at:]]) == new


@given(any_text | hard_texts)
def test_replacing_again_changes_nothing(text: str) -> None:
    once, _ = replace(text)
    assert replace(once) == (once, ())
