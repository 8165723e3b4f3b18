"""The driver of 2013 (chan_extra 2.0.8): its own answers, and what it says nothing about."""

from __future__ import annotations

import asyncio

import pytest

from console.domain.ports import PortHealth
from console.protocol.driver.span import health, read_span
from console.protocol.openvox.commands import SendAnswer, read_send_answer
from console.simulator.gateway import Gateway
from console.simulator.options import SimulatorOptions
from tests.simulator.support import FastPace, StillPace, eventually, http_get, probe

BOX = SimulatorOptions(dialect="openvox-2013", sync_delay=0, login_delay=0)


async def run(line: str) -> str:
    async with Gateway(BOX, pace=FastPace()) as gateway, probe(gateway) as client:
        return await client.command(line)


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("sms 2 +7916 x 30", "SPAN:2 SEND SMS TO PHONE:+7916 SUCCESSFULLY\n"),
        ("sms 2 +7916 x 30 k7", "ID:k7 SPAN:2 SEND SMS TO PHONE:+7916 SUCCESSFULLY\n"),
        ("sms 2 +7916 x 30 0 k7", "ID:0 SPAN:2 SEND SMS TO PHONE:+7916 SUCCESSFULLY\n"),
        ("csms 1 10086 x 42 2 1 30 a", "ID:a SPAN:1 SEND CONCATENATED SMS TO PHONE:10086 SUCCESSFULLY\n"),
    ],
)
async def test_a_send_is_answered_with_colons_and_the_word_behind_the_timeout_is_the_id(line: str, answer: str) -> None:
    assert await run(f"gsm send sync {line}") == answer


async def test_a_number_with_a_star_can_not_be_encoded() -> None:
    async with Gateway(BOX, pace=FastPace()) as gateway, probe(gateway) as client:
        answer = await client.command("gsm send sync sms 1 *100# x 30 k")
        assert answer == (
            "ID:k SPAN:1 SEND SMS TO PHONE *100# ENCODE PDU FAIL\nCommand 'gsm send sync sms 1 *100# x 30 k' failed.\n"
        )
        assert gateway.air == []


async def test_a_port_in_use_and_one_that_fails() -> None:
    async with Gateway(BOX, pace=FastPace()) as gateway, probe(gateway) as client:
        gateway.occupy(1)
        assert await client.command("gsm send sync sms 1 10086 x 30") == "SPAN:1 SEND SMS TO PHONE 10086 WAS USING\n"
        gateway.fail_port(2)
        assert await client.command("gsm send sync sms 2 10086 x 30") == "SPAN:2 SEND SMS TO PHONE:10086 WAS FAILED\n"


async def test_behind_a_timeout_it_is_still_queued_and_leaves_later() -> None:
    pace = StillPace()
    async with Gateway(BOX, pace=pace) as gateway, probe(gateway) as client:
        gateway.unregister(1)
        answer = await client.command("gsm send sync sms 1 10086 x 1")
        assert answer == "SPAN:1 SEND SMS TO PHONE:10086 TIMEOUT\n"
        await eventually(lambda: pace.sleeping == 1)
        gateway.register(1)
        pace.advance(2)
        await eventually(lambda: pace.sleeping == 1)
        pace.advance(0)
        await eventually(lambda: len(gateway.air) == 1)


async def test_what_was_queued_is_lost_with_asterisk() -> None:
    pace = StillPace()
    async with Gateway(BOX, pace=pace) as gateway, probe(gateway) as client:
        gateway.unregister(1)
        await client.command("gsm send sync sms 1 10086 x 1")
        await eventually(lambda: pace.sleeping == 1)
        gateway.shut_down()
        gateway.register(1)
        await eventually(lambda: pace.sleeping == 0)
        assert gateway.air == []


async def test_what_leaves_is_what_it_writes() -> None:
    async with Gateway(BOX, pace=FastPace()) as gateway, probe(gateway) as client:
        await client.command('gsm send sync sms 1 10086 "ok 😀 then" 30')
        assert [message.text for message in gateway.air] == ["ok \u07d8then"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("gsm send sync sms 99 1 x 30", "Invalid span '99'.  Should be a number from 1 to 8"),
        ("gsm power on all", "Invalid span '0'.  Should be a number from 1 to 8"),
        ('gsm send sync sms 1 "" x 30', "Destination number too short."),
        (f"gsm send sync sms 1 {'1' * 65} x 30", "Destination number too long."),
        ('gsm send sms 1 10086 ""', "SMS message too short."),
        (f"gsm send sync csms 1 10086 {'x' * 321} 42 2 1 30", "SMS message too long."),
    ],
)
async def test_what_it_refuses_before_anything_is_sent(line: str, why: str) -> None:
    answer = await run(line)
    assert answer == f"{why}\nCommand '{line}' failed.\n"
    assert read_send_answer(answer.splitlines()) is SendAnswer.FAILED


