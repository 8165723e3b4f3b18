"""The AMI log as shown, into a file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from console.protocol.ami.log_record import write_record
from console.protocol.ami.log_text import text_line
from console.store.ami.files import write_private
from console.ui.context.copying import ask_file
from console.ui.kit.format import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.widget import Widget

    from console.domain.link import LogRecord


def default_name(now: float) -> str:
    """A name that was hardly given before."""
    return f"ami-{datetime.fromtimestamp(now).astimezone():%Y%m%d-%H%M%S}.txt"


def forms() -> str:
    """What may be named, for whoever is asked."""
    return (
        f"In {Path.cwd()}, unless another directory is named.\n"
        "Text, a line a record, times in UTC; JSON lines if it is named .jsonl. Secrets are masked."
    )


def write_log(path: Path, records: Sequence[LogRecord]) -> int:
    """Write them; how many lines that were. Nothing is written over. Raises ConsoleError."""
    form = write_record if path.suffix.lower() in {".json", ".jsonl"} else text_line
    return write_private(path, (form(record) for record in records))


def ask_where(widget: Widget, records: Sequence[LogRecord], now: float) -> None:
    """Ask for the name of a new file, then write the records into it."""

    def write(path: Path) -> str:
        return f"{plural(write_log(path, records), 'line')} written to {path}"

    ask_file(widget, f"Write {plural(len(records), 'line')} to", default_name(now), forms(), write)
