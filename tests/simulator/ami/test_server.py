"""The AMI server over real sockets: login, rights, order, and the troubles it can be told to have."""

from __future__ import annotations

import asyncio
import hashlib

import pytest

from console.simulator.ami.server import AUTH_LIMIT
from console.simulator.ami.wire import AmiEvent
from console.simulator.gateway import Gateway
from console.simulator.options import SimulatorOptions
from tests.simulator.support import FastPace, StillPace, eventually, probe

QUICK = SimulatorOptions(sync_delay=0, login_delay=0)


async def test_banner_and_vendor_style_login() -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway, probe(gateway, log_in=False) as client:
        client.send(b"action:Login\r\nusername:admin\r\nsecret:admin\r\n\r\n")
        assert await client.until(b"\r\n") == b"Asterisk Call Manager/1.1\r\n"
        assert await client.block() == "Response: Success\r\nMessage: Authentication accepted"
        assert await client.block() == "Event: FullyBooted\r\nPrivilege: system,all\r\nStatus: Fully Booted"


@pytest.mark.parametrize("secret", ["wrong", "admin ", ""])
async def test_a_bad_login_is_answered_late_and_ends(secret: str) -> None:
    pace = FastPace()
    async with Gateway(SimulatorOptions(), pace=pace) as gateway, probe(gateway, log_in=False) as client:
        client.send(f"Action: Login\r\nActionID: x\r\nUsername: ADMIN\r\nSecret: {secret}\r\n\r\n".encode())
        await client.until(b"1.1\r\n")
        assert await client.rest() == (b"Response: Error\r\nActionID: x\r\nMessage: Authentication failed\r\n\r\n")
        assert pace.slept == [1.0]


async def test_md5_login() -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway, probe(gateway, log_in=False) as client:
        client.send(b"Action: Challenge\r\nAuthType: md5\r\n\r\n")
        await client.until(b"Challenge: ")
        challenge = (await client.until(b"\r\n\r\n")).strip()
        key = hashlib.md5(challenge + b"admin").hexdigest()
        client.send(f"Action: Login\r\nAuthType: MD5\r\nUsername: admin\r\nKey: {key}\r\n\r\n".encode())
        assert "Authentication accepted" in await client.block()


async def test_a_key_without_a_challenge_is_refused() -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway, probe(gateway, log_in=False) as client:
        key = hashlib.md5(b"admin").hexdigest()
        client.send(f"Action: Login\r\nAuthType: MD5\r\nUsername: admin\r\nKey: {key}\r\n\r\n".encode())
        assert b"Authentication failed" in await client.rest()


async def test_before_login_only_login_is_allowed() -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway, probe(gateway, log_in=False) as client:
        client.send(b"Action: Ping\r\nActionID: 1\r\n\r\nAction: Challenge\r\n\r\nAction: Logoff\r\n\r\n")
        await client.until(b"1.1\r\n")
        assert await client.block() == "Response: Error\r\nActionID: 1\r\nMessage: Permission denied"
        assert await client.block() == "Response: Error\r\nMessage: Must specify AuthType"
        assert await client.rest() == b"Response: Goodbye\r\nMessage: Thanks for all the fish.\r\n\r\n"


async def test_answers_come_in_order_one_for_each_message() -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway, probe(gateway) as client:
        client.send(
            b"Action: Ping\r\nActionID: 1\r\n\r\n\r\nAction: Nosuch\r\nActionID: 2\r\n\r\n"
            b"Action: Login\r\nActionID: 3\r\n\r\nAction: Ping\r\nX: " + b"y" * 1100 + b"\r\n\r\n"
        )
        assert (await client.block()).startswith("Response: Success\r\nActionID: 1\r\nPing: Pong\r\nTimestamp: ")
        assert await client.block() == "Response: Error\r\nMessage: Missing action in request"
        assert "ActionID: 2\r\nMessage: Invalid/unknown command: Nosuch." in await client.block()
        assert await client.block() == "Response: Success\r\nActionID: 3\r\nMessage: Already authenticated"
        assert await client.block() == "Response: Error\r\nMessage: Failed to parse message: line too long"


async def test_too_many_lines() -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway, probe(gateway) as client:
        client.send(b"ActionID: n\r\n" + b"A: b\r\n" * 128 + b"\r\n")
        assert await client.block() == (
            "Response: Error\r\nActionID: n\r\nMessage: Too many lines in message or allocation failure"
        )


