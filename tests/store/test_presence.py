"""Who is there, who is gone, and the gap that one leaves."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from console.domain.messages import CallbackKind, Evidence
from console.domain.messages import DeliveryState as S
from console.store import Store
from console.store.presence import Process
from tests.support.backend import NOON
from tests.support.messages import draft

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.backend import FixedClock

GRACE = 5.0
YEAR = 365 * 86_400.0


def beat(store: Store, role: str = "receiver", address: str = "127.0.0.1:8080") -> None:
    store.beat(role, address).result(10)


def test_nobody_yet(store: Store) -> None:
    assert store.presence("receiver") is None


def test_a_beat_says_who_and_where(store: Store, clock: FixedClock) -> None:
    beat(store)
    clock.now += 2
    beat(store)
    found = store.presence("receiver")
    assert found is not None
    own = Process.own(store._owner)
    assert (found.owner, found.pid, found.host) == (own.owner, own.pid, own.host)
    assert (found.address, found.since, found.at) == ("127.0.0.1:8080", NOON, NOON + 2)
    assert found.is_fresh(NOON + 2 + GRACE, GRACE)
    assert not found.is_fresh(NOON + 3 + GRACE, GRACE)
    assert store.presence("sender") is None


def test_a_beat_changes_nothing_that_is_shown(store: Store, path: Path, clock: FixedClock) -> None:
    other = Store.open(path, clock=clock)
    before = (store.poll(), other.poll())
    beat(store)
    store.release("receiver").result(10)
    assert (store.poll(), other.poll()) == before
    other.close()


def test_giving_up_and_taking_up_again(store: Store, clock: FixedClock) -> None:
    beat(store)
    clock.now += 10
    store.release("receiver").result(10)
    found = store.presence("receiver")
    assert found is not None
    assert (found.released, found.at, found.since) == (True, NOON + 10, NOON)
    assert not found.is_fresh(NOON + 10, GRACE)
    clock.now += 10
    beat(store)
    found = store.presence("receiver")
    assert found is not None
    assert (found.released, found.since) == (False, NOON + 20)


def test_closing_gives_up_everything_as_of_the_last_beat(store: Store, path: Path, clock: FixedClock) -> None:
    beat(store)
    beat(store, "console", "")
    clock.now += 1
    store.close()
    again = Store.open(path, clock=clock)
    for role in ("receiver", "console"):
        found = again.presence(role)
        assert found is not None
        assert (found.released, found.at) == (True, NOON)
    again.close()


def test_the_one_that_took_over_is_the_one(store: Store, path: Path, clock: FixedClock) -> None:
    other = Store.open(path, clock=clock)
    beat(store, address="one")
    clock.now += 1
    beat(other, address="other")
    clock.now += 1
    store.release("receiver").result(10)
    found = store.presence("receiver")
    assert found is not None
    assert found.address == "other"
    other.close()


def is_alive(store: Store, **changes: object) -> bool:
    """Whether a process like this one, but for `changes`, is known to be alive."""
    store._process = replace(store._process, **changes)  # type: ignore[arg-type]
    beat(store)
    found = store.presence("receiver")
    assert found is not None
    return found.alive


def test_a_dead_process_is_known_at_once(store: Store) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        assert is_alive(store, pid=process.pid, started="")
        assert not is_alive(store, started="the number was another's")
        assert is_alive(store, pid=process.pid, started="")
        process.kill()
    assert not is_alive(store)
    found = store.presence("receiver")
    assert found is not None
    assert not found.is_fresh(NOON, GRACE)


def test_one_that_only_waits_for_its_parent_is_dead(store: Store) -> None:
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    own = Process.own("x").started
    assert not own or not is_alive(store, pid=process.pid, started="1")
    process.wait()


def test_a_process_elsewhere_lives_as_long_as_it_is_heard(store: Store) -> None:
    store._process = replace(store._process, pid=2**22 + 1, host="elsewhere")
    beat(store)
    found = store.presence("receiver")
    assert found is not None
    assert found.alive
    assert found.is_fresh(NOON + GRACE, GRACE)


# ---- gaps ---------------------------------------------------------------------------------------------------


def gap(store: Store) -> tuple[float, float] | None:
    entry = store.open_gap_if_stale("receiver", GRACE).result(10)
    if entry is None:
        return None
    found = next(store.inbox_messages([entry]), None)
    assert found is not None
    assert found.callback.kind is CallbackKind.GAP
    return found.since, found.until


def test_the_first_start_leaves_no_gap(store: Store) -> None:
    assert gap(store) is None
    assert store.inbox_count() == 0


def test_a_crash_leaves_a_gap_from_the_last_beat(store: Store, clock: FixedClock) -> None:
    beat(store)
    clock.now += GRACE
    assert gap(store) is None
    clock.now += 1
    assert gap(store) == (NOON, NOON + GRACE + 1)


def test_one_killed_and_started_anew_at_once_leaves_a_gap(store: Store, clock: FixedClock) -> None:
    assert not is_alive(store, started="the number was another's")
    clock.now += 1
    assert gap(store) is None
    clock.now += 1
    assert gap(store) == (NOON, NOON + 2)


def test_a_beat_from_the_future_says_nothing(store: Store, path: Path, clock: FixedClock) -> None:
    elsewhere = Store.open(path, clock=clock)
    elsewhere._process = replace(elsewhere._process, started="the number was another's")
    beat(elsewhere)
    clock.now += 2 * YEAR
    beat(elsewhere)
    clock.now -= 2 * YEAR
    assert gap(store) is None
    beat(store)
    store.release("receiver").result(10)
    clock.now += 100
    assert gap(store) == (NOON, NOON + 100)
    elsewhere.close()


def test_who_was_heard_in_the_future_is_not_counted_on(store: Store, clock: FixedClock) -> None:
    store._process = replace(store._process, pid=2**22 + 1, host="elsewhere")
    beat(store)
    found = store.presence("receiver")
    assert found is not None
    assert found.is_fresh(NOON - 60, GRACE)
    assert not found.is_fresh(NOON - 61, GRACE)


def test_a_clean_stop_leaves_a_gap_from_that_moment(store: Store, clock: FixedClock) -> None:
    beat(store)
    clock.now += 100
    store.release("receiver").result(10)
    clock.now += 1
    assert gap(store) is None
    clock.now += 2
    assert gap(store) == (NOON + 100, NOON + 103)


def test_while_another_is_heard_there_is_no_gap(store: Store, path: Path, clock: FixedClock) -> None:
    beat(store)
    store.release("receiver").result(10)
    clock.now += 60
    other = Store.open(path, clock=clock)
    beat(other)
    assert gap(store) is None
    other.close()


# ---- what is half sent --------------------------------------------------------------------------------------


def submitting(store: Store) -> int:
    message = store.add_outbox(draft(), 1).result(10)
    store.add_evidence(Evidence(message.id, 0, NOON, S.SUBMITTING, "console", "")).result(10)
    return message.id


def state(store: Store, message_id: int) -> S:
    message = store.outbox_message(message_id)
    assert message is not None
    return message.state


def test_two_live_ones_do_not_disturb_each_other(store: Store, path: Path, clock: FixedClock) -> None:
    other = Store.open(path, clock=clock)
    mine, theirs = submitting(store), submitting(other)
    clock.now += 100
    assert store.recover().result(10) == other.recover().result(10) == 0
    assert state(store, mine) is state(store, theirs) is S.SUBMITTING
    other.close()
    assert store.recover().result(10) == 1
    assert (state(store, mine), state(store, theirs)) == (S.SUBMITTING, S.UNKNOWN)


def test_one_that_died_is_settled_at_once(store: Store, path: Path, clock: FixedClock) -> None:
    other = Store.open(path, clock=clock)
    other._process = replace(other._process, pid=2**22 + 1)
    theirs = submitting(other)
    assert store.recover().result(10) == 1
    assert state(store, theirs) is S.UNKNOWN
    other.close()


def test_one_elsewhere_is_settled_when_it_was_not_heard_for_long(store: Store, path: Path, clock: FixedClock) -> None:
    other = Store.open(path, clock=clock)
    other._process = replace(other._process, host="elsewhere")
    theirs = submitting(other)
    clock.now += 100
    beat(other)
    clock.now += 100
    assert store.recover().result(10) == 0
    clock.now += 21
    assert store.recover().result(10) == 1
    assert state(store, theirs) is S.UNKNOWN
    other.close()
