"""What `/healthz` and `/metrics` show."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import TYPE_CHECKING

from prometheus_client.parser import text_string_to_metric_families

from console.domain.messages import DeliveryState
from console.errors import StoreError
from console.services.monitoring import Monitoring
from tests.support.messages import draft
from tests.support.receiving import SlowStore, call, receiving, until

if TYPE_CHECKING:
    from console.store import Store
    from tests.support.backend import FixedClock


class BrokenStore:
    """One that can't write."""

    trouble = "the disk is full"

    def inbox_count(self) -> int:
        return 0

    unread_count = outbox_count = inbox_count

    def outbox_states(self) -> dict[DeliveryState, int]:
        return dict.fromkeys(DeliveryState, 0)


def samples(text: str) -> dict[str, float]:
    """Name with labels to value."""
    return {
        f"{sample.name}{list(sample.labels.values()) or ''}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_metrics_count_what_came(store: Store, clock: FixedClock) -> None:
    store.add_outbox(draft(), 1).result(10)
    async with receiving(store, clock) as receiver:
        receiver.pages = Monitoring(receiver, store, links=lambda: {"gw1": True, "gw2": False})
        for target in (b"/?num=1&message=hidden+words", b"/?num=2&message=b", b"/?key=1&key=2", b"/nothing"):
            await call(receiver, b"GET %b HTTP/1.0\r\n\r\n" % target)
        answer = await call(receiver, b"GET /metrics HTTP/1.0\r\n\r\n")
    head, _, body = answer.decode().partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 200 ")
    assert "Content-Type: text/plain; version=" in head
    found = samples(body)
    assert found["gsm_console_callbacks_accepted_total"] == 3
    assert found["gsm_console_callbacks_unreadable_total"] == 1
    assert found["gsm_console_requests_refused_total"] == 1
    assert found["gsm_console_store_errors_total"] == 0
    assert found["gsm_console_commit_seconds_count"] == 3
    assert found["gsm_console_commit_seconds_bucket['0.001']"] == 3  # the clock stands still
    assert found["gsm_console_ami_up['gw1']"] == 1
    assert found["gsm_console_ami_up['gw2']"] == 0
    assert found["gsm_console_store_up"] == 1
    assert found["gsm_console_inbox_messages"] == found["gsm_console_inbox_unread"] == 3
    assert found["gsm_console_outbox_messages"] == 1
    assert found["gsm_console_outbox_under_way['queued']"] == 1
    assert found["gsm_console_outbox_under_way['submitting']"] == 0
    states = {state: found[f"gsm_console_outbox_state['{state}']"] for state in DeliveryState}
    assert states == dict.fromkeys(DeliveryState, 0) | {DeliveryState.QUEUED: 1}
    assert "hidden" not in body


async def test_a_callback_that_could_not_be_kept_is_not_a_refused_request(clock: FixedClock) -> None:
    store = SlowStore()
    async with receiving(store, clock) as receiver:
        receiver.pages = Monitoring(receiver, BrokenStore())
        answer = asyncio.create_task(call(receiver, b"GET /?num=1&message=a HTTP/1.1\r\n\r\n"))
        await until(lambda: store.futures)
        store.futures[0].set_exception(StoreError("the disk is full"))
        assert (await answer).startswith(b"HTTP/1.1 503 ")
        found = samples((await call(receiver, b"GET /metrics HTTP/1.0\r\n\r\n")).decode().partition("\r\n\r\n")[2])
    assert found["gsm_console_store_errors_total"] == 1
    assert found["gsm_console_requests_refused_total"] == 0
    assert found["gsm_console_callbacks_accepted_total"] == 0


async def test_health_follows_the_store(store: Store, clock: FixedClock) -> None:
    async with receiving(store, clock) as receiver:
        receiver.pages = Monitoring(receiver, store)
        assert (await call(receiver, b"GET /healthz HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
        receiver.pages = Monitoring(receiver, BrokenStore())
        answer = await call(receiver, b"GET /healthz HTTP/1.0\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"disk" not in answer


def test_the_library_is_imported_only_when_somebody_asks() -> None:
    code = "import sys, console.services.monitoring; print('prometheus_client' in sys.modules)"
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == "False\n"
