"""Which regular expressions could take too long, told before one is used.

Python's engine tries every way to divide a text among a pattern's repetitions: a repetition within a repetition takes
a time that doubles with each character, and several beside each other one that grows with the power of their number.
"""

from __future__ import annotations

import re

MOST_REPETITIONS = 2
"""Of `*`, `+`, `{2,}` and the like in one pattern."""

MOST_OPTIONAL = 6
"""Of `?` and of groups with alternatives in one pattern: each may double the ways."""

_FEW = 8
"""A counted repetition up to this is not counted as one."""

_PIECE = re.compile(
    r"(?P<escape>\\.)"
    r"|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])"
    r"|(?P<flags>\(\?[aimsu]+\))"
    r"|(?P<open>\((?:\?(?:P<\w+>|<?[=!]|[aimsu]*(?:-[ims]+)?:))?)"
    r"|(?P<close>\))"
    r"|(?P<count>[*+?]|\{(?P<low>\d*)(?P<comma>,)?(?P<high>\d*)\})(?P<lazy>[?+])?"
    r"|(?P<or>\|)"
    r"|(?P<other>.)",
    re.DOTALL,
)


def why_slow(pattern: str) -> str:
    """Why a pattern is refused, in words; empty when it is fast on a line of the log."""
    return _Scan(pattern).why


def repetitions(pattern: str) -> int:
    """How many unbounded or long repetitions a pattern has."""
    return _Scan(pattern).repetitions


class _Scan:
    """One pass over a pattern. What is no pattern at all is for the compiler to refuse."""

    def __init__(self, pattern: str) -> None:
        self.why = ""
        self.repetitions = 0
        self._optional = 0
        self._groups = [False]
        """For each open group, whether it holds a repetition or alternatives so far."""
        self._closed = False
        """Whether the last atom was a group that did."""
        self._opened = False
        """Whether the last piece began a group."""
        for piece in _PIECE.finditer(pattern):
            self._take(piece)
        if not self.why and self.repetitions > MOST_REPETITIONS:
            self.why = f"has more than {MOST_REPETITIONS} repetitions and could take too long"
        if not self.why and self._optional > MOST_OPTIONAL:
            self.why = f"has more than {MOST_OPTIONAL} alternatives and could take too long"

    def _take(self, piece: re.Match[str]) -> None:
        kind = piece.lastgroup
        opened, self._opened = self._opened, kind == "open"
        if piece["count"] is not None:
            if opened:
                self.why = self.why or "has a kind of group that is not taken here"
            self._repeat(piece)
            return
        self._closed = False
        if kind == "open":
            self._groups.append(False)
        elif kind == "close" and len(self._groups) > 1:
            self._closed = self._groups.pop()
            self._groups[-1] = self._groups[-1] or self._closed
        elif kind == "or":
            self._optional += 1
            self._groups[-1] = True
        elif kind == "escape" and piece[0][1].isdigit() and piece[0] != "\\0":
            self.why = self.why or "refers back to a group, which could take too long"

    def _repeat(self, piece: re.Match[str]) -> None:
        many = piece["count"] in {"*", "+"}
        if piece["count"].startswith("{"):
            high = piece["high"] or ("" if piece["comma"] else piece["low"])
            many = not high or len(high) > 3 or int(high) > _FEW
            self._optional += bool(piece["comma"]) and not many
        elif piece["count"] == "?":
            self._optional += 1
        if self._closed and piece["count"] != "?":
            self.why = self.why or "repeats a group that holds a repetition or alternatives, which could take for ever"
        self.repetitions += many
        self._groups[-1] = True
        self._closed = False
