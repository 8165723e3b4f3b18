"""Trouble to order: read, refused, and brought over a simulated gateway."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from console.cli.gateway.simulate import TROUBLES, Troubles, parse_order, trouble_help
from console.simulator.gateway import Gateway
from console.simulator.options import SimulatorOptions
from tests.support.receiving import until
from tests.support.waiting import DEADLINE

if TYPE_CHECKING:
    from collections.abc import Callable


def test_an_order_says_what_how_much_and_when() -> None:
    order = parse_order("storm=5000@3")
    assert (order.trouble, order.amount, order.after) == (TROUBLES["storm"], 5000, 3)
    order = parse_order("cut")
    assert (order.trouble, order.amount, order.after) == (TROUBLES["cut"], 0, 0)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("earthquake", "there is no trouble named 'earthquake'; there are half-open, "),
        ("", "there is no trouble named ''"),
        ("slow=much", "'slow=much': 'much' is not a number"),
        ("cut@noon", "'cut@noon': 'noon' is not a number"),
        ("sms=inf", "'sms=inf': 'inf' is not a number"),
        ("cut@nan", "'cut@nan': 'nan' is not a number"),
        ("quake\x1b[2J", r"no trouble named 'quake\\x1b\[2J'"),
    ],
)
def test_what_is_no_order_is_refused_with_its_words(words: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse_order(words)


def test_the_help_has_a_line_for_each_and_fits_a_terminal() -> None:
    lines = trouble_help().splitlines()
    assert [line.split()[0].partition("=")[0] for line in lines] == list(TROUBLES)
    assert "  pull-sim=PORT         the SIM is taken out" in lines
    assert max(map(len, lines)) < 80


@pytest.mark.parametrize(
    ("words", "befell"),
    [
        ("silent", lambda box: box.ami.silent),
        ("slow=2.5", lambda box: box.ami.trouble.answer_delay == 2.5),
        ("cut-answer", lambda box: box.ami.trouble.cut_next_answer),
        ("swallow-answer", lambda box: box.ami.trouble.swallow_next_answer),
        ("hold-sends", lambda box: box.ami.trouble.only == "gsm send"),
        ("pull-sim=2", lambda box: box.network.ports[2].sim is None),
        ("unregister=2", lambda box: not box.network.ports[2].registered),
        ("strange=1", lambda box: box.network.ports[1].word == "RF CALIBRATION"),
        ("words=2", lambda box: box.network.ports[2].words.state == "SIM PIN REQ"),
    ],
)
async def test_it_befalls_the_gateway_at_once(words: str, befell: Callable[[Gateway], bool]) -> None:
    async with Gateway(SimulatorOptions(ports=2)) as gateway:
        assert not befell(gateway)
        Troubles(gateway).order(parse_order(words))
        assert befell(gateway)


async def test_what_was_ordered_can_be_taken_back() -> None:
    async with Gateway(SimulatorOptions(ports=2)) as gateway:
        troubles = Troubles(gateway)
        for words in ("silent", "awake", "pull-sim=1", "insert-sim=1", "unregister=2", "register=2"):
            troubles.order(parse_order(words))
        assert not gateway.ami.silent
        assert all(port.usable for port in gateway.network)


async def test_calls_are_lost_to_order() -> None:
    async with Gateway(SimulatorOptions(deliver_to="http://127.0.0.1:9/")) as gateway:
        Troubles(gateway).order(parse_order("lose-callbacks=1"))
        gateway.receive_sms(1, "10086", "x")
        assert gateway.lost == 1


@pytest.mark.parametrize(("words", "calls"), [("sms=4", 4), ("long-sms=3", 4 + 3 + 2), ("forged-sms", 3)])
async def test_sms_come_in_to_order(words: str, calls: int) -> None:
    """In 2013 each part of a long one is a call of its own."""
    async with Gateway(SimulatorOptions(ports=2, dialect="openvox-2013")) as gateway:
        Troubles(gateway).order(parse_order(words))
        assert gateway._vitals.calls == calls


async def test_it_comes_in_its_time() -> None:
    async with asyncio.timeout(DEADLINE), Gateway(SimulatorOptions()) as gateway:
        Troubles(gateway).order(parse_order("silent@0.001"))
        assert not gateway.ami.silent
        await until(lambda: gateway.ami.silent)


@pytest.mark.parametrize("words", ["pull-sim=9", "pull-sim", "strange=1.5", "pull-sim=9@60"])
async def test_a_port_that_is_not_there_is_refused_at_once(words: str) -> None:
    async with Gateway(SimulatorOptions(ports=2)) as gateway:
        with pytest.raises(ValueError, match="there is no port"):
            Troubles(gateway).order(parse_order(words))


async def test_what_takes_a_while_is_broken_off_at_the_end() -> None:
    async with asyncio.timeout(DEADLINE), Gateway(SimulatorOptions()) as gateway:
        troubles = Troubles(gateway)
        troubles.order(parse_order("reboot=3600"))
        await asyncio.sleep(0)
        assert len(troubles._tasks) == 1
        troubles.close()
        await until(lambda: not len(troubles._tasks))
