"""The alarm command: a real program, told by its environment and standard input."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from console.config.records import AlarmConfig
from console.domain.alarms import AlarmNews
from console.protocol.rules.telling import plain
from console.services.alarms.hook import AT_ONCE, LONGEST, PER_MINUTE, AlarmHook
from tests.support.alarms import alarm
from tests.support.backend import NOON, FixedClock
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

WRITE = """
import json, os, sys
told = {"variables": dict(os.environ), "json": json.loads(sys.stdin.read()), "arguments": sys.argv[1:]}
path = sys.argv[1] + "/" + os.environ["GSM_ALARM_ID"] + "-" + os.environ["GSM_ALARM_STATE"]
with open(path + ".part", "w") as file:
    json.dump(told, file)
os.rename(path + ".part", path)
"""
WAIT = "import sys, time; open(sys.argv[1] + '/' + str(time.monotonic_ns()), 'w').close(); time.sleep(600)"
FORKS = """
import subprocess, sys, os
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
with open(sys.argv[1] + "/pid.part", "w") as file:
    file.write(str(child.pid))
os.rename(sys.argv[1] + "/pid.part", sys.argv[1] + "/pid")
child.wait()
"""


def hook(*command: str, timeout: float = 60.0, clock: FixedClock | None = None, **environment: str) -> AlarmHook:
    config = AlarmConfig(command=command, command_timeout=timeout)
    return AlarmHook(config, clock or FixedClock(), environment=environment)


def python(code: str, *arguments: object) -> tuple[str, ...]:
    return (sys.executable, "-c", code, *map(str, arguments))


@asynccontextmanager
async def running(subject: AlarmHook) -> AsyncIterator[None]:
    task = asyncio.create_task(subject.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".part")


async def test_it_is_told_by_variables_and_by_json_and_by_no_shell(tmp_path: Path) -> None:
    words = "no 'SIM' $(touch x); `id` \x1b]52;c;YQ==\x07\n\u202e余额 \ud800\x00"
    subject = hook(*python(WRITE, tmp_path, "$(touch y)"), PATH="/usr/bin", TZ="UTC", GSM_SECRET="sesame")
    async with running(subject):
        subject.call(alarm(7, words=words), AlarmNews.RAISED, NOON)
        await until(lambda: files(tmp_path) == ["7-raised"])
    told = json.loads((tmp_path / "7-raised").read_text())
    shown = "no 'SIM' $(touch x); `id` ]52;c;YQ==余额 "
    assert told["arguments"] == [str(tmp_path), "$(touch y)"]
    assert told["json"] == {
        "id": 7,
        "state": "raised",
        "kind": "no_sim",
        "title": "no SIM",
        "gateway": "gw1",
        "port": 3,
        "words": shown,
        "at": "2026-11-22T12:00:00Z",
        "raised_at": "2026-11-22T11:56:00Z",
        "seconds": 240.0,
        "left_out": 0,
    }
    variables = {name: value for name, value in told["variables"].items() if name != "LC_CTYPE"}
    assert variables == {f"GSM_ALARM_{name.upper()}": str(value) for name, value in told["json"].items()} | {
        "PATH": "/usr/bin",
        "TZ": "UTC",
    }
    assert subject.trouble == ""


async def test_it_is_told_of_the_end_with_how_long_it_lasted(tmp_path: Path) -> None:
    subject = hook(*python(WRITE, tmp_path))
    async with running(subject):
        subject.call(alarm(cleared_at=NOON), AlarmNews.CLEARED, NOON + 5)
        subject.call(alarm(2), AlarmNews.REPEATED, NOON)
        await until(lambda: files(tmp_path) == ["1-cleared", "2-repeated"])
    assert json.loads((tmp_path / "1-cleared").read_text())["json"]["seconds"] == 240.0


async def test_without_a_command_nothing_runs() -> None:
    subject = hook()
    async with running(subject):
        for _ in range(100):
            subject.call(alarm(), AlarmNews.RAISED, NOON)
    assert subject.trouble == ""


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (
            ("/nowhere/page", "--token", "sesame"),
            "alarm command: /nowhere/page can't be run: No such file or directory",
        ),
        ((sys.executable, "-c", "raise SystemExit(3)"), f"alarm command: {sys.executable} ended with exit code 3"),
        (
            (sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"),
            f"alarm command: {sys.executable} was ended by signal 15",
        ),
    ],
)
async def test_its_failure_is_told_without_its_arguments_and_is_over_once_it_works(
    command: tuple[str, ...], words: str
) -> None:
    subject = hook(*command)
    async with running(subject):
        subject.call(alarm(), AlarmNews.RAISED, NOON)
        await until(lambda: subject.trouble)
        assert subject.trouble == words
        assert "sesame" not in subject.trouble
        subject._config = AlarmConfig(command=python(""))
        subject.call(alarm(), AlarmNews.RAISED, NOON)
        await until(lambda: not subject.trouble)


async def test_one_that_reads_nothing_is_no_failure_of_ours() -> None:
    subject = hook(*python("import os; os.close(0); raise SystemExit(4)"))
    async with running(subject):
        subject.call(alarm(), AlarmNews.RAISED, NOON)
        await until(lambda: subject.trouble)
    assert subject.trouble.endswith("exit code 4")


async def test_words_of_any_length_are_told(tmp_path: Path) -> None:
    subject = hook(*python(WRITE, tmp_path))
    async with running(subject):
        subject.call(alarm(words="余" * 1_000_000), AlarmNews.RAISED, NOON)
        await until(lambda: files(tmp_path) or subject.trouble)
    assert json.loads((tmp_path / "1-raised").read_text())["json"]["words"] == "余" * LONGEST


async def test_one_that_takes_too_long_is_killed(tmp_path: Path) -> None:
    subject = hook(*python(WAIT, tmp_path), timeout=0.1)
    async with running(subject):
        subject.call(alarm(), AlarmNews.RAISED, NOON)
        await until(lambda: subject.trouble)
    assert subject.trouble == f"alarm command: {sys.executable} was killed after 0.1 s"


async def test_it_is_killed_with_what_it_started(tmp_path: Path) -> None:
    subject = hook(*python(FORKS, tmp_path))
    async with running(subject):
        subject.call(alarm(), AlarmNews.RAISED, NOON)
        await until(lambda: files(tmp_path) == ["pid"])
    child = int((tmp_path / "pid").read_text())
    await until(lambda: is_gone(child))


def is_gone(pid: int) -> bool:
    """It does not exist, or has died and only waits for its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


