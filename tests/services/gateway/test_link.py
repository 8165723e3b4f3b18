"""The persistent session: up, honestly down, and up again."""

from __future__ import annotations

import asyncio
import threading
from contextlib import asynccontextmanager
from datetime import UTC
from typing import TYPE_CHECKING, Any

import pytest

from console.config import AmiConfig, GatewayConfig, Secret
from console.domain.link import Flow, LinkPhase
from console.errors import NotConnected, OutcomeUnknown
from console.services.clock import SystemClock
from console.services.gateway.link import AmiLink
from console.store.ami.log import AmiLog
from tests.support.ami_server import AmiServer, Peer
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from console.domain.ami import AmiMessage


class Watched:
    """A link with what it told."""

    def __init__(self, tcp_port: int, *, ping_period: float = 15.0, answer_timeout: float = 10.0) -> None:
        ami = AmiConfig("admin", Secret("s3cret"), tcp_port, ping_period, answer_timeout)
        self.log = AmiLog()
        self.events: list[AmiMessage] = []
        self.ups = 0
        self.link = AmiLink(
            GatewayConfig("gw1", "127.0.0.1", ami),
            self.log,
            SystemClock(),
            on_event=self.event,
            on_up=self.up,
            random=lambda: 0.0,
            zone=UTC,
        )

    def event(self, message: AmiMessage) -> None:
        if message.name == "Poison":
            raise ValueError("cannot be handled")
        self.events.append(message)

    def up(self) -> None:
        self.ups += 1

    @property
    def phase(self) -> LinkPhase:
        return self.link.status.phase

    @property
    def notes(self) -> list[str]:
        return [record.text for record in self.log.window(1, 10_000) if record.flow is Flow.NOTE]


@asynccontextmanager
async def running(watched: Watched) -> AsyncIterator[Watched]:
    task = asyncio.create_task(watched.link.run())
    try:
        yield watched
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert watched.phase is LinkPhase.STOPPED


async def served(peer: Peer) -> None:
    await peer.log_in()
    await peer.serve({"gsm show spans": "GSM span 1: Power on\n"})


async def mute(peer: Peer) -> None:
    """Logs in and then says no more: what is seen of a peer that is gone without a word."""
    await peer.log_in()
    await peer.tell_account()
    await peer.silence()


async def test_it_comes_up_and_logs_both_directions_without_secrets() -> None:
    async with AmiServer(served) as server:
        watched = Watched(server.tcp_port)
        async with running(watched):
            await until(lambda: watched.ups == 1)
            assert watched.phase is LinkPhase.UP
            assert watched.link.status.banner == "Asterisk Call Manager/1.1"
            assert await watched.link.command("gsm show spans") == ("GSM span 1: Power on",)
        assert server.peers[0].actions[-1].name == "Logoff"
        assert server.peers[0].actions[1]["events"] == "on"
    records = watched.log.window(1, 100)
    assert {record.flow for record in records} == set(Flow)
    assert watched.notes == ["AMI up"]
    key = server.peers[0].actions[1]["key"]
    assert not any(word in record.text for record in records for word in ("s3cret", key))


async def test_events_are_passed_on_and_one_that_fails_costs_nothing() -> None:
    async def script(peer: Peer) -> None:
        await peer.log_in()
        peer.send("Event: Poison\n\nEvent: SMSSendStatus\nID: 1\n\n")
        await peer.serve()

    async with AmiServer(script) as server, running(Watched(server.tcp_port)) as watched:
        await until(lambda: watched.events and watched.phase is LinkPhase.UP)
        assert [event.name for event in watched.events] == ["SMSSendStatus"]
        assert any("Poison" in note and "cannot be handled" in note for note in watched.notes)
        assert watched.phase is LinkPhase.UP


async def test_a_half_open_peer_is_noticed_by_its_silence() -> None:
    async with AmiServer(mute, served) as server:
        watched = Watched(server.tcp_port, ping_period=0.2, answer_timeout=10.0)
        async with running(watched):
            await until(lambda: any("no answer to a Ping, nothing received for" in note for note in watched.notes))
            await until(lambda: watched.ups == 2)
            assert watched.phase is LinkPhase.UP


