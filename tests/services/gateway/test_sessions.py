"""Sessions: one borrower at a time, kept while there is work, never lent again after trouble."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from console.config import AmiConfig, GatewayConfig, Secret
from console.domain.link import Flow
from console.errors import LoginRefused, NotConnected, OutcomeUnknown
from console.services.gateway.client import AmiClient
from console.services.gateway.sessions import AmiSessions, sessions_of
from console.store.ami.log import AmiLog
from tests.support.ami_server import AmiServer, Peer
from tests.support.backend import NOON, FixedClock
from tests.support.sending import GATEWAY, FakeAmi, until


def sessions(ami: FakeAmi) -> AmiSessions:
    assert GATEWAY.ami is not None
    return AmiSessions(GATEWAY, GATEWAY.ami, ami.connect, FixedClock())


async def test_a_session_is_reused_after_a_ping_while_someone_keeps_them() -> None:
    ami = FakeAmi()
    subject = sessions(ami)
    async with subject.kept():
        async with subject.borrow() as first:
            pass
        async with subject.borrow() as second:
            assert second is first
        assert ami.actions == ["Ping"]
        assert ami.closed == 0
    assert (ami.connected, ami.closed) == (1, 1)


async def test_sessions_apart_are_counted_by_themselves_and_only_for_gateways_with_ami() -> None:
    ami = FakeAmi()
    found = sessions_of(
        [GATEWAY, replace(GATEWAY, name="gw2", ami=None)], ami.connect, FixedClock(), at_once=1, log=None
    )
    assert list(found) == ["gw1"]
    async with found["gw1"].borrow():
        second = asyncio.create_task(found["gw1"].borrow().__aenter__())
        await asyncio.sleep(0)
        assert ami.connected == 1, "the second one waits, though two may send at once"
        second.cancel()


async def test_a_dead_idle_session_is_replaced() -> None:
    ami = FakeAmi()
    subject = sessions(ami)
    async with subject.kept():
        async with subject.borrow() as first:
            pass
        ami.dead = True
        async with subject.borrow() as second:
            assert second is not first
    assert (ami.connected, ami.closed) == (2, 2)


async def test_trouble_closes_the_session() -> None:
    ami = FakeAmi()
    subject = sessions(ami)
    async with subject.kept():
        with pytest.raises(OutcomeUnknown):
            async with subject.borrow():
                raise OutcomeUnknown("no answer")
        assert ami.closed == 1
        async with subject.borrow():
            assert ami.connected == 2


async def test_a_failed_connect_frees_its_place() -> None:
    ami = FakeAmi()
    ami.refusals = [NotConnected("down")] * 5
    subject = sessions(ami)
    for _ in range(5):
        with pytest.raises(NotConnected):
            async with subject.borrow():
                raise AssertionError
    async with subject.borrow(), subject.borrow():
        assert ami.connected == 2


async def test_a_cancelled_goodbye_leaves_no_session_open() -> None:
    ami = FakeAmi()
    subject = sessions(ami)
    lent = asyncio.Event()

    async def work() -> None:
        async with subject.kept():
            async with subject.borrow(), subject.borrow():
                pass
            lent.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await lent.wait()
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert (ami.connected, ami.closed) == (2, 2)


async def test_a_third_borrower_waits_for_one_of_two_places() -> None:
    ami = FakeAmi()
    subject = sessions(ami)
    released = asyncio.Event()
    inside: list[int] = []

    async def work(number: int) -> None:
        async with subject.borrow():
            inside.append(number)
            await released.wait()

    async with subject.kept(), asyncio.TaskGroup() as tasks:
        for number in range(3):
            tasks.create_task(work(number))
        await until(lambda: len(inside) == 2)
        for _ in range(20):
            await asyncio.sleep(0)
        assert len(inside) == 2
        released.set()
    assert len(inside) == 3
    assert ami.connected == 2


async def test_the_log_has_commands_and_answers_without_the_ceremony_around_them() -> None:
    async def script(peer: Peer) -> None:
        await peer.log_in()
        await peer.serve({'gsm send sync at 1 "AT+CPIN=1234" 30': "ERROR\n"})

    async with AmiServer(script) as server:
        ami = AmiConfig("admin", Secret("s3cret"), server.tcp_port)
        log = AmiLog()
        subject = AmiSessions(GatewayConfig("gw1", "127.0.0.1", ami), ami, AmiClient.connect, FixedClock(), log=log)
        async with subject.kept():
            async with subject.borrow() as session:
                await session.command('gsm send sync at 1 "AT+CPIN=1234" 30')
            async with subject.borrow() as session:
                await session.command("nosuch")
        assert [action.name for action in server.peers[0].actions] == [
            "Challenge", "Login", "Command", "Ping", "Command", "Logoff",
        ]  # fmt: skip
    records = log.window(1, 100)
    assert {(record.at, record.gateway, record.session) for record in records} == {(NOON, "gw1", "send")}
    assert [record.flow for record in records] == [Flow.OUT, Flow.IN, Flow.OUT, Flow.IN]
    assert "Command: gsm send sync at" in records[0].text
    assert "1234" not in records[0].text
    assert records[1].message is not None
    assert records[1].message.output == ("ERROR",)


async def test_the_log_has_a_login_that_is_refused() -> None:
    async with AmiServer(Peer.refuse_login) as server:
        ami = AmiConfig("admin", Secret("s3cret"), server.tcp_port)
        log = AmiLog()
        subject = AmiSessions(GatewayConfig("gw1", "127.0.0.1", ami), ami, AmiClient.connect, FixedClock(), log=log)
        with pytest.raises(LoginRefused):
            async with subject.borrow():
                raise AssertionError
    [record] = log.window(1, 100)
    assert record.message is not None
    assert record.message.get("Message") == "Authentication failed"
