"""The simulated Yeastar: commands in an action of their own, spans one more than ports, and what events tell."""

from __future__ import annotations

import re

import pytest

from console.simulator.gateway import Gateway
from console.simulator.options import SimulatorOptions
from tests.simulator.support import FastPace, eventually, http_get, probe

YEASTAR = SimulatorOptions(ports=2, sync_delay=0, login_delay=0, dialect="yeastar")


def action(line: str) -> bytes:
    return f"Action: smscommand\r\nActionID: a1\r\ncommand: {line}\r\n\r\n".encode()


async def run(line: str) -> str:
    async with Gateway(YEASTAR, pace=FastPace()) as gateway, probe(gateway) as client:
        client.send(action(line))
        return (await client.until(b"--END COMMAND--\r\n\r\n")).decode()


async def test_ports_are_spans_from_two() -> None:
    answer = await run("gsm show spans")
    assert answer.startswith("Response: Follows\r\nPrivilege: SMSCommand\r\nActionID: a1\r\nGSM span 2: Power on, ")
    assert "GSM span 3: Power on, Provisioned, Up, Active,Standard\n" in answer
    assert "GSM span 1" not in answer


async def test_a_span_s_report_has_the_marker_glued_on() -> None:
    answer = await run("gsm show span 2")
    assert "D-channel: 2\n" in answer
    assert "Model CBAND: " in answer
    assert "Send SMS Center Number: " in answer
    assert not any(name in answer for name in ("BER value", "PDD", "ASR", "ACD", "Remain Time"))
    assert re.search(r"\nLast send AT: [^\n]*--END COMMAND--\r\n\r\n$", answer)


@pytest.mark.parametrize("line", ["gsm show span 1", "gsm show span 4", 'gsm send sms 4 10086 "a" 1'])
async def test_a_span_that_is_not_there(line: str) -> None:
    assert f"Command '{line}' failed." in await run(line)


async def test_the_action_of_others_is_not_permitted() -> None:
    async with Gateway(YEASTAR, pace=FastPace()) as gateway, probe(gateway) as client:
        client.send(b"Action: Command\r\nCommand: gsm show spans\r\n\r\n")
        assert await client.block() == "Response: Error\r\nMessage: Permission denied"


async def test_an_openvox_does_not_know_its_action() -> None:
    async with Gateway(SimulatorOptions(ports=2), pace=FastPace()) as gateway, probe(gateway) as client:
        client.send(action("gsm show spans"))
        assert "Invalid/unknown command: smscommand" in await client.block()


async def test_a_send_is_taken_at_once_and_an_event_tells_the_result() -> None:
    async with Gateway(YEASTAR, pace=FastPace()) as gateway, probe(gateway, events="on") as client:
        client.send(action('gsm send sms 3 10086 "two%20words%2C%20%C3%BC" gc1-1'))
        said = (await client.until(b"UpdateSMSSend")) + await client.until(b"--END SMS EVENT--\r\n\r\n")
        assert b"ID: gc1-1\r\n" in said
        assert b"Status: 1\r\n" in said
        (sms,) = gateway.air
        assert (sms.port, sms.to, sms.text, sms.id) == (2, "10086", "two words, ü", "gc1-1")


async def test_it_cuts_a_long_text_itself_and_tells_one_result() -> None:
    async with Gateway(YEASTAR, pace=FastPace()) as gateway, probe(gateway) as client:
        client.send(action(f'gsm send sms 2 10086 "{"x" * 200}" a'))
        await eventually(lambda: len(gateway.air) == 2)
        assert [(sms.part, sms.of, len(sms.text)) for sms in gateway.air] == [(1, 2, 153), (2, 2, 47)]


async def test_a_network_that_refuses_is_another_status() -> None:
    async with Gateway(YEASTAR, pace=FastPace()) as gateway, probe(gateway, events="on") as client:
        gateway.fail_port(1)
        client.send(action('gsm send sms 2 10086 "a" b'))
        said = (await client.until(b"UpdateSMSSend")) + await client.until(b"--END SMS EVENT--\r\n\r\n")
        assert b"Status: 0\r\n" in said


async def test_each_part_of_an_sms_is_an_event() -> None:
    async with Gateway(YEASTAR, pace=FastPace()) as gateway, probe(gateway, events="on") as client:
        gateway.receive_sms(2, "MegaFon", "я" * 80 + "\r\n\r\nEvent: x")
        first = (await client.until(b"ReceivedSMS")) + await client.until(b"--END SMS EVENT--\r\n\r\n")
        second = await client.until(b"--END SMS EVENT--\r\n\r\n")
        assert b"GsmSpan: 3\r\nSender: MegaFon@\r\n" in first
        assert b"Index: 1\r\nTotal: 2\r\n" in first
        assert b"Content: %EF%BB%BF%D1%8F" in first
        assert b"Index: 2\r\nTotal: 2\r\n" in second
        assert b"%0D%0A%0D%0AEvent%3A%20x\r\n--END" in second


async def test_it_has_no_pages_for_programs() -> None:
    async with Gateway(YEASTAR, pace=FastPace()) as gateway:
        status, _ = await http_get(gateway, "/sendsms?username=smsuser&password=smspwd&phonenumber=1&message=a")
        assert status == 404
