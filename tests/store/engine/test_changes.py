"""Noticing what another process commits."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from console.domain.messages import DeliveryState, Evidence, PortCounts
from console.store import Store
from tests.support.backend import NOON
from tests.support.messages import draft, sms

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.backend import FixedClock

WRITER = """
import sys
from pathlib import Path
from console.store import Store
from tests.support.backend import FixedClock
from tests.support.messages import sms
store = Store.open(Path(sys.argv[1]), clock=FixedClock())
for line in sys.stdin:
    store.add_callback("gw1", sms(line.strip()), b"").result(10)
    print("committed", flush=True)
store.close()
"""


@pytest.mark.slow
def test_another_process_is_noticed_at_once_and_everything_is_right(store: Store, path: Path) -> None:
    minute = [NOON, NOON + 60]
    assert store.port_history.counts("gw1", minute) == [{}]
    delays = []
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(1, 8):
            before = store.poll()
            process.stdin.write(f"message {number}\n")
            process.stdin.flush()
            assert process.stdout.readline() == "committed\n"
            started = time.monotonic()
            while store.poll() == before:
                assert time.monotonic() - started < 10
            delays.append(time.monotonic() - started)
            assert store.inbox_count() == store.unread_count() == number
            assert store.inbox_slice(0, 1)[0].callback.text == f"message {number}"
            assert store.port_history.counts("gw1", minute) == [{3: PortCounts(received=number)}]
            store.add_callback("gw1", sms(f"message {number}"), b"again").result(10)
            assert store.inbox_count() == number
        process.stdin.close()
    assert sorted(delays)[len(delays) // 2] < 0.3


def test_every_kind_of_change_is_noticed(store: Store, path: Path, clock: FixedClock) -> None:
    other = Store.open(path, clock=clock)
    seen = store.poll()
    message = other.add_outbox(draft(), 1).result(10)
    assert store.poll() > seen
    for change in (
        lambda: other.add_evidence(Evidence(message.id, 1, NOON, DeliveryState.SUBMITTING, "console", "")),
        lambda: other.add_callback("gw1", sms(), b"one"),
        lambda: other.add_callback("gw1", sms(), b"two"),
        lambda: other.mark_read([1]),
        lambda: other.prune(rows=0),
    ):
        seen = store.poll()
        change().result(10)
        assert store.poll() > seen
        settled = store.poll()
        assert store.poll() == settled
    other.close()


def test_a_store_that_opens_later_starts_from_what_is_there(store: Store, path: Path, clock: FixedClock) -> None:
    store.add_callback("gw1", sms(), b"").result(10)
    other = Store.open(path, clock=clock)
    assert other.poll() == 0
    store.add_callback("gw1", sms("more"), b"").result(10)
    assert other.poll() == 1
    other.add_callback("gw1", sms("mine"), b"").result(10)
    assert other.revision == other.poll() == 2
    other.close()
