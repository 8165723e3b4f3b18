from __future__ import annotations

import pytest

from console.cli.kit.appearance import _THEMES
from console.terminal.appearance import NO_UTF8, THEMES, appearance, has_utf8
from console.terminal.theme import COLOURBLIND, DARK, LIGHT, SIXTEEN


@pytest.mark.parametrize(
    ("environ", "coerced", "known"),
    [
        ({"LANG": "C.UTF-8"}, False, True),
        ({"LANG": "de_DE.utf8"}, False, True),
        ({"LANG": "en_US.ISO-8859-1"}, False, False),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "C"}, False, False),
        ({"LC_ALL": "", "LC_CTYPE": "C.UTF-8"}, False, True),
        ({"LC_CTYPE": "C.UTF-8"}, True, False),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, True, False),
        ({}, False, False),
    ],
)
def test_whether_the_locale_has_utf8(environ: dict[str, str], *, coerced: bool, known: bool) -> None:
    assert has_utf8(environ, coerced=coerced) is known


def test_a_locale_without_utf8_is_drawn_in_ascii_and_told() -> None:
    look = appearance(theme=None, ascii_only=None, slow=False, environ={}, coerced=False)
    assert look.ascii_only
    assert look.remark == NO_UTF8


@pytest.mark.parametrize("wanted", [True, False])
def test_what_was_asked_for_is_done_without_a_word(*, wanted: bool) -> None:
    look = appearance(theme="light", ascii_only=wanted, slow=True, environ={}, coerced=False)
    assert (look.theme, look.ascii_only, look.slow, look.remark) == ("gsm-light", wanted, True, "")


@pytest.mark.parametrize("environ", [{}, {"SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22"}])
def test_a_terminal_on_another_machine_is_known_by_ssh(environ: dict[str, str]) -> None:
    look = appearance(theme=None, ascii_only=None, slow=False, environ=environ, coerced=False)
    assert look.over_ssh is bool(environ)


def test_the_themes_of_the_command_line_are_there() -> None:
    assert set(_THEMES) == set(THEMES)
    assert set(THEMES.values()) == {DARK.name, LIGHT.name, SIXTEEN.name, COLOURBLIND.name}
