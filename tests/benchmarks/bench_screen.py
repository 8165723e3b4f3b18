"""How quick and how quiet the screen is: `python -m tests.benchmarks.bench_screen [PART ...] [--database FILE]`.

Parts: start, keys, bytes, line, memory, shell; all of them unless named. A real pseudo-terminal of 120x40 read
through pyte, a simulated gateway in a process of its own, an empty Textual app in the same run to compare with. Under
load 500 AMI events and 200 SMS a second pour in. `line` reads the terminal no faster than 256 kbit/s, behind a buffer
of 64 kB such as an SSH connection has. `--database` names the file of a million messages to keep; without it one is
made and thrown away. Trust ratios: machines differ, and so do the neighbours. Bytecode is kept, as it is wherever the
console is installed. Packages for development take memory that an operator's console does not (`httpx` loads `click`
where reports): run it in an environment without them to see what they see.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from console.ui.keys.actions import PANES
from tests.benchmarks.bench_store import fill
from tests.benchmarks.pour import PouringGateway
from tests.support.terminal import REPOSITORY, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PARTS = ("start", "keys", "bytes", "line", "memory", "shell")
COLUMNS, ROWS = 120, 40
LINE_RATE = 256_000 / 8
"""Bytes a second of the slow line."""
LINE_BUFFER = 65_536
"""Bytes that wait in front of it."""
PIECE = 512
"""Bytes at a time."""
CURSOR_INK = "213646"
"""Background of the row under the cursor, theme gsm-dark."""

EMPTY_APP = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("here it is")
Empty().run(mouse=False)
"""

INPUT_APP = """
from textual.app import App
from textual.widgets import Input
class Empty(App):
    def compose(self):
        yield Input("here it is")
Empty().run(mouse=False)
"""

ROWS_OF_TABLE: list[tuple[str, str, str]] = []


def tell(what: str, figure: str, aim: str = "") -> None:
    """A row of the table, at once and again at the end."""
    ROWS_OF_TABLE.append((what, figure, aim))
    print(f"{what:58}{figure:>24}   {aim}", flush=True)


class Probe(Terminal):
    """A terminal that tells when what it shows came, counts, and may be slow.

    A thread reads, so that what pyte takes to draw (some ten times what a terminal takes) counts for nothing.
    """

    rate = 0.0
    """Bytes a second that it takes; 0: as fast as they come."""
    shown_at = 0.0
    """When what was shown last was there, on the clock `time.perf_counter`."""

    def __init__(self, command: list[str], *, rate: float = 0.0) -> None:
        """With a `rate` there is a line of so many bytes a second, with a buffer in front of it."""
        super().__init__(command, columns=COLUMNS, rows=ROWS)
        self.rate = rate
        self._waiting: deque[tuple[float, bytes]] = deque()
        self._space = threading.Semaphore(LINE_BUFFER // PIECE)
        self._came = threading.Event()
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        while True:
            self._space.acquire()
            try:
                data = os.read(self._master, PIECE)
            except OSError:
                return
            self._waiting.append((time.perf_counter(), data))
            self._came.set()

    def _read(self, timeout: float) -> bool:
        if not self._waiting and not self._came.wait(timeout):
            return False
        self._came.clear()
        if not self._waiting:
            return False
        came_at, data = self._waiting.popleft()
        if self.rate:
            came_at = max(came_at, self.shown_at) + len(data) / self.rate
            time.sleep(max(0.0, came_at - time.perf_counter()))
        self._space.release()
        self.shown_at = came_at
        self.show(data)
        return True

    def rest(self, seconds: float) -> int:
        """Read for so long; how many bytes came."""
        before, end = len(self.raw), time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._read(left)
        return len(self.raw) - before

    def until(self, holds: Callable[[], bool], deadline: float = 20.0) -> float:
        """Seconds until it holds."""
        started = time.perf_counter()
        while not holds():
            if time.perf_counter() - started > deadline:
                raise TimeoutError(self.text)
            self._read(0.5)
        return max(0.0, self.shown_at - started)

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Resident megabytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+)", status)
        return int(found[1]) / 1024 if found else 0.0

    def cursor_rows(self) -> tuple[int, ...]:
        """Lines of the screen that hold a lit row."""
        return tuple(y for y in range(ROWS) if any(self.screen.buffer[y][x].bg == CURSOR_INK for x in range(COLUMNS)))

    def __enter__(self) -> Probe:
        return self

    def leave(self) -> None:
        self.process.terminate()
        self.wait_for_exit()


