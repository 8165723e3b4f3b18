"""USSD on the simulated gateway: what each code is answered, and the ways in which it goes wrong."""

from __future__ import annotations

import asyncio
import random

from console.domain.ussd import UssdState
from console.protocol.dialects.ussd import UssdVerdict
from console.protocol.openvox.ussd import read_verdict
from console.simulator.gateway import Gateway
from console.simulator.options import SimulatorOptions
from console.simulator.radio.driver import MENU, UNICODE, Response, UssdDesk
from tests.simulator.support import FastPace, StillPace, eventually, probe

QUICK = SimulatorOptions(sync_delay=0, login_delay=0)


def test_a_menu_waits_for_one_of_its_choices() -> None:
    desk = UssdDesk(random.Random(1))
    assert desk.ask(1, MENU).response is Response.NEEDS_REPLY
    wrong = desk.ask(1, "7")
    assert (wrong.response, wrong.text.splitlines()[0]) == (Response.NEEDS_REPLY, "There is no 7.")
    assert desk.ask(1, "2").text == "Tariff S\nuntil 30.11."
    assert desk.ask(1, "2").response is Response.NOT_SUPPORTED


def test_a_new_code_leaves_the_menu_and_each_port_has_its_own() -> None:
    desk = UssdDesk(random.Random(1))
    desk.ask(1, MENU)
    assert desk.ask(2, "1").response is Response.NOT_SUPPORTED
    assert desk.ask(1, "*100#").response is Response.FINAL
    assert desk.ask(1, "1").response is Response.NOT_SUPPORTED
    desk.ask(1, MENU)
    assert desk.ask(1, "0").response is Response.TERMINATED


async def answered(gateway: Gateway, code: str, *, port: int = 1) -> UssdVerdict:
    async with probe(gateway) as client:
        return read_verdict((await client.command(f'gsm send ussd {port} "{code}" 30')).splitlines())


async def test_the_console_reads_every_answer_as_it_is_meant() -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway:
        assert (await answered(gateway, "*100#")).text.startswith("*100#: balance ")
        assert await answered(gateway, UNICODE) == UssdVerdict(UssdState.ANSWERED, "余额 12.50 元。回复 1 续费")
        assert (await answered(gateway, MENU)).state is UssdState.MENU
        assert await answered(gateway, "2") == UssdVerdict(UssdState.ANSWERED, "Tariff S\nuntil 30.11.")


async def test_a_port_without_network_fails() -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway:
        assert (await answered(gateway, "*100#", port=8)).state is UssdState.FAILED
        gateway.fail_port(1)
        assert (await answered(gateway, "*100#")).state is UssdState.FAILED


async def test_a_port_that_somebody_else_uses_is_busy() -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway:
        gateway.occupy(1)
        assert (await answered(gateway, "*100#")).busy


async def test_a_network_that_never_answers_leaves_it_unknown_after_the_timeout() -> None:
    pace = StillPace()
    async with Gateway(QUICK, pace=pace) as gateway:
        gateway.mute(1)
        asking = asyncio.create_task(answered(gateway, "*100#"))
        await eventually(lambda: gateway.port(1).asking)
        assert gateway.port(1).words.state == "USSD SENDING"
        assert (await answered(gateway, "*100#")).busy
        pace.advance(30)
        assert (await asking).state is UssdState.UNKNOWN
        assert gateway.port(1).words.state == "READY"
