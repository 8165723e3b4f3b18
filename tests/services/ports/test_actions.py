"""Acts on ports, with the gateway played: audited before, done once, never tried again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from console.config import AmiConfig, GatewayConfig, Secret
from console.errors import ActionRefused, CannotSend, ConsoleError, NotConnected, OutcomeUnknown, StoreError
from console.services.ports.actions import PortActions
from tests.support.backend import FixedClock
from tests.support.sending import FakeAmi
from tests.support.waiting import until

if TYPE_CHECKING:
    from console.store import Store

GATEWAYS = [
    GatewayConfig("gw1", "192.0.2.10", ami=AmiConfig("admin", Secret("ami-secret"))),
    GatewayConfig("mute", "192.0.2.11"),
    GatewayConfig("yeastar", "192.0.2.12", ami=AmiConfig("admin", Secret("ami-secret")), dialect="yeastar"),
]


class Acting:
    """The service on a real store."""

    def __init__(self, store: Store, *answers: str | Exception) -> None:
        self.store = store
        self.ami = FakeAmi(*answers)
        self.port = asyncio.Lock()
        """Of every port."""
        self.acts = PortActions(
            GATEWAYS,
            store.audit,
            FixedClock(),
            operator="alice",
            port_lock=lambda gateway, port: self.port,
            connect=self.ami.connect,
            port_wait=0,
        )

    @property
    def audited(self) -> list[tuple[str, str, str, str]]:
        return [(one.operator, one.action, one.target, one.detail) for one in self.store.audit.all()]


async def test_power_is_audited_before_a_byte_leaves_and_says_what_came(store: Store) -> None:
    acting = Acting(store, "Power reset span 3")
    seen: list[tuple[str, str, str, str]] = []
    acting.ami.on_line = lambda line: seen.extend(acting.audited)
    assert await acting.acts.power("gw1", 3, "reset") == "Power reset span 3"
    assert seen == [("alice", "power", "gw1 port 3", "reset")]
    assert acting.ami.lines == ["gsm power reset 3"]
    assert acting.ami.connected == acting.ami.closed == 1


async def test_an_at_command_waits_for_the_module(store: Store) -> None:
    acting = Acting(store, "+CSQ: 21,0\nOK")
    assert await acting.acts.at("gw1", 3, "AT+CSQ") == "+CSQ: 21,0\nOK"
    assert acting.ami.lines == ["gsm send sync at 3 AT+CSQ 10000"]
    assert acting.ami.timeouts == [20.0]
    assert acting.audited == [("alice", "AT command", "gw1 port 3", "AT+CSQ")]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (OutcomeUnknown("Command was sent, but no answer came within 10 s."), OutcomeUnknown),
        (ActionRefused("Permission denied"), ActionRefused),
        (ActionRefused("Command failed somehow"), OutcomeUnknown),
        (NotConnected("Command was not sent: the connection is closed."), NotConnected),
        ("", OutcomeUnknown),
    ],
)
async def test_whatever_comes_it_is_tried_once(
    store: Store, answer: str | Exception, error: type[ConsoleError]
) -> None:
    acting = Acting(store, answer, "Power off span 3")
    with pytest.raises(error) as raised:
        await acting.acts.power("gw1", 3, "off")
    assert len(acting.ami.lines) <= 1
    assert ("UNKNOWN whether it was done" in str(raised.value)) is (error is OutcomeUnknown)
    assert not acting.port.locked()


@pytest.mark.parametrize(
    ("gateway", "what", "why"),
    [("gw1", "melt", "is not possible"), ("mute", "off", "no AMI"), ("gw9", "off", "no gateway named")],
)
async def test_what_can_not_be_done_leaves_no_trace(store: Store, gateway: str, what: str, why: str) -> None:
    acting = Acting(store)
    with pytest.raises(ConsoleError, match=why):
        await acting.acts.power(gateway, 3, what)
    assert acting.audited == []
    assert acting.ami.connected == 0


async def test_a_pin_is_neither_sent_nor_written_down(store: Store) -> None:
    acting = Acting(store)
    with pytest.raises(CannotSend, match="PIN"):
        await acting.acts.at("gw1", 3, "AT+CPIN=1234")
    assert acting.audited == []
    assert acting.ami.lines == []


async def test_it_waits_for_what_goes_through_the_port_and_not_for_ever(store: Store) -> None:
    acting = Acting(store, "Power off span 3")
    async with acting.port:
        with pytest.raises(CannotSend, match="Not done: this console has been sending through port 3"):
            await acting.acts.power("gw1", 3, "off")
    assert acting.audited == []
    assert await acting.acts.power("gw1", 3, "off") == "Power off span 3"


async def test_what_can_not_be_written_down_is_not_done(store: Store) -> None:
    acting = Acting(store)
    store.close()
    with pytest.raises(StoreError):
        await acting.acts.power("gw1", 3, "off")
    assert acting.ami.lines == []


async def test_one_act_at_a_time_on_a_gateway(store: Store) -> None:
    acting = Acting(store, "one", "two")
    acting.acts = PortActions(
        GATEWAYS,
        store.audit,
        FixedClock(),
        operator="alice",
        port_lock=lambda gateway, port: asyncio.Lock(),
        connect=acting.ami.connect,
    )
    acting.ami.gate.clear()
    both = [asyncio.create_task(acting.acts.power("gw1", port, "on")) for port in (1, 2)]
    await until(lambda: acting.ami.lines and len(acting.audited) == 2)
    acting.ami.gate.set()
    assert await asyncio.gather(*both) == ["one", "two"]
    assert acting.ami.most_at_once == 1


async def test_what_a_make_can_t_do_is_refused_before_anything_is_written_down(store: Store) -> None:
    acting = Acting(store)
    for act in (acting.acts.power("yeastar", 3, "reset"), acting.acts.at("yeastar", 3, "AT+CSQ")):
        with pytest.raises(CannotSend, match="a Yeastar TG") as refused:
            await act
        assert refused.value.hint == "Use the gateway's own pages."
    assert (acting.audited, acting.ami.lines, acting.ami.connected) == ([], [], 0)
