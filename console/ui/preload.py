"""What the first frame does not need, loaded beside it: no key waits for a dialog's modules."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from console.ui import screens

_ALSO = ("console.protocol.sms.codes", "console.ui.ami_export", "console.ui.palette", "console.ui.send_off")
"""Beside the dialogs, what else is imported under a key."""

_NOT_HERE = {"setup"}
"""The screen of another application."""


def preload() -> None:
    """Load them; from any thread."""
    for module in pkgutil.iter_modules(screens.__path__):
        if module.name not in _NOT_HERE:
            import_module(f"{screens.__name__}.{module.name}")
    for name in _ALSO:
        import_module(name)
