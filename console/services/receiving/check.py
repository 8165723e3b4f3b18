"""Looks whether the receiver can listen where it is told to, and what the gateway's page has to say."""

from __future__ import annotations

import os
import socket
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from console.config import is_loopback
from console.errors import ListenError, StoreError
from console.services.gateway.check import Finding, Verdict
from console.services.receiving.keeper import GRACE, RECEIVER
from console.services.receiving.listening import AddressTaken, joined, try_address
from console.store.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from console.config import Config, GatewayConfig, ReceiverConfig
    from console.domain.presence import Presence

_USUAL_NAMES = {
    "number": "phonenumber",
    "port": "port",
    "port_name": "portname",
    "text": "message",
    "time": "time",
    "imsi": "imsi",
    "status": "status",
}
"""Meaning to the name that the gateway's makers use themselves."""

_EVERYWHERE = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - recognised, not bound


@dataclass(frozen=True, slots=True)
class SmsToHttp:
    """What is to be typed on the gateway's page SMS > SMS Settings > SMS to HTTP."""

    host: str
    tcp_port: int
    path: str
    """Holds the token where there is one."""
    names: Mapping[str, str]
    """Meaning to name, in the order of the page."""
    user_defined: str = ""
    login: str = ""
    """`user:password@`, percent-encoded, to be typed in front of the host; empty where none is asked for."""


def sms_to_http(gateway: GatewayConfig, receiver: ReceiverConfig, *, show_token: bool = False) -> SmsToHttp:
    """The values for one gateway. Token and password are shown only when asked for.

    The token stands in the path: results and delivery reports come without the user-defined part. User and password
    (HTTP Basic) have no field on the page; wget takes them from the URL, in front of the host.
    """
    own = {meaning: name for name, meaning in reversed(list(gateway.parameter_names.items()))}
    path = f"sms/{gateway.name}"
    if gateway.tokens:
        token = gateway.tokens[0]
        path += f"/{token.reveal() if show_token else token}"
    host = receiver.host
    if host in _EVERYWHERE or is_loopback(host):
        host = own_address(gateway.host) or receiver.host
    login = ""
    if gateway.basic is not None:
        password = gateway.basic.password
        shown = quote(password.reveal(), safe="") if show_token else password
        login = f"{quote(gateway.basic.username, safe='')}:{shown}@"
    return SmsToHttp(host, receiver.tcp_port, path, {**_USUAL_NAMES, **own}, login=login)


def own_address(towards: str) -> str:
    """The address of this machine that a host would see; empty when there is no way to it. Nothing is sent."""
    try:
        found = socket.getaddrinfo(towards, 9, type=socket.SOCK_DGRAM)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.connect(address)
            return str(probe.getsockname()[0])
    except OSError:
        return ""


def receiver_findings(
    config: Config, now: float, *, try_to_listen: Callable[[str, int], None] = try_address
) -> list[Finding]:
    """Whether the address can be had, and who could reach it."""
    receiver = config.receiver
    return [_address_finding(config, now, try_to_listen), *_reach_findings(config.gateways, receiver)]


def _address_finding(config: Config, now: float, try_to_listen: Callable[[str, int], None]) -> Finding:
    host, tcp_port = config.receiver.host, config.receiver.tcp_port
    try:
        try_to_listen(host, tcp_port)
    except AddressTaken as error:
        ours = _who_receives(config)
        if ours is not None and ours.address.rpartition(":")[2] == str(tcp_port):
            who = f"{ours.address}: PID {ours.pid} on {ours.host}"
            if ours.is_fresh(now, GRACE):
                return Finding("address", Verdict.GOOD, f"{who} receives into this database")
            if ours.alive and not ours.released and ours.host == os.uname().nodename:
                return Finding(
                    "address",
                    Verdict.WARNING,
                    f"{who} listened there {max(0, round(now - ours.at))} s ago and still runs, but no longer reports",
                    "Another program may hold the database locked: find it with `fuser` and let it finish.",
                )
        return Finding("address", Verdict.FAILED, str(error), error.hint)
    except ListenError as error:
        return Finding("address", Verdict.FAILED, str(error), error.hint)
    return Finding("address", Verdict.GOOD, f"{joined(host, tcp_port)} is free")


def _who_receives(config: Config) -> Presence | None:
    """Who receives into the database, or did last."""
    if not config.database.exists():
        return None
    try:
        with closing(Reader(config.database)) as reader:
            return reader.presence(RECEIVER)
    except StoreError:  # of an earlier version, perhaps, and a look changes nothing
        return None


def _reach_findings(gateways: tuple[GatewayConfig, ...], receiver: ReceiverConfig) -> list[Finding]:
    findings = [
        Finding(
            "login",
            Verdict.WARNING,
            f"calls for {gateway.name} must carry a user and password (HTTP Basic), but its page has no field for them",
            "Its caller, wget, accepts them before the host: type what is shown for `host`. Watch for the "
            "first call; if it is refused, use tokens or callers instead.",
        )
        for gateway in gateways
        if gateway.basic is not None
    ]
    remote = [gateway for gateway in gateways if not is_loopback(gateway.host)]
    if is_loopback(receiver.host) and remote:
        names = ", ".join(gateway.name for gateway in remote)
        address = own_address(remote[0].host) or "0.0.0.0"  # noqa: S104 - advice
        findings.append(
            Finding(
                "reach",
                Verdict.WARNING,
                f"{receiver.host} is reachable only from this machine, not from {names}",
                f'Unless you use a tunnel or a proxy, set host = "{address}" under [receiver].',
            )
        )
    if not is_loopback(receiver.host):
        findings += [
            Finding(
                "callers",
                Verdict.WARNING,
                f"anyone who reaches {receiver.host} may call for {gateway.name}",
                f'Under {gateway.name} set callers = ["{gateway.host}"], or tokens.',
            )
            for gateway in gateways
            if not gateway.guarded
        ]
    return findings
