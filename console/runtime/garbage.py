"""Garbage is not looked for while the console starts: nearly all that is made then stays, and looking takes time."""

from __future__ import annotations

import gc


def leave_for_now() -> None:
    """From now on look for none. Whoever calls it sees to it that `look_again` is called."""
    gc.disable()


def look_again() -> None:
    """Look for it as ever, but no more among what there is by now."""
    gc.freeze()
    gc.enable()
