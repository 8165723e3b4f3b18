"""`gsm-console ussd` against the simulated gateway."""

from __future__ import annotations

import argparse
import asyncio
import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from console.cli.gateway import ussd
from console.cli.kit import outcomes
from console.domain.ussd import UssdState
from console.errors import ConfigError
from console.simulator.gateway import Gateway
from console.simulator.options import SimulatorOptions
from console.simulator.radio.driver import MENU
from console.store import Store
from tests.support.backend import FixedClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def simulated() -> Iterator[Gateway]:
    """A gateway on an event loop of its own."""
    gateway = Gateway(SimulatorOptions(login_delay=0, sync_delay=0.0, ports=4))
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


@pytest.fixture(autouse=True)
def _operator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.7 50000 192.0.2.1 22")


def configure(folder: Path, *, tcp_port: int = 1, more: str = "") -> Path:
    path = folder / "config.toml"
    path.write_text(
        f"""
database = "{folder / "console.db"}"
[[gateways]]
name = "gw1"
host = "127.0.0.1"
[gateways.ami]
tcp_port = {tcp_port}
username = "admin"
secret = "admin"
{more}
""",
        encoding="utf-8",
    )
    path.chmod(0o600)
    return path


def run(config: Path, *words: str) -> int:
    parser = argparse.ArgumentParser()
    ussd.add_parser(parser.add_subparsers())
    args = parser.parse_args(["ussd", "--config", str(config), *words])
    code = args.run(args)
    assert isinstance(code, int)
    return code


def keep(folder: Path, code: str, state: UssdState, answer: str, *, port: int = 3) -> None:
    """Something that was asked before."""
    store = Store.open(folder / "console.db", clock=FixedClock())
    record = store.ussd.ask("gw1", port, "bob", code).result(10)
    store.ussd.answer(record.id, state, answer).result(10)
    store.close()


def test_the_answer_is_on_standard_output_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with simulated() as gateway:
        config = configure(tmp_path, tcp_port=gateway.ami_address[1])
        assert run(config, "--port", "1", "*100#") == outcomes.SENT
        told = capsys.readouterr()
        assert told.out.startswith("*100#: balance ")
        assert told.err == ""
        assert run(config, "--port", "1", "--gateway", "gw1", "--json", "*105#") == outcomes.SENT
    answer = json.loads(capsys.readouterr().out)
    assert (answer["state"], answer["answer"]) == ("answered", "余额 12.50 元。回复 1 续费")
    assert answer["operator"].endswith(" from 192.0.2.7")
    assert run(config, "--history") == 0
    first, second = capsys.readouterr().out.splitlines()
    assert "  gw1  port 1  " in first
    assert "  *100#  answered  *100#: balance " in first
    assert second.endswith("  *105#  answered  余额 12.50 元。回复 1 续费")


def test_a_menu_is_replied_to_by_the_next_call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with simulated() as gateway:
        config = configure(tmp_path, tcp_port=gateway.ami_address[1])
        assert run(config, "--port", "2", MENU) == outcomes.SENT
        told = capsys.readouterr()
        assert told.out == "1 Balance\n2 Tariff\n0 Leave\n"
        assert "waiting for a reply" in told.err
        assert run(config, "--port", "2", "2") == outcomes.SENT
    assert capsys.readouterr().out == "Tariff S\nuntil 30.11.\n"


def test_what_failed_and_what_is_unknown_have_exit_codes_of_their_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with simulated() as gateway:
        config = configure(tmp_path, tcp_port=gateway.ami_address[1])
        gateway.fail_port(4)
        assert run(config, "--port", "4", "*100#") == outcomes.FAILED
        told = capsys.readouterr()
        assert told.out == ""
        assert "*100# through port 4: failed: 0:Send USSD failed on span 4" in told.err
        gateway.cut_mid_answer()
        assert run(config, "--port", "1", "*100#") == outcomes.UNKNOWN
        assert "check before you send it again" in capsys.readouterr().err
        assert run(config, "--port", "1", "*100#", "--json") == outcomes.SENT


def test_a_gateway_that_is_away_has_failed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(configure(tmp_path), "--port", "1", "*100#") == outcomes.FAILED
    assert "failed: not sent: 127.0.0.1:1 can't be reached" in capsys.readouterr().err


def test_what_can_not_be_sent_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = configure(tmp_path)
    assert run(config, "--port", "1", "hello") == outcomes.REFUSED
    assert "Not sent: A USSD code has only digits" in capsys.readouterr().err
    config = configure(tmp_path, more="[sending]\nread_only = true")
    assert run(config, "--port", "1", "*100#") == outcomes.REFUSED
    assert "read_only = true" in capsys.readouterr().err
    assert run(config, "--history") == 0
    assert capsys.readouterr().out == ""


def test_arguments_that_make_no_sense(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = configure(tmp_path, more='[[gateways]]\nname = "gw2"\nhost = "192.0.2.2"')
    for words, why in (
        (["*100#"], "A code and a port are required"),
        (["--port", "1"], "A code and a port are required"),
        (["--history", "*100#"], "takes no code"),
        (["--port", "1", "*100#"], "Which gateway"),
        (["--port", "1", "--gateway", "gw9", "*100#"], "no gateway named 'gw9'"),
    ):
        with pytest.raises(ConfigError, match=why) as refused:
            run(config, *words)
        assert refused.value.exit_code == outcomes.USAGE
    with pytest.raises(SystemExit):
        run(config, "--port", "0", "*100#")
    assert not (tmp_path / "console.db").exists()


def test_the_history_is_one_safe_line_a_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(tmp_path, "*100#", UssdState.ANSWERED, "one\n\x1b]0;two\x07")
    keep(tmp_path, "*101#", UssdState.UNKNOWN, "the console stopped", port=4)
    keep(tmp_path, "*102#", UssdState.MENU, "1 Buy")
    config = configure(tmp_path)
    assert run(config, "--history") == 0
    assert capsys.readouterr().out.splitlines() == [
        "2026-11-22 12:00:00Z  gw1  port 3  bob  *100#  answered  one␊␛]0;two␇",
        "2026-11-22 12:00:00Z  gw1  port 4  bob  *101#  unknown  the console stopped",
        "2026-11-22 12:00:00Z  gw1  port 3  bob  *102#  menu  1 Buy",
    ]
    assert run(config, "--history", "--port", "3", "--limit", "1", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "id": 3,
        "at": "2026-11-22T12:00:00.000Z",
        "gateway": "gw1",
        "port": 3,
        "operator": "bob",
        "code": "*102#",
        "state": "menu",
        "answer": "1 Buy",
        "answered_at": "2026-11-22T12:00:00.000Z",
    }
    assert run(config, "--history", "--gateway", "gw2") == 0
    assert capsys.readouterr().out == ""