@pytest.mark.parametrize(
    ("line", "message"),
    [("", "No command provided"), ("  ", "No command provided"), ("Module unload x", "Command blacklisted")],
)
async def test_commands_that_are_no_commands(line: str, message: str) -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway, probe(gateway) as client:
        client.send(f"Action: Command\r\nCommand: {line}\r\n\r\n".encode())
        assert await client.block() == f"Response: Error\r\nMessage: {message}"


async def test_an_account_without_command_may_not() -> None:
    options = SimulatorOptions(login_delay=0, write_classes=frozenset({"system"}))
    async with Gateway(options, pace=FastPace()) as gateway, probe(gateway) as client:
        client.send(b"Action: Command\r\nCommand: gsm show spans\r\n\r\n")
        assert await client.block() == "Response: Error\r\nMessage: Permission denied"


@pytest.mark.parametrize(
    ("mask", "word"),
    [("on", "On"), ("all", "On"), ("system,call", "On"), ("off", "Off"), ("bogus", "Off"), ("0", "Off")],
)
async def test_events_action(mask: str, word: str) -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway, probe(gateway) as client:
        client.send(f"Action: Events\r\nActionID: m\r\nEventMask: {mask}\r\n\r\n".encode())
        assert await client.block() == f"Response: Success\r\nActionID: m\r\nEvents: {word}"


async def test_events_without_a_mask() -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway, probe(gateway) as client:
        client.send(b"Action: Events\r\n\r\n")
        assert await client.block() == "Response: Error\r\nMessage: Invalid event mask"


async def test_the_read_classes_decide_what_is_seen() -> None:
    options = SimulatorOptions(login_delay=0, read_classes=frozenset({"system", "call"}))
    async with Gateway(options, pace=FastPace()) as gateway, probe(gateway, events="on") as client:
        await client.until(b"Fully Booted\r\n\r\n")
        gateway.receive_sms(1, "10086", "not shown: dialplan")
        gateway.unregister(1)
        assert [(await client.block()).splitlines()[0].removeprefix("Event: ") for _ in range(3)] == [
            "Newchannel",
            "Hangup",
            "ExtraDown",
        ]


async def test_a_sync_command_holds_its_session_and_the_events_wait_behind_its_answer() -> None:
    pace = StillPace()
    async with (
        Gateway(SimulatorOptions(sync_delay=5), pace=pace) as gateway,
        probe(gateway, events="on") as sender,
        probe(gateway, events="on") as watcher,
    ):
        await sender.until(b"Fully Booted\r\n\r\n")
        await watcher.until(b"Fully Booted\r\n\r\n")
        sender.send(b'Action: Command\r\nCommand: gsm send sync sms 1 10086 "x" 30 0 id1\r\n\r\nAction: Ping\r\n\r\n')
        await sender.until(b"Privilege: Command\r\n")
        await eventually(lambda: pace.sleeping == 1)
        gateway.unregister(3)
        assert "ExtraDown" in await watcher.block()
        pace.advance(5)
        assert "ID: id1\r\n" in await watcher.block()
        assert await sender.until(b"\r\n\r\n") == (
            b"SPAN: 1 SEND SMS TO PHONE 10086 SUCCESSFULLY\n--END COMMAND--\r\n\r\n"
        )
        assert "ExtraDown" in await sender.block()
        assert "SMSSendStatus" in await sender.block()
        assert "Ping: Pong" in await sender.block()


async def test_new_form() -> None:
    options = SimulatorOptions(login_delay=0, command_form="new", ports=1)
    async with Gateway(options, pace=FastPace()) as gateway, probe(gateway, log_in=False) as client:
        client.send(b"Action: Login\r\nUsername: admin\r\nSecret: admin\r\nEvents: off\r\n\r\n")
        assert await client.until(b"\r\n") == b"Asterisk Call Manager/11.0.0\r\n"
        await client.block()
        client.send(b"Action: Command\r\nActionID: 1\r\nCommand: gsm show spans\r\n\r\n")
        assert await client.block() == (
            "Response: Success\r\nActionID: 1\r\nMessage: Command output follows\r\n"
            "Output: GSM span 1: Power on, Provisioned, Up, Active, Standard"
        )
        client.send(b"Action: Command\r\nCommand: nosuch\r\n\r\n")
        assert (await client.block()).startswith(
            "Response: Error\r\nMessage: Command output follows\r\nOutput: No such"
        )


