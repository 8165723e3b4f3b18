"""What comes in on the terminal, whole and cut, well and badly timed: nothing acts that nobody typed."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from console.terminal.input_parser import (
    LONGEST_PASTE,
    PASTE_SILENCE,
    SILENCE,
    TOGETHER,
    CursorReport,
    InputParser,
    ModeReport,
)
from tests.support.typed import KEYS, NOT_KEYS, STRANGE, Typing, typed

BEGIN, END = "\x1b[200~", "\x1b[201~"
ACTING = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")

PASTES = st.text().filter(lambda text: END not in text and not text.endswith(tuple(END[:n] for n in range(1, 6))))
TOKENS = st.one_of(
    st.sampled_from([*KEYS, *NOT_KEYS, *STRANGE]),
    st.text(st.characters(exclude_categories=["Cc", "Cs"])),
    PASTES.map(lambda text: BEGIN + text + END),
)


@pytest.mark.parametrize(("sequence", "key"), KEYS.items(), ids=ascii)
def test_a_key_is_that_key_or_nothing(sequence: str, key: str) -> None:
    assert typed(sequence, "q") in ([key, "q"], ["q"])


@pytest.mark.parametrize("sequence", ["\x1b[A", "\x1bOB", "\x1b[1;5C", "\x1b[5~", "\x1bOP", "\x1b[24~", "\x1b[[A"])
def test_keys_that_the_console_has_are_those_keys(sequence: str) -> None:
    assert typed(sequence) == [KEYS[sequence]]


@pytest.mark.parametrize("sequence", [*NOT_KEYS, *STRANGE], ids=ascii)
def test_what_is_no_key_is_dropped_whole_however_it_is_cut(sequence: str) -> None:
    for cut in range(1, len(sequence)):
        assert typed(sequence[:cut], TOGETHER, sequence[cut:], "q") == ["q"]
        if cut > 1:
            assert typed(sequence[:cut], SILENCE * 0.9, sequence[cut:], "q") == ["q"]


@pytest.mark.parametrize("sequence", NOT_KEYS, ids=ascii)
def test_cut_late_behind_its_esc_it_is_an_escape_key_and_no_letter(sequence: str) -> None:
    for cut in range(2, len(sequence)):
        assert typed("\x1b", 0.2, sequence[1:cut], 0.3, sequence[cut:], "q") == ["escape", "q"]
    assert typed("\x1b", 0.05, sequence[1:], "q") == ["q"]


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (("\x1b", 0.12, "[A"), ["escape", "up"]),
        (("\x1b", 0.12, "[", 0.12, "A"), ["escape", "up"]),
        (("\x1b", 0.12, "[1;", 0.5, "5C"), ["escape", "ctrl+right"]),
        (("\x1b", 0.12, "OP"), ["escape", "f1"]),
        (("\x1b", 0.5, "]11;rgb:1e1e/1e1e", 0.3, "/1e1e\x1b\\"), ["escape"]),
        (("\x1b", 0.5, "P>|XTerm(390)\x1b\\"), ["escape"]),
        (("\x1b", 0.5, f"[200~q{END}"), ["escape", "<q>"]),
        (("\x1b", 0.05, "[", 0.05, "A"), ["up"]),
        (("\x1b[", 0.5, "A"), ["up"]),
        # A person, who types these keys.
        (("\x1b", 0.12, "["), ["escape", "left_square_bracket"]),
        (("\x1b", 0.12, "[", 0.7, "A"), ["escape", "left_square_bracket", "A"]),
        (("\x1b", 0.12, "[["), ["escape", "left_square_bracket", "left_square_bracket"]),
        (("\x1b", 0.05, "["), ["escape", "left_square_bracket"]),
        (("\x1b", 0.12, "On"), ["escape", "O", "n"]),
        (("\x1b", 0.12, "Paul"), ["escape", "P", "a", "u", "l"]),
        (("\x1b", 0.12, "a["), ["escape", "a", "left_square_bracket"]),
        (("\x1b", 1.2, "[A"), ["escape", "left_square_bracket", "A"]),
    ],
    ids=str,
)
def test_the_rest_of_a_sequence_may_come_late(parts: tuple[str | float, ...], found: list[str]) -> None:
    assert typed(*parts) == found


def test_over_ssh_it_is_waited_for_longer_and_a_key_that_follows_is_not() -> None:
    assert typed("\x1b", 0.3, "[A", escape_time=0.4) == ["up"]
    assert typed("\x1b", 0.3, "q", escape_time=0.4) == ["escape", "q"]
    assert typed("\x1b", 0.3, "\x14", escape_time=0.4) == ["escape", "ctrl+t"]


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (("\x1b",), ["escape"]),
        (("\x1b\x1b",), ["escape", "escape"]),
        (("\x1b\x1b[A",), ["escape", "up"]),
        (("\x1bq",), ["alt+q"]),
        (("\x1b\r",), ["alt+enter"]),
        (("\x1b\x14",), ["alt+ctrl+t"]),
        (("\n",), ["enter"]),
        (("\x1b\\q",), ["q"]),
        (("\xc2\x9bA".encode("latin-1"),), ["up"]),
        ((b"\xe4\xbd", 0.2, b"\xa0"), ["你"]),
        ((b"\xffq",), ["replacement_character", "q"]),
    ],
    ids=ascii,
)
def test_escape_alt_and_characters(parts: tuple[str | bytes | float, ...], found: list[str]) -> None:
    assert typed(*parts) == found


@pytest.mark.parametrize(
    "begun", ["\x1b[", "\x1b[12;3", "\x1b[M!", "\x1bO", "\x1b]11;rgb", "\x1bP1$r", "\x1bX", "\x1b_G"]
)
def test_what_is_never_finished_is_dropped_after_a_silence(begun: str) -> None:
    assert typed(begun, SILENCE, "q") == ["q"]


@pytest.mark.parametrize("control", ["\x03", "\r", "\x7f"])
def test_a_control_sequence_is_cut_short_by_a_key_that_can_not_be_in_it(control: str) -> None:
    assert typed("\x1b[12", control) == typed(control)
    assert typed("\x1b[12", "\x1b[A") == ["up"]
    assert typed("\x1b]11;rgb", "\x1b[A") == ["up"]


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ((f"{BEGIN} \x1b[1mALERT \x1b[0m from db1 {END}q",), ["< ␛[1mALERT ␛[0m from db1 >", "q"]),
        ((f"{BEGIN}a\r\n\tb\x00\x03\x7f{END}",), ["<a\r\n\tb␀␃␡>"]),
        (("\x1b[20", 0.3, f"0~q{END}"), ["<q>"]),
        ((f"{BEGIN}q\x1b[2", 0.3, "01~q"), ["<q>", "q"]),
        ((f"{BEGIN}q", PASTE_SILENCE, "q", "\x1b", 0.2, "\x03"), ["<q>", "q", "escape", "ctrl+c"]),
        ((f"{BEGIN}q\x1b[20", PASTE_SILENCE, "q"), ["<q>", "q"]),
        ((f"{BEGIN}q{BEGIN}q{END}q",), ["<q␛[200~q>", "q"]),
        ((f"{BEGIN}{END}{END}q",), ["<>", "q"]),
        (
            (
                f"{BEGIN}a\x1b[12",
                f";34Rb{END}",
            ),
            ["<ab>"],
        ),
    ],
    ids=ascii,
)
def test_a_paste_is_text_to_the_last_byte(parts: tuple[str | float, ...], found: list[str]) -> None:
    assert typed(*parts) == found


def test_a_paste_too_long_comes_in_pieces() -> None:
    text = "x" * (LONGEST_PASTE + 10_000)
    typing = Typing()
    typing.send(BEGIN.encode())
    for first in range(0, len(text), 4096):
        typing.send(text[first : first + 4096].encode())
    typing.send(END.encode())
    assert len(typing.found) == 2
    assert "".join(piece[1:-1] for piece in typing.found) == text


def test_answers_are_told_apart() -> None:
    parser = InputParser(lambda: 0.1)
    assert parser.receive(b"\x1b[12;34R\x1b[?2026;2$y", 0) == [CursorReport(), ModeReport(2026, 2)]


def cut_up(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, *(cut for cut in cuts if cut < len(data)), len(data)})
    return [data[first:end] for first, end in itertools.pairwise(places)]


@given(st.lists(TOKENS, max_size=8), st.lists(st.integers(0, 200)))
@example(["\x1b[A", f"{BEGIN}\x1b[20{END}"], [1, 7, 8, 9, 10, 11, 12])
def test_how_it_is_cut_into_reads_changes_nothing(tokens: list[str], cuts: list[int]) -> None:
    data = "".join(tokens).encode()
    pieces = [part for piece in cut_up(data, cuts) for part in (piece, TOGETHER / 2)]
    assert typed(*pieces) == typed(data)


@given(PASTES, st.lists(st.integers(0, 200)), st.floats(0, PASTE_SILENCE * 0.9))
def test_no_paste_acts(text: str, cuts: list[int], pause: float) -> None:
    pieces = [part for piece in cut_up(f"{text}{END}".encode(), cuts) for part in (pause, piece)]
    (found,) = typed(BEGIN, *pieces)
    assert not ACTING.search(found)
    assert len(found) >= len(text) + 2


@given(st.lists(st.tuples(st.binary() | TOKENS.map(str.encode), st.floats(0, 5)), max_size=8))
def test_nothing_raises_and_after_a_silence_a_key_is_that_key(parts: list[tuple[bytes, float]]) -> None:
    typing = Typing()
    for data, pause in parts:
        typing.send(data)
        typing.wait(pause)
    typing.wait(PASTE_SILENCE)
    assert typing.parser.wake == float("inf")
    typing.wait(SILENCE)
    typing.send(b"q")
    assert typing.found[-1] == "q"
