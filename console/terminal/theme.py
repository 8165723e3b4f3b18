"""Colours by meaning. Text takes an "ink", never a colour: one place decides what good, bad and quiet look like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from rich.color import Color
from textual.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Iterable

    from console.terminal.appearance import Colours

Ink = Literal[
    "plain",
    "quiet",
    "strong",
    "accent",
    "key",
    "good",
    "busy",
    "warn",
    "bad",
    "chosen",
    "gateway-1",
    "gateway-2",
    "gateway-3",
    "gateway-4",
]

INKS: dict[Ink, str] = {
    "plain": "$foreground",
    "quiet": "$quiet",
    "strong": "bold $foreground",
    "accent": "$accent",
    "key": "bold $footer-key-foreground",
    "good": "$success",
    "busy": "$primary",
    "warn": "$warning",
    "bad": "$error",
    "chosen": "bold $background on $accent",
    "gateway-1": "$gateway-1",
    "gateway-2": "$gateway-2",
    "gateway-3": "$gateway-3",
    "gateway-4": "$gateway-4",
}
"""Each ink as a Textual style."""


class Shade(NamedTuple):
    """One colour, chosen by hand for each kind of terminal: what is nearest by arithmetic may be of another hue."""

    full: str
    """As Textual writes it; what has an opacity lies on what is below."""
    of_256: int
    """Its number in xterm's palette, not below 16, and of the greys in 232 to 255: Rich sends no others."""
    of_16: int
    """SGR 30 to 37 and 90 to 97. What these look like is up to the terminal."""


_DARK = {
    "primary": Shade("#6cb6d9", 74, 14),
    "secondary": Shade("#8fa3b8", 109, 7),
    "accent": Shade("#b79bea", 141, 13),
    "success": Shade("#7cc47f", 114, 10),
    "warning": Shade("#e3b25f", 179, 11),
    "error": Shade("#ea7a80", 210, 9),
    "foreground": Shade("#d3dae3", 253, 15),
    "background": Shade("#0f1419", 233, 0),
    "panel": Shade("#1a222b", 235, 0),
    "quiet": Shade("#7d8b99", 245, 7),
    "rule": Shade("#2b3743", 238, 8),
    "rule-focus": Shade("#6cb6d9", 74, 14),
    "row-cursor": Shade("#213646", 17, 4),
    "row-cursor-blurred": Shade("#1a2530", 236, 0),
    "segment-odd": Shade("#1b2e3c", 23, 4),
    "segment-even": Shade("#2a2440", 53, 5),
    "alarm": Shade("#ea7a80 25%", 52, 1),
    "caution": Shade("#e3b25f 25%", 58, 5),
    "gateway-1": Shade("#4fd0c0", 80, 6),
    "gateway-2": Shade("#e58fd0", 176, 2),
    "gateway-3": Shade("#c9cf6a", 185, 15),
    "gateway-4": Shade("#9db4ff", 111, 7),
}

_LIGHT = {
    "primary": Shade("#1c668f", 24, 4),
    "secondary": Shade("#52677c", 60, 8),
    "accent": Shade("#6b46b8", 55, 5),
    "success": Shade("#256d2c", 22, 0),
    "warning": Shade("#845700", 94, 5),
    "error": Shade("#b3262e", 124, 1),
    "foreground": Shade("#1d252d", 235, 0),
    "background": Shade("#fafbfc", 231, 15),
    "panel": Shade("#e8edf2", 255, 15),
    "quiet": Shade("#66737f", 242, 8),
    "rule": Shade("#c3cdd6", 250, 7),
    "rule-focus": Shade("#1c668f", 24, 4),
    "row-cursor": Shade("#cfe3f0", 254, 7),
    "row-cursor-blurred": Shade("#e3ebf1", 255, 15),
    "segment-odd": Shade("#d9ecf7", 153, 7),
    "segment-even": Shade("#e8e0f8", 225, 11),
    "alarm": Shade("#b3262e 25%", 224, 9),
    "caution": Shade("#845700 25%", 223, 11),
    "gateway-1": Shade("#00706a", 23, 0),
    "gateway-2": Shade("#a1288c", 90, 0),
    "gateway-3": Shade("#656400", 58, 0),
    "gateway-4": Shade("#3d4fc4", 20, 0),
}
"""Of sixteen colours four can be read on white, and states need them: gateways are told apart by their names there."""

