"""What commands print: moments, and lines in which nothing acts on the terminal; where, and whether anybody reads."""

from __future__ import annotations

import select
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from console.errors import ConfigError, ConsoleError
from console.protocol.text.spreadsheet import BOM, csv_line
from console.protocol.text.spreadsheet import utc as utc  # what commands print for programs
from console.runtime.streams import say as say
from console.runtime.streams import warn as warn

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator


def moment(at: float) -> str:
    """`2026-11-22 12:00:00Z`, for people."""
    return utc(at)[:19].replace("T", " ") + "Z"


def one_line(*words: str) -> str:
    """Those that are not empty, on one line, whatever is in them."""
    from console.protocol.text.safe import safe

    return "  ".join(safe(word) for word in words if word)


def reader_left(seconds: float) -> bool:
    """Wait; True as soon as whoever reads standard output is gone."""
    watched = select.poll()
    watched.register(sys.stdout.fileno(), 0)
    return bool(watched.poll(seconds * 1_000))


def add_output(parser: argparse.ArgumentParser) -> None:
    """Add `--output` and `--excel`."""
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="instead of standard output; created mode 600, written atomically",
    )
    add_excel(parser)


def add_excel(parser: argparse.ArgumentParser) -> None:
    """Add `--excel`."""
    parser.add_argument(
        "--excel",
        action="store_true",
        help="csv for Excel: it shows every character, and keeps 007, 2E5, 1-2 and long numbers as they are",
    )


def write_csv(stream: TextIO, rows: Iterable[Iterable[object]], *, excel: bool = False) -> None:
    """Rows, the heading first. On a terminal nothing in them acts."""
    from console.protocol.text.safe import safe

    shown = safe if stream.isatty() else str
    if excel:
        stream.write(BOM)
    stream.writelines(shown(csv_line(row, excel=excel)) + "\n" for row in rows)


def refuse_excel(args: argparse.Namespace) -> None:
    """Raises ConfigError where `--excel` can't be."""
    if args.excel and args.format != "csv":
        raise ConfigError("--excel needs --format csv.", hint="Remove it, or write CSV.")


@contextmanager
def output(path: Path | None) -> Iterator[TextIO]:
    """Standard output, or a file that takes its name once it is whole. Raises ConsoleError."""
    if path is None:
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
        yield sys.stdout
        sys.stdout.flush()
        return
    from console.config.private_file import private_file

    try:
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8", newline="") as stream:
                yield stream
            return
        with private_file(path, replace=True) as stream:
            yield stream
    except BrokenPipeError:
        return  # of a FIFO: who read it left
    except OSError as error:
        raise ConsoleError(f"{path} can't be written: {error.strerror}.", hint="Name another file with -o.") from error
