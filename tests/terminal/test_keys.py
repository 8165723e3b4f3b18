from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from console.terminal.keys import KeyReader


def keys(sequence: str, *, alt: bool = False) -> list[tuple[str, str | None]]:
    return [(key.key, key.character) for key in KeyReader().keys(sequence, alt=alt)]


def test_a_character_is_a_key_with_that_character() -> None:
    assert keys("q") == [("q", "q")]
    assert keys("\x1b[97u") == [("a", "a")]
    assert keys("你") == [("你", "你")]
    assert keys("q", alt=True)[0][0] == "alt+q"


def test_a_modifier_is_a_number_that_there_is() -> None:
    assert keys("\x1b[1;256A")
    assert not keys("\x1b[1;0A")
    assert not keys("\x1b[1;257A")


@given(st.text("0123456789;:<=>? $", max_size=20), st.characters(min_codepoint=0x40, max_codepoint=0x7E))
def test_no_control_sequence_raises_or_is_a_control_character(parameters: str, final: str) -> None:
    for key, _ in keys(f"\x1b[{parameters}{final}"):
        assert key.isprintable()
        assert key
