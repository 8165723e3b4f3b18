"""`gsm-console inbox`."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from console.cli.inbox import inbox
from console.cli.kit.query import NotAsked
from console.domain.messages import Callback, CallbackKind, DeliveryState, Draft, Evidence, Via
from console.domain.views import View
from console.errors import ConfigError, StoreError
from console.services.who import operator_now
from console.store import Store
from tests.support import damage
from tests.support.backend import NOON, FixedClock
from tests.support.inbox import SENDER, inbox_at, text_sms
from tests.support.terminal import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROGRAM = (sys.executable, "-m", "console", "inbox")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "console.db"
    with inbox_at(path) as some:
        some.add(text_sms("余额 \x1b[31m12\n元 [/x]", time="2026/11/22 11:59:58"))
        some.add(text_sms("hello", number="Bank", port="2"), at=NOON + 60)
        some.add(text_sms("hello", number="Bank", port="2"), at=NOON + 61)
        some.add(
            Callback(CallbackKind.UNREADABLE, reason="No number."), at=NOON + 90, raw=b"/sms?\x9b\x07x=1", gateway=""
        )
        some.add_gap(NOON + 90, NOON + 150.5)
    return path


def run(*argv: object) -> int:
    parser = argparse.ArgumentParser()
    inbox.add_parser(parser.add_subparsers())
    args = parser.parse_args(["inbox", *map(str, argv)])
    code = args.run(args)
    assert isinstance(code, int)
    return code


def test_lines(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--database", path) == 0
    assert capsys.readouterr().out.splitlines() == [
        "2026-11-22 12:00:00Z  gw1  port 3  +8613632919026  余额 ␛[31m12␊元 [/x]",
        "2026-11-22 12:01:00Z  gw1  port 2  Bank  hello  [x2]",
        "2026-11-22 12:01:30Z  unreadable: No number. /sms?\\x9b␇x=1",
        "2026-11-22 12:02:30Z  not receiving 2026-11-22 12:01:30Z - 2026-11-22 12:02:30Z",
    ]


def test_json_is_one_ascii_object_a_line(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--database", path, "--json") == 0
    out = capsys.readouterr().out
    assert out.isascii()
    assert "\x1b" not in out
    first, second, unreadable, gap = map(json.loads, out.splitlines())
    assert first == {
        "id": 1,
        "kind": "sms",
        "by": "callback",
        "received_at": "2026-11-22T12:00:00.000Z",
        "gateway": "gw1",
        "port": "3",
        "port_name": "",
        "number": "+8613632919026",
        "text": "余额 \x1b[31m12\n元 [/x]",
        "gateway_time": "2026/11/22 11:59:58",
        "imsi": "",
        "copies": 1,
        "parts": 1,
        "missing": 0,
        "joined": None,
        "read": False,
        "reason": "",
        "since": None,
        "until": None,
        "pieces": [],
        "claimed_by": None,
        "done_by": None,
    }
    assert (second["id"], second["copies"]) == (2, 2)
    assert (unreadable["kind"], unreadable["reason"]) == ("unreadable", "No number.")
    assert (gap["kind"], gap["since"], gap["until"]) == ("gap", "2026-11-22T12:01:30.000Z", "2026-11-22T12:02:30.500Z")


@pytest.mark.parametrize(
    ("argv", "ids"),
    [
        (["--limit", "2"], [3, 4]),
        (["--limit", "0"], []),
        (["--query", "余额"], [1]),
        (["--query", "kind:sms"], [1, 2]),
        (["--query", "kind:sms", "--limit", "1"], [2]),
        (["--query", "zebra"], []),
    ],
)
def test_some(path: Path, capsys: pytest.CaptureFixture[str], argv: list[str], ids: list[int]) -> None:
    assert run("--database", path, "--json", *argv) == 0
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == ids


def test_parts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "console.db"
    with inbox_at(path) as some:
        for index in (1, 3):
            some.add(text_sms(f"part {index}. "), raw=b"/sms?id=1&index=%d&total=3" % index)
        some.add(text_sms("я" * 67, number="1"))
        some.add(text_sms("ж", number="1"))
    run("--database", path)
    first, second = capsys.readouterr().out.splitlines()
    assert first.endswith("part 1. part 3.   [2/3, 1 missing]")
    assert second.endswith("я┊ж  [2 parts, guessed]")
    run("--database", path, "--json")
    numbered, guessed = map(json.loads, capsys.readouterr().out.splitlines())
    assert (numbered["joined"], numbered["pieces"]) == ("numbered", ["part 1. ", "part 3. "])
    assert (guessed["joined"], guessed["pieces"], guessed["text"]) == ("guessed", ["я" * 67, "ж"], "я" * 67 + "ж")


def test_what_brought_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "console.db"
    with inbox_at(path) as some:
        some.add(text_sms("called"))
        some.add(text_sms("seen"), raw=b"Event: Newexten\r\n\r\n")
        some.add_gap(NOON, NOON + 60)
    run("--database", path, "--json")
    assert [json.loads(line)["by"] for line in capsys.readouterr().out.splitlines()] == ["callback", "ami", None]
    run("--database", path)
    called, seen, _ = capsys.readouterr().out.splitlines()
    assert called.endswith("called")
    assert seen.endswith("seen  [by AMI]")


def test_who_looks_after_it(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = Store.open(path, clock=FixedClock())
    store.claims.claim(1, "alice from 192.0.2.7").result()
    store.claims.done(2, "bob \x1b[31m").result()
    store.close()
    run("--database", path, "--json", "--limit", "3")
    *_, unreadable, _ = lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (lines[0]["claimed_by"], lines[0]["done_by"]) == ("bob \x1b[31m", "bob \x1b[31m")
    assert (unreadable["claimed_by"], unreadable["done_by"]) == (None, None)
    run("--database", path, "--query", "is:claimed")
    assert capsys.readouterr().out.splitlines()[0].endswith("[claimed by alice from 192.0.2.7]")
    run("--database", path, "--query", "is:done")
    assert capsys.readouterr().out.splitlines()[0].endswith("[done by bob ␛[31m]")


def test_mine_is_of_who_calls_it(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    me = operator_now(os.environ)
    store = Store.open(path, clock=FixedClock())
    store.claims.claim(1, "somebody else").result()
    store.claims.claim(2, f"{me.user} from 192.0.2.99").result()
    store.close()
    run("--database", path, "--json", "--query", "is:mine")
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == [2]


@pytest.fixture
def thread(tmp_path: Path) -> Path:
    """Two messages each way with one correspondent, and one from somebody else."""
    path = tmp_path / "console.db"
    clock = FixedClock()
    store = Store.open(path, clock=clock)
    came, other = (Callback(CallbackKind.SMS, number, "余额 \x1b[31m?", "3") for number in (SENDER, "Bank"))
    store.add_callback("gw1", came, b"raw").result()
    store.add_callback("gw1", other, b"raw").result()
    for text, state in (("soon", DeliveryState.SENT), ("now\n!", DeliveryState.FAILED)):
        clock.now += 60
        sent = store.add_outbox(Draft("gw1", "008613632919026", text, 5, Via.AMI), 1).result()
        for step in (DeliveryState.SUBMITTING, state):
            store.add_evidence(Evidence(sent.id, 1, clock.now, step, "ami answer", "some \x1b words")).result()
    clock.now += 60
    store.add_callback("gw1", text_sms("thanks"), b"raw").result()
    store.close()
    return path


def test_a_thread_is_both_directions_oldest_first(thread: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--database", thread, "--thread", SENDER) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"2026-11-22 12:00:00Z  <- in   gw1  port 3  {SENDER}  余额 ␛[31m?",
        "2026-11-22 12:01:00Z  -> out  sent  gw1  port 5  008613632919026  soon",
        "2026-11-22 12:02:00Z  -> out  failed  gw1  port 5  008613632919026  now␊!  [some ␛ words]",
        f"2026-11-22 12:03:00Z  <- in   gw1  port 3  {SENDER}  thanks",
    ]


def test_a_thread_as_json(thread: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--database", thread, "--thread", SENDER, "--json", "--limit", "2") == 0
    out = capsys.readouterr().out
    assert out.isascii()
    sent, came = map(json.loads, out.splitlines())
    assert (came["direction"], came["text"], came["received_at"]) == ("in", "thanks", "2026-11-22T12:03:00.000Z")
    assert {
        "direction": "out",
        "id": 2,
        "created_at": "2026-11-22T12:02:00.000Z",
        "gateway": "gw1",
        "port": 5,
        "number": "008613632919026",
        "text": "now\n!",
        "via": "ami",
        "state": "failed",
        "segments": ["failed"],
        "detail": "some \x1b words",
    }.items() <= sent.items()


@pytest.mark.parametrize("more", [["--query", "x"], ["--view", "unread"], ["--follow"]])
def test_a_thread_is_whole(thread: Path, more: list[str]) -> None:
    with pytest.raises(ConfigError, match="--thread takes only --gateway, --limit and --json"):
        run("--database", thread, "--thread", SENDER, *more)


def test_a_thread_needs_somebody(thread: Path) -> None:
    with pytest.raises(ConfigError, match="needs a number"):
        run("--database", thread, "--thread", " ")


@pytest.mark.parametrize(("view", "ids"), [("gaps", [4]), ("unreadable", [3]), ("bank", [2])])
def test_a_view(path: Path, capsys: pytest.CaptureFixture[str], view: str, ids: list[int]) -> None:
    store = Store.open(path, clock=FixedClock())
    store.views.set(View("bank", "from:bank")).result()
    store.close()
    assert run("--database", path, "--json", "--view", view) == 0
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == ids


def test_today_is_where_this_machine_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "console.db"
    with inbox_at(path) as some:
        some.add(text_sms("long ago"), at=NOON - 1e9)
        some.add(text_sms("ahead of us", number="1"), at=time.time() + 60)
    assert run("--database", path, "--json", "--query", "after:today") == 0
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == [2]


def test_a_view_that_is_not_there_is_refused_with_those_that_are(path: Path) -> None:
    with pytest.raises(NotAsked, match="There is no view 'night'") as refused:
        run("--database", path, "--view", "night")
    assert refused.value.hint == "Views: unread, today, unreadable, gaps."
    with pytest.raises(SystemExit):
        run("--database", path, "--view", "unread", "--query", "x")


def test_the_database_of_the_configuration(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'database = "{path}"\n[[gateways]]\nname = "gw1"\nhost = "192.0.2.1"\n', encoding="utf-8")
    config.chmod(0o600)
    monkeypatch.setenv("GSM_CONSOLE_CONFIG", str(config))
    parser = argparse.ArgumentParser()
    inbox.add_parser(parser.add_subparsers())
    args = parser.parse_args(["inbox", "--limit", "1"])
    args.config = config
    assert args.run(args) == 0
    assert "not receiving" in capsys.readouterr().out


def test_refusals(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(StoreError, match="no database"):
        run("--database", tmp_path / "none.db")
    with pytest.raises(NotAsked, match="--query: after: 'soon' is not a time"):
        run("--database", path, "--query", "after:soon")
    with pytest.raises(SystemExit):
        run("--database", path, "--limit", "-1")


# ---- following ----------------------------------------------------------------------------------------------


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    store = Store.open(path, clock=FixedClock(NOON + 200))
    yield store
    store.close()


def follow(path: Path, *argv: str) -> subprocess.Popen[str]:
    command = [*PROGRAM, "--database", str(path), "--follow", *argv]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=REPOSITORY)


@pytest.mark.slow
def test_what_another_process_commits_comes_at_once(path: Path, store: Store) -> None:
    delays = []
    with follow(path, "--json", "--limit", "1") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["kind"] == "gap"
        for number in range(5):
            store.add_callback("gw1", text_sms(f"new {number}"), b"").result(10)
            started = time.monotonic()
            assert json.loads(process.stdout.readline())["text"] == f"new {number}"
            delays.append(time.monotonic() - started)
        store.add_callback("gw1", text_sms("new 4"), b"").result(10)
        again = json.loads(process.stdout.readline())
        assert (again["text"], again["copies"]) == ("new 4", 2)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert process.stderr.read() == ""
    assert sorted(delays)[len(delays) // 2] < 0.3


@pytest.mark.slow
def test_a_database_that_is_replaced_or_loses_its_companions_is_followed_on(path: Path, store: Store) -> None:
    with follow(path, "--json", "--limit", "1") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["kind"] == "gap"

        def sees(store: Store, text: str) -> None:
            store.add_callback("gw1", text_sms(text), b"", at=time.time()).result(10)
            assert json.loads(process.stdout.readline())["text"] == text  # type: ignore[union-attr]

        sees(store, "first")
        damage.companions_removed(path)
        sees(store, "after its companions were gone")
        store.close()  # what a writer makes of it, and when, is told by tests of its own
        damage.moved(path)
        assert "moved or removed" in process.stderr.readline()
        anew = Store.open(path, clock=FixedClock())
        sees(anew, "in the new one")
        anew.close()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert process.stderr.read() == ""


@pytest.mark.slow
def test_only_what_is_searched_for_is_followed(path: Path, store: Store) -> None:
    with follow(path, "--json", "--query", "port:7 新") as process:
        assert process.stdout is not None
        for port, words in (("7", "old"), ("8", "新"), ("7", "新的")):
            store.add_callback("gw1", text_sms(words, port=port), b"").result(10)
        # Whether it saw them before or after it began to follow.
        assert json.loads(process.stdout.readline())["text"] == "新的"
        process.terminate()


@pytest.mark.slow
def test_it_ends_when_nobody_reads(path: Path) -> None:
    with follow(path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(10) == 0
        assert process.stderr.read() == ""


@pytest.mark.slow
def test_a_pipe_that_closes_early_is_no_error(path: Path, store: Store) -> None:
    for number in range(3_000):
        write = store.add_callback("gw1", text_sms(f"{number} " + "x" * 100), b"")
    write.result(10)
    command = [*PROGRAM, "--database", str(path), "--limit", "3000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=REPOSITORY) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(10) == 0
        assert process.stderr.read() == b""