async def test_who_does_not_log_in_is_sent_away() -> None:
    async with (
        Gateway(SimulatorOptions(auth_timeout=0), pace=FastPace()) as gateway,
        probe(gateway, log_in=False) as client,
    ):
        assert await client.rest() in {b"", b"Asterisk Call Manager/1.1\r\n"}


async def test_the_51st_stranger_is_closed_without_a_word() -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway:
        crowd = [await asyncio.open_connection(*gateway.ami_address) for _ in range(AUTH_LIMIT)]
        await eventually(lambda: gateway.ami.sessions == AUTH_LIMIT)
        async with probe(gateway, log_in=False) as client:
            assert await client.rest() == b""
        for _, writer in crowd:
            writer.close()
            await writer.wait_closed()


async def test_user_event_reaches_everybody() -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway, probe(gateway, events="user") as client:
        client.send(b"Action: UserEvent\r\nUserEvent: Hello\r\nA: b\r\n\r\n")
        assert await client.block() == "Response: Success\r\nMessage: Event Sent"
        assert await client.block() == (
            "Event: UserEvent\r\nPrivilege: user,all\r\nUserEvent: Hello\r\nAction: UserEvent\r\nA: b"
        )


async def test_half_open_sessions_say_nothing_and_new_ones_work() -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway, probe(gateway) as dead:
        gateway.half_open()
        dead.send(b"Action: Ping\r\n\r\n")
        async with probe(gateway) as alive:
            alive.send(b"Action: Ping\r\n\r\n")
            assert "Pong" in await alive.block()
        assert b"Pong" not in dead.received
        assert gateway.ami.sessions <= 1


async def test_cut_and_refused_and_back() -> None:
    pace = StillPace()
    async with Gateway(QUICK, pace=pace) as gateway:
        async with probe(gateway) as client:
            gateway.cut_ami(refuse_for=10)
            with pytest.raises(ConnectionResetError):
                await client.rest()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(*gateway.ami_address)
        await eventually(lambda: pace.sleeping == 1)
        pace.advance(10)
        await eventually(lambda: gateway.ami.listening)
        async with probe(gateway):
            assert gateway.ami.sessions == 1


async def test_an_answer_cut_in_its_middle_was_carried_out() -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway, probe(gateway) as client:
        gateway.cut_mid_answer()
        client.send(b'Action: Command\r\nCommand: gsm send sync sms 1 10086 "x" 30\r\n\r\n')
        assert b"--END COMMAND--\r\n\r\n" not in await client.rest()
        assert [message.to for message in gateway.air] == ["10086"]


async def test_a_swallowed_answer_was_carried_out() -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway, probe(gateway) as client:
        gateway.swallow_answer()
        client.send(b'Action: Command\r\nCommand: gsm send sync sms 1 10086 "x" 30\r\n\r\nAction: Ping\r\n\r\n')
        await client.until(b"Response: Follows\r\nPrivilege: Command\r\n")
        await eventually(lambda: len(gateway.air) == 1)
        async with probe(gateway) as other:
            assert "span 1" in await other.command("gsm show spans")
        assert client.received.endswith(b"Privilege: Command\r\n")


async def test_trouble_for_some_commands_leaves_others_alone() -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway, probe(gateway) as client:
        gateway.cut_mid_answer(only="gsm send")
        assert "span 1" in await client.command("gsm show spans")
        client.send(b'Action: Command\r\nCommand: gsm send sync sms 1 10086 "x" 30\r\n\r\n')
        assert b"--END COMMAND--\r\n\r\n" not in (await client.rest()).partition(b"Follows")[2]
        assert len(gateway.air) == 1


async def test_what_a_command_asked_for_happens_though_its_session_is_cut() -> None:
    async with Gateway(SimulatorOptions(sync_delay=3), pace=(pace := StillPace())) as gateway:
        async with probe(gateway) as client:
            client.send(b'Action: Command\r\nCommand: gsm send sync sms 1 10086 "x" 30\r\n\r\n')
            await eventually(lambda: gateway.port(1).sending)
            gateway.cut_ami()
            with pytest.raises(ConnectionResetError):
                await client.rest()
        pace.advance(3)
        await eventually(lambda: len(gateway.air) == 1)


