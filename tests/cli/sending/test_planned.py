"""`gsm-console send --at`: left to whoever sends at that time, and refused where nobody does."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from console.cli.kit import outcomes
from console.services.clock import SystemClock
from console.services.sending.planner import sender_of
from console.store import Store
from tests.support.shell import ALICE, BOB, Shell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


@pytest.fixture
def sender(shell: Shell) -> Iterator[Store]:
    """What a console leaves in the store while it runs."""
    store = Store.open(shell.database, clock=SystemClock())
    store.beat(sender_of("gw1")).result(10)
    yield store
    store.close()


def test_it_is_planned_and_the_command_ends(shell: Shell, sender: Store) -> None:
    assert shell.send("--to", f"{ALICE},{BOB}", "--at", "2h", "--until", "30m", "hello") == outcomes.SENT
    assert shell.out.startswith(f"1  {ALICE}  planned  to")
    assert ", not after to" in shell.out
    assert shell.out.count("\n") == 2
    messages = sender.planned.waiting()
    assert [message.draft.to for message in messages] == [ALICE, BOB]
    begin, end = messages[0].draft.not_before, messages[0].draft.not_after
    assert begin is not None
    assert end is not None
    assert abs(begin - time.time() - 7200) < 60
    assert end - begin == 1800
    assert messages[0].batch == 1


def test_a_port_need_not_be_ready_yet_and_the_end_is_that_of_the_configuration(shell: Shell, sender: Store) -> None:
    shell.configure(ami=1)
    assert shell.send("--to", ALICE, "--at", "1h", "--port", "7", "--json", "hello") == outcomes.SENT
    told = json.loads(shell.out)
    assert (told["outcome"], told["exit_code"]) == ("planned", 0)
    (draft,) = [message.draft for message in sender.planned.waiting()]
    assert draft.not_before is not None
    assert draft.not_after == draft.not_before + 12 * 3600
    assert told["messages"][0]["not_after"].endswith("Z")


def test_nothing_is_queued_where_nobody_would_send_it(shell: Shell) -> None:
    assert shell.send("--to", ALICE, "--at", "8:00", "hello") == outcomes.ERROR
    assert "Nothing is running that would send it by gw1 at that time: nothing was queued." in shell.err
    assert "Keep `gsm-console receive` or a console running" in shell.err
    assert shell.rows("outbox") == []


def test_quiet_hours_of_the_recipient_need_a_yes(shell: Shell, sender: Store) -> None:
    shell.configure(http=1, more='[sending]\nquiet_hours = "00:00-23:59"\n')
    words = ("--to", ALICE, "--at", "15:00", "hello")
    assert shell.send(*words) == outcomes.REFUSED
    assert f"for {ALICE} then (Asia/Shanghai): quiet hours are 00:00-23:59." in shell.err
    assert shell.send(*words, "--yes") == outcomes.SENT


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("--at", "soon"), outcomes.REFUSED, "'soon' is not a time; type 14:30, tomorrow 8:00"),
        (("--at", "yesterday 8:00"), outcomes.REFUSED, "is past"),
        (("--until", "tomorrow"), outcomes.REFUSED, "has no time of day"),
        (("--at", "2h", "--no-wait"), outcomes.USAGE, "--at does not wait"),
    ],
)
def test_what_makes_no_sense_is_refused(shell: Shell, words: tuple[str, ...], code: int, why: str) -> None:
    assert shell.send("--to", ALICE, *words, "hello") == code
    assert why in shell.err


def test_a_dry_run_tells_the_time(shell: Shell) -> None:
    assert shell.send("--to", ALICE, "--at", "2h", "--dry-run", "hello") == outcomes.SENT
    assert "any port that is ready then" in shell.out
    assert "time unknown · to" in shell.out
