"""The files of the AMI log on disk: what they are called, which may stay, and reading them.

`ami-20261122T110000Z-4711-0001.jsonl` is the first file of the process 4711, begun then. Each process has a set of its
own, so that two consoles never write into one file.
"""

from __future__ import annotations

import heapq
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from console.errors import ConsoleError
from console.protocol.ami.log_record import read_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from console.domain.link import LogRecord

_NAME = re.compile(r"ami-(?P<begun>\d{8}T\d{6}Z)-(?P<pid>\d{1,10})-(?P<number>\d{4,9})\.jsonl")
_LONGEST = 8 * 1024 * 1024
"""Bytes of a line; a longer one is none of ours."""

TAIL_BYTES = 4 * 1024 * 1024
"""Bytes of the newest files that `tail` reads at most, so that a start does not wait for it."""


@dataclass(frozen=True, slots=True, order=True)
class LogFile:
    """One file. Ordered as they were begun."""

    begun: str
    """When its process began its set, UTC."""
    pid: int
    number: int
    """From 1 within the set."""
    path: Path


@dataclass(slots=True)
class Reading:
    """What was read so far, of one file or several."""

    unreadable: int = 0
    """Lines that were skipped because they are no records."""


def file_name(begun: float, pid: int, number: int) -> str:
    """The name of a set's file."""
    return f"ami-{datetime.fromtimestamp(begun, UTC):%Y%m%dT%H%M%SZ}-{pid}-{number:04}.jsonl"


def log_files(directory: Path) -> list[LogFile]:
    """The log's files there, as they were begun; none where there is no such directory. Raises ConsoleError."""
    try:
        names = sorted(os.listdir(directory))  # noqa: PTH208 - a Path for each name would be for nothing
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ConsoleError(f"The AMI log in {directory} can't be read: {error.strerror}.") from error
    named = (match for name in names if (match := _NAME.fullmatch(name)))
    return sorted(
        LogFile(match["begun"], int(match["pid"]), int(match["number"]), directory / match[0]) for match in named
    )


def surplus(directory: Path, most: int, *, spare: Path) -> list[Path]:
    """The files that are too many, those written to longest ago; `spare` is not among them. Raises ConsoleError."""
    ages = []
    for file in log_files(directory):
        with suppress(OSError):  # another process has just removed it
            ages.append((file.path.stat().st_mtime_ns, file, file.path))
    ages.sort()
    others = [path for _, _, path in ages if path != spare]
    return others[: max(0, len(ages) - most)]


def unwanted(path: Path, since: float) -> int:
    """Bytes of a file in which nothing can be so young: all it has, or none."""
    return _size(path) if _written(path) < since else 0


def read_lines(path: Path, start: int = 0) -> Iterator[tuple[bytes, int]]:
    """The whole lines from byte `start`, each with the position behind it. Raises ConsoleError."""
    try:
        with path.open("rb") as stream:
            stream.seek(start)
            while (line := stream.readline(_LONGEST)).endswith(b"\n"):
                start += len(line)
                yield line, start
    except FileNotFoundError:
        return  # it was one too many
    except OSError as error:
        raise ConsoleError(f"{path} can't be read: {error.strerror}.") from error


def read_file(path: Path, reading: Reading, start: int = 0) -> Iterator[LogRecord]:
    """The records of a file from byte `start`; what is none is counted. Raises ConsoleError."""
    for line, _ in read_lines(path, start):
        record = read_record(line)
        if record is not None:
            yield record
        else:
            reading.unreadable += 1


def read_all(directory: Path, reading: Reading, *, since: float = 0.0) -> Iterator[LogRecord]:
    """Every record kept there from that time on, oldest first, whichever process wrote it. Raises ConsoleError."""
    sets: dict[tuple[str, int], list[Path]] = {}
    for file in log_files(directory):
        sets.setdefault((file.begun, file.pid), []).append(file.path)
    for paths in sets.values():
        while len(paths) > 1 and _written(paths[0]) < since:
            paths.pop(0)  # nothing in it is so young
    runs = [_run(paths, reading) for paths in sets.values()]
    return (record for record in heapq.merge(*runs, key=lambda record: record.at) if record.at >= since)


def tail(directory: Path, count: int) -> list[LogRecord]:
    """The last records of the set that was written to last, oldest first, at most `count`. Raises ConsoleError."""
    files = log_files(directory)
    if not files or not count:
        return []
    last = max(files, key=lambda file: (_written(file.path), file))
    records: list[LogRecord] = []
    left = TAIL_BYTES
    for file in reversed([file for file in files if (file.begun, file.pid) == (last.begun, last.pid)]):
        size = _size(file.path)
        start = max(0, size - left)
        records = [*read_file(file.path, Reading(), start), *records]
        left -= size
        if len(records) >= count or left <= 0:
            break
    return records[-count:]


def _run(paths: Iterable[Path], reading: Reading) -> Iterator[LogRecord]:
    for path in paths:
        yield from read_file(path, reading)


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
