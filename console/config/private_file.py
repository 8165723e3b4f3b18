"""A file that only its owner reads: there whole, or not at all."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from console.errors import ConsoleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@contextmanager
def private_file(path: Path, *, replace: bool = False) -> Iterator[TextIO]:
    """Make a text file with mode 0600 and remove it where the block fails. What has no UTF-8 is written as `\\udc80`.

    Raises FileExistsError where there is something of that name; with `replace` the file takes its place once it is
    whole. Raises OSError where it can't be written.
    """
    try:
        if replace:
            import tempfile

            descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
            target = Path(name)
        else:
            descriptor, target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), path
    except ValueError as error:  # a NUL is no part of a name
        raise OSError(errno.EINVAL, str(error)) from error
    try:
        with open(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="") as stream:  # noqa: PTH123
            yield stream
        if replace:
            target.replace(path)
    except BaseException:
        with suppress(OSError):
            target.unlink()
        raise


def write_lines(path: Path, lines: Iterable[str]) -> int:
    """Write lines into a new private file; how many there were. Raises ConsoleError, also where there is something of
    that name already.
    """
    written = 0
    try:
        with private_file(path) as stream:
            for line in lines:
                stream.write(line + "\n")
                written += 1
    except FileExistsError:
        raise ConsoleError(f"{path} is there already.", hint="Nothing is written over. Name another file.") from None
    except OSError as error:
        raise ConsoleError(f"{path} can't be written: {error.strerror}.", hint="Name another file.") from error
    return written