_COLOURBLIND = {
    "primary": Shade("#8ab8ff", 111, 6),
    "secondary": Shade("#9aa7b5", 109, 7),
    "accent": Shade("#f0e442", 227, 13),
    "success": Shade("#56b4e9", 75, 14),
    "warning": Shade("#e8d8a8", 187, 15),
    "error": Shade("#ff9e2c", 208, 11),
    "foreground": Shade("#dfe5ec", 255, 15),
    "background": Shade("#0f1419", 233, 0),
    "panel": Shade("#1a222b", 235, 0),
    "quiet": Shade("#85929f", 245, 7),
    "rule": Shade("#2b3743", 238, 8),
    "rule-focus": Shade("#8ab8ff", 111, 6),
    "row-cursor": Shade("#213646", 17, 4),
    "row-cursor-blurred": Shade("#1a2530", 236, 0),
    "segment-odd": Shade("#1b2e3c", 23, 4),
    "segment-even": Shade("#3a2f14", 58, 5),
    "alarm": Shade("#ff9e2c 25%", 94, 1),
    "caution": Shade("#e8d8a8 25%", 58, 5),
    "gateway-1": Shade("#2fc5a0", 43, 10),
    "gateway-2": Shade("#d99ac5", 176, 2),
    "gateway-3": Shade("#b3b3e6", 146, 7),
    "gateway-4": Shade("#ffffff", 231, 9),
}
"""Good is blue and bad is orange (of sixteen: cyan and yellow): told apart without red and green, whichever of the two
an eye lacks."""

_VGA = "000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa 555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff"
"""The sixteen, as Rich believes that they look."""

_OF_TEXTUAL = {"primary", "secondary", "accent", "success", "warning", "error", "foreground", "background", "panel"}
"""Colours that its themes have by themselves, which it rounds a little unless they are among its variables, too."""


def _written(shade: Shade, colours: Colours) -> str:
    """In the way that comes out as this very colour: Rich sends the nearest, as it reckons."""
    if colours == "truecolor":
        return shade.full
    if colours == "16":
        return f"#{_VGA.split()[shade.of_16]}"
    number = shade.of_256
    if number >= 232:  # of a ramp that it divides into 25 steps
        return "#" + f"{round((number - 231) * 255 / 25):02x}" * 3
    return Color.from_ansi(number).get_truecolor().hex


def _theme(name: str, shades: dict[str, Shade], colours: Colours, *, dark: bool) -> Theme:
    written = {key: _written(shade, colours) for key, shade in shades.items()}
    own = {key: value for key, value in written.items() if key not in _OF_TEXTUAL}
    own |= {"footer-key-foreground": written["primary"], "veil": f"{written['background']} 60%"}
    if colours != "truecolor":
        own |= written | _without_mixing(written)
    return Theme(
        name=theme_name(name, colours),
        dark=dark,
        primary=written["primary"],
        secondary=written["secondary"],
        accent=written["accent"],
        success=written["success"],
        warning=written["warning"],
        error=written["error"],
        foreground=written["foreground"],
        background=written["background"],
        surface=written["background"],
        panel=written["panel"],
        variables=own,
    )


def _without_mixing(written: dict[str, str]) -> dict[str, str]:
    """What Textual would mix, of colours that there are; and no veil over what a dialog leaves in sight."""
    return {
        "veil": "transparent",
        "panel-lighten-1": written["panel"],
        "panel-darken-1": written["panel"],
        "boost": written["panel"],
        "border": written["rule-focus"],
        "border-blurred": written["rule"],
        "text-success": written["success"],
        "text-warning": written["warning"],
        "text-error": written["error"],
        "text-primary": written["primary"],
        "text-muted": written["quiet"],
        "text-disabled": written["quiet"],
        "input-cursor-background": written["foreground"],
        "input-cursor-foreground": written["background"],
        "input-selection-background": written["row-cursor"],
        "input-selection-foreground": written["foreground"],
        "block-cursor-background": written["row-cursor"],
        "block-cursor-foreground": written["foreground"],
        "block-cursor-blurred-background": written["row-cursor-blurred"],
        "block-cursor-blurred-foreground": written["foreground"],
        "block-hover-background": written["row-cursor-blurred"],
    }


def theme_name(name: str, colours: Colours) -> str:
    """What Textual knows one of THEMES by, on a terminal of so many colours."""
    return f"gsm-{name}" if colours == "truecolor" else f"gsm-{name}-{colours}"


def themes(colours: Colours) -> Iterable[Theme]:
    """Every theme, on a terminal of so many colours."""
    yield _theme("dark", _DARK, colours, dark=True)
    yield _theme("light", _LIGHT, colours, dark=False)
    yield _theme("colourblind", _COLOURBLIND, colours, dark=True)


DARK = _theme("dark", _DARK, "truecolor", dark=True)
