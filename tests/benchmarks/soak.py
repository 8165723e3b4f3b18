"""Days on end, in minutes: `python -m tests.benchmarks.soak [--minutes N] [--events N] [--sms N] [--consoles N]`.

Consoles on one database, each in a real terminal, while AMI events and SMS pour in and keys are pressed now and then.
Every ten seconds, for each: resident memory, threads, open files, sockets, the sizes of what is on the disk. At the end
a verdict: whether memory, threads and files came to a rest. The database grows with what it is given to keep; the log
on disk must not grow past its bounds. The first third is for warming up.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from tests.benchmarks.bench_screen import Probe, console, up
from tests.benchmarks.pour import PouringGateway

if TYPE_CHECKING:
    from collections.abc import Iterable

PERIOD = 10.0
"""Seconds between two looks."""

GROWTH = 1.0
"""Megabytes by which the median of the last third may be above that of the second."""


@dataclass(frozen=True, slots=True)
class Look:
    """At one moment."""

    memory: float
    """Resident megabytes."""
    threads: int
    files: int
    sockets: int
    database: float
    """Megabytes on the disk, its log included."""
    log: float
    """Megabytes of AMI log."""


def look(probe: Probe, folder: Path) -> Look:
    process = Path(f"/proc/{probe.process.pid}")
    threads = re.search(r"Threads:\s+(\d+)", (process / "status").read_text())
    opened = []
    for entry in (process / "fd").iterdir():
        try:
            opened.append(str(entry.readlink()))
        except OSError:
            continue  # closed meanwhile
    return Look(
        memory=probe.memory(),
        threads=int(threads[1]) if threads else 0,
        files=sum(not name.startswith("socket:") for name in opened),
        sockets=sum(name.startswith("socket:") for name in opened),
        database=megabytes(folder.glob("console.db*")),
        log=megabytes((folder / "ami-log").rglob("*")),
    )


def megabytes(paths: Iterable[Path]) -> float:
    return sum(path.stat().st_size for path in paths if path.is_file()) / 1e6


def verdict(looks: list[Look]) -> list[str]:
    """What grew that should not; empty when nothing did."""
    third = max(1, len(looks) // 3)
    middle, last = looks[third : 2 * third] or looks, looks[-third:]
    faults = []
    if (grown := median(it.memory for it in last) - median(it.memory for it in middle)) > GROWTH:
        faults.append(f"memory grew by {grown:.1f} MB, {grown * 3600 / (third * PERIOD):.0f} MB an hour")
    for name in ("threads", "files", "sockets"):
        before, after = (max(getattr(it, name) for it in part) for part in (middle, last))
        if after > before:
            faults.append(f"{name}: {before} became {after}")
    return faults


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--events", type=int, default=2_000)
    parser.add_argument("--sms", type=int, default=200)
    parser.add_argument("--consoles", type=int, default=2)
    arguments = parser.parse_args()
    looks: list[list[Look]] = [[] for _ in range(arguments.consoles)]
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        gateway = stack.enter_context(PouringGateway(events_rate=arguments.events, sms_rate=arguments.sms))
        configuration = gateway.configuration(folder)
        probes = [stack.enter_context(console(configuration)) for _ in looks]
        for probe in probes:
            up(probe)
        gateway.tell("pour")
        print(f"{'s':>6}{'MB':>8}{'threads':>9}{'files':>7}{'sockets':>9}{'db MB':>8}{'log MB':>8}", flush=True)
        started = time.monotonic()
        while (gone := time.monotonic() - started) < arguments.minutes * 60:
            for probe, its in zip(probes, looks, strict=True):
                probe.type("?" if len(its) % 2 else "3", "esc", "g", "j", "j", "g")
                probe.rest(PERIOD / len(probes))
                it = look(probe, folder)
                its.append(it)
                print(
                    f"{gone:6.0f}{it.memory:8.1f}{it.threads:9}{it.files:7}{it.sockets:9}{it.database:8.1f}{it.log:8.1f}",
                    flush=True,
                )
                del probe.raw[:]
        gateway.tell("rest")
        for probe in probes:
            probe.leave()
    faults = [f"console {number}: {fault}" for number, its in enumerate(looks, start=1) for fault in verdict(its)]
    print("; ".join(faults) if faults else "nothing grew that should not")
    raise SystemExit(1 if faults else 0)


if __name__ == "__main__":
    main()
