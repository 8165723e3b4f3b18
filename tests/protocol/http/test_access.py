"""Who may call."""

from __future__ import annotations

from base64 import b64encode
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.config import BasicConfig, GatewayConfig, Secret
from console.protocol.http.access import Denial, Gates, is_local, within

TOKEN = "0123456789abcdef"
NEXT = "fedcba9876543210"
NETWORKS = (ip_network("192.0.2.10"), ip_network("2001:db8::/32"))


def denial(gateway: GatewayConfig, address: str, target: str, authorization: bytes = b"") -> Denial | None:
    gates = Gates([gateway])
    return gates.denial(gates.of(target.encode(), address), address, target.encode(), b"", authorization)


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("192.0.2.10", True),
        ("192.0.2.11", False),
        ("2001:db8::7", True),
        ("2001:db8::7%eth0", True),
        ("2001:db9::7", False),
        ("", False),
        ("a host", False),
    ],
)
def test_an_address_in_networks_of_both_families(address: str, inside: bool) -> None:
    assert within(address, NETWORKS) is inside


@pytest.mark.parametrize(
    ("address", "local"), [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("192.0.2.1", False), ("", False)]
)
def test_this_machine_itself(address: str, local: bool) -> None:
    assert is_local(address) is local


def test_callers_alone() -> None:
    gateway = GatewayConfig("gw1", "gw1.example", callers=NETWORKS)
    assert denial(gateway, "192.0.2.10", "/sms/gw1?a=b") is None
    refused = denial(gateway, "192.0.2.9", "/sms/gw1?a=b")
    assert refused is not None
    assert (refused.status, refused.challenge) == (403, False)


@pytest.mark.parametrize(
    "target",
    [
        f"/sms/gw1/{TOKEN}?a=b",
        f"/sms/gw1/{NEXT}?a=b",
        f"/sms/gw1?a=b&token={NEXT}",
        f"/sms/gw1?a=b&Token={TOKEN}&",
        f"/sms/gw1?token=wrong&token={TOKEN}",
        f"/sms/gw1/%30{TOKEN[1:]}?a=b",
    ],
)
def test_either_of_two_tokens_in_path_or_query(target: str) -> None:
    gateway = GatewayConfig("gw1", "x", tokens=(Secret(TOKEN), Secret(NEXT)))
    assert denial(gateway, "192.0.2.1", target) is None
    kept = Gates([gateway]).of(target.encode(), "")
    assert kept is not None
    shown = kept.without_tokens(target.encode()).decode()
    assert TOKEN[1:] not in shown
    assert NEXT[1:] not in shown
    assert "***" in shown


@pytest.mark.parametrize(
    "target", ["/sms/gw1?a=b", f"/sms/gw1?{TOKEN}", f"/sms/gw1/{TOKEN}0?a=b", "?token=", "/\u0435?token=\u0435"]
)
def test_no_token_or_another(target: str) -> None:
    refused = denial(GatewayConfig("gw1", "x", tokens=(Secret(TOKEN),)), "192.0.2.1", target)
    assert refused is not None
    assert TOKEN not in refused.reason


@pytest.mark.parametrize(
    ("authorization", "status", "challenge"),
    [
        (b"", 401, True),
        (b"Basic " + b64encode(b"box:sesame"), None, False),
        (b"basic  " + b64encode(b"box:sesame") + b" ", None, False),
        (b"Basic " + b64encode(b"box:sesame2"), 401, False),
        (b"Basic !!!", 401, False),
        (b"Bearer " + b64encode(b"box:sesame"), 401, False),
        (b"\xff\xfe", 401, False),
    ],
)
def test_user_and_password(authorization: bytes, status: int | None, challenge: bool) -> None:
    gateway = GatewayConfig("gw1", "x", basic=BasicConfig("box", Secret("sesame")))
    refused = denial(gateway, "192.0.2.1", "/sms/gw1?a=b", authorization)
    assert (refused.status if refused else None, refused.challenge if refused else False) == (status, challenge)


def test_a_gateway_is_known_by_its_callers_too() -> None:
    first = GatewayConfig("gw1", "gw1.example", callers=NETWORKS)
    second = GatewayConfig("gw2", "192.0.2.77")
    gates = Gates([first, second])
    for address, name in [("192.0.2.10", "gw1"), ("192.0.2.77", "gw2")]:
        gate = gates.of(b"/sms?a=b", address)
        assert gate is not None
        assert gate.gateway.name == name
    assert gates.of(b"/sms?a=b", "192.0.2.5") is None
    assert gates.denial(None, "192.0.2.5") is not None


def test_where_nobody_is_guarded_everybody_may() -> None:
    gates = Gates([GatewayConfig("gw1", "192.0.2.1"), GatewayConfig("gw2", "192.0.2.2")])
    assert gates.denial(None, "198.51.100.1", b"/x?a=b") is None
    assert Gates([]).denial(None, "198.51.100.1", b"/x?a=b") is None


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_without_an_error_and_kept_as_they_are(target: bytes) -> None:
    gates = Gates([GatewayConfig("gw1", "x", tokens=(Secret(TOKEN),))])
    gate = gates.of(target, "192.0.2.1")
    assert gate is not None
    assert gates.denial(gate, "192.0.2.1", target) is not None
    assert gate.without_tokens(target) == target
