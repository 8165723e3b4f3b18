"""Looking at a gateway, the simulated one, without sending anything."""

from __future__ import annotations

import socket
from dataclasses import replace
from ipaddress import ip_network
from typing import TYPE_CHECKING, get_args

import pytest

from console.config import AmiConfig, GatewayConfig, HttpConfig, Secret
from console.config.records import DialectName
from console.services.clock import SystemClock
from console.services.gateway.check import Finding, Verdict, check_gateway, clock_finding, sendsms_finding
from console.simulator.gateway import Gateway
from console.simulator.options import ALL_READ_CLASSES, SimulatorOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

SECRET, PASSWORD = "ami-sesame", "http-sesame"
OPTIONS = SimulatorOptions(ports=3, password=SECRET, http_password=PASSWORD, login_delay=0)


def config(gateway: Gateway, secret: str = SECRET, password: str = PASSWORD) -> GatewayConfig:
    return GatewayConfig(
        "gw1",
        "127.0.0.1",
        ami=AmiConfig("admin", Secret(secret), tcp_port=gateway.ami_address[1]),
        http=HttpConfig("smsuser", Secret(password), tcp_port=gateway.http_address[1]),
    )


def verdicts(findings: Sequence[Finding]) -> dict[str, Verdict]:
    return {finding.subject: finding.verdict for finding in findings}


def words(findings: Sequence[Finding], subject: str) -> str:
    return " / ".join(f"{finding.words} {finding.hint}" for finding in findings if finding.subject == subject)


async def test_all_is_well_and_nothing_is_sent() -> None:
    async with Gateway(OPTIONS) as gateway:
        findings = await check_gateway(config(gateway), SystemClock())
        assert set(verdicts(findings).values()) == {Verdict.GOOD}
        assert "3 GSM ports" in words(findings, "AMI")
        assert "accepts the user" in words(findings, "/sendsms")
        assert "agrees with ours" in words(findings, "clock")
        assert list(gateway.air) == []


@pytest.mark.parametrize("dialect", ["openvox-2014", "openvox"])
@pytest.mark.parametrize(
    ("changes", "verdict", "said"),
    [
        ({}, Verdict.GOOD, "enabled"),
        ({"http_to_sms": "off"}, Verdict.FAILED, "HTTP 401"),
        ({"http_to_sms": "stale"}, Verdict.FAILED, "Function is disable"),
        ({"http_password": "another"}, Verdict.FAILED, "does not accept the user or password"),
    ],
)
async def test_sendsms(dialect: str, changes: dict[str, str], verdict: Verdict, said: str) -> None:
    async with Gateway(replace(OPTIONS, dialect=dialect, **changes)) as gateway:  # type: ignore[arg-type]
        findings = await check_gateway(replace(config(gateway), ami=None), SystemClock())
        assert verdicts(findings)["/sendsms"] is verdict
        assert said in words(findings, "/sendsms")
        assert "sesame" not in repr(findings)
        assert list(gateway.air) == []
        assert "clock" in verdicts(findings)  # from the Date of the answer


async def speaking(spoken: str, configured: str) -> Sequence[Finding]:
    async with Gateway(replace(OPTIONS, dialect=spoken)) as gateway:  # type: ignore[arg-type]
        asked = replace(config(gateway), http=None, dialect=configured)  # type: ignore[arg-type]
        findings = await check_gateway(asked, SystemClock())
        assert list(gateway.air) == []
        return findings


@pytest.mark.parametrize("dialect", get_args(DialectName))
async def test_a_gateway_that_speaks_as_configured(dialect: str) -> None:
    findings = await speaking(dialect, dialect)
    assert set(verdicts(findings).values()) == {Verdict.GOOD}
    assert "3 GSM ports" in words(findings, "AMI")


@pytest.mark.parametrize(
    ("spoken", "configured", "advice"),
    [
        ("yeastar", "openvox", 'Set dialect = "yeastar"'),
        ("openvox", "yeastar", 'Set dialect = "openvox"'),
        ("openvox-2013", "openvox", 'Set dialect = "openvox-2013"'),
        ("openvox", "openvox-2013", 'Set dialect = "openvox"'),
    ],
)
async def test_a_gateway_that_seems_to_speak_another_dialect(spoken: str, configured: str, advice: str) -> None:
    findings = await speaking(spoken, configured)
    assert verdicts(findings)["dialect"] is Verdict.WARNING
    said = words(findings, "dialect")
    assert said.startswith("a guess: ")
    assert advice in said


