from __future__ import annotations

from dataclasses import replace

from console.domain.messages import PortCounts
from console.domain.ports import PortHealth as H
from console.domain.ports import PortPast
from console.ui.ports.order import Order, sort_ports
from tests.support.backend import NOON
from tests.support.ports import known, noted

EVERY = [
    known(1),
    known(2, H.BUSY, operator="Beeline", signal=3),
    known(3, H.NO_SIM, operator="", signal=None),
    replace(known(4, signal=31), live=False),
    noted(known(12, H.DOWN, state="FLUX"), "Antenna", locked_out=True),
]


def ordered(order: Order) -> list[int]:
    return [facts.port.port for facts in sort_ports(EVERY, order)]


def test_orders() -> None:
    assert ordered(Order.PORT) == [1, 2, 3, 4, 12]
    assert ordered(Order.STATE) == [12, 2, 4, 1, 3]
    assert ordered(Order.SIGNAL) == [3, 2, 1, 12, 4]
    busiest = [replace(one, today=PortCounts(received=one.port.port)) for one in EVERY]
    assert [one.port.port for one in sort_ports(busiest, Order.TRAFFIC)] == [12, 4, 3, 2, 1]


def test_what_can_be_repaired_comes_first_the_newest_on_top() -> None:
    older = known(7, H.UNREGISTERED)
    older = replace(older, port=replace(older.port, since=NOON - 9999))
    lost = replace(known(8, H.NO_SIM), past=PortPast(usable_at=NOON - 100))
    failing = replace(known(9), past=PortPast(failures=9))
    every = [
        known(1, H.NO_SIM),
        known(2),
        known(3, H.UNKNOWN),
        older,
        known(6, H.DOWN),
        failing,
        known(10, H.OFF),
        lost,
    ]
    assert [one.port.port for one in sort_ports(every, Order.STATE)] == [6, 8, 7, 9, 3, 2, 1, 10]


def test_orders_go_round() -> None:
    order = Order.PORT
    assert [order := order.next() for _ in Order] == [Order.STATE, Order.SIGNAL, Order.TRAFFIC, Order.PORT]
