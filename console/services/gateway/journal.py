"""Keeps the AMI log on disk: files of bounded size and number, so that what was seen can be read after a restart.

The log in memory is its queue: a thread of its own takes what is new there, four times a second. Nobody who adds to
the log ever waits for the disk. What the log dropped before it could be written is counted, and a line says so.
"""

from __future__ import annotations

import logging
import os
import threading
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from console.config.private_file import how_to_get, make_file, make_folder
from console.domain.link import Flow, LogRecord
from console.errors import ConsoleError
from console.protocol.ami.log_record import write_record
from console.store.ami.files import file_name, surplus, tail

if TYPE_CHECKING:
    from pathlib import Path

    from console.config import Config
    from console.domain.clock import Clock
    from console.store.ami.log import AmiLog

PERIOD = 0.25
"""Seconds between two looks at what is new."""

EARLIER = 2_000
"""Records of the run before that the log begins with."""

_BATCH = 500
"""Records written at once."""

_MEBIBYTE = 1024 * 1024

_logger = logging.getLogger(__name__)


class AmiJournal:
    """One process's files. `trouble` is for any thread; everything else belongs to whoever starts it and its thread."""

    def __init__(
        self,
        config: Config,
        log: AmiLog,
        clock: Clock,
        *,
        pid: int | None = None,
        file_bytes: int | None = None,
        period: float = PERIOD,
    ) -> None:
        """`file_bytes` is the size at which a file ends, else as configured."""
        rules = config.ami_log
        self.directory = rules.directory or config.database.parent / "ami-log"
        self._keep = rules.keep
        self._most = rules.files
        self._file_bytes = rules.file_mebibytes * _MEBIBYTE if file_bytes is None else file_bytes
        self._log = log
        self._clock = clock
        self._begun = clock.time()
        self._pid = os.getpid() if pid is None else pid
        self._period = period
        self._number = 0
        self._descriptor = -1
        self._path: Path | None = None
        self._size = 0
        self._written = 0
        """Number of the last record that was taken."""
        self._trouble = ""
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="AMI log", daemon=True)

    @property
    def trouble(self) -> str:
        """Why the log is not kept, in words; empty when all is well."""
        return self._trouble

    def start(self) -> None:
        """Put the end of the former log into this one, and keep what comes from now on. Call it before anything is
        added to the log.
        """
        if not self._keep:
            return
        self._recall()
        self._written = self._log.last_seq
        self._thread.start()

    def stop(self) -> None:
        """Write what is left, and close. May be called once."""
        if self._thread.is_alive():
            self._ended.set()
            self._thread.join()

    def write(self) -> None:
        """Write what is new. Trouble with the disk is told, and tried again with the next call."""
        try:
            while self._write_some():
                pass
            self._trouble = ""
        except OSError as error:
            why = f"the AMI log is not kept in {self.directory}: {error.strerror or error}"
            self._trouble = f"{why}. {how_to_get(self.directory)}".removesuffix(". ")
        except ConsoleError as error:
            self._trouble = f"the AMI log is not kept: {error}"

    def close(self) -> None:
        """Close the file."""
        if self._descriptor >= 0:
            with suppress(OSError):
                os.close(self._descriptor)
        self._descriptor = -1
        self._path = None

    def _work(self) -> None:
        while not self._ended.wait(self._period):
            self._write_surely()
        self._write_surely()
        self.close()

    def _write_surely(self) -> None:
        try:
            self.write()
        except Exception as error:  # the thread must outlive whatever a record brings
            _logger.exception("the AMI log broke")
            self._trouble = f"the AMI log is not kept ({type(error).__name__})"
            self._written = self._log.last_seq

    def _recall(self) -> None:
        try:
            records = tail(self.directory, EARLIER)
        except ConsoleError as error:
            self._trouble = str(error)
            return
        for record in records:
            self._log.append(
                record.at, record.gateway, record.flow, record.text, record.message, session=record.session
            )
        if records:
            words = f"── earlier, until {self._moment(records[-1].at)} ──"
            self._log.append(self._clock.time(), "", Flow.NOTE, words)

    def _moment(self, at: float) -> str:
        """`02:11:03`, with the date where that is not today's."""
        then, now = (datetime.fromtimestamp(moment).astimezone() for moment in (at, self._clock.time()))
        return f"{then:%H:%M:%S}" if then.date() == now.date() else f"{then:%Y-%m-%d %H:%M:%S}"

    def _write_some(self) -> bool:
        """Write the next records; whether there may be more."""
        records = self._log.since(self._written, _BATCH)
        if not records:
            return False
        lines = [write_record(record) for record in records]
        if missing := records[0].seq - self._written - 1:
            lines.insert(0, write_record(self._gap(records[0].at, missing)))
        self._append(("\n".join(lines) + "\n").encode())
        self._written = records[-1].seq
        return len(records) == _BATCH

    def _gap(self, at: float, missing: int) -> LogRecord:
        return LogRecord(
            0, at, "", Flow.NOTE, f"{missing} records are missing here: they came faster than the disk could write"
        )

    def _append(self, data: bytes) -> None:
        """Add to the file, or to the next one where it is full; a piece of it never stays. Raises OSError."""
        if self._descriptor < 0 or self._size >= self._file_bytes or not os.fstat(self._descriptor).st_nlink:
            self._next_file()
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._descriptor, view) :]
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._descriptor, self._size)
            raise
        self._size += len(data)

    def _next_file(self) -> None:
        self.close()
        make_folder(self.directory)
        path = self.directory / file_name(self._begun, self._pid, self._number + 1)
        self._descriptor = make_file(path, os.O_WRONLY | os.O_APPEND)
        self._number += 1
        self._path = path
        self._size = 0
        for old in surplus(self.directory, self._most, spare=path):
            with suppress(OSError):
                old.unlink()
