"""The simulated gateway as a program of its own, and a configuration that points the console at it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.support.terminal import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType


class GatewayProcess:
    """`gsm-console simulate`, quiet unless told otherwise. `restart` brings it back on the same TCP ports."""

    def __init__(self, *arguments: str, receiver_tcp_port: int) -> None:
        self._arguments = arguments
        self.receiver_tcp_port = receiver_tcp_port
        self.ami = self.http = "127.0.0.1:0"
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
        deliver_to = f"http://127.0.0.1:{self.receiver_tcp_port}/sms/gw1"
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
        ]
        command += ["--deliver-to", deliver_to, "--send-results", "--reports", *self._arguments]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)
        assert self._process.stdout is not None
        ready = json.loads(self._process.stdout.readline())
        self.ami, self.http = ready["ami"], ready["http"].removeprefix("http://")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    def configuration(self, folder: Path, *, ping_period: float = 1.0) -> Path:
        """Write a configuration for a console on this gateway; returns its path."""
        path = folder / "config.toml"
        path.write_text(
            f"""
database = "{folder / "console.db"}"

[receiver]
host = "127.0.0.1"
tcp_port = {self.receiver_tcp_port}

[[gateways]]
name = "gw1"
host = "127.0.0.1"
[gateways.ami]
tcp_port = {self.ami.rpartition(":")[2]}
username = "admin"
secret = "admin"
ping_period = {ping_period}
status_period = 1.0
[gateways.http]
tcp_port = {self.http.rpartition(":")[2]}
username = "smsuser"
password = "smspwd"
""",
            encoding="utf-8",
        )
        path.chmod(0o600)
        return path


def free_tcp_port() -> int:
    """A TCP port of loopback that was free just now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
