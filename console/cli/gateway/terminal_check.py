"""`gsm-console check --terminal`: what this terminal can do, and what to change. Nothing is asked of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from console.terminal.appearance import colours_of, in_screen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from console.terminal.appearance import Colours

SMALLEST = (60, 20)
DESIGNED = (80, 24)
ROOMY = (112, 36)
"""Columns and rows: below the first it can't be used well, from the last all panes stand side by side."""

_COUNTS: dict[Colours, str] = {"16": "16", "256": "256", "truecolor": "16 million"}

_VERDICTS = ("ok", "warning", "failed")
_EAST_ASIAN = re.compile(r"^(?:zh|ja|ko)(?:_|\.|$)")


class Finding(NamedTuple):
    """One thing that was looked at."""

    subject: str
    verdict: str
    """`ok`, `warning` or `failed`."""
    words: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of the terminal without asking it."""

    environ: Mapping[str, str]
    is_terminal: bool
    """Whether both what is typed comes from a terminal and what is shown goes to one."""
    size: tuple[int, int]
    """Columns and rows."""
    utf8: bool
    """Whether the locale writes UTF-8."""
    asked: Colours | None = None
    """Colours that were asked for."""

    @property
    def term(self) -> str:
        return self.environ.get("TERM", "")

    @property
    def multiplexer(self) -> str:
        """`tmux`, `screen` or nothing."""
        if self.environ.get("TMUX") and not in_screen(self.environ):
            return "tmux"
        return "screen" if in_screen(self.environ) else ""


def findings(seen: Seen) -> Iterator[Finding]:
    """Everything there is to say, what can't work first. Pure."""
    yield _terminal(seen)
    yield _size(seen)
    yield _colours(seen)
    yield _characters(seen)
    yield _widths(seen)
    yield from _multiplexer(seen)
    yield _clipboard(seen)
    yield from _line(seen)


def _terminal(seen: Seen) -> Finding:
    if not seen.is_terminal:
        return Finding(
            "terminal", "failed", "this is not a terminal", "Start it in a terminal, or use --plain for pipes."
        )
    if seen.term in {"", "dumb", "unknown"}:
        named = f"TERM is {seen.term}" if seen.term else "TERM is not set"
        return Finding("terminal", "failed", named, "Set TERM=xterm-256color, or use --plain.")
    return Finding("terminal", "ok", f"TERM is {seen.term}")


def _size(seen: Seen) -> Finding:
    columns, rows = seen.size
    words = f"{columns}x{rows}"
    if columns < SMALLEST[0] or rows < SMALLEST[1]:
        return Finding("size", "failed", f"{words} is too small", "Make it 80x24 or more.")
    if columns < DESIGNED[0] or rows < DESIGNED[1]:
        return Finding("size", "warning", f"{words}: it works, but texts are cut", "80x24 shows everything.")
    if columns < ROOMY[0] or rows < ROOMY[1]:
        return Finding("size", "ok", f"{words}: one pane at a time; side by side from {ROOMY[0]}x{ROOMY[1]}")
    return Finding("size", "ok", f"{words}: all panes side by side")


def _colours(seen: Seen) -> Finding:
    if "NO_COLOR" in seen.environ:
        return Finding("colours", "ok", "none, because of NO_COLOR: states are words and glyphs")
    if seen.asked is not None:
        return Finding("colours", "ok", f"{_COUNTS[seen.asked]}, because of --colours")
    colours = colours_of(seen.environ)
    if colours == "16":
        hint = "If yours has more, set TERM=xterm-256color (in PuTTY: Connection > Data)."
        return Finding("colours", "warning", "16", "" if in_screen(seen.environ) else hint)
    if colours == "256" and in_screen(seen.environ):
        return Finding("colours", "ok", "256: screen has no more", "Version 5 and later have: --colours truecolor.")
    hint = "Set COLORTERM=truecolor if yours has them all: most do, but ssh does not pass it on."
    return Finding("colours", "ok", _COUNTS[colours], hint if colours == "256" else "")


def _characters(seen: Seen) -> Finding:
    if seen.utf8:
        return Finding("characters", "ok", "UTF-8")
    hint = "Set LANG=C.UTF-8, and UTF-8 in the terminal (in PuTTY: Window > Translation)."
    return Finding(
        "characters", "warning", "the locale has no UTF-8: everything is drawn in ASCII and Latin letters", hint
    )


def _widths(seen: Seen) -> Finding:
    environ = seen.environ
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG", "")
    if _EAST_ASIAN.match(locale):
        hint = "Columns break where the terminal draws them wide: set ambiguous characters to narrow, or use --ascii."
        return Finding("widths", "warning", "some glyphs are of ambiguous width in this locale", hint)
    return Finding("widths", "ok", "ambiguous characters are assumed to be narrow")


def _multiplexer(seen: Seen) -> Iterator[Finding]:
    kind = seen.multiplexer
    if not kind:
        return
    if seen.term.startswith(("tmux", "screen")):
        hint = "" if "256color" in seen.term else f"Set default-terminal {kind}-256color for more colours."
        hint = hint if kind == "tmux" or not hint else "Put `term screen-256color` into .screenrc for more colours."
        yield Finding(kind, "ok", f"inside {kind}", hint)
    else:
        hint = f"Inside {kind} TERM should be {kind}-256color: check your shell's start-up files."
        yield Finding(kind, "warning", f"inside {kind}, but TERM is {seen.term or 'not set'}", hint)


def _clipboard(seen: Seen) -> Finding:
    """OSC 52 carries a copy to the terminal's clipboard; no terminal says whether it takes it."""
    environ = seen.environ
    if seen.multiplexer == "tmux":
        return Finding("clipboard", "ok", "tmux may pass copied text on", "It does with: set -s set-clipboard on")
    if seen.multiplexer == "screen":
        return Finding("clipboard", "warning", "screen may not pass copied text on", "Write to a file with w instead.")
    program = environ.get("TERM_PROGRAM", "")
    if program == "Apple_Terminal" or "VTE_VERSION" in environ or seen.term in {"linux", "vt100", "vt220"}:
        name = program or ("a VTE terminal" if "VTE_VERSION" in environ else seen.term)
        words = f"{name} does not support copying"
        return Finding("clipboard", "warning", words, "Write to a file with w, or mark with the mouse.")
    known = program in {"iTerm.app", "WezTerm", "ghostty", "vscode"} or seen.term in {
        "xterm-kitty",
        "foot",
        "alacritty",
    }
    if known:
        return Finding("clipboard", "ok", "supports copying, if its settings allow it")
    return Finding(
        "clipboard",
        "ok",
        "may support copying: there is no way to ask it",
        "If pasting gives nothing, write to a file with w.",
    )


def _line(seen: Seen) -> Iterator[Finding]:
    if "SSH_CONNECTION" not in seen.environ and "SSH_TTY" not in seen.environ:
        return
    hint = "" if seen.multiplexer else "In tmux a dropped line costs nothing: tmux new -A -s sms gsm-console"
    yield Finding("line", "ok", "over SSH; the console adapts to a slow line, --slow does so from the start", hint)


def verdict(found: list[Finding]) -> str:
    """The worst of them."""
    return max((finding.verdict for finding in found), key=_VERDICTS.index)
