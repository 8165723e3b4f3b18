from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest

from console.cli.kit.appearance import _COLOURS, _THEMES
from console.terminal.appearance import NO_UTF8, THEMES, Appearance, Colours, appearance, colours_of, has_utf8
from console.terminal.theme import theme_name, themes

if TYPE_CHECKING:
    from collections.abc import Mapping


def looks(
    *,
    theme: str | None = None,
    colours: Colours | None = None,
    ascii_only: bool | None = None,
    environ: Mapping[str, str] | None = None,
) -> Appearance:
    return appearance(
        theme=theme, colours=colours, ascii_only=ascii_only, slow=False, environ=environ or {}, coerced=False
    )


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
    assert looks().ascii_only
    assert looks().remark == NO_UTF8


@pytest.mark.parametrize("wanted", [True, False])
def test_what_was_asked_for_is_done_without_a_word(*, wanted: bool) -> None:
    look = looks(theme="light", colours="truecolor", ascii_only=wanted, environ={"TERM": "screen", "STY": "1.a"})
    assert (look.theme, look.colours, look.ascii_only, look.remark) == ("light", "truecolor", wanted, "")


MILLIONS = {"COLORTERM": "truecolor"}


@pytest.mark.parametrize(
    ("environ", "colours"),
    [
        ({"TERM": "xterm-256color", **MILLIONS}, "truecolor"),
        ({"TERM": "xterm-256color", "COLORTERM": "24bit"}, "truecolor"),
        ({"TERM": "xterm-direct"}, "truecolor"),
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "xterm-kitty"}, "256"),
        ({"TERM": "xterm"}, "16"),
        ({"TERM": "linux"}, "16"),
        ({}, "16"),
        # GNU screen hands on the COLORTERM of the terminal around it.
        ({"TERM": "screen-256color", "STY": "1.a", **MILLIONS}, "256"),
        ({"TERM": "screen.xterm-256color", "STY": "1.a", **MILLIONS}, "256"),
        ({"TERM": "screen", "STY": "1.a", **MILLIONS}, "16"),
        ({"TERM": "screen", **MILLIONS}, "16"),
        ({"TERM": "xterm-256color", "STY": "1.a", **MILLIONS}, "256"),
        ({"TERM": "screen-256color", "STY": "1.a", "TMUX": "/tmp/tmux-0/default,1,0", **MILLIONS}, "256"),
        # tmux takes that name, too.
        ({"TERM": "screen-256color", "TMUX": "/tmp/tmux-0/default,1,0", **MILLIONS}, "truecolor"),
        ({"TERM": "tmux-256color", "STY": "1.a", "TMUX": "/tmp/tmux-0/default,1,0", **MILLIONS}, "truecolor"),
    ],
)
def test_colours_are_those_of_what_draws_them(environ: dict[str, str], colours: Colours) -> None:
    assert colours_of(environ) == colours


@pytest.mark.parametrize("environ", [{}, {"SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22"}])
def test_a_terminal_on_another_machine_is_known_by_ssh(environ: dict[str, str]) -> None:
    assert looks(environ=environ).over_ssh is bool(environ)


def test_the_themes_of_the_command_line_are_there() -> None:
    assert _THEMES == THEMES
    assert get_args(Colours) == _COLOURS
    for colours in _COLOURS:
        assert [theme.name for theme in themes(colours)] == [theme_name(name, colours) for name in THEMES]
