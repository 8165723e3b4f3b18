"""How long the rest of a sequence is waited for behind a lone ESC, which else is the Escape key."""

from __future__ import annotations

LOCAL = 0.1
"""Seconds where terminal and console are on one machine, and at least."""

OVER_SSH = 0.4
"""Seconds over SSH until the terminal has answered: what the keys' packets may lie apart is not known yet."""

LEAST_OVER_SSH = 0.2
"""Seconds at least over SSH: Linux sends a lost packet again after so long (TCP_RTO_MIN)."""

LONGEST = 1.0
"""Seconds at most: a person waits for the key."""


class EscapeTime:
    """Learns from the terminal's answers as TCP does from acknowledgements (RFC 6298, section 2)."""

    def __init__(self, *, fixed: float | None = None, over_ssh: bool = False) -> None:
        self.fixed = fixed
        """So many seconds, whatever the line is like; None: as it is learned."""
        self._least = LEAST_OVER_SSH if over_ssh else LOCAL
        self._before = OVER_SSH if over_ssh else LOCAL
        self._smoothed: float | None = None
        self._variation = 0.0

    @property
    def seconds(self) -> float:
        if self.fixed is not None:
            return self.fixed
        if self._smoothed is None:
            return self._before
        return min(max(self._smoothed + 4 * self._variation, self._least), LONGEST)

    def learn(self, took: float) -> None:
        """An answer took so many seconds."""
        if self._smoothed is None:
            self._smoothed, self._variation = took, took / 2
        else:
            self._variation += (abs(self._smoothed - took) - self._variation) / 4
            self._smoothed += (took - self._smoothed) / 8
