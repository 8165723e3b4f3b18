"""One store, several processes: consoles beside a receiver, a dropped line, the address changing hands."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from console.services.receiving.keeper import RECEIVER
from console.store import Store
from tests.support.backend import FixedClock
from tests.support.gateway_process import GatewayProcess, free_tcp_port
from tests.support.stories import call
from tests.support.terminal import REPOSITORY, Terminal
from tests.support.waiting import DEADLINE, LOOK

if TYPE_CHECKING:
    from collections.abc import Iterator

LIVE = 0.3
"""Seconds within which a console beside the receiver is to show a message."""
GOES_ON = 1.0
"""Seconds for which it is looked at what a console without a screen needs."""


@contextmanager
def receiving(config: Path) -> Iterator[subprocess.Popen[str]]:
    """`gsm-console receive`, once it listens."""
    command = [sys.executable, "-m", "console", "receive", "--config", str(config)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("READY ")
        yield process
    finally:
        process.kill()
        process.communicate()


def owner(database: Path) -> int:
    """PID of the process that receives."""
    with closing(Store.open(database, clock=FixedClock())) as store:
        there = store.presence(RECEIVER)
    assert there is not None
    return 0 if there.released else there.pid


def wait_for_owner(database: Path, pid: int) -> None:
    deadline = time.monotonic() + DEADLINE
    while owner(database) != pid:
        assert time.monotonic() < deadline, f"{owner(database)} receives, not {pid}"
        time.sleep(LOOK)


def wait_until_it_goes_on(pid: int) -> None:
    """Without a screen: it has let go of its terminal."""
    deadline = time.monotonic() + DEADLINE
    while Path(f"/proc/{pid}/fd/0").readlink() != Path(os.devnull):
        assert time.monotonic() < deadline, f"{pid} holds its terminal"
        time.sleep(LOOK)


def seconds_of_processor(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_a_console_beside_a_receiver_shows_it_live_and_takes_over(tmp_path: Path) -> None:
    with GatewayProcess("--ports", "2", receiver_tcp_port=free_tcp_port()) as gateway:
        config = gateway.configuration(tmp_path)
        tcp_port = gateway.receiver_tcp_port
        with receiving(config) as receiver, Terminal.console("--config", str(config)) as terminal:
            terminal.wait_for("● AMI")
            delays = []
            for number in range(5):
                assert call(tcp_port, f"beside{number}") == 200
                began = time.monotonic()
                terminal.wait_for(f"beside{number}")
                delays.append(time.monotonic() - began)
            assert sorted(delays)[2] < LIVE  # the median: this machine has other work
            assert owner(tmp_path / "console.db") == receiver.pid
            receiver.terminate()
            assert receiver.wait(DEADLINE) == 0
            terminal.wait_for("● receiving")
            assert call(tcp_port, "taken-over") == 200
            terminal.wait_for("taken-over")
            wait_for_owner(tmp_path / "console.db", terminal.process.pid)


@pytest.mark.parametrize("controlling", [True, False])
def test_a_dropped_line_loses_nothing(tmp_path: Path, *, controlling: bool) -> None:
    with GatewayProcess("--ports", "2", receiver_tcp_port=free_tcp_port()) as gateway:
        config = str(gateway.configuration(tmp_path))
        tcp_port = gateway.receiver_tcp_port
        with Terminal.console("--config", config, controlling=controlling) as first:
            first.wait_for("● receiving")
            pid = first.process.pid
            first.hang_up()
            wait_until_it_goes_on(pid)
            assert call(tcp_port, "nobody-looked") == 200
            used = seconds_of_processor(pid)
            with pytest.raises(subprocess.TimeoutExpired):
                first.process.wait(GOES_ON)
            assert seconds_of_processor(pid) - used < GOES_ON / 3
            with Terminal.console("--config", config) as second:
                second.wait_for("nobody-looked")
                second.wait_for("● receiving")
                assert first.process.wait(DEADLINE) == 0
                assert call(tcp_port, "somebody-looks") == 200
                second.wait_for("somebody-looks")
                wait_for_owner(tmp_path / "console.db", second.process.pid)
                assert "not receiving" not in second.text


def test_calls_during_a_handover_are_all_answered(tmp_path: Path) -> None:
    with GatewayProcess("--ports", "2", receiver_tcp_port=free_tcp_port()) as gateway:
        config = gateway.configuration(tmp_path)
        with Terminal.console("--config", str(config)) as console:
            console.wait_for("● receiving")
            console.process.send_signal(signal.SIGHUP)
            console.hang_up()
            command = [sys.executable, "-m", "console", "receive", "--config", str(config)]
            receiver = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)
            try:
                answered = 0
                while console.process.poll() is None:
                    assert call(gateway.receiver_tcp_port, f"n{answered}") == 200
                    answered += 1
                assert console.process.returncode == 0
                assert call(gateway.receiver_tcp_port, "last") == 200
            finally:
                receiver.kill()
                receiver.communicate()
    with closing(Store.open(tmp_path / "console.db", clock=FixedClock())) as store:
        texts = {message.callback.text for message in store.inbox_slice(0, 1_000_000)}
    assert texts >= {"last", *(f"n{number}" for number in range(answered))}


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_what_goes_on_without_a_screen(tmp_path: Path, how: signal.Signals) -> None:
    with GatewayProcess("--ports", "2", receiver_tcp_port=free_tcp_port()) as gateway:
        config = str(gateway.configuration(tmp_path))
        with Terminal.console("--config", config) as terminal:
            terminal.wait_for("● receiving")
            terminal.hang_up()
            wait_until_it_goes_on(terminal.process.pid)
            terminal.process.send_signal(how)
            assert terminal.process.wait(DEADLINE) == 0
        assert owner(tmp_path / "console.db") == 0


def test_without_keep_after_hangup_it_ends_with_its_terminal(tmp_path: Path) -> None:
    with GatewayProcess("--ports", "2", receiver_tcp_port=free_tcp_port()) as gateway:
        config = gateway.configuration(tmp_path)
        config.write_text(config.read_text().replace("[receiver]", "[receiver]\nkeep_after_hangup = false"))
        with Terminal.console("--config", str(config)) as terminal:
            terminal.wait_for("● receiving")
            terminal.hang_up()
            assert terminal.process.wait(DEADLINE) == 0
