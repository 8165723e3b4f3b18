"""`gsm-console send` as it is typed, on a configuration of its own, and the simulated gateway for it."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from console.cli import main
from console.simulator.gateway import Gateway
from console.simulator.options import SimulatorOptions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

ALICE, BOB = "+8613632919026", "+8613632919027"
SECRETS = ("ami-sesame", "http-sesame")
OPTIONS = {"ports": 3, "password": SECRETS[0], "http_password": SECRETS[1], "sync_delay": 0.0}


@contextmanager
def simulated(**options: object) -> Iterator[Gateway]:
    """A gateway on an event loop of its own."""
    gateway = Gateway(SimulatorOptions(login_delay=0, **options))  # type: ignore[arg-type]
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(gateway.start(), loop).result(30)
    try:
        yield gateway
    finally:
        asyncio.run_coroutine_threadsafe(gateway.stop(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class Shell:
    """Runs `gsm-console send` on a configuration in a folder, and looks at what the store has then."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.database = folder / "console.db"
        self.out = self.err = ""
        self._capsys = capsys
        self.configure(http=1)

    def configure(self, gateway: Gateway | None = None, *, ami: int = 0, http: int = 0, more: str = "") -> None:
        """Point it at a gateway, or at TCP ports; `more` stands in the gateway's table, or begins others."""
        if gateway is not None:
            ami, http = gateway.ami_address[1], gateway.http_address[1]
        gateway_ami = f'[gateways.ami]\ntcp_port = {ami}\nusername = "admin"\nsecret = "{SECRETS[0]}"\n' if ami else ""
        gateway_http = f'[gateways.http]\ntcp_port = {http}\nusername = "smsuser"\npassword = "{SECRETS[1]}"\n'
        tables = more.partition("[")
        self.path.write_text(
            f'database = "console.db"\n[[gateways]]\nname = "gw1"\nhost = "127.0.0.1"\n{tables[0]}\n'
            f"{gateway_ami}{gateway_http if http else ''}{tables[1]}{tables[2]}",
            encoding="utf-8",
        )
        self.path.chmod(0o600)

    @property
    def path(self) -> Path:
        return self.folder / "config.toml"

    def command(self, *words: str) -> list[str]:
        return ["--config", str(self.path), "send", *words]

    def send(self, *words: str) -> int:
        """Run it; the exit code. What it wrote is in `out` and `err`, and holds no secret."""
        code = main(self.command(*words))
        self.out, self.err = self._capsys.readouterr()
        self.check()
        return code

    def check(self) -> None:
        assert not any(secret in self.out + self.err for secret in SECRETS)
        assert "\x1b" not in self.out + self.err

    def rows(self, table: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.database) as connection:
            return connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()


def on_air(gateway: Gateway) -> list[tuple[str, str]]:
    return [(sms.to, sms.text) for sms in gateway.air]
