"""Holds drawing back while the terminal has not come to what was drawn before, and then draws all of it in one frame.

Textual queues thirty frames and then blocks its event loop, and with it every key. Here at most two are on their way.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App
    from textual.timer import Timer

LONGEST = 2.0
"""Seconds after which one frame is drawn all the same."""


class FrameHold:
    """Of one application; on its event loop."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._held: ExitStack | None = None
        self._timer: Timer | None = None
        self._missed = False

    @property
    def is_held(self) -> bool:
        return self._held is not None

    def hold(self) -> None:
        """Draw nothing until `release`."""
        if self._held is None:
            self._held = ExitStack()
            self._held.enter_context(self._app.batch_update())
            self._timer = self._app.set_timer(LONGEST, self.release)

    def miss(self) -> None:
        """A whole screen was to be drawn in the meantime, and will not be drawn again by itself."""
        self._missed = self._missed or self.is_held

    def release(self) -> None:
        """Draw whatever has changed since `hold`."""
        if self._held is None:
            return
        if self._timer is not None:
            self._timer.stop()
        self._held.close()
        self._held, missed, self._missed = None, self._missed, False
        if missed:
            self._app.screen.refresh(layout=True)
        # Screens draw when they are idle; this one may have been so already.
        self._app.screen.check_idle()
