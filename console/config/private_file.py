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
        raise ConsoleError(
            f"{path} already exists.", hint="Files are never overwritten. Choose another file."
        ) from None
    except OSError as error:
        raise ConsoleError(f"{path} can't be written: {error.strerror}.", hint="Choose another file.") from error
    return written


def make_folder(path: Path) -> None:
    """Make it with mode 0700, and what is missing above it; as `make_file` does. Raises OSError."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)
        _hand_over(folder)


def make_file(path: Path, flags: int) -> int:
    """Make a file with mode 0600 and open it. Where root makes it, it belongs to whose folder it is: a service that
    runs as that user goes on with it. Raises FileExistsError and other OSErrors.
    """
    descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        _hand_over(path, descriptor)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _hand_over(path: Path, descriptor: int | None = None) -> None:
    owner, group = owner_of_folder(path)
    if os.geteuid() == 0 and owner != 0:
        os.chown(path if descriptor is None else descriptor, owner, group)


def owner_of_folder(path: Path) -> tuple[int, int]:
    """Uid and gid of the folder it is in. Raises OSError."""
    folder = path.parent.stat()
    return folder.st_uid, folder.st_gid


def how_to_get(*paths: Path) -> str:
    """What to do about the first of these files that is another user's and not for us; empty where there is none."""
    for path in paths:
        with suppress(OSError):
            owner = path.stat().st_uid
            if owner != os.geteuid() and not os.access(path, os.R_OK | os.W_OK):
                return f"{path} belongs to uid {owner}. As root: chown {os.geteuid()}: {path}"
    return ""
