"""Asking the gateway what became of a message, and what is kept of its answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from console.domain.messages import DeliveryState as S
from console.domain.messages import Evidence, OutboxMessage
from console.errors import CannotSend, NotConnected
from console.services.sending.status import SOURCE, StatusCheck
from console.store import Store
from tests.support.backend import NOON, FixedClock
from tests.support.messages import NUMBER, draft
from tests.support.sending import GATEWAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "console.db", clock=FixedClock())
    yield store
    store.close()


def unknown(store: Store, segments: int = 1) -> OutboxMessage:
    message = store.add_outbox(draft(), segments).result(10)
    for state in (S.SUBMITTING, S.UNKNOWN):
        message = store.add_evidence(Evidence(message.id, 0, NOON, state, "console", "")).result(10)
    return message


def check(store: Store, answer: Callable[[str], str]) -> StatusCheck:
    """A gateway that answers by the id it is asked for."""

    def respond(request: httpx.Request) -> httpx.Response:
        assert request.url.params["phonenumber"] == NUMBER
        return httpx.Response(200, stream=httpx.ByteStream(answer(request.url.params["id"]).encode()))

    return StatusCheck([GATEWAY], store, FixedClock(), transport=httpx.MockTransport(respond))


def row(wire_id: str, status: str) -> str:
    return f'{{"id":"{wire_id}","phone":"{NUMBER}","port":"3","status":"{status}","cause":""}}'


@pytest.mark.parametrize(("word", "state"), [("SEND", S.SENT), ("DELIVERD", S.DELIVERED), ("FAILED", S.FAILED)])
async def test_what_the_gateway_says_settles_the_message(store: Store, word: str, state: S) -> None:
    message = unknown(store)
    words = await check(store, lambda wire_id: row(wire_id, word)).ask(message.id)
    found = store.outbox_message(message.id)
    assert found is not None
    assert found.state is state
    assert store.evidence(message.id)[-1].source == SOURCE
    assert word in words


async def test_no_record_of_it_proves_nothing(store: Store) -> None:
    message = unknown(store)
    words = await check(store, lambda _: "This SMS is not exist").ask(message.id)
    assert "may still have been sent" in words
    assert store.outbox_message(message.id) == message
    assert store.evidence(message.id)[-1].source == "console"


async def test_each_segment_is_asked_for_by_its_own_id(store: Store) -> None:
    message = unknown(store, 2)
    second = store.wire_id(message.id, 2)
    await check(store, lambda wire_id: row(wire_id, "FAILED" if wire_id == second else "SEND")).ask(message.id)
    found = store.outbox_message(message.id)
    assert found is not None
    assert found.segments == (S.SENT, S.FAILED)


async def test_what_can_t_be_asked_is_told(store: Store) -> None:
    with pytest.raises(CannotSend, match="no message 99"):
        await check(store, lambda _: "").ask(99)
    without = StatusCheck([replace(GATEWAY, http=None)], store, FixedClock())
    with pytest.raises(CannotSend, match="no HTTP interface"):
        await without.ask(unknown(store).id)

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    away = StatusCheck([GATEWAY], store, FixedClock(), transport=httpx.MockTransport(refuse))
    with pytest.raises(NotConnected):
        await away.ask(unknown(store).id)
