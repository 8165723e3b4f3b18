"""A fault of the program itself: a few words on the terminal, the details in a file."""

from __future__ import annotations

import platform
import tempfile
import time
import traceback
from contextlib import suppress
from pathlib import Path

import platformdirs

from console import __version__
from console.config.private_file import write_lines
from console.errors import ConsoleError
from console.protocol.text.redact import redact
from console.protocol.text.safe import safe_lines


class Fault(ConsoleError):
    """The program broke."""

    title = "Crashed (internal error)"


def explained(error: Exception) -> Fault:
    """What to tell of an error that nobody expected. The details are in a new file that only its owner reads, without
    values of variables: those may be secret, or a stranger's words.
    """
    lines = [line for line in safe_lines(redact("".join(traceback.format_exception(error)))) if line]
    try:
        path = _folder() / f"fault-{time.strftime('%Y%m%d-%H%M%S')}-{time.monotonic_ns()}.txt"
        write_lines(path, [f"gsm-console {__version__}, Python {platform.python_version()}", *lines])
    except (OSError, ConsoleError):
        return Fault("; ".join(lines), hint="Start it again: what was received and queued is kept.")
    return Fault(
        f"{type(error).__name__}. What was received and queued is kept.",
        hint=f"Start it again. Please report it with the details in {path}",
    )


def _folder() -> Path:
    """The user's own for logs; of one without a home, that for everybody's passing files. Raises OSError."""
    folder = Path(tempfile.gettempdir())
    with suppress(RuntimeError):
        own = platformdirs.user_log_path("gsm-console", appauthor=False)
        folder = own if own.is_absolute() else folder
    folder.mkdir(parents=True, exist_ok=True)
    return folder
