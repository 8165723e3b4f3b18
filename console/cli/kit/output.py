"""What commands print: moments, lines in which nothing acts on the terminal, and an end when nobody reads any more."""

from __future__ import annotations

import os
import select
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

from console.errors import ConsoleError
from console.protocol.text.spreadsheet import utc as utc  # what commands print for programs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def moment(at: float) -> str:
    """`2026-11-22 12:00:00Z`, for people."""
    return utc(at)[:19].replace("T", " ") + "Z"


def one_line(*words: str) -> str:
    """Those that are not empty, on one line, whatever is in them."""
    from console.protocol.text.safe import safe

    return "  ".join(safe(word) for word in words if word)


def say(*lines: str) -> None:
    """Lines on standard output about what was done. A full disk or a dead terminal does not undo it: the exit code is
    what became of it, whatever becomes of the words.
    """
    error = _written(sys.stdout, lines)
    if error is not None and not isinstance(error, BrokenPipeError):
        warn(f"gsm-console: standard output can't be written ({error}): the database has what is missing there")


def warn(*lines: str) -> None:
    """The same on standard error, safe for a terminal."""
    from console.protocol.text.safe import safe

    _written(sys.stderr, [safe(line) for line in lines])


def _written(stream: TextIO, lines: Iterable[str]) -> OSError | None:
    """Why the lines could not be written; from then on nothing is tried on that stream any more."""
    try:
        for line in lines:
            print(line, file=stream)
        stream.flush()
    except OSError as error:
        with suppress(OSError):
            _mute(stream)
        return error
    return None


def _mute(stream: TextIO) -> None:
    """Nothing more can be said there: Python flushes once more at its end, and its exit code would be another."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextmanager
def until_nobody_reads() -> Iterator[None]:
    """End quietly when the reader of standard output leaves (`| head`)."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        _mute(sys.stdout)


def reader_left(seconds: float) -> bool:
    """Wait; True as soon as whoever reads standard output is gone."""
    watched = select.poll()
    watched.register(sys.stdout.fileno(), 0)
    return bool(watched.poll(seconds * 1_000))


@contextmanager
def output(path: Path | None) -> Iterator[TextIO]:
    """Standard output, or a file that takes its name once it is whole. Raises ConsoleError."""
    if path is None:
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        try:
            yield sys.stdout
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            _mute(sys.stdout)
            words = f"Standard output can't be written: {error.strerror}."
            raise ConsoleError(words, hint="Write into a file with -o.") from error
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
        raise
    except OSError as error:
        raise ConsoleError(f"{path} can't be written: {error.strerror}.", hint="Name another file with -o.") from error
