"""The sender against the simulated gateway, over real sockets: the air and the outbox say the same."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from console.config import AmiConfig, GatewayConfig, HttpConfig, Secret
from console.domain.messages import DeliveryState, OutboxMessage
from console.services.clock import SystemClock
from console.services.sending.sender import Sender
from console.simulator.gateway import Gateway
from console.simulator.options import SimulatorOptions
from console.store import Store
from tests.support.sending import UNSETTLED, by_ami, by_http, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@asynccontextmanager
async def sending(gateway: Gateway, store: Store, *, password: str = "smspwd") -> AsyncIterator[Sender]:
    ami_host, ami_port = gateway.ami_address
    _, http_port = gateway.http_address
    config = GatewayConfig(
        name="gw1",
        host=ami_host,
        ami=AmiConfig("admin", Secret("admin"), tcp_port=ami_port, answer_timeout=5, sync_timeout=1),
        http=HttpConfig("smsuser", Secret(password), tcp_port=http_port),
    )
    sender = Sender([config], store, SystemClock(), ports=lambda _: ())
    task = asyncio.create_task(sender.run())
    try:
        yield sender
    finally:
        task.cancel()
        await asyncio.wait([task])


@asynccontextmanager
async def gateway_and_store(folder: Path) -> AsyncIterator[tuple[Gateway, Store]]:
    store = Store.open(folder / "console.db", clock=SystemClock())
    async with Gateway(SimulatorOptions(ports=4, sync_delay=0.0)) as gateway:
        yield gateway, store
    store.close()


async def settled(store: Store, message: OutboxMessage) -> OutboxMessage:
    def now() -> OutboxMessage:
        found = store.outbox_message(message.id)
        assert found is not None
        return found

    await until(lambda: not UNSETTLED & set(now().segments))
    return now()


async def test_what_is_sent_by_ami_is_on_the_air_once_whole_and_in_order(tmp_path: Path) -> None:
    texts = ["plain", 'say "hi" \\ `$x`', "x" * 400, "ы" * 150, "😀" * 80]
    async with gateway_and_store(tmp_path) as (gateway, store), sending(gateway, store) as sender:
        futures = [sender.submit(by_ami(text, port=1 + number % 4)) for number, text in enumerate(texts * 4)]
        messages = [await asyncio.wrap_future(future) for future in futures]
        results = [await settled(store, message) for message in messages]
        ids = [store.wire_id(message.id) for message in messages]
    assert {message.state for message in results} == {DeliveryState.SENT}
    on_air: dict[str, list[str]] = {}
    for sms in gateway.air:
        on_air.setdefault("-".join(sms.id.split("-")[:2]), []).append(sms.text)
    assert on_air.keys() == set(ids)
    for message, wire_id in zip(results, ids, strict=True):
        assert "".join(on_air[wire_id]) == message.draft.text
        assert len(on_air[wire_id]) == len(message.segments)


async def test_http_is_accepted_and_a_wrong_password_is_failed(tmp_path: Path) -> None:
    async with gateway_and_store(tmp_path) as (gateway, store):
        async with sending(gateway, store) as sender:
            message = await asyncio.wrap_future(sender.submit(by_http("héllo & +1")))
            assert (await settled(store, message)).state is DeliveryState.ACCEPTED
            await until(lambda: len(gateway.air) == 1)
        async with sending(gateway, store, password="wrong") as sender:
            message = await asyncio.wrap_future(sender.submit(by_http("never")))
            result = await settled(store, message)
        assert result.state is DeliveryState.FAILED
        assert result.detail == "Authentication Failed: Need valid username and password"
        assert [sms.text for sms in gateway.air] == ["héllo & +1"]


async def test_a_connection_cut_in_the_answer_is_unknown_and_on_the_air_once(tmp_path: Path) -> None:
    async with gateway_and_store(tmp_path) as (gateway, store), sending(gateway, store) as sender:
        gateway.cut_mid_answer()
        message = await asyncio.wrap_future(sender.submit(by_ami("once", port=1)))
        assert (await settled(store, message)).state is DeliveryState.UNKNOWN
        after = await asyncio.wrap_future(sender.submit(by_ami("after", port=1)))
        assert (await settled(store, after)).state is DeliveryState.SENT
    assert Counter(sms.text for sms in gateway.air) == {"once": 1, "after": 1}


async def test_a_gateway_that_is_away_means_failed_and_nothing_on_the_air(tmp_path: Path) -> None:
    async with gateway_and_store(tmp_path) as (gateway, store), sending(gateway, store) as sender:
        gateway.shut_down()
        message = await asyncio.wrap_future(sender.submit(by_ami("never", port=1)))
        result = await settled(store, message)
    assert result.state is DeliveryState.FAILED
    assert result.detail.startswith("not sent: ")
    assert gateway.air == []
