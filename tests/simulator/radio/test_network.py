"""Ports and the network around them."""

from __future__ import annotations

import random

from console.domain.ports import PortHealth
from console.protocol.driver.span import health, read_span
from console.simulator.radio.network import Network, Registration
from console.simulator.radio.words import span_report


def network(ports: int = 8) -> Network:
    return Network.build(ports, random.Random(1))


def test_one_port_roams_weakly_and_one_has_no_sim() -> None:
    ports = network().ports
    assert ports[7].registration is Registration.ROAMING
    assert ports[7].signal <= 9
    assert ports[8].sim is None
    assert all(ports[number].registration is Registration.HOME for number in range(1, 7))


def test_a_small_box_is_all_well() -> None:
    assert len(network(2).usable()) == 2


def test_signals_wander_within_their_range() -> None:
    it = network()
    before = [port.signal for port in it]
    for _ in range(200):
        it.drift(random.Random(2))
        assert all(0 <= port.signal <= 31 for port in it.usable())
    assert [port.signal for port in it] != before


def test_the_console_reads_every_report() -> None:
    it = network()
    it.ports[1].unregister()
    it.ports[2].sending = True
    it.ports[3].powered = False
    healths = {port.number: health(read_span(span_report(port, "openvox").splitlines())) for port in it}
    assert healths[1] is PortHealth.UNREGISTERED
    assert healths[2] is PortHealth.BUSY
    assert healths[3] is PortHealth.OFF
    assert healths[4] is PortHealth.READY
    assert healths[8] is PortHealth.NO_SIM


def test_a_port_without_a_usable_card_does_not_register() -> None:
    port = network().ports[8]
    port.register()
    assert not port.registered
