"""Ports left out of `auto`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.config import PortSet
from console.domain.messages import DeliveryState as S
from console.domain.messages import Draft, Via
from console.domain.ports import PortHealth, PortNote
from console.errors import CannotSend, StoreError
from console.services.sending.routing import Lockouts
from tests.support.backend import NOON
from tests.support.sending import GATEWAY, FakeAmi, FakeSendsms, Sending, by_ami, by_http, running, snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.store import Store


class Notes:
    """A store that may fail."""

    def __init__(self) -> None:
        self.known: dict[int, PortNote] | None = {3: PortNote("gw1", 3, "no money", True, "bob", NOON)}

    def of(self, gateway: str) -> Mapping[int, PortNote]:
        if self.known is None:
            raise StoreError("it can't be read")
        return self.known if gateway == "gw1" else {}


def test_what_was_read_last_holds_while_the_store_can_not_be_read() -> None:
    notes = Notes()
    lockouts = Lockouts(notes)
    locked = lockouts.of("gw1")
    assert locked() == {3}
    notes.known = None
    assert locked() == {3}
    assert lockouts.of("gw2")() == frozenset()


def test_who_names_a_port_is_told() -> None:
    lockouts = Lockouts(Notes())
    (remark,) = lockouts.remarks(by_ami(port=3))
    assert (remark.guard, remark.words) == ("locked out", "Port 3 was locked out by bob: no money")
    assert lockouts.remarks(by_ami(port=2)) == lockouts.remarks(by_http()) == []


def sending(store: Store) -> Sending:
    it = Sending(store, FakeAmi(), FakeSendsms(), gateway=replace(GATEWAY, port_sets=(PortSet("all", (1, 2)),)))
    it.ports = [snapshot(1, PortHealth.READY), snapshot(2, PortHealth.READY)]
    return it


async def test_a_port_that_is_locked_out_is_never_chosen_and_may_be_named(store: Store) -> None:
    it = sending(store)
    store.port_notes.set("gw1", 1, "", True, "bob").result(10)
    async with running(it):
        for _ in range(3):
            message = await it.send(by_ami(port=None))
            assert (message.state, message.port) == (S.SENT, 2)
        pooled = await it.send(Draft("gw1", "+861", "hello", None, Via.AMI, pool="all"))
        assert pooled.port == 2
        assert it.sender.forecast([by_ami(port=None)]).ports == (2,)
        named = await it.send(by_ami(port=1))
        assert (named.state, named.port) == (S.SENT, 1)
    assert "locked out by bob" in it.sender.remarks([by_ami(port=1)])[0].words


async def test_with_every_port_locked_out_nothing_goes_by_itself_not_even_by_the_gateways_choice(store: Store) -> None:
    it = sending(store)
    for port in (1, 2):
        store.port_notes.set("gw1", port, "", True, "bob").result(10)
    for draft in (by_ami(port=None), by_http()):
        with pytest.raises(CannotSend, match="No port of gw1 is ready"):
            it.sender.wire_form(draft)
    store.port_notes.set("gw1", 2, "", False, "bob").result(10)
    assert it.sender.wire_form(by_ami(port=None))[0].startswith("gsm send sync sms 2 ")