async def test_a_silent_peer_is_down_since_it_was_last_heard() -> None:
    async with AmiServer(mute, served) as server:
        watched = Watched(server.tcp_port, ping_period=0.2)
        async with running(watched):
            await until(lambda: watched.ups == 2)
    first, last = (note for note in watched.notes if note.startswith("AMI down"))
    assert "next try in" in first
    assert last.removeprefix("AMI down ").count("–") == 1


async def test_a_gap_note_stands_after_a_reconnect_with_the_reason_before_it() -> None:
    async def stops(peer: Peer) -> None:
        await peer.log_in()
        peer.send("Event: Shutdown\nPrivilege: system,all\nShutdown: Cleanly\nRestart: True\n\n")

    async with AmiServer(stops, served) as server, running(Watched(server.tcp_port)) as watched:
        await until(lambda: watched.phase is LinkPhase.WAITING)
        assert watched.link.status.retry_at is not None
        assert "restarting" in watched.link.status.detail
        with pytest.raises(NotConnected, match="waiting"):
            await watched.link.command("gsm show spans")
        watched.link.reconnect()
        await until(lambda: watched.ups == 2)
        assert watched.notes[1] == "AMI down: the gateway's Asterisk is restarting; next try in 0 s"
        assert watched.notes[2].startswith("AMI down ")
        assert " – " in watched.notes[2]


async def test_a_refused_login_is_not_tried_again_until_asked() -> None:
    async with AmiServer(Peer.refuse_login, served) as server, running(Watched(server.tcp_port)) as watched:
        await until(lambda: watched.phase is LinkPhase.REFUSED)
        assert "Authentication failed" in watched.link.status.detail
        assert watched.link.status.retry_at is None
        assert len(server.peers) == 1
        asking = threading.Thread(target=watched.link.reconnect)
        asking.start()
        await until(lambda: watched.phase is LinkPhase.UP)
        asking.join()
        assert len(server.peers) == 2


async def test_asking_for_a_new_connection_drops_the_old_one() -> None:
    async with AmiServer(served) as server, running(Watched(server.tcp_port)) as watched:
        await until(lambda: watched.ups == 1)
        watched.link.reconnect()
        await until(lambda: watched.ups == 2)
        assert len(server.peers) == 2
        assert "AMI down: reconnect requested" in watched.notes


async def test_asking_is_not_held_up_by_a_ping_that_nobody_answers() -> None:
    async with AmiServer(mute, served) as server:
        watched = Watched(server.tcp_port, ping_period=15.0, answer_timeout=15.0)
        async with running(watched):
            await until(lambda: watched.ups == 1 and watched.link.rights)
            with pytest.raises(OutcomeUnknown):
                await watched.link.command("x", timeout=0.01)
            await until(lambda: server.peers[0].actions[-1].name == "Ping")
            watched.link.reconnect()
            await until(lambda: watched.ups == 2)
            assert "AMI down: reconnect requested" in watched.notes


async def test_no_ping_is_sent_while_a_command_is_open() -> None:
    release = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.log_in()
        while (action := await peer.action()).name == "Ping":
            peer.answer(action, "Ping: Pong")
        await release.wait()
        peer.answer_command(action, "done\n")
        await peer.serve()

    async with AmiServer(script) as server:
        watched = Watched(server.tcp_port, ping_period=0.2)
        async with running(watched):
            await until(lambda: watched.ups == 1)
            slow = asyncio.create_task(watched.link.command("slow"))
            passed = asyncio.Event()
            asyncio.get_running_loop().call_later(0.7, passed.set)  # three periods and more
            await passed.wait()
            assert not slow.done()
            release.set()
            assert await slow == ("done",)
            assert watched.ups == 1
            assert watched.phase is LinkPhase.UP


