"""One AMI connection against a scripted server."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from console.config import Secret
from console.errors import ActionRefused, CannotSend, LoginRefused, NotConnected, OutcomeUnknown
from console.services.clock import SystemClock
from console.services.gateway.client import AmiClient
from tests.support.ami_server import CAPTURES, OLD_BANNER, AmiServer, Peer
from tests.support.waiting import until

if TYPE_CHECKING:
    from console.domain.ami import AmiMessage


class Traffic:
    """What the client told of its messages."""

    def __init__(self) -> None:
        self.received: list[AmiMessage] = []
        self.sent: list[str] = []


async def connect(
    tcp_port: int, *, traffic: Traffic | None = None, answer_timeout: float = 10.0, secret: str = "s3cret"
) -> AmiClient:
    traffic = traffic or Traffic()
    return await AmiClient.connect(
        "127.0.0.1",
        tcp_port,
        "admin",
        Secret(secret),
        events=True,
        clock=SystemClock(),
        connect_timeout=5.0,
        answer_timeout=answer_timeout,
        on_message=traffic.received.append,
        on_sent=traffic.sent.append,
    )


async def served(peer: Peer) -> None:
    await peer.log_in()
    await peer.serve({"gsm show spans": "GSM span 1: Power on\nGSM span 2: Power on\n", "empty": ""})


async def test_commands_are_answered_in_both_directions() -> None:
    traffic = Traffic()
    async with AmiServer(served) as server:
        client = await connect(server.tcp_port, traffic=traffic)
        assert client.banner == OLD_BANNER
        assert await client.command("gsm show spans") == ("GSM span 1: Power on", "GSM span 2: Power on")
        assert await client.command("empty") == ()
        assert (await client.action("Ping")).get("Ping") == "Pong"
        await client.close()
        assert await client.wait_closed() == "closed by the console"
        assert [action.name for action in server.peers[0].actions][-2:] == ["Ping", "Logoff"]
    assert [message.name for message in traffic.received][:3] == [OLD_BANNER, "Success", "Success"]
    assert traffic.sent[2].splitlines()[0] == "Action: Command"
    assert traffic.sent[2].splitlines()[-1] == "Command: gsm show spans"


async def test_no_secret_is_told() -> None:
    async def plain(peer: Peer) -> None:
        peer.send(f"{OLD_BANNER}\n")
        peer.answer(await peer.action(), "Message: Permission denied", response="Error")
        login = await peer.action()
        assert login["secret"] == "s3cret"
        peer.answer(login)
        await peer.serve()

    for script in (plain, served):
        traffic = Traffic()
        async with AmiServer(script) as server:
            client = await connect(server.tcp_port, traffic=traffic)
            key = server.peers[0].actions[1].get("key", "s3cret")
            await client.close()
        assert "***" in traffic.sent[1]
        assert not any(words in line for line in traffic.sent for words in ("s3cret", key))


async def test_commands_in_one_write_are_matched_in_order() -> None:
    async with AmiServer(served) as server:
        client = await connect(server.tcp_port)
        lines = [f"unknown {number}" for number in range(50)]
        answers = await asyncio.gather(*(client.command(line) for line in lines))
        assert answers == [(f"No such command '{line}'",) for line in lines]
        await client.close()


async def test_fragments_events_and_unsolicited_errors_do_not_disturb_an_answer() -> None:
    async def script(peer: Peer) -> None:
        await peer.log_in()
        action = await peer.action()
        noise = "Event: VarSet\nActionID: x\n\nResponse: Error\nMessage: Missing action in request\n\n"
        peer.send(noise * 20)
        data = f"Response: Follows\r\nPrivilege: Command\r\nActionID: {action.id}\r\n中\nlast--END COMMAND--\r\n\r\n"
        for at in range(len(data.encode())):
            peer.send(data.encode()[at : at + 1])
            await asyncio.sleep(0)
        await peer.serve()

    async with AmiServer(script) as server:
        client = await connect(server.tcp_port)
        assert await client.command("x") == ("中", "last")
        await client.close()


async def test_an_answer_cut_by_the_end_is_an_unknown_outcome() -> None:
    traffic = Traffic()

    async def script(peer: Peer) -> None:
        await peer.log_in()
        action = await peer.action()
        peer.send(f"Response: Follows\nPrivilege: Command\nActionID: {action.id}\nSEND SMS TO")

    async with AmiServer(script) as server:
        client = await connect(server.tcp_port, traffic=traffic)
        with pytest.raises(OutcomeUnknown, match="the gateway closed the connection"):
            await client.command("gsm send sync sms 1 10086 x 30")
        assert traffic.received[-1].output == ("SEND SMS TO",)
        with pytest.raises(NotConnected):
            await client.command("again")
        await client.close()


async def test_a_shutdown_is_named_as_the_reason() -> None:
    async def script(peer: Peer) -> None:
        peer.send((CAPTURES / "ast18-stop-now-watcher.bin").read_bytes().split(b"\r\n")[0] + b"\r\n")
        peer.answer(await peer.action(), "Challenge: 1")
        peer.answer(await peer.action())
        await peer.action()
        peer.send("Event: Shutdown\nPrivilege: system,all\nShutdown: Cleanly\nRestart: False\n\n")

    async with AmiServer(script) as server:
        client = await connect(server.tcp_port)
        with pytest.raises(OutcomeUnknown):
            await client.action("Ping")
        assert await client.wait_closed() == "the gateway's Asterisk is shutting down"
        await client.close()


async def test_a_timeout_is_an_unknown_outcome_and_later_answers_still_match() -> None:
    timed_out = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.log_in()
        slow = await peer.action()
        await timed_out.wait()
        following = await peer.action()
        peer.answer_command(slow, "too late\n")
        peer.answer_command(following, "in time\n")
        await peer.serve()

    async with AmiServer(script) as server:
        client = await connect(server.tcp_port)
        with pytest.raises(OutcomeUnknown, match=r"within 0\.01 s"):
            await client.command("slow", timeout=0.01)
        assert client.open_actions == 0
        timed_out.set()
        assert await client.command("next") == ("in time",)
        await client.close()


async def test_a_cancelled_action_leaves_the_session_in_order() -> None:
    async def script(peer: Peer) -> None:
        await peer.log_in()
        first = await peer.action()
        second = await peer.action()
        peer.answer(first, "Ping: first")
        peer.answer(second, "Ping: second")
        await peer.serve()

    async with AmiServer(script) as server:
        client = await connect(server.tcp_port)
        cancelled = asyncio.create_task(client.action("Ping"))
        await until(lambda: client.open_actions == 1)
        cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        assert (await client.action("Ping")).get("Ping") == "second"
        await client.close()


async def test_what_can_not_travel_leaves_nothing() -> None:
    async with AmiServer(served) as server:
        client = await connect(server.tcp_port)
        with pytest.raises(CannotSend):
            await client.command("gsm send sms 1 10086 x\r\n\r\nAction: Logoff")
        assert client.open_actions == 0
        await client.action("Ping")
        assert [action.name for action in server.peers[0].actions] == ["Challenge", "Login", "Ping"]
        await client.close()


async def test_a_refusal_is_not_an_output() -> None:
    async def script(peer: Peer) -> None:
        await peer.log_in(banner="Asterisk Call Manager/11.0.0")
        peer.answer(await peer.action(), "Message: Permission denied", response="Error")
        peer.answer(await peer.action(), "Message: Command output follows", "Output: No such", response="Error")
        await peer.serve()

    async with AmiServer(script) as server:
        client = await connect(server.tcp_port)
        with pytest.raises(ActionRefused, match="Permission denied"):
            await client.command("x")
        assert await client.command("nosuch") == ("No such",)
        await client.close()


async def test_an_answer_past_the_cap_is_an_unknown_outcome() -> None:
    async def script(peer: Peer) -> None:
        await peer.log_in()
        peer.answer_command(await peer.action(), "x" * 1_200_000)
        await peer.serve()

    async with AmiServer(script) as server:
        client = await connect(server.tcp_port)
        with pytest.raises(OutcomeUnknown, match="too long"):
            await client.command("x")
        assert (await client.action("Ping")).get("Ping") == "Pong"
        await client.close()


async def test_a_refused_login_is_told_with_the_gateways_words_and_without_the_secret() -> None:
    async with AmiServer(Peer.refuse_login) as server:
        with pytest.raises(LoginRefused, match="Authentication failed") as refused:
            await connect(server.tcp_port)
    assert "s3cret" not in f"{refused.value} {refused.value.hint}"


async def test_a_login_that_may_succeed_later_is_no_refusal() -> None:
    async def script(peer: Peer) -> None:
        await peer.refuse_login("Login Already In Use")

    async with AmiServer(script) as server:
        with pytest.raises(NotConnected, match="Login Already In Use"):
            await connect(server.tcp_port)


async def test_nobody_listening() -> None:
    async with AmiServer(served) as server:
        tcp_port = server.tcp_port
    with pytest.raises(NotConnected, match="can't be reached") as refused:
        await connect(tcp_port)
    assert refused.value.hint


async def test_a_connection_closed_without_a_banner() -> None:
    async def script(peer: Peer) -> None:
        await peer.close()

    async with AmiServer(script) as server:
        with pytest.raises(NotConnected, match="closed the connection while waiting for the AMI greeting"):
            await connect(server.tcp_port)


async def test_a_server_that_is_no_ami() -> None:
    async def script(peer: Peer) -> None:
        peer.send("SSH-2.0-OpenSSH_9.2\n")
        await peer.silence()

    async with AmiServer(script) as server:
        with pytest.raises(NotConnected, match="SSH-2"):
            await connect(server.tcp_port, answer_timeout=0.05)


async def test_a_server_that_accepts_and_says_nothing() -> None:
    async with AmiServer(Peer.silence) as server:
        with pytest.raises(NotConnected, match="waiting for the AMI greeting"):
            await connect(server.tcp_port, answer_timeout=0.05)


async def test_a_network_that_does_not_answer() -> None:
    async def nowhere(host: str, tcp_port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        raise await asyncio.get_running_loop().create_future()

    with pytest.raises(NotConnected, match=r"gw\.example:5038 did not accept"):
        await AmiClient.connect(
            "gw.example",
            5038,
            "admin",
            Secret("x"),
            events=False,
            clock=SystemClock(),
            connect_timeout=0.01,
            answer_timeout=1.0,
            open_connection=nowhere,
        )


async def test_a_reader_that_fails_ends_the_connection() -> None:
    def fail(message: AmiMessage) -> None:
        raise ValueError(message.name)

    async with AmiServer(served) as server:
        with pytest.raises(NotConnected, match="could not handle"):
            await AmiClient.connect(
                "127.0.0.1",
                server.tcp_port,
                "admin",
                Secret("x"),
                events=False,
                clock=SystemClock(),
                connect_timeout=5.0,
                answer_timeout=5.0,
                on_message=fail,
            )


async def test_closing_while_an_action_is_open_does_not_wait_for_it() -> None:
    async def script(peer: Peer) -> None:
        await peer.log_in()
        await peer.silence()

    async with AmiServer(script) as server:
        client = await connect(server.tcp_port)
        waiting = asyncio.create_task(client.action("Ping"))
        await until(lambda: client.open_actions == 1)
        async with asyncio.timeout(0.9):
            await client.close()
        with pytest.raises(OutcomeUnknown, match="closed by the console"):
            await waiting
        await client.close()
