"""Standard input, output and errors that are closed, full or no UTF-8: no command breaks, and its exit code is still
what became of its work.
"""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from console.cli import main
from console.services.clock import SystemClock
from console.store import Store
from tests.support.gateway_process import free_tcp_port
from tests.support.inbox import text_sms
from tests.support.shell import ALICE, BOB, Shell
from tests.support.terminal import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from console.simulator.gateway import Gateway

PRINTS = {
    "--help": 0,
    "--version": 0,
    "config check": 0,
    "config path": 0,
    "config keys": 0,
    "inbox": 0,
    "inbox --json": 0,
    "inbox --thread +8613632919026": 0,
    "export --format csv": 0,
    "export --format jsonl": 0,
    "contacts list": 0,
    "contacts export": 0,
    "contacts export --format vcard4": 0,
    "outbox": 0,
    "outbox --format csv": 0,
    "audit": 0,
    "audit --format csv": 0,
    "ussd --history": 0,
    "segments hello": 0,
    "decode callback number=1&message=x": 0,
    "completion bash": 0,
    "help": 0,
    "help configuration": 0,
}
"""What only prints, with its exit code: it fails where it can't."""

ACTS = {
    "--nonsense": 2,
    "setup": 2,
    "demo": 2,
    "": 2,
    "config init --path {folder}/config.toml": 2,
    "config init --force --path {folder}/new.toml": 0,
    "check": 0,
    "check --terminal": 1,
    f"contacts set {ALICE} Alice": 0,
    f"contacts remove {BOB}": 1,
    "contacts import {folder}/list.csv": 10,
    "contacts import --yes {folder}/list.csv": 0,
    f"send --to {ALICE} --yes hello": 0,
    f"send --to {ALICE} --yes --json hello": 0,
    f"send --to {ALICE} --dry-run hello": 10,
    "send --csv {folder}/list.csv --yes hello": 0,
    "ussd --port 1 *100#": 0,
    "log": 2,
    "alarms": 0,
}
"""What is more than its words: its exit code is the same wherever these go."""

READS = {
    f"send --to {ALICE} -": (10, 2),
    "segments": (0, 2),
    "segments --lines": (0, 2),
    "decode ami -": (0, 0),
    "contacts import /dev/stdin": (None, 2),
    "simulate --ports 0": (2, 2),
}
"""What takes its input: the exit codes for none, and for what is no UTF-8. `None`: the device may be missing."""

NOWHERE, FULL = "/dev/null", "/dev/full"


class Runs:
    """Runs commands on a configuration, from one start."""

    def __init__(self, shell: Shell, process: subprocess.Popen[str]) -> None:
        self._shell = shell
        self._process = process
        self.err = shell.folder / "err"
        self.out = shell.folder / "out"

    def run(self, words: list[str], streams: tuple[str | None, str | None, str | None]) -> int:
        """The exit code; what was written to the files is there."""
        for path in (self.out, self.err):
            path.write_bytes(b"")
        config = ["--config", str(self._shell.path)]
        words = [word.format(folder=self._shell.folder) for word in words]
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"words": [*config, *words], "streams": streams}) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        said = self.err.read_text() + self.out.read_text()
        assert "Traceback" not in said, (words, streams, said)
        assert "Internal error" not in said, (words, streams, said)
        assert not list(self._shell.folder.rglob("fault-*")), (words, streams)
        return code

    def streams(self, stdin: str | None = NOWHERE) -> tuple[str | None, str | None, str | None]:
        return stdin, str(self.out), str(self.err)


@contextmanager
def runs_of(shell: Shell) -> Iterator[Runs]:
    command = [sys.executable, "-m", "tests.support.streams_process"]
    environ = {"XDG_STATE_HOME": str(shell.folder), "PATH": "/usr/bin:/bin", "TERM": "xterm", "HOME": str(shell.folder)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY, env=environ
    ) as process:
        yield Runs(shell, process)
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def runs(shell: Shell, gateway: Gateway) -> Iterator[Runs]:
    (shell.folder / "list.csv").write_text(f"number,name\n{BOB},Bob\n")
    shell.configure(gateway, more=f"[receiver]\ntcp_port = {free_tcp_port()}\n")
    assert main(shell.command("--to", ALICE, "first")) == 0
    store = Store.open(shell.database, clock=SystemClock())
    store.add_callback("gw1", text_sms("hello"), b"raw").result()
    store.close()
    with runs_of(shell) as runs:
        yield runs


@pytest.mark.slow
def test_every_command_ends_as_its_work_does(runs: Runs) -> None:
    out, err = str(runs.out), str(runs.err)
    for line, code in {**ACTS, **PRINTS}.items():
        for streams in ((NOWHERE, None, err), (NOWHERE, out, None), (None, None, None)):
            assert runs.run(line.split(), streams) == code, (line, streams, runs.err.read_text())
        wanted = (code or 1) if line in PRINTS else code
        assert runs.run(line.split(), (NOWHERE, FULL, err if line in PRINTS else FULL)) == wanted, line


@pytest.mark.slow
def test_what_is_read_may_be_missing_or_no_utf8(runs: Runs, tmp_path: Path) -> None:
    bytes_ = tmp_path / "bytes"
    bytes_.write_bytes(b"\xff\xfe\xfa hi\n")
    for line, (without, no_text) in READS.items():
        for stdin in (None, NOWHERE):
            code = runs.run(line.split(), runs.streams(stdin))
            assert without is None or code == without, (line, stdin, runs.err.read_text())
        assert runs.run(line.split(), runs.streams(str(bytes_))) == no_text, (line, runs.err.read_text())


@pytest.mark.slow
def test_arguments_may_be_no_utf8(runs: Runs, tmp_path: Path) -> None:
    odd = "\udcff\udcfe"
    for line in (f"contacts set {ALICE} ?", "send --to ? hello", f"send --to {ALICE} ?", "inbox --query ?"):
        assert runs.run(line.replace("?", odd).split(), runs.streams()) == 2, line
        assert "is not UTF-8" in runs.err.read_text()
    # A file may be named so.
    written = ["export", "--format", "csv", "-o", f"{tmp_path}/{odd}"]
    assert runs.run(written, runs.streams()) == 0
    assert [path.name for path in tmp_path.iterdir() if path.name == odd]


@pytest.mark.slow
def test_a_reader_who_leaves_is_no_trouble(shell: Shell) -> None:
    command = [sys.executable, "-m", "console", "config", "keys"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=REPOSITORY, env={"HOME": str(shell.folder)}
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 0


@pytest.mark.slow
def test_a_receiver_keeps_what_comes_wherever_its_words_go(tmp_path: Path) -> None:
    tcp_port, database = free_tcp_port(), tmp_path / "console.db"
    words = [
        sys.executable,
        "-m",
        "console",
        "receive",
        "--listen",
        f"127.0.0.1:{tcp_port}",
        "--database",
        str(database),
    ]
    process = subprocess.Popen(
        ["/bin/sh", "-c", 'exec "$@" <&- >/dev/full 2>&-', "sh", *words], cwd=REPOSITORY, env={"HOME": str(tmp_path)}
    )
    try:
        with answered(tcp_port, "/sms/gw1?phonenumber=10086&port=1&message=hi") as status:
            assert status == 200
    finally:
        process.terminate()
        assert process.wait(30) == 0
    assert main(["inbox", "--database", str(database)]) == 0


@contextmanager
def answered(tcp_port: int, target: str) -> Iterator[int]:
    """Ask until somebody listens."""
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{tcp_port}{target}", timeout=30) as answer:
                yield answer.status
                return
        except urllib.error.URLError:
            continue
