"""How the screen is to look on this terminal: what was asked for, and what its environment says. Pure, no Textual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

THEMES = ("dark", "light", "colourblind")

Colours = Literal["16", "256", "truecolor"]
"""How many a terminal has."""

_OF_256 = frozenset({"xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm"})
"""Values of TERM that do not say so."""

NO_UTF8 = (
    "This locale has no UTF-8, so everything is drawn in ASCII, texts in Latin letters. "
    "Set LANG=C.UTF-8, or start with --no-ascii."
)


@dataclass(frozen=True, slots=True)
class Appearance:
    """What was asked for. None: as the terminal is."""

    theme: str = "dark"
    """One of THEMES."""
    colours: Colours = "truecolor"
    ascii_only: bool = False
    """Frames and marks."""
    utf8: bool = True
    """Texts are written in UTF-8; if not, they are transliterated wherever `ascii_only` holds."""
    slow: bool = False
    """Draw what changes by itself once a second, and little of it."""
    over_ssh: bool = False
    """The terminal is on another machine."""
    escape_time: float | None = None
    """Seconds that the rest of a sequence is waited for behind ESC; None: as the line needs."""
    remark: str = ""
    """To be told once, when the screen comes up."""


def appearance(
    *,
    theme: str | None,
    colours: Colours | None,
    ascii_only: bool | None,
    slow: bool,
    environ: Mapping[str, str],
    coerced: bool,
) -> Appearance:
    """`theme` is one of THEMES; None: dark. `colours` None: as many as the terminal has. `ascii_only` None: where the
    locale has no UTF-8. `coerced` as `has_utf8` takes it.
    """
    known = has_utf8(environ, coerced=coerced)
    chosen = not known if ascii_only is None else ascii_only
    return Appearance(
        theme=theme or "dark",
        colours=colours or colours_of(environ),
        ascii_only=chosen,
        utf8=known,
        slow=slow,
        over_ssh=bool(environ.get("SSH_CONNECTION")),
        remark=NO_UTF8 if chosen and ascii_only is None else "",
    )


def in_screen(environ: Mapping[str, str]) -> bool:
    """Whether GNU screen draws what is written: it says so itself (STY), or its TERM came with the line.

    tmux takes names beginning with `screen` as well, and inside tmux is where TMUX is set.
    """
    term = environ.get("TERM", "")
    if environ.get("STY"):
        return not term.startswith("tmux")  # within it, TERM was set by tmux
    return term.startswith("screen") and not environ.get("TMUX")


def colours_of(environ: Mapping[str, str]) -> Colours:
    """How many colours the terminal has, by TERM and COLORTERM.

    COLORTERM is inherited from the terminal around GNU screen, which until version 5 takes what is said in 16 million
    for something else.
    """
    term = environ.get("TERM", "").lower()
    millions = environ.get("COLORTERM", "").strip().lower() in {"truecolor", "24bit"} or term.endswith("-direct")
    if millions and not in_screen(environ):
        return "truecolor"
    return "256" if "256color" in term or "-direct" in term or term in _OF_256 else "16"


def has_utf8(environ: Mapping[str, str], *, coerced: bool) -> bool:
    """Whether the locale of the environment writes UTF-8 (POSIX, XBD 8.2: LC_ALL, LC_CTYPE, LANG).

    `coerced` says that Python found the locale C and made it C.UTF-8 in LC_CTYPE by itself (PEP 538): then nobody chose
    that.
    """
    locale = environ.get("LC_ALL") or ("" if coerced else environ.get("LC_CTYPE")) or environ.get("LANG") or "C"
    return "utf8" in locale.lower().replace("-", "")
