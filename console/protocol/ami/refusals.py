"""What Asterisk says when it refuses an action before it runs it (main/manager.c)."""

from __future__ import annotations

_NEVER_RAN = (
    "Permission denied",
    "Command blacklisted",
    "No command provided",
    "Failed to create temporary file",
    "Asterisk is shutting down",
    "Invalid/unknown command",
    "Missing action in request",
    "line too long",
    "Too many lines",
)


def never_ran(words: str) -> bool:
    """Whether an `Error` answer in these words means that nothing was carried out; any other may come after it was."""
    return any(known in words for known in _NEVER_RAN)
