"""Colours that were chosen by hand: they come out as they were meant, and can be read."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, get_args

import pytest
from rich.color import Color, ColorSystem
from rich.color_triplet import ColorTriplet

from console.terminal.appearance import Colours
from console.terminal.theme import _COLOURBLIND, _DARK, _LIGHT, _written, themes

if TYPE_CHECKING:
    from textual.theme import Theme

    from console.terminal.theme import Shade

THEMES = {"dark": _DARK, "light": _LIGHT, "colourblind": _COLOURBLIND}

VGA = "000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa 555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff"
XTERM = (
    "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff"
)
PALETTES = [("truecolor", ""), ("256", ""), ("16", VGA), ("16", XTERM)]
"""Kinds of terminals, and how the sixteen look on the Linux console and in xterm."""

INKS = ("primary", "accent", "success", "warning", "error", "gateway-1", "gateway-2", "gateway-3", "gateway-4")
GROUNDS = ("background", "panel", "row-cursor", "row-cursor-blurred")
"""What inks are written on. On the other grounds it is `foreground` alone."""

PAIRS = [
    *itertools.product(("foreground", *INKS), GROUNDS),
    *itertools.product(("foreground",), ("segment-odd", "segment-even", "alarm", "caution")),
    *itertools.product(("background",), ("accent", "primary")),
]
QUIET = [*itertools.product(("quiet", "secondary"), GROUNDS), ("rule-focus", "background")]


def looks(shade: Shade, colours: Colours, sixteen: str, below: ColorTriplet | None = None) -> ColorTriplet:
    """What the operator sees; a shade with an opacity lies on `below`."""
    if colours == "16":
        return Color.parse(f"#{sixteen.split()[shade.of_16]}").triplet or ColorTriplet(0, 0, 0)
    if colours == "256":
        return Color.from_ansi(shade.of_256).get_truecolor()
    value, _, opacity = shade.full.partition(" ")
    part = int(opacity.rstrip("%")) / 100 if opacity else 1.0
    top = Color.parse(value).get_truecolor()
    below = below or top
    return ColorTriplet(*(round(part * over + (1 - part) * under) for over, under in zip(top, below, strict=True)))


def luminance(colour: ColorTriplet) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    """Contrast ratio (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("colours", "sixteen"), PALETTES, ids=["truecolor", "256", "16 of VGA", "16 of xterm"])
@pytest.mark.parametrize("name", THEMES)
def test_whatever_is_written_can_be_read(name: str, colours: Colours, sixteen: str) -> None:
    shades = THEMES[name]
    pairs = [(ink, ground, 4.5) for ink, ground in PAIRS] + [(ink, ground, 3.0) for ink, ground in QUIET]
    found = {}
    for ink, ground, least in pairs:
        if colours == "16" and ground == "row-cursor":
            ink = "foreground"  # as `RowList` draws it
        background = looks(shades["background"], colours, sixteen)
        ratio = contrast(
            looks(shades[ink], colours, sixteen), looks(shades[ground], colours, sixteen, below=background)
        )
        if ratio < least:
            found[ink, ground] = round(ratio, 2)
    assert found == {}


@pytest.mark.parametrize("name", THEMES)
def test_what_was_chosen_is_what_is_sent(name: str) -> None:
    for shade in THEMES[name].values():
        sent = Color.parse(_written(shade, "256")).downgrade(ColorSystem.EIGHT_BIT).number
        assert sent == shade.of_256
        assert Color.parse(_written(shade, "16")).downgrade(ColorSystem.STANDARD).number == shade.of_16


ALL = [theme for colours in get_args(Colours) for theme in themes(colours)]


@pytest.mark.parametrize("theme", ALL, ids=lambda theme: theme.name)
def test_no_gateway_has_the_colour_of_a_state(theme: Theme) -> None:
    gateways = {theme.variables[f"gateway-{number}"] for number in range(1, 5)}
    states = {theme.primary, theme.accent, theme.success, theme.warning, theme.error}
    if theme.name == "gsm-light-16":  # of which white leaves four that can be read
        assert gateways == {theme.foreground}
    else:
        assert len(gateways) == 4
        assert not gateways & states


@pytest.mark.parametrize("theme", ALL, ids=lambda theme: theme.name)
def test_states_are_told_apart(theme: Theme) -> None:
    assert len({theme.success, theme.warning, theme.error}) == 3
