"""Where the receiver can listen, and what is to be typed on the gateway's page."""

from __future__ import annotations

import os
import socket
from dataclasses import replace
from ipaddress import ip_network
from typing import TYPE_CHECKING

from console.config import BasicConfig, Config, GatewayConfig, ReceiverConfig, Secret
from console.services.gateway.check import Verdict
from console.services.receiving.check import own_address, receiver_findings, sms_to_http
from console.services.receiving.keeper import RECEIVER
from tests.support.backend import NOON

if TYPE_CHECKING:
    from pathlib import Path

    from console.store import Store
    from tests.support.backend import FixedClock

TOKEN = "a-token-of-some-length"
LOCAL = GatewayConfig("gw1", "127.0.0.1")
REMOTE = GatewayConfig("gw2", "192.0.2.10")


def config(database: Path, receiver: ReceiverConfig, *gateways: GatewayConfig) -> Config:
    return Config(gateways, receiver, database)


def test_the_values_for_the_page() -> None:
    values = sms_to_http(LOCAL, ReceiverConfig("0.0.0.0", 8080))
    assert (values.host, values.tcp_port, values.path, values.user_defined) == ("127.0.0.1", 8080, "sms/gw1", "")
    assert list(values.names.values()) == ["phonenumber", "port", "portname", "message", "time", "imsi", "status"]
    assert sms_to_http(REMOTE, ReceiverConfig("198.51.100.7", 80)).host == "198.51.100.7"


def test_one_s_own_names_are_kept() -> None:
    gateway = replace(LOCAL, parameter_names={"body": "text", "content": "text", "wer": "number"})
    names = sms_to_http(gateway, ReceiverConfig()).names
    assert (names["text"], names["number"], names["port"]) == ("body", "wer", "port")


def test_the_token_is_shown_only_when_asked_for() -> None:
    gateway = replace(LOCAL, tokens=(Secret(TOKEN), Secret("x" * 16)))
    assert sms_to_http(gateway, ReceiverConfig()).path == "sms/gw1/***"
    assert sms_to_http(gateway, ReceiverConfig(), show_token=True).path == f"sms/gw1/{TOKEN}"


def test_user_and_password_go_in_front_of_the_host_in_a_url_s_own_writing() -> None:
    gateway = replace(LOCAL, basic=BasicConfig("sms gate", Secret("p@ss:w/rd")))
    assert sms_to_http(LOCAL, ReceiverConfig()).login == ""
    assert sms_to_http(gateway, ReceiverConfig()).login == "sms%20gate:***@"
    assert sms_to_http(gateway, ReceiverConfig(), show_token=True).login == "sms%20gate:p%40ss%3Aw%2Frd@"


def test_that_calls_must_bring_user_and_password_is_said_though_the_page_has_no_field(tmp_path: Path) -> None:
    gateway = replace(LOCAL, basic=BasicConfig("gate", Secret("hush-hush")))
    found = receiver_findings(config(tmp_path / "none.db", ReceiverConfig(tcp_port=0), LOCAL, gateway), NOON)
    assert [finding.subject for finding in found] == ["address", "login"]
    assert found[1].verdict is Verdict.WARNING
    assert "calls for gw1 must carry a user and password" in found[1].words
    assert "before the host" in found[1].hint
    assert "hush" not in found[1].words + found[1].hint


def test_one_s_own_address() -> None:
    assert own_address("127.0.0.1") == "127.0.0.1"
    assert own_address("host.invalid") == ""


def test_a_free_address(tmp_path: Path) -> None:
    (finding,) = receiver_findings(config(tmp_path / "none.db", ReceiverConfig(tcp_port=0), LOCAL), NOON)
    assert (finding.verdict, finding.words) == (Verdict.GOOD, "127.0.0.1:0 is free")
    assert not (tmp_path / "none.db").exists()


def test_an_address_that_another_program_has(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        receiver = ReceiverConfig(tcp_port=server.getsockname()[1])
        (finding,) = receiver_findings(config(tmp_path / "none.db", receiver, LOCAL), NOON)
    assert finding.verdict is Verdict.FAILED
    assert "already" in finding.words


def test_an_address_that_our_own_receiver_has(store: Store, clock: FixedClock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        receiver = ReceiverConfig(tcp_port=server.getsockname()[1])
        ours = config(store.path, receiver, LOCAL)
        store.beat(RECEIVER, "127.0.0.1:1").result(10)
        assert receiver_findings(ours, NOON)[0].verdict is Verdict.FAILED
        store.beat(RECEIVER, f"127.0.0.1:{receiver.tcp_port}").result(10)
        finding = receiver_findings(ours, NOON)[0]
        assert finding.verdict is Verdict.GOOD
        assert "receives into this database" in finding.words
        silent = receiver_findings(ours, NOON + 60)[0]
        assert silent.verdict is Verdict.WARNING
        assert f"PID {os.getpid()} on {os.uname().nodename} listened there 60 s ago" in silent.words
        assert "locked" in silent.hint
        store.release(RECEIVER).result(10)
        assert receiver_findings(ours, NOON + 60)[0].verdict is Verdict.FAILED


def test_an_address_of_another_machine(tmp_path: Path) -> None:
    receiver = ReceiverConfig("198.51.100.1", 0)
    finding = receiver_findings(config(tmp_path / "none.db", receiver), NOON)[0]
    assert finding.verdict is Verdict.FAILED
    assert "no address" in finding.words


def test_loopback_is_not_reached_from_outside(tmp_path: Path) -> None:
    found = receiver_findings(config(tmp_path / "none.db", ReceiverConfig(tcp_port=0), LOCAL, REMOTE), NOON)
    assert [finding.subject for finding in found] == ["address", "reach"]
    assert found[1].verdict is Verdict.WARNING
    assert "not from gw2" in found[1].words


def test_an_open_door_is_pointed_at(tmp_path: Path) -> None:
    wide = ReceiverConfig("0.0.0.0", 0)
    (_, found) = receiver_findings(config(tmp_path / "none.db", wide, REMOTE), NOON)
    assert (found.subject, found.verdict) == ("callers", Verdict.WARNING)
    assert 'callers = ["192.0.2.10"]' in found.hint
    guarded = replace(REMOTE, callers=(ip_network("192.0.2.10"),))
    assert len(receiver_findings(config(tmp_path / "none.db", wide, guarded), NOON)) == 1
