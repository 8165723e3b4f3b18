"""The box as a whole: it starts, it stops, and an inbound SMS shows everywhere at once."""

from __future__ import annotations

import asyncio
import re
from collections import Counter

import pytest

from console.simulator.gateway import Gateway
from console.simulator.options import SimulatorOptions, split_address
from tests.simulator.support import FastPace, Receiver, StillPace, eventually, http_get, probe


async def test_an_inbound_sms_shows_over_ami_and_is_delivered() -> None:
    async with Receiver() as receiver:
        options = SimulatorOptions(deliver_to=receiver.url)
        async with Gateway(options, pace=FastPace()) as gateway, probe(gateway, events="dialplan") as client:
            gateway.receive_sms(2, "+7916", "привет")
            await client.until(b"Channel: EXTRA/3-1\r\nVariable: SMSSRC\r\nValue: +7916\r\n")
            await client.until(
                b"Event: Newexten\r\nPrivilege: dialplan,all\r\nChannel: EXTRA/3-1\r\nContext: gsm-2\r\n"
                b"Extension: sms\r\nPriority: 1\r\nApplication: NoOp\r\nAppData: SMS In\r\n"
            )
            await client.until(b"Application: Set\r\nAppData: message=%D0%BF%D1%80%D0%B8%D0%B2%D0%B5%D1%82\r\n")
            await client.until(f'AppData: wget --no-check-certificate "{receiver.url}?phonenumber='.encode())
            await gateway.callbacks.idle()
            assert len(receiver.targets) == 1


async def test_without_sms_received_ami_shows_one_step_and_nobody_is_called() -> None:
    async with Receiver() as receiver:
        options = SimulatorOptions(deliver_to=receiver.url, sms_received=False)
        async with Gateway(options, pace=FastPace()) as gateway, probe(gateway, events="dialplan") as client:
            gateway.receive_sms(1, "10086", "a")
            gateway.receive_sms(2, "10086", "b")
            for port in (1, 2):
                await client.until(f"Context: gsm-{port}\r\nExtension: sms\r\n".encode())
                await client.until(b"AppData: SMS In\r\n")
                await client.until(b"Priority: 2\r\nApplication: Hangup\r\n")
            await gateway.callbacks.idle()
        assert receiver.targets == []


async def test_a_line_break_in_a_text_breaks_its_block_as_on_the_wire() -> None:
    options = SimulatorOptions(deliver_to="http://127.0.0.1:9/")
    async with Gateway(options, pace=FastPace()) as gateway, probe(gateway, events="dialplan") as client:
        gateway.receive_sms(1, "10086", "a\r\n\r\nEvent: Fake\r\n\r\nb")
        await client.until(b"Variable: SMSTXT\r\nValue: a\r\n\r\n")
        assert await client.block() == "Event: Fake"
        await client.until(b"AppData: message=a%0D%0A%0D%0AEvent%3A%20Fake%0D%0A%0D%0Ab\r\n")


async def test_the_port_reads_as_board_and_span_in_2014() -> None:
    async with Receiver() as receiver:
        options = SimulatorOptions(deliver_to=receiver.url, dialect="openvox-2014")
        async with Gateway(options, pace=FastPace()) as gateway:
            gateway.receive_sms(2, "10086", "x")
            await gateway.callbacks.idle()
        assert b"&port=gsm-1.2&" in receiver.targets[0]


async def test_sims_come_and_go() -> None:
    async with (
        Gateway(SimulatorOptions(), pace=FastPace()) as gateway,
        probe(gateway, events="system") as client,
    ):
        await client.until(b"Fully Booted\r\n\r\n")
        gateway.pull_sim(1)
        assert (await client.block()).endswith("Channel: 1\r\nResult: SIM Not inserted")
        gateway.insert_sim(1)
        assert await client.block() == "Event: SimInserted\r\nPrivilege: system,all\r\nChannel: 1"
        assert await client.block() == "Event: ExtraReady\r\nPrivilege: system,all\r\nChannel: 1"
        assert gateway.port(1).usable


async def test_a_reboot_starts_the_modules_anew_one_step_after_the_other() -> None:
    async with Gateway(SimulatorOptions(ports=6), pace=(pace := StillPace())) as gateway:
        async with probe(gateway) as client:
            rebooting = asyncio.create_task(gateway.reboot(3, step=2))
            await client.rest()
        await eventually(lambda: pace.sleeping == 1)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(*gateway.ami_address)
        said = []
        for seconds in (3, 2):
            pace.advance(seconds)
            await eventually(lambda: pace.sleeping == 1)
            async with probe(gateway) as client:
                said.append(await client.command("gsm show span 1"))
        pace.advance(2)
        await rebooting
        async with probe(gateway) as client:
            said.append(await client.command("gsm show span 1"))
            assert "State: SIM READY REQ" in await client.command("gsm show span 6")
        assert [re.findall("State: (.*)", words) for words in said] == [["INIT"], ["NET REQ"], ["READY"]]


async def test_a_word_of_other_firmware_and_no_more() -> None:
    async with Gateway(SimulatorOptions(), pace=FastPace()) as gateway, probe(gateway) as client:
        gateway.say(2, "RF CALIBRATION")
        assert "State: RF CALIBRATION" in await client.command("gsm show span 2")
        gateway.say(2, "")
        assert "State: READY" in await client.command("gsm show span 2")


async def test_many_sms_come_by_turns_through_the_ports_that_work() -> None:
    async with Receiver() as receiver:
        async with Gateway(SimulatorOptions(ports=6, deliver_to=receiver.url), pace=FastPace()) as gateway:
            gateway.receive_many(10)
            await gateway.callbacks.idle()
            assert gateway.lost == 0
        ports = Counter(re.findall(rb"[?&]port=(\d)", b" ".join(receiver.targets)))
        assert ports == Counter({b"%d" % port: 2 for port in range(1, 6)})


async def test_stopping_closes_everything() -> None:
    gateway = Gateway(SimulatorOptions(rate=50), pace=FastPace())
    await gateway.start()
    ami, http = gateway.ami_address, gateway.http_address
    await http_get(gateway, "/smsremain")
    async with probe(gateway) as client:
        await gateway.stop()
        await client.rest()
    await eventually(lambda: gateway.ami.sessions == 0)
    for address in (ami, http):
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(*address)


async def test_an_address_that_is_taken_leaves_nothing_open() -> None:
    async with Gateway(SimulatorOptions(), pace=FastPace()) as first:
        host, tcp_port = first.http_address
        second = Gateway(SimulatorOptions(http_address=f"{host}:{tcp_port}"), pace=FastPace())
        with pytest.raises(OSError, match="in use"):
            await second.start()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(*second.ami_address)


@pytest.mark.parametrize(
    ("address", "parts"),
    [("127.0.0.1:5038", ("127.0.0.1", 5038)), ("[::1]:80", ("::1", 80)), (":0", ("127.0.0.1", 0))],
)
def test_addresses(address: str, parts: tuple[str, int]) -> None:
    assert split_address(address) == parts


@pytest.mark.parametrize("address", ["", "host", "host:", "host:x", "host:70000"])
def test_addresses_that_are_none(address: str) -> None:
    with pytest.raises(ValueError, match="not HOST:PORT"):
        split_address(address)


def test_no_secret_in_the_options_words() -> None:
    shown = repr(SimulatorOptions(password="s3cret", http_password="s3cret"))
    assert "s3cret" not in shown