async def test_a_command_that_times_out_brings_the_ping_forward() -> None:
    async with AmiServer(mute, served) as server:
        watched = Watched(server.tcp_port, ping_period=0.5, answer_timeout=0.4)
        async with running(watched):
            await until(lambda: watched.ups == 1 and watched.link.rights)
            with pytest.raises(OutcomeUnknown):
                await watched.link.command("gsm show spans", timeout=0.05)
            with pytest.raises(NotConnected, match="is not answering"):
                await watched.link.command("gsm show spans")
            await until(lambda: watched.ups == 2)
            assert await watched.link.command("gsm show spans") == ("GSM span 1: Power on",)


async def test_two_commands_at_a_time_of_which_one_times_out_are_waited_for_quietly() -> None:
    made = 0

    def count(loop: asyncio.AbstractEventLoop, work: Any, **named: Any) -> asyncio.Task[Any]:
        nonlocal made
        made += 1
        return asyncio.Task(work, loop=loop, **named)

    async with AmiServer(mute, served) as server:
        watched = Watched(server.tcp_port)
        async with running(watched):
            await until(lambda: watched.ups == 1 and watched.link.rights)
            asyncio.get_running_loop().set_task_factory(count)
            slow = asyncio.create_task(watched.link.command("slow", timeout=0.3))
            with pytest.raises(OutcomeUnknown):
                await watched.link.command("x", timeout=0.01)
            with pytest.raises(OutcomeUnknown):
                await slow
            asyncio.get_running_loop().set_task_factory(None)
            assert made < 50
            await until(lambda: server.peers[0].actions[-1].name == "Ping")


async def test_a_server_that_only_was_slow_keeps_its_session() -> None:
    async def script(peer: Peer) -> None:
        await peer.log_in()
        slow = await peer.action()
        ping = await peer.action()
        assert ping.name == "Ping"
        peer.answer_command(slow, "late\n")
        peer.answer(ping, "Ping: Pong")
        await peer.serve({"next": "ok\n"})

    async with AmiServer(script) as server, running(Watched(server.tcp_port)) as watched:
        await until(lambda: watched.ups == 1)
        with pytest.raises(OutcomeUnknown):
            await watched.link.command("slow", timeout=0.01)
        await until(lambda: not watched.link._suspected.is_set())
        assert await watched.link.command("next") == ("ok",)
        assert watched.ups == 1


async def test_a_gateway_that_is_not_there_is_tried_again() -> None:
    async with AmiServer(served) as server:
        tcp_port = server.tcp_port
    async with running(Watched(tcp_port)) as watched:
        await until(lambda: watched.phase is LinkPhase.WAITING)
        first = watched.link.status
        assert "can't be reached" in first.detail
        assert first.retry_at == pytest.approx(first.since + 0.5, abs=0.1)
        await until(lambda: watched.link.status is not first and watched.phase is LinkPhase.WAITING)


async def test_nothing_is_sent_again_after_a_reconnect() -> None:
    async def cut(peer: Peer) -> None:
        await peer.log_in()
        await peer.action()
        peer.reset()

    async with AmiServer(cut, served) as server, running(Watched(server.tcp_port)) as watched:
        await until(lambda: watched.ups == 1)
        with pytest.raises(OutcomeUnknown):
            await watched.link.command("gsm send sync sms 1 10086 x 30")
        watched.link.reconnect()
        await until(lambda: watched.ups == 2)
        assert (await watched.link.command("gsm show spans"))[0].startswith("GSM span 1")
        assert [action.get("command") for action in server.peers[1].actions] == [None, None, "gsm show spans"]


@pytest.mark.slow
async def test_a_storm_of_events_leaves_the_session_standing() -> None:
    async def script(peer: Peer) -> None:
        await peer.log_in()
        peer.send("Event: VarSet\nChannel: Local/sms@gsm\nVariable: X\nValue: y\n\n" * 20_000)
        await peer.serve()

    async with AmiServer(script) as server, running(Watched(server.tcp_port)) as watched:
        await until(lambda: len(watched.events) == 20_000)
        assert watched.phase is LinkPhase.UP


async def test_asking_a_link_that_does_not_run_has_no_effect() -> None:
    watched = Watched(1)
    watched.link.reconnect()
    assert watched.phase is LinkPhase.STOPPED
