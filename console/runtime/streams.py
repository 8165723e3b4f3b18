"""The three standard streams: whichever way they come, and whatever becomes of what is said there."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TextIO

from console.errors import ConsoleError

if TYPE_CHECKING:
    from collections.abc import Iterable


class OutputLost(ConsoleError):
    """What was to be printed could not be."""

    title = "Output"

    def __init__(self, why: OSError) -> None:
        super().__init__(f"Standard output can't be written: {why.strerror}.")


def open_all() -> None:
    """Let those that came closed lead nowhere, and take every character. Before anything else opens a file: that would
    get the number of one, and be written to by whoever means the stream.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # the lowest number that is free: this one
        if getattr(sys, name) is None:
            mode = "w" if number else "r"
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A locale without UTF-8 lacks most characters: they are written as \u4f60.
        sys.stdout = io.TextIOWrapper(
            io.BufferedWriter(_Remembering(1, "w", closefd=False)),
            encoding=sys.stdout.encoding,
            errors="backslashreplace",
            line_buffering=sys.stdout.line_buffering or sys.stdout.write_through,
        )


def say(*lines: str) -> None:
    """Lines on standard output about what is done. A full disk or a dead terminal does not undo it: the exit code is
    what became of it, whatever becomes of the words.
    """
    error = _written(sys.stdout, lines)
    if error is not None and not isinstance(error, BrokenPipeError):
        warn(f"gsm-console: standard output can't be written ({error.strerror}): the command continues without it")


def warn(*lines: str) -> None:
    """The same on standard error, safe for a terminal."""
    from console.protocol.text.safe import safe

    _written(sys.stderr, [safe(line) for line in lines])


def lost() -> OSError | None:
    """Why what was printed is not written, or not all of it; None where it is. From then on nothing is tried there any
    more.
    """
    error = _written(sys.stdout, ())
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    if error is None and isinstance(raw, _Remembering):
        error, raw.error = raw.error, None
    return error


def settled(code: int) -> int:
    """The exit code once all is written that was printed, or can't be: it is `code`, or 1 where that was 0 and
    something is missing. A reader who left (`| head`) misses nothing.
    """
    error = lost()
    if error is not None and not isinstance(error, BrokenPipeError):
        warn(f"gsm-console: {OutputLost.title}: {OutputLost(error)}")
        code = code or OutputLost.exit_code
    _written(sys.stderr, ())
    return code


class _Remembering(io.FileIO):
    """Python forgets what it could not write where that is long."""

    error: OSError | None = None

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except OSError as error:
            self.error = error
            raise


def _written(stream: TextIO, lines: Iterable[str]) -> OSError | None:
    """Why the lines could not be written; from then on nothing is tried on that stream any more."""
    try:
        for line in lines:
            print(line, file=stream)
        stream.flush()
    except OSError as error:
        with suppress(OSError):
            # Nothing more can be said there: Python flushes once more at its end, and its exit code would be another.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            stream.flush()
        raw = getattr(getattr(stream, "buffer", None), "raw", None)
        if isinstance(raw, _Remembering):
            raw.error = None  # it is told of here
        return error
    return None