async def test_no_more_than_two_run_at_once_and_none_outlives_the_watch(tmp_path: Path) -> None:
    subject = hook(*python(WAIT, tmp_path))
    async with running(subject):
        for _ in range(5):
            subject.call(alarm(), AlarmNews.RAISED, NOON)
        await until(lambda: len(files(tmp_path)) == AT_ONCE)
        assert subject._waiting.qsize() == 5 - AT_ONCE
    assert len(files(tmp_path)) == AT_ONCE


@pytest.mark.slow
async def test_a_storm_is_cut_off_and_said(tmp_path: Path) -> None:
    clock = FixedClock()
    subject = hook(*python(WRITE, tmp_path), clock=clock)
    for number in range(1, 45):
        subject.call(alarm(number), AlarmNews.RAISED, NOON)
    assert subject.trouble == "alarm command: 14 calls were skipped: at most 30 a minute are made"
    async with running(subject):
        await until(lambda: len(files(tmp_path)) == PER_MINUTE)
        clock.now += 60
        assert subject.trouble == ""
        subject.call(alarm(50), AlarmNews.RAISED, NOON)
        await until(lambda: "50-raised" in files(tmp_path))
    assert json.loads((tmp_path / "50-raised").read_text())["json"]["left_out"] == 14


async def test_calls_do_not_pile_up_behind_a_slow_command() -> None:
    clock = FixedClock()
    subject = hook(*python(""), clock=clock)
    for minute in range(3):
        clock.now = NOON + 60 * minute
        for number in range(PER_MINUTE):
            subject.call(alarm(number), AlarmNews.RAISED, NOON)
    assert subject._waiting.qsize() == PER_MINUTE


def test_what_does_not_print_is_left_out() -> None:
    assert plain("a\x00b\x9b2J\u2028c\u200bd é 余") == "ab2Jcd é 余"