@pytest.mark.parametrize("unread", [False, True])
async def test_answers_that_are_held_back(unread: bool) -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway, probe(gateway) as client:
        gateway.hold_answers(only="gsm send", unread=unread)
        client.send(b'Action: Command\r\nCommand: gsm send sync sms 1 10086 "x" 30\r\n\r\n')
        if not unread:
            await eventually(lambda: len(gateway.air) == 1)
        async with probe(gateway) as other:
            assert "span 1" in await other.command("gsm show spans")
        assert len(gateway.air) == (not unread)
        assert b"SUCCESSFULLY" not in client.received
        gateway.release_answers()
        assert b"SUCCESSFULLY" in await client.until(b"--END COMMAND--\r\n\r\n")
        assert len(gateway.air) == 1


async def test_without_power_what_was_sending_is_lost() -> None:
    async with Gateway(SimulatorOptions(sync_delay=3), pace=(pace := StillPace())) as gateway:
        async with probe(gateway) as client:
            client.send(b'Action: Command\r\nCommand: gsm send sync sms 1 10086 "x" 30\r\n\r\n')
            await eventually(lambda: gateway.port(1).sending)
            await gateway.lose_power()
            await client.rest()
        address = gateway.ami_address
        await gateway.start()
        assert gateway.ami_address == address
        pace.advance(3)
        async with probe(gateway) as client:
            assert "READY" in await client.command("gsm show span 1")
        assert gateway.air == []


async def test_slow_answers() -> None:
    pace = FastPace()
    async with Gateway(QUICK, pace=pace) as gateway, probe(gateway) as client:
        gateway.slow_answers(7.5)
        client.send(b"Action: Ping\r\n\r\n")
        await client.block()
        gateway.slow_answers(0)
        assert 7.5 in pace.slept


async def test_a_silent_server_takes_connections_and_says_nothing_until_it_wakes() -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway, probe(gateway) as client:
        gateway.fall_silent()
        client.send(b"Action: Ping\r\n\r\n")
        reader, writer = await asyncio.open_connection(*gateway.ami_address)
        await eventually(lambda: len(gateway.ami._sessions) == 2)
        gateway.wake()
        async with probe(gateway) as other:
            assert "span 1" in await other.command("gsm show spans")
        assert b"Pong" not in client.received
        writer.write_eof()
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()


async def test_a_storm_blows_until_told_to_stop() -> None:
    pace = StillPace()
    async with Gateway(QUICK, pace=pace) as gateway, probe(gateway, events="dialplan") as client:
        gateway.storm(500)
        await eventually(lambda: pace.sleeping == 1)
        pace.advance(1)
        await client.until(b"Value: 500\r\n")
        assert client.taken.count(b"Event: VarSet\r\n") == 500
        gateway.storm(0)


async def test_shutdown_is_told_to_who_may_see_it_and_it_comes_back() -> None:
    pace = StillPace()
    async with (
        Gateway(QUICK, pace=pace) as gateway,
        probe(gateway, events="system") as told,
        probe(gateway) as untold,
    ):
        await told.until(b"Fully Booted\r\n\r\n")
        gateway.shut_down(restart=True, back_after=20)
        assert await told.rest() == (
            b"Event: Shutdown\r\nPrivilege: system,all\r\nShutdown: Cleanly\r\nRestart: True\r\n\r\n"
        )
        assert await untold.rest() == b""
        await eventually(lambda: pace.sleeping == 1)
        pace.advance(20)
        await eventually(lambda: gateway.ami.listening)
        async with probe(gateway):
            assert gateway.ami.sessions == 1


async def test_a_reader_that_does_not_read_is_cut() -> None:
    options = SimulatorOptions(login_delay=0, write_timeout=0)
    async with Gateway(options, pace=FastPace()) as gateway, probe(gateway, events="dialplan"):
        flood = AmiEvent("VarSet", "dialplan", (("Value", "x" * 1_000_000),))
        for _ in range(20):
            gateway.ami.publish(flood)
        await eventually(lambda: gateway.ami.sessions == 0)
