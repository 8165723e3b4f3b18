"""Carrying a message: whatever goes wrong stays its own trouble, and never makes it leave twice."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from console.domain.messages import DeliveryState
from console.errors import StoreError
from console.store import Store
from tests.support.backend import FixedClock
from tests.support.sending import FakeAmi, FakeSendsms, Sending, by_ami, running, until

if TYPE_CHECKING:
    from pathlib import Path


async def test_what_nobody_foresaw_is_unknown_and_stops_nobody_else(sending: Sending) -> None:
    sending.ami.answers = [ZeroDivisionError("oops")]
    message = await sending.send(by_ami("x" * 300))
    assert message.segments == (DeliveryState.UNKNOWN, DeliveryState.CANCELLED)
    assert sending.sender.trouble == f"message {message.id}: ZeroDivisionError"
    assert (await sending.send(by_ami())).state is DeliveryState.SENT
    await until(lambda: sending.sender.trouble == "")


async def test_nothing_leaves_when_submitting_can_t_be_recorded(sending: Sending) -> None:
    sending.ami.gate.clear()
    first = await sending.submit(by_ami())
    await sending.submit(by_ami("never"))
    await until(lambda: len(sending.ami.lines) == 1)
    sending.store.close()
    sending.ami.gate.set()
    await until(lambda: "closed" in sending.sender.trouble)
    assert len(sending.ami.lines) == 1
    with pytest.raises(StoreError):
        await asyncio.wrap_future(sending.sender.submit(first.draft))


async def test_a_run_that_breaks_off_leaves_what_was_leaving_unknown_and_goes_on_with_the_rest(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "console.db", clock=FixedClock())
    sending = Sending(store, FakeAmi(), FakeSendsms())
    sending.ami.gate.clear()
    async with running(sending):
        leaving = await sending.submit(by_ami("x" * 300))
        await until(lambda: len(sending.ami.lines) == 1)
    sending.ami.gate.set()
    async with running(sending):
        await until(lambda: sending.now(leaving).segments == (DeliveryState.UNKNOWN, DeliveryState.CANCELLED))
        assert (await sending.send(by_ami("newer"))).state is DeliveryState.SENT
    assert len(sending.ami.lines) == 2
    store.close()