async def test_a_module_that_starts_is_no_gsm_and_one_without_power_takes_no_at() -> None:
    async with Gateway(BOX, pace=FastPace()) as gateway, probe(gateway) as client:
        gateway.port(1).boot()
        assert (await client.command("gsm send sync sms 1 1 x 30")).startswith("No GSM running on span 1\nCommand '")
        await client.command("gsm power off 2")
        assert (await client.command("gsm send at 2 ATZ")).startswith("GSM modem is not in ready state on span 2\n")
        assert await client.command("gsm send sync at 2 AT 5000") == "TIMEOUT\n"


@pytest.mark.parametrize(
    ("line", "usage"),
    [
        (
            "gsm send sync sms 1 10086 x",
            "gsm send sync sms <span> <destination> <message> <timeout> [id] \n       Send SMS",
        ),
        ("gsm send ussd 1 *100# 10 id", "gsm send ussd <span> <message> [timeout]\n       Send USSD"),
    ],
)
async def test_a_wrong_count_of_words_shows_the_usage_on_two_lines(line: str, usage: str) -> None:
    assert await run(line) == f"Usage: {usage} on a given GSM span\n"


async def test_power() -> None:
    async with Gateway(BOX, pace=FastPace()) as gateway, probe(gateway) as client:
        for line, answer in (
            ("off 3", "Power off span 3 sucessed"),
            ("stat 3", "span 3 power off"),
            ("on 3", "Power on span 3 sucessed"),
            ("reset 3", "Reset power on span 3 success"),
            ("stat 3", "span 3 power on"),
        ):
            assert await client.command(f"gsm power {line}") == f"{answer}\n"


async def test_ussd() -> None:
    pace = StillPace()
    async with Gateway(BOX, pace=pace) as gateway, probe(gateway) as client, probe(gateway) as other:
        gateway.mute(1)
        asking = asyncio.create_task(client.command("gsm send ussd 1 *100#"))
        await eventually(lambda: gateway.port(1).asking)
        assert await other.command("gsm send ussd 1 *100#") == "0:Sending USSD now on span 1\n"
        pace.advance(10)
        assert await asking == "0:Send USSD timeout on span 1(110)\n"


async def test_show_span_has_its_own_order_and_ends_in_the_buffer_of_the_last_at_command() -> None:
    async with Gateway(BOX, pace=FastPace()) as gateway, probe(gateway) as client:
        await client.command("gsm send at 3 ATZ")
        report = await client.command("gsm show span 3")
        assert report.startswith("D-channel: 6\nStatus: Power on, Provisioned, Up, Active, Standard\nType: CPE\n")
        assert [line.partition(":")[0] for line in report.splitlines()] == [
            *("D-channel", "Status", "Type", "Manufacturer", "Model Name", "Model IMEI", "Revision", "Network Name"),
            *("Network Status", "Signal Quality (0,31)", "BER value (0,7)", "SIM IMSI", "SIM SMS Center Number"),
            *("PDD", "ASR", "ACD", "Last event", "State", "Last send AT"),
        ]
        assert report.endswith("\nLast send AT: ATZ")
        assert b"ATZ--END COMMAND--\r\n\r\n" in client.received
        # Asterisk's answer ends there, in the first of all.
        every = await client.command("gsm show span all")
        assert every.startswith("---Start Span 1---\nD-channel: 2\n")
        assert every.endswith("\nLast send AT: ")


async def test_it_has_no_events_of_its_own() -> None:
    async with Gateway(BOX, pace=FastPace()) as gateway, probe(gateway, events="system") as client:
        await client.until(b"Fully Booted\r\n\r\n")
        await client.command("gsm send sync sms 1 10086 x 30")
        gateway.unregister(1)
        gateway.pull_sim(2)
        await client.command("gsm show spans")
        assert client.received.count(b"Event: ") == 1


async def test_its_web_page_sends_by_its_own_words() -> None:
    async with Gateway(BOX, pace=FastPace()) as gateway:
        target = "/sendsms?username=smsuser&password=smspwd&phonenumber=10086&message=hi&port=gsm-1.2"
        assert '"result":"success"' in (await http_get(gateway, target))[1]
        assert [message.id for message in gateway.air] == [""]


async def test_the_words_for_which_it_has_no_reason_come_one_after_the_other() -> None:
    async with Gateway(BOX, pace=FastPace()) as gateway, probe(gateway) as client:
        found = []
        for _ in range(12):
            gateway.next_words(4)
            report = read_span((await client.command("gsm show span 4")).splitlines())
            found.append((report.status.split(", ", 2)[2], report.state, health(report)))
    assert found[1:5] == [
        ("No Signal, Active, Standard", "NET REQ", PortHealth.UNREGISTERED),
        ("In Alarm, Down, Standby, Standard", "DOWN", PortHealth.DOWN),
        ("Up, Active, Multiplexer", "READY", PortHealth.READY),
        ("Up, Active, Standard", "CALL ACTIVE Called to 10086 00:01:07", PortHealth.BUSY),
    ]
    assert found[0][1:] == ("SIM PIN REQ", PortHealth.NEEDS_PIN)
    assert {state for _, state, kind in found if kind is PortHealth.STARTING} == {
        *("BAND BINDING", "CFUN FULL", "CFUN MINI", "POWER RESTART", "WAIT READY"),
    }
    assert found[11] == ("Up, Active, Standard", "READY", PortHealth.READY)
