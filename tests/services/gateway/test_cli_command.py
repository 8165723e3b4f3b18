"""An operator's commands, with the gateway played and on the simulated one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.config import AmiConfig, GatewayConfig, Secret
from console.errors import ActionRefused, CannotSend, LoginRefused, NotConnected, OutcomeUnknown
from console.services.clock import SystemClock
from console.services.gateway.cli_command import TIMEOUT, CliCommands
from console.simulator.gateway import Gateway
from console.simulator.options import SimulatorOptions
from console.store.ami.log import AmiLog
from tests.support.backend import FixedClock
from tests.support.sending import FakeAmi

if TYPE_CHECKING:
    from console.store import Store

GATEWAYS = [
    GatewayConfig("gw1", "192.0.2.10", ami=AmiConfig("admin", Secret("ami-secret"))),
    GatewayConfig("mute", "192.0.2.11"),
]


def commands(store: Store, ami: FakeAmi) -> CliCommands:
    return CliCommands(GATEWAYS, store.audit, FixedClock(), operator="alice", connect=ami.connect)


def audited(store: Store) -> list[tuple[str, str, str, str]]:
    return [(one.operator, one.action, one.target, one.detail) for one in store.audit.newest(9)]


async def test_the_output_comes_line_by_line_and_the_session_is_closed(store: Store) -> None:
    ami = FakeAmi("one\ntwo")
    assert await commands(store, ami).run("gw1", "  core show version ") == ("one", "two")
    assert ami.lines == ["core show version"]
    assert ami.timeouts == [TIMEOUT]
    assert ami.closed == ami.connected == 1


async def test_it_is_written_down_before_it_leaves_without_secrets(store: Store) -> None:
    ami = FakeAmi("OK")
    seen: list[list[tuple[str, str, str, str]]] = []
    ami.on_line = lambda line: seen.append(audited(store))
    await commands(store, ami).run("gw1", "gsm send at 1 AT+CPIN=1234")
    assert seen == [[("alice", "command", "gw1", "gsm send at 1 AT+CPIN=***")]]
    assert ami.lines == ["gsm send at 1 AT+CPIN=1234"]


async def test_secrets_in_the_output_are_masked(store: Store) -> None:
    ami = FakeAmi("secret: hunter2\nurl http://x/?token=hunter2")
    assert await commands(store, ami).run("gw1", "manager show x") == ("secret: ***", "url http://x/?token=***")


@pytest.mark.parametrize("line", ["", "a\nAction: Logoff", "x" * 2_000, "a\x1bb"])
async def test_what_can_not_be_sent_is_not(store: Store, line: str) -> None:
    ami = FakeAmi()
    with pytest.raises(CannotSend):
        await commands(store, ami).run("gw1", line)
    assert ami.connected == 0
    assert audited(store) == []


@pytest.mark.parametrize(("gateway", "says"), [("mute", "has no AMI"), ("none", "no gateway named")])
async def test_a_gateway_must_be_there(store: Store, gateway: str, says: str) -> None:
    with pytest.raises(CannotSend, match=says):
        await commands(store, FakeAmi()).run(gateway, "core show version")


async def test_no_answer_is_an_unknown_outcome_and_never_tried_again(store: Store) -> None:
    ami = FakeAmi(OutcomeUnknown("Command was sent, but no answer came within 120 s."))
    with pytest.raises(OutcomeUnknown, match="no answer came") as raised:
        await commands(store, ami).run("gw1", "gsm power reset 1")
    assert "Check before" in raised.value.hint
    assert ami.lines == ["gsm power reset 1"]
    assert ami.closed == 1


async def test_a_refusal_is_told(store: Store) -> None:
    with pytest.raises(ActionRefused, match="Permission denied"):
        await commands(store, FakeAmi(ActionRefused("Permission denied"))).run("gw1", "core show version")
    ami = FakeAmi()
    ami.refusals = [LoginRefused("no")]
    with pytest.raises(LoginRefused):
        await commands(store, ami).run("gw1", "core show version")


async def test_on_the_simulated_gateway_with_colours_and_in_the_log(store: Store) -> None:
    async with Gateway(SimulatorOptions(ports=2, coloured=True, login_delay=0)) as gateway:
        host, tcp_port = gateway.ami_address
        box = GatewayConfig("gw1", host, ami=AmiConfig("admin", Secret("admin"), tcp_port=tcp_port, answer_timeout=10))
        log = AmiLog()
        cli = CliCommands([box], store.audit, SystemClock(), operator="alice", log=log)
        output = await cli.run("gw1", "core show help")
        assert any("\x1b[1;36;40m" in line and "gsm show spans" in line for line in output)
        assert (await cli.run("gw1", "gsm power on 2")) != ()
        assert "No such command 'nonsense'" in (await cli.run("gw1", "nonsense"))[0]
        sent = [record.text for record in log.since(0, 99) if record.session == "send"]
        assert any("Command: gsm power on 2" in text for text in sent)
        gateway.cut_mid_answer()
        with pytest.raises(OutcomeUnknown):
            await cli.run("gw1", "core show version")
        gateway.shut_down()
        with pytest.raises(NotConnected):
            await cli.run("gw1", "core show version")


async def test_a_gateway_that_does_not_answer_is_waited_for_so_long(store: Store) -> None:
    async with Gateway(SimulatorOptions(ports=1, login_delay=0)) as gateway:
        host, tcp_port = gateway.ami_address
        box = replace(GATEWAYS[0], host=host, ami=AmiConfig("admin", Secret("admin"), tcp_port=tcp_port))
        cli = CliCommands([box], store.audit, SystemClock(), operator="alice", timeout=0.05)
        gateway.swallow_answer()
        with pytest.raises(OutcomeUnknown, match=r"within 0\.05 s"):
            await cli.run("gw1", "core show version")