def console(config: Path, *words: str, rate: float = 0.0) -> Probe:
    command = [sys.executable, "-m", "console", "--config", str(config), *words]
    return Probe(command, rate=rate)


def empty_app(code: str = EMPTY_APP) -> Probe:
    return Probe([sys.executable, "-c", code])


def median_p95(times: list[float]) -> str:
    ordered = sorted(times)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return f"{statistics.median(ordered) * 1e3:.0f} / {p95 * 1e3:.0f} ms"


# ---- parts --------------------------------------------------------------------------------------------------------


def start(folder: Path, million: Path) -> None:
    """From the command to the first useful frame: the receiver's word, or a row of the inbox."""

    def first_frames(make: Callable[[], Probe], shows: str) -> float:
        times = []
        for _ in range(7):
            began = time.perf_counter()
            with make() as probe:
                probe.until(lambda: shows in probe.text)
                times.append(probe.shown_at - began)
                probe.leave()
        return statistics.median(times)

    with PouringGateway() as gateway:
        empty = gateway.configuration(folder)
        full = folder / "million.toml"
        full.write_text(empty.read_text().replace(str(folder / "console.db"), str(million)))
        full.chmod(0o600)
        base = first_frames(empty_app, "here it is")
        tell("first frame of an empty Textual app", f"{base * 1e3:.0f} ms")
        for what, config, shows in (("empty store", empty, "receiving"), ("a million messages", full, "1,000,0")):
            took = first_frames(lambda: console(config), shows)  # noqa: B023 - called within
            tell(f"first useful frame, {what}", f"{took * 1e3:.0f} ms, x{took / base:.2f}", "x1.3")
        began = time.perf_counter()
        with Probe([sys.executable, "-m", "console", "demo"]) as probe:
            probe.until(lambda: "unread" in probe.text)
            took = probe.shown_at - began
            probe.leave()
        tell("first useful frame, demo", f"{took * 1e3:.0f} ms, x{took / base:.2f}")


def key_times(probe: Probe, keys: Iterator[str], shown: Callable[[], object], count: int) -> list[float]:
    """For each key how long until what is `shown` is another."""
    times = []
    for _ in range(count):
        probe.rest(0.12)
        before = shown()
        probe.type(next(keys))
        times.append(probe.until(lambda: shown() != before))  # noqa: B023 - called within
    return times


def down_and_up() -> Iterator[str]:
    while True:
        yield from ["j"] * 5 + ["k"] * 5


def letters() -> Iterator[str]:
    while True:
        yield "Q"


def measure_keys(probe: Probe, load: str, aim: str, count: int = 40) -> None:
    """In the inbox, the log and the form."""
    for pane in ("inbox", "ami"):
        probe.type(str(PANES.index(pane) + 1))
        probe.rest(0.8)
        probe.type("g" if pane == "inbox" else "G")
        probe.rest(0.8)
        for _ in range(2):  # away from the end that is followed
            probe.type("j" if pane == "inbox" else "k")
        probe.rest(0.8)
        moves = down_and_up() if pane == "inbox" else (("k" if key == "j" else "j") for key in down_and_up())
        tell(f"key to screen, {pane}, {load}", median_p95(key_times(probe, moves, probe.cursor_rows, count)), aim)
    probe.type("n")
    probe.rest(1.0)
    probe.type("10086", "enter")
    probe.rest(1.0)
    tell(
        f"key to screen, compose, {load}",
        median_p95(key_times(probe, letters(), lambda: probe.text.count("Q"), count)),
        aim,
    )
    probe.type("esc")
    probe.rest(1.0)


def up(probe: Probe) -> None:
    """Wait until all is connected and at rest."""
    probe.until(lambda: "in service" in probe.text)
    probe.rest(2.0)


