"""How the screen is to look on this terminal: what was asked for, and what its environment says. Pure, no Textual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

THEMES = {"dark": "gsm-dark", "light": "gsm-light", "colourblind": "gsm-colourblind", "16": "gsm-16"}
"""Names for the command line, and what Textual knows them by."""

NO_UTF8 = "This locale has no UTF-8, so everything is drawn in ASCII. Set LANG=C.UTF-8, or start with --no-ascii."


@dataclass(frozen=True, slots=True)
class Appearance:
    """What was asked for. None: as the terminal is."""

    theme: str | None = None
    """As Textual knows it."""
    ascii_only: bool = False
    slow: bool = False
    """Draw what changes by itself once a second, and little of it."""
    over_ssh: bool = False
    """The terminal is on another machine."""
    escape_time: float | None = None
    """Seconds that the rest of a sequence is waited for behind ESC; None: as the line needs."""
    remark: str = ""
    """To be told once, when the screen comes up."""


def appearance(
    *, theme: str | None, ascii_only: bool | None, slow: bool, environ: Mapping[str, str], coerced: bool
) -> Appearance:
    """`theme` is one of THEMES; `ascii_only` None: where the locale has no UTF-8. `coerced` as `has_utf8` takes it."""
    known = has_utf8(environ, coerced=coerced)
    chosen = not known if ascii_only is None else ascii_only
    return Appearance(
        theme=THEMES[theme] if theme is not None else None,
        ascii_only=chosen,
        slow=slow,
        over_ssh=bool(environ.get("SSH_CONNECTION")),
        remark=NO_UTF8 if chosen and ascii_only is None else "",
    )


def has_utf8(environ: Mapping[str, str], *, coerced: bool) -> bool:
    """Whether the locale of the environment writes UTF-8 (POSIX, XBD 8.2: LC_ALL, LC_CTYPE, LANG).

    `coerced` says that Python found the locale C and made it C.UTF-8 in LC_CTYPE by itself (PEP 538): then nobody chose
    that.
    """
    locale = environ.get("LC_ALL") or ("" if coerced else environ.get("LC_CTYPE")) or environ.get("LANG") or "C"
    return "utf8" in locale.lower().replace("-", "")
