"""`gsm-console receive`: its arguments, and the program itself."""

from __future__ import annotations

import argparse
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.error import HTTPError

import pytest

from console.cli import receive
from console.config import default_path
from console.errors import ConfigError
from console.store import Store
from tests.support import damage
from tests.support.backend import FixedClock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GATEWAY = """
database = "kept.db"
[receiver]
tcp_port = 8081
[[gateways]]
name = "gw1"
host = "192.0.2.10"
tokens = ["a-token-of-some-length"]
"""


def arguments(*words: object) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--config")
    receive.add_parser(parser.add_subparsers())
    return parser.parse_args(["receive", *map(str, words)])


def written(folder: Path) -> Path:
    path = folder / "config.toml"
    path.write_text(GATEWAY)
    path.chmod(0o600)
    return path


def test_without_a_configuration_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    config = receive.configuration(arguments("--listen", ":8080", "--database", tmp_path / "x.db"))
    assert (config.gateways, config.database) == ((), tmp_path / "x.db")
    assert (config.receiver.host, config.receiver.tcp_port) == ("0.0.0.0", 8080)
    assert "anyone who reaches it" in config.warnings[0]
    for only in (("--listen", ":8080"), ("--database", "x.db")):
        with pytest.raises(ConfigError, match="no configuration file"):
            receive.configuration(arguments(*only))
    # Who may call is in the usual file, so it counts where there is one.
    default_path().parent.mkdir()
    written(default_path().parent)
    config = receive.configuration(arguments("--listen", "[::1]:8080", "--database", tmp_path / "x.db"))
    assert [gateway.name for gateway in config.gateways] == ["gw1"]
    assert (config.receiver.host, config.warnings) == ("::1", ())


def test_arguments_win_over_the_file(tmp_path: Path) -> None:
    path = written(tmp_path)
    config = receive.configuration(arguments("--config", path))
    assert (config.receiver.tcp_port, config.database) == (8081, tmp_path / "kept.db")
    config = receive.configuration(arguments("--config", path, "--listen", "127.0.0.1:9", "--database", "other.db"))
    assert (config.receiver.tcp_port, str(config.database)) == (9, "other.db")


@pytest.mark.parametrize("address", ["", "8080", "x:", "x:y", "x:70000", "x:-1", "x:٣"])
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(ConfigError, match="HOST:PORT"):
        receive.listening_on(address, receive.configuration(arguments("--listen", ":1", "--database", "x")).receiver)