def keys(folder: Path, million: Path) -> None:
    with empty_app(INPUT_APP) as probe:
        probe.until(lambda: "here it is" in probe.text)
        probe.rest(1)
        times = key_times(probe, letters(), lambda: probe.text.count("Q"), 40)
        tell("key to screen, an Input alone in a Textual app", median_p95(times))
        probe.leave()
    with PouringGateway() as gateway, console(gateway.configuration(folder)) as probe:
        up(probe)
        gateway.tell("pour")
        probe.rest(1.5)
        gateway.tell("rest")
        probe.rest(2.0)
        measure_keys(probe, "idle", "p95 17 ms")
        gateway.tell("pour")
        probe.rest(2.0)
        measure_keys(probe, "under load", "p95 35 ms")
        gateway.tell("rest")
        probe.leave()


def bytes_(folder: Path, million: Path) -> None:
    with empty_app() as probe:
        probe.rest(2.0)
        tell("empty Textual app at rest", f"{probe.rest(5) / 5:.0f} B/s")
        probe.leave()
    for words, aims in (((), ("100 B/s, 1 %", "12 kB/s")), (("--slow",), ("100 B/s, 1 %", "3 kB/s"))):
        mode = " ".join(words) or "normal"
        with PouringGateway() as gateway, console(gateway.configuration(folder), *words) as probe:
            up(probe)
            figures(probe, f"idle, {mode}", 15, aims[0])
            gateway.tell("pour")
            probe.rest(4)
            figures(probe, f"under load, {mode}", 15, aims[1])
            gateway.tell("rest")
            probe.leave()


def figures(probe: Probe, what: str, seconds: float, aim: str) -> None:
    cpu = probe.cpu()
    came = probe.rest(seconds)
    cpu = (probe.cpu() - cpu) / seconds
    tell(f"to the terminal, {what}", f"{came / seconds:,.0f} B/s, {cpu:.1%} CPU", aim)


def line(folder: Path, million: Path) -> None:
    with PouringGateway() as gateway, console(gateway.configuration(folder), rate=LINE_RATE) as probe:
        up(probe)
        gateway.tell("pour")
        probe.rest(4.0)
        measure_keys(probe, "256 kbit/s, under load", "100 ms", count=25)
        tell("to the terminal, 256 kbit/s, under load", f"{probe.rest(10) / 10:,.0f} B/s")
        gateway.tell("rest")
        probe.leave()


def memory(folder: Path, million: Path) -> None:
    with PouringGateway(events_rate=4_000, sms_rate=600) as gateway, console(gateway.configuration(folder)) as probe:
        up(probe)
        tell("memory at start", f"{probe.memory():.0f} MB")
        gateway.tell("pour")
        for seconds in (15, 15, 15, 15):
            probe.rest(seconds)
            tell("memory while 4,000 events and 600 SMS a second come", f"{probe.memory():.0f} MB", "flat, below 70 MB")
        gateway.tell("rest")
        probe.leave()


def shell(folder: Path, million: Path) -> None:
    database = folder / "shell.db"
    fill(database, 100, time.time())
    commands = (
        ["--help"],
        ["segments", "hello"],
        ["inbox", "--database", str(database), "--limit", "5"],
        ["audit", "--help"],
        ["config", "path"],
    )
    for command in commands:
        times = []
        for _ in range(9):
            began = time.perf_counter()
            subprocess.run([sys.executable, "-m", "console", *command], check=True, capture_output=True, cwd=REPOSITORY)
            times.append(time.perf_counter() - began)
        shown = " ".join(word for word in command if not word.startswith("/"))
        tell(f"gsm-console {shown}", f"{statistics.median(times) * 1e3:.0f} ms", "150 ms")


def main() -> None:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART")
    parser.add_argument("--database", type=Path)
    arguments = parser.parse_args()
    steps = dict(zip(PARTS, (start, keys, bytes_, line, memory, shell), strict=True))
    with tempfile.TemporaryDirectory() as folder:
        million = arguments.database or Path(folder) / "million.db"
        chosen = arguments.parts or PARTS
        if "start" in chosen and not million.exists():
            print("a million messages are written", flush=True)
            fill(million, 1_000_000, time.time())
        for number, part in enumerate(chosen):
            inside = Path(folder) / str(number)
            inside.mkdir()
            steps[part](inside, million)
    print(f"\n{os.cpu_count()} cores, {COLUMNS}x{ROWS}\n")
    for what, figure, aim in ROWS_OF_TABLE:
        print(f"{what:58}{figure:>24}   {aim}")


if __name__ == "__main__":
    main()
