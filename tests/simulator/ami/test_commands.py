"""The `gsm ...` commands over AMI: what they answer and what really goes on the air."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.protocol.ami.frames import AmiFramer
from console.protocol.openvox import commands as gsm_commands
from console.simulator.gateway import Gateway
from console.simulator.options import SimulatorOptions
from console.simulator.radio.network import Sim
from tests.simulator.support import FastPace, StillPace, eventually, probe
from tests.support.ami_server import CAPTURES

if TYPE_CHECKING:
    from console.simulator.options import CommandForm, Dialect

QUICK = SimulatorOptions(sync_delay=0, login_delay=0)


def dialect(which: Dialect) -> SimulatorOptions:
    return SimulatorOptions(sync_delay=0, login_delay=0, dialect=which)


async def run(line: str, options: SimulatorOptions = QUICK) -> str:
    async with Gateway(options, pace=FastPace()) as gateway, probe(gateway) as client:
        return await client.command(line)


async def test_show_spans_has_a_line_a_port() -> None:
    lines = (await run("gsm show spans")).splitlines()
    assert lines[0] == "GSM span 1: Power on, Provisioned, Up, Active, Standard"
    assert lines[7] == "GSM span 8: Power on, Provisioned, Undetected SIM Card, Active, Standard"
    assert len(lines) == 8


async def test_the_old_driver_leaves_a_blank_out() -> None:
    assert (await run("gsm show spans", dialect("openvox-2014"))).startswith(
        "GSM span 1: Power on, Provisioned, Up, Active,Standard\n"
    )


async def test_show_span_ends_without_a_line_end() -> None:
    report = await run("gsm show span 7")
    assert "Network Status: Registered (Roaming)\n" in report
    assert "State: READY\n" in report
    assert report.endswith("\nLast send AT: ")


async def test_show_span_of_a_port_without_sim() -> None:
    report = await run("gsm show span 8")
    assert "SIM IMSI: \n" in report
    assert "State: SIM READY REQ\n" in report
    assert "Network Status: Not registered\n" in report


@pytest.mark.parametrize(
    ("which", "answer"),
    [
        ("openvox", "SPAN: 2 SEND SMS TO PHONE 10086 SUCCESSFULLY\n"),
        ("openvox-2014", "SEND SMS TO PHONE 10086 SUCCESSFULLY\n"),
    ],
)
async def test_sync_sms(which: Dialect, answer: str) -> None:
    async with Gateway(dialect(which), pace=FastPace()) as gateway, probe(gateway) as client:
        assert await client.command('GSM send sync sms 2 10086 "say \\"hi\\"" 30 1 id-7') == answer
        (message,) = gateway.air
        assert (message.port, message.to, message.text) == (2, "10086", 'say "hi"')
        assert (message.part, message.of, message.id, message.flash) == (1, 1, "id-7", True)


@pytest.mark.parametrize("line", ["sync sms 2 10086 x 30 myid", "syncsms 2 10086 x 30 myid"])
async def test_older_clients_write_the_id_behind_the_timeout(line: str) -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway, probe(gateway) as client:
        await client.command(f"gsm send {line}")
        assert [(message.id, message.flash) for message in gateway.air] == [("myid", False)]


async def test_parts_with_one_flag_join_on_the_phone() -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway, probe(gateway) as client:
        for part, text in ((2, "world"), (1, "hello ")):
            answer = await client.command(f'gsm send sync csms 1 +7916 "{text}" 42 2 {part} 30 0 a-{part}')
            assert answer == "SPAN: 1 SEND CONCATENATED SMS TO PHONE +7916 SUCCESSFULLY\n"
        await client.command('gsm send sync csms 1 +7916 "alone" 43 2 1 30')
        assert gateway.network.on_phone("+7916") == ["hello world"]


async def test_our_own_command_lines_arrive_as_meant() -> None:
    text = 'q"uote \\back $x `id` ; \t end\\'
    line = gsm_commands.send_sync_sms(3, "+8613632919026", text, timeout=30, id="k1")
    async with Gateway(QUICK, pace=FastPace()) as gateway, probe(gateway) as client:
        assert "SUCCESSFULLY" in await client.command(line)
        assert [message.text for message in gateway.air] == [text]


async def test_a_plain_send_says_nothing_and_goes_later() -> None:
    pace = StillPace()
    options = SimulatorOptions(sync_delay=3, login_delay=0)
    async with Gateway(options, pace=pace) as gateway, probe(gateway) as client:
        assert await client.command("gsm send sms 1 10086 test") == ""
        await eventually(lambda: pace.sleeping == 1)
        assert gateway.air == []
        pace.advance(3)
        await eventually(lambda: len(gateway.air) == 1)


async def test_a_plain_send_waits_for_the_network() -> None:
    pace = StillPace()
    async with Gateway(QUICK, pace=pace) as gateway, probe(gateway) as client:
        gateway.unregister(1)
        await client.command("gsm send sms 1 10086 test")
        await eventually(lambda: pace.sleeping == 1)
        gateway.register(1)
        pace.advance(2)
        await eventually(lambda: pace.sleeping == 1)
        pace.advance(0)
        await eventually(lambda: len(gateway.air) == 1)


async def test_a_port_in_use() -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway, probe(gateway) as client:
        gateway.occupy(1)
        assert await client.command("gsm send sync sms 1 10086 x 30") == "SPAN: 1 SEND SMS TO PHONE 10086 WAS USING\n"
        gateway.occupy(1, occupied=False)
        assert "SUCCESSFULLY" in await client.command("gsm send sync sms 1 10086 x 30")


@pytest.mark.parametrize(("which", "word"), [("openvox", "WAS FAILED"), ("openvox-2014", "FAILED")])
async def test_a_port_that_fails(which: Dialect, word: str) -> None:
    async with Gateway(dialect(which), pace=FastPace()) as gateway, probe(gateway) as client:
        gateway.fail_port(1)
        assert (await client.command("gsm send sync sms 1 10086 x 30")).endswith(f"10086 {word}\n")
        assert gateway.air == []


async def test_a_sync_send_waits_for_the_network_no_longer_than_its_timeout() -> None:
    pace = FastPace()
    async with Gateway(QUICK, pace=pace) as gateway, probe(gateway) as client:
        gateway.unregister(1)
        assert "WAS FAILED" in await client.command("gsm send sync sms 1 10086 x 9")
        assert pace.slept == [2.0, 2.0, 2.0, 2.0]


async def test_results_and_reports_show_as_events() -> None:
    options = SimulatorOptions(sync_delay=0, login_delay=0, reports=True)
    async with (
        Gateway(options, pace=FastPace()) as gateway,
        probe(gateway) as client,
        probe(gateway, events="system") as watcher,
    ):
        await watcher.until(b"Fully Booted\r\n\r\n")
        await client.command("gsm send sync sms 1 +7916 x 30 0 k9")
        imsi = gateway.network.ports[1].sim
        assert imsi is not None
        assert await watcher.block() == (
            "Event: SMSSendStatus\r\nPrivilege: system,all\r\nChannel: 1\r\nDestination: +7916\r\nID: k9\r\n"
            f"IMSI: {imsi.imsi}\r\nStatus: SUCCESS"
        )
        assert (await watcher.block()).startswith(
            "Event: SMSStatusReport\r\nPrivilege: system,all\r\nChannel: 1\r\nBoard: 1\r\nSender: +7916\r\nTime_scts: "
        )


@pytest.mark.parametrize(
    "line",
    [
        "gsm show span",
        "gsm show span x",
        "gsm send sync sms 1 10086 two words 30 0 id more",
        "gsm send sync sms 1 10086 text soon",
        "gsm send sync csms 1 10086 text zz 2 1 30",
        "gsm send sync csms 1 10086 text 10 2 3 30",
        "gsm power reset all",
        "core show uptime minutes",
    ],
)
async def test_wrong_usage(line: str) -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway, probe(gateway) as client:
        assert (await client.command(line)).startswith("Usage: ")
        assert gateway.air == []


@pytest.mark.parametrize(
    "line", ["show span 9", "send sync sms 9 1 x 30", "send sms 0 1 x", "power off 9", "send ussd 9 *1#"]
)
async def test_a_port_that_is_not_there(line: str) -> None:
    assert (await run(f"gsm {line}")).startswith("No such span ")


async def test_power() -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway, probe(gateway) as client:
        assert await client.command("gsm power off 1") == "Power off span 1\n"
        assert await client.command("gsm power stat 1") == "Power off on span 1\n"
        assert "State: DOWN\n" in await client.command("gsm show span 1")
        await client.command("gsm power on all")
        assert "State: READY\n" in await client.command("gsm show span 1")


async def test_ussd() -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway, probe(gateway) as client:
        answer = await client.command("gsm send ussd 1 *100# 10")
        assert answer.startswith("1:Recive USSD on span 1,responses:0,code:15\nText:*100#: balance ")
        assert (await client.command("gsm send ussd 8 *100# 10")).startswith("0")


async def test_at() -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway, probe(gateway) as client:
        port = gateway.port(1)
        assert await client.command('gsm send sync at 1 "AT+CSQ" 5000') == f"+CSQ: {port.signal},0\nOK\n"
        assert await client.command('gsm send sync at 1 "AT+NOSUCH" 5000') == "ERROR\n"
        assert await client.command("gsm send at 1 ATZ") == ""
        assert "Last send AT: ATZ" in await client.command("gsm show span 1")
        await client.command("gsm power off 1")
        assert await client.command('gsm send sync at 1 "AT" 5000') == "NOT READY\n"


async def test_a_sim_that_wants_its_pin() -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway, probe(gateway) as client:
        gateway.pull_sim(1)
        gateway.port(1).sim = Sim("460001", "CHINA MOBILE", "", pin=True)
        report = await client.command("gsm show span 1")
        assert "State: SIM PIN REQ\n" in report
        assert "Status: Power on, Provisioned, Pin (undefined) Error, Active, Standard\n" in report


async def test_core_commands() -> None:
    pace = FastPace()
    async with Gateway(QUICK, pace=pace) as gateway, probe(gateway) as client:
        assert (await client.command("core show version")).startswith("Asterisk 1.8.32.3 built by ")
        pace.now += 61
        assert await client.command("core show uptime") == (
            "System uptime: 1 minutes, 1 seconds \nLast reload: 1 minutes, 1 seconds \n"
        )
        assert (await client.command("gsm reboot")).startswith("No such command 'gsm reboot' (type 'core show help")


@pytest.mark.parametrize(("form", "server"), [("old", "ast18"), ("new", "ast22")])
async def test_show_user_in_the_words_of_real_servers(form: CommandForm, server: str) -> None:
    blocks = AmiFramer().feed((CAPTURES / f"{server}-command-assorted.bin").read_bytes())
    real = next(block.raw for block in blocks if block.get("ActionID") == "e13")
    options = SimulatorOptions(
        login_delay=0,
        command_form=form,
        read_classes=frozenset({"call", "system"}),
        write_classes=frozenset({"command"}),
    )
    async with Gateway(options, pace=FastPace()) as gateway, probe(gateway) as client:
        client.send(b"Action: Command\r\nActionID: e13\r\nCommand: manager show user ADMIN\r\n\r\n")
        answer = await client.until(b"--END COMMAND--\r\n\r\n" if form == "old" else b"\r\n\r\n")
    assert answer == real.replace(b"event", b"admin").replace(b"<none>", b"command")


async def test_show_user_of_nobody() -> None:
    assert await run("manager show user nobody") == "There is no manager called nobody\n"
    assert (await run("manager show user")).startswith("Usage: ")
    assert "      read perm: system,call,log,verbose,agent,user,config,dtmf,reporting,cdr,dialplan\n" in await run(
        'manager show user "admin"'
    )
