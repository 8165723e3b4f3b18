"""What can be done to a port, and what answers mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.domain.link import AccountRights, GatewaySnapshot, Holding, LinkPhase, LinkStatus
from console.errors import CannotSend, NotConnected
from console.protocol.dialects.acts import Verdict, error_words, refusal
from console.protocol.openvox.port_acts import at_line, power_line, read_at, read_power

UP = GatewaySnapshot("gw1", "192.0.2.10", LinkStatus(LinkPhase.UP, 0))


def with_command(holding: Holding) -> GatewaySnapshot:
    return replace(UP, rights=AccountRights(0, {}, {"command": holding}))


def test_what_is_not_known_of_the_rights_forbids_nothing() -> None:
    assert refusal(UP) == refusal(with_command(Holding.UNKNOWN)) == refusal(with_command(Holding.HELD)) == ""


def test_each_refusal_says_why() -> None:
    assert "it has no write class `command`" in refusal(with_command(Holding.MISSING))
    assert refusal(replace(UP, link=LinkStatus(LinkPhase.WAITING, 0))) == "the AMI link to gw1 is down"
    stopped = LinkStatus(LinkPhase.STOPPED, 0, "no AMI account in the configuration")
    assert refusal(replace(UP, link=stopped)) == "gw1 has no AMI link: no AMI account in the configuration"


@pytest.mark.parametrize("what", ["on", "off", "reset"])
def test_power_is_one_of_three(what: str) -> None:
    assert power_line(3, what) == f"gsm power {what} 3"


@pytest.mark.parametrize("what", ["stat", "all", "", "off 1\r\nAction: x"])
def test_and_nothing_else(what: str) -> None:
    with pytest.raises(CannotSend, match="is not possible"):
        power_line(3, what)


def test_an_at_command_travels_as_one_argument() -> None:
    assert at_line(3, " AT+CSQ ") == "gsm send sync at 3 AT+CSQ 10000"
    assert at_line(3, 'at+cops=0,0,"x y"') == r'gsm send sync at 3 "at+cops=0,0,\"x y\"" 10000'


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("", "not an AT command"),
        ("hello", "not an AT command"),
        ("AT+CPIN=1234", "PIN or a password"),
        ('AT+CLCK="SC",1,"1234"', "PIN or a password"),
        ("AT+CSQ\r\nAction: Logoff", "line break"),
    ],
)
def test_what_is_none_or_carries_a_pin_is_refused_without_repeating_it(command: str, why: str) -> None:
    with pytest.raises(CannotSend, match=why) as refused:
        at_line(3, command)
    assert "1234" not in str(refused.value)


def test_what_power_says_is_shown_as_it_came() -> None:
    assert read_power(["Power reset span 3", ""]) == Verdict("Power reset span 3")
    assert read_power(["", " "]) == Verdict("the gateway gave no answer: check the port's state", known=False)


@pytest.mark.parametrize(
    ("output", "verdict"),
    [
        (["+CSQ: 21,0\r", "", "OK"], Verdict("+CSQ: 21,0\nOK")),
        (["+CME ERROR: 10"], Verdict("+CME ERROR: 10")),
        (["NOT READY"], Verdict("NOT READY\nthe module is not ready: nothing was sent to it")),
        (["TIMEOUT"], Verdict("TIMEOUT\nno answer from the module in 10 s", known=False)),
        (["what"], Verdict("what", known=False)),
        ([], Verdict("the gateway gave no answer", known=False)),
    ],
)
def test_what_a_module_says(output: list[str], verdict: Verdict) -> None:
    assert read_at(output) == verdict


def test_an_error_is_one_line_without_secrets() -> None:
    assert error_words(NotConnected("Refused.", hint="secret=abc ?")) == "Refused. secret=*** ?"
