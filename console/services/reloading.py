"""Reads the configuration again and puts into force what of it takes effect without a restart.

A file that is wrong changes nothing. Who may only look may ask for it, too: it changes this process alone, as leaving
it and starting it again would, and whether they may only look is one of the settings that wait for that.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from console.config.reload import changes

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.config import Config
    from console.config.reload import Changes, InForce
    from console.domain.audit import Trail

ACTION = "reload"
"""Id of the act in the audit."""


class Reloading:
    """For any thread but an event loop's: it waits for the disk."""

    def __init__(self, in_force: InForce, read: Callable[[], Config], audit: Trail, *, operator: str) -> None:
        """`read` reads the configuration, or raises ConfigError; `operator` is who asks."""
        self._in_force = in_force
        self._read = read
        self._audit = audit
        self._operator = operator
        self._lock = threading.Lock()

    def reload(self) -> Changes:
        """What changed. It is in the audit, durably, before it is in force. Raises ConfigError and StoreError: then
        everything is as it was.
        """
        with self._lock:
            found = changes(self._in_force.now, self._read())
            if found.at_once:
                path = found.config.path
                self._audit.add(self._operator, ACTION, path.name if path else "", found.names).result()
            self._in_force.now = found.config
            return found