@contextmanager
def receiving(
    *words: object, ignoring: Sequence[signal.Signals] = (), files: int | None = None
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The program, and the address it listens on. It is started with these signals ignored, as by nohup, and may open
    so many files.
    """

    def limit() -> None:
        for number in ignoring:
            signal.signal(number, signal.SIG_IGN)
        if files is not None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

    command = [sys.executable, "-m", "console", "receive", *map(str, words)]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=limit,
    )
    try:
        ready, _, address = _stream(process.stdout).readline().partition(" ")
        assert ready == "READY"
        yield process, address.strip()
    finally:
        process.kill()
        process.communicate()


def _stream(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


def call(address: str, target: str) -> int:
    try:
        with urllib.request.urlopen(f"http://{address}{target}", timeout=30) as answer:
            return int(answer.status)
    except HTTPError as error:
        error.close()
        return error.code


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_receives_until_told_to_stop(tmp_path: Path, how: signal.Signals) -> None:
    database = tmp_path / "new" / "console.db"
    with receiving("--listen", "127.0.0.1:0", "--database", database) as (process, address):
        assert call(address, "/sms/gw1?phonenumber=1&message=kept") == 200
        assert call(address, "/healthz") == 200
        assert call(address, "/metrics") == 200
        process.send_signal(how)
        _, log = process.communicate(timeout=30)
        assert process.returncode == 0
    assert f"receiving on {address} into {database}" in log
    assert log.splitlines()[-1].endswith(f"INFO stopped by {how.name}")
    store = Store.open(database, clock=FixedClock())
    assert [message.callback.text for message in store.inbox_slice(0, 9)] == ["kept"]
    there = store.presence("receiver")
    assert there is not None
    assert there.released
    store.close()


@pytest.mark.slow
def test_a_database_that_is_moved_away_is_told_and_a_new_one_goes_on(tmp_path: Path) -> None:
    database = tmp_path / "console.db"
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        listen = f"127.0.0.1:{free.getsockname()[1]}"
    with receiving("--listen", listen, "--database", database) as (process, address):
        assert call(address, "/sms/gw1?phonenumber=1&message=before") == 200
        damage.wal_removed(database)
        assert call(address, "/sms/gw1?phonenumber=1&message=brought-home") == 200
        assert call(address, "/healthz") == 200
        damage.moved(database)
        assert call(address, "/sms/gw1?phonenumber=1&message=refused") == 503
        assert call(address, "/healthz") == 503
        assert _stream(process.stdout).readline() == f"READY {address}\n"
        assert call(address, "/sms/gw1?phonenumber=1&message=after") == 200
        process.terminate()
        _, log = process.communicate(timeout=30)
        assert process.returncode == 0
    assert "moved or removed while it was in use" in log
    assert "opened again" in log
    assert kept(database) == ["after"]
    assert kept(tmp_path / "moved.db") == ["brought-home", "before"]


def kept(database: Path) -> list[str]:
    with closing(Store.open(database, clock=FixedClock())) as store:
        return [one.callback.text for one in store.inbox_slice(0, 9) if one.callback.text]


@pytest.mark.slow
def test_signals_that_came_ignored_do_not_stop_it(tmp_path: Path) -> None:
    ignoring = (signal.SIGINT, signal.SIGHUP)
    with receiving("--listen", "127.0.0.1:0", "--database", tmp_path / "x.db", ignoring=ignoring) as (process, _):
        status = Path(f"/proc/{process.pid}/status").read_text()
        ignored = int(status.partition("SigIgn:")[2].split()[0], 16)
        assert all(ignored >> number - 1 & 1 for number in ignoring)
        process.terminate()
        assert process.wait(30) == 0


@pytest.mark.slow
def test_who_is_turned_away_is_logged_without_a_secret(tmp_path: Path) -> None:
    path = written(tmp_path)
    with receiving("--config", path, "--listen", "127.0.0.1:0") as (process, address):
        assert call(address, "/sms/gw1/a-token-of-some-length?phonenumber=1&message=kept") == 200
        assert call(address, "/sms/gw1/a-token-of-another-sort?phonenumber=1&message=no") == 403
        log = ""
        while "refused" not in log:
            log = _stream(process.stderr).readline()
            assert log
        process.terminate()
        assert process.wait(30) == 0
    assert log.strip().endswith("WARNING refused 127.0.0.1: It has no valid token for gw1.")


@pytest.mark.slow
def test_a_stranger_who_opens_more_than_there_are_files_shuts_nobody_out(tmp_path: Path) -> None:
    config = written(tmp_path)
    config.write_text(GATEWAY.replace("192.0.2.10", "127.0.0.1") + 'callers = ["127.0.0.1"]\n')
    with receiving("--config", config, "--listen", "127.0.0.1:0", files=64) as (process, address), ExitStack() as open_:
        host, _, tcp_port = address.rpartition(":")
        for _ in range(300):
            stranger = socket.create_connection((host, int(tcp_port)), source_address=("127.0.0.2", 0))
            open_.enter_context(closing(stranger))
        for number in range(20):
            assert call(address, f"/sms/gw1/a-token-of-some-length?num=1&message={number}") == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert len(_stream(process.stderr).read().splitlines()) < 20


@pytest.mark.slow
def test_an_address_that_is_taken_is_exit_code_4(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        command = [sys.executable, "-m", "console", "receive", "--database", str(tmp_path / "x.db"), "--listen"]
        command.append(f"127.0.0.1:{server.getsockname()[1]}")
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 4
    assert "already" in done.stderr
    assert "READY" not in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_hangup_has_it_read_its_file_again_and_no_call_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    monkeypatch.setenv("NOTIFY_SOCKET", "notify")
    path, manager = written(tmp_path), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind("notify")
    manager.settimeout(30)

    def told() -> str:
        return manager.recv(200).decode().partition("\nMONOTONIC_USEC=")[0]

    done, answers = threading.Event(), list[int]()

    def call_on(caller: int) -> None:
        while not done.is_set():
            number = len(answers)
            target = f"/sms/gw1/a-token-of-some-length?num=1&message={caller}-{number}"
            answers.append(call(address, target))

    with closing(manager), receiving("--config", path, "--listen", "127.0.0.1:0") as (process, address):
        assert told() == "READY=1"
        callers = [threading.Thread(target=call_on, args=(number,)) for number in range(4)]
        for caller in callers:
            caller.start()
        log = _stream(process.stderr)
        assert "receiving on" in log.readline()
        expected = {
            "[alarms]\nlow_signal = 7\n": "INFO Reloaded: alarms.low_signal.",
            "[alarms]\nlow_signal = 99\n": f"ERROR not reloaded, nothing was changed: {path}: "
            f"alarms.low_signal is the number 99; expected a whole number from 0 to 31. "
            f"Change alarms.low_signal in {path}.",
            "[alarms]\nlow_signal = 7\n[ami_log]\nfiles = 3\n": "INFO Reloaded: nothing takes effect now; "
            "restart to apply ami_log.files.",
            "": "INFO Reloaded: alarms.low_signal.",
        }
        for words, line in expected.items():
            path.write_text(GATEWAY + words)
            before = len(answers)
            process.send_signal(signal.SIGHUP)
            assert (told(), told()) == ("RELOADING=1", "READY=1")
            assert log.readline().partition(" ")[2].strip() == line
            while len(answers) < before + 40:
                assert process.poll() is None
                time.sleep(0.001)
        done.set()
        for caller in callers:
            caller.join()
        process.terminate()
        assert process.wait(30) == 0
    assert set(answers) == {200}
    store = Store.open(tmp_path / "kept.db", clock=FixedClock())
    assert len(store.inbox_slice(0, len(answers) + 1)) == len(answers)
    reloads = [entry for entry in store.audit.all() if entry.action == "reload"]
    assert [(entry.operator, entry.target) for entry in reloads] == [("SIGHUP", "config.toml")] * 2
    store.close()


@pytest.mark.slow
def test_without_a_file_a_hangup_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with receiving("--listen", "127.0.0.1:0", "--database", tmp_path / "x.db") as (process, _):
        process.send_signal(signal.SIGHUP)
        assert process.wait(30) == 0
