"""The simulated gateway as a program of its own, and a configuration that points the console at it."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

from tests.support.terminal import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType


class Done(NamedTuple):
    """What a gateway says when it was told to do something."""

    air: int
    """SMS that went on the air up to then."""
    lost: int
    """Callbacks that nobody took up to then."""


class GatewayProcess:
    """`gsm-console simulate`, quiet unless told otherwise. A `start` after `stop` is on the same TCP ports."""

    def __init__(self, *arguments: str, receiver_tcp_port: int, name: str = "gw1", dialect: str = "openvox") -> None:
        self.name = name
        self.dialect = dialect
        self._arguments = arguments
        self.receiver_tcp_port = receiver_tcp_port
        self.ami, self.http = f"127.0.0.1:{free_tcp_port()}", f"127.0.0.1:{free_tcp_port()}"
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> GatewayProcess:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait until it says that it listens."""
        deliver_to = f"http://127.0.0.1:{self.receiver_tcp_port}/sms/{self.name}"
        command = [
            sys.executable,
            "-m",
            "console",
            "simulate",
            "--ami",
            self.ami,
            "--http",
            self.http,
            "--rate",
            "0",
            "--orders",
            "--dialect",
            self.dialect,
        ]
        command += ["--deliver-to", deliver_to, "--send-results", "--reports", *self._arguments]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
        )
        assert self._process.stdout is not None
        ready = json.loads(self._process.stdout.readline())
        self.ami, self.http = ready["ami"], ready["http"].removeprefix("http://")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            assert self._process.stdout is not None
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.stdout.close()
            self._process = None

    def order(self, trouble: str) -> Done:
        """Let trouble befall it (`pull-sim=3`), as with `--trouble`; it has begun when this returns."""
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{trouble}\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert "refused" not in answer, answer
        return Done(answer["air"], answer["lost"])

    def configuration(
        self, folder: Path, *further: GatewayProcess, ping_period: float = 1.0, ami: str = "", rules: str = ""
    ) -> Path:
        """Write a configuration for a console on this gateway and further ones; returns its path. `ami` are further
        keys of each `[gateways.ami]`, `rules` further tables.
        """
        path = folder / "config.toml"
        path.write_text(
            f"""
database = "{folder / "console.db"}"

[receiver]
host = "127.0.0.1"
tcp_port = {self.receiver_tcp_port}

{rules}
{"".join(gateway.table(f"ping_period = {ping_period}{chr(10)}{ami}") for gateway in (self, *further))}""",
            encoding="utf-8",
        )
        path.chmod(0o600)
        return path

    def table(self, ami: str) -> str:
        """Its part of a configuration."""
        http = f"""
[gateways.http]
tcp_port = {self.http.rpartition(":")[2]}
username = "smsuser"
password = "smspwd"
"""
        return f"""
[[gateways]]
name = "{self.name}"
host = "127.0.0.1"
dialect = "{self.dialect}"
[gateways.ami]
tcp_port = {self.ami.rpartition(":")[2]}
username = "admin"
secret = "admin"
status_period = 1.0
{ami}
{"" if self.dialect == "yeastar" else http}"""


FIRST, LAST = 20_000, 32_000
"""Numbers of TCP ports that the system gives to nobody by itself; not even while a gateway is away."""

_numbers = itertools.count(os.getpid() * 256)


def free_tcp_port() -> int:
    """A TCP port of loopback that nobody has, and that this process is not given again soon."""
    for number in _numbers:
        tcp_port = FIRST + number % (LAST - FIRST)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", tcp_port)):
            return tcp_port
    raise AssertionError("numbers do not end")