async def test_a_yeastar_has_no_sendsms_and_is_not_asked_for_it() -> None:
    async with Gateway(replace(OPTIONS, dialect="yeastar")) as gateway:
        findings = await check_gateway(replace(config(gateway), dialect="yeastar"), SystemClock())
        assert verdicts(findings)["/sendsms"] is Verdict.WARNING
        assert "remove [gateways.http]" in words(findings, "/sendsms")


async def test_a_yeastar_whose_account_may_not_run_commands() -> None:
    async with Gateway(replace(OPTIONS, dialect="yeastar", write_classes=frozenset({"system"}))) as gateway:
        findings = await check_gateway(replace(config(gateway), http=None, dialect="yeastar"), SystemClock())
        assert verdicts(findings)["AMI"] is Verdict.FAILED
        assert "write class smscommand, on the gateway's page SMS > API Settings" in words(findings, "AMI")
        assert "dialect" not in verdicts(findings)


async def test_a_wrong_ami_secret() -> None:
    async with Gateway(OPTIONS) as gateway:
        findings = await check_gateway(replace(config(gateway, secret="wrong-sesame"), http=None), SystemClock())
        assert verdicts(findings) == {"AMI": Verdict.FAILED}
        assert "refused the account" in words(findings, "AMI")
        assert "sesame" not in repr(findings)


async def test_an_account_that_may_not_run_commands() -> None:
    options = replace(OPTIONS, write_classes=frozenset({"system"}), read_classes=ALL_READ_CLASSES - {"dialplan"})
    async with Gateway(options) as gateway:
        findings = await check_gateway(replace(config(gateway), http=None), SystemClock())
        assert verdicts(findings)["AMI"] is Verdict.FAILED
        assert "write class command" in words(findings, "AMI")
        assert "Permission denied" in words(findings, "AMI")
        assert verdicts(findings)["AMI account"] is Verdict.WARNING


async def test_an_account_that_sees_little() -> None:
    options = replace(OPTIONS, read_classes=frozenset({"cdr"}))
    async with Gateway(options) as gateway:
        findings = await check_gateway(replace(config(gateway), http=None), SystemClock())
        assert verdicts(findings)["AMI"] is Verdict.GOOD
        assert "read class" in words(findings, "AMI account")


async def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        tcp_port = server.getsockname()[1]
    gateway = GatewayConfig(
        "gw1",
        "127.0.0.1",
        ami=AmiConfig("admin", Secret("x"), tcp_port=tcp_port),
        http=HttpConfig("u", Secret("hidden-words"), tcp_port=tcp_port),
    )
    findings = await check_gateway(gateway, SystemClock())
    assert verdicts(findings) == {"AMI": Verdict.FAILED, "/sendsms": Verdict.FAILED}
    assert "hidden" not in repr(findings)


async def test_a_gateway_that_is_none_of_its_own_callers() -> None:
    gateway = GatewayConfig("gw1", "192.0.2.1", callers=(ip_network("192.0.2.9"),))
    assert verdicts(await check_gateway(gateway, SystemClock())) == {"callers": Verdict.WARNING}
    by_name = replace(gateway, host="gw1.example")
    assert await check_gateway(by_name, SystemClock()) == []


@pytest.mark.parametrize(
    ("skew", "verdict", "said"),
    [
        (0.2, Verdict.GOOD, "+0.2 s"),
        (-5.0, Verdict.GOOD, "-5.0 s"),
        (61.0, Verdict.WARNING, "61 s ahead"),
        (-3600.0, Verdict.WARNING, "3600 s behind"),
    ],
)
def test_clocks(skew: float, verdict: Verdict, said: str) -> None:
    finding = clock_finding(skew)
    assert finding.verdict is verdict
    assert said in finding.words


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (200, b"Send SMS Fail: Need valid sms receiver number [phonenumer?]\n\nUsage: /sendsms", Verdict.GOOD),
        (404, b"", Verdict.FAILED),
        (500, b"", Verdict.WARNING),
        (200, b"<html>Something else</html>", Verdict.WARNING),
        (200, b"", Verdict.WARNING),
        (200, b"The url is not allowed to access;function is disable!", Verdict.WARNING),
    ],
)
def test_answers_to_a_request_without_a_recipient(status: int, body: bytes, verdict: Verdict) -> None:
    assert sendsms_finding(status, body).verdict is verdict
