"""Looks whether the receiver can listen where it is told to, and what the gateway's page has to say."""

from __future__ import annotations

import socket
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.config import is_loopback
from console.errors import ListenError, StoreError
from console.services.gateway_check import Finding, Verdict
from console.services.listening import AddressTaken, joined, try_address
from console.services.receiver_keeper import GRACE, RECEIVER
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


def sms_to_http(gateway: GatewayConfig, receiver: ReceiverConfig, *, show_token: bool = False) -> SmsToHttp:
    """The values for one gateway. The token is shown only when asked for.

    It stands in the path: results and delivery reports come without the user-defined part.
    """
    own = {meaning: name for name, meaning in reversed(list(gateway.parameter_names.items()))}
    path = f"sms/{gateway.name}"
    if gateway.tokens:
        token = gateway.tokens[0]
        path += f"/{token.reveal() if show_token else token}"
    host = receiver.host
    if host in _EVERYWHERE or is_loopback(host):
        host = own_address(gateway.host) or receiver.host
    return SmsToHttp(host, receiver.tcp_port, path, {**_USUAL_NAMES, **own})


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
        ours = _who_receives(config, now)
        if ours is not None and ours.address.rpartition(":")[2] == str(tcp_port):
            words = f"{ours.address}: PID {ours.pid} on {ours.host} receives into this database"
            return Finding("address", Verdict.GOOD, words)
        return Finding("address", Verdict.FAILED, str(error), error.hint)
    except ListenError as error:
        return Finding("address", Verdict.FAILED, str(error), error.hint)
    return Finding("address", Verdict.GOOD, f"{joined(host, tcp_port)} is free")


def _who_receives(config: Config, now: float) -> Presence | None:
    if not config.database.exists():
        return None
    try:
        with closing(Reader(config.database)) as reader:
            presence = reader.presence(RECEIVER)
    except StoreError:  # of an earlier version, perhaps, and a look changes nothing
        return None
    return presence if presence is not None and presence.is_fresh(now, GRACE) else None


def _reach_findings(gateways: tuple[GatewayConfig, ...], receiver: ReceiverConfig) -> list[Finding]:
    findings = []
    remote = [gateway for gateway in gateways if not is_loopback(gateway.host)]
    if is_loopback(receiver.host) and remote:
        names = ", ".join(gateway.name for gateway in remote)
        address = own_address(remote[0].host) or "0.0.0.0"  # noqa: S104 - advice
        findings.append(
            Finding(
                "reach",
                Verdict.WARNING,
                f"{receiver.host} is reached from this machine alone, not by {names}",
                f'Unless a tunnel or a proxy leads there, set host = "{address}" under [receiver].',
            )
        )
    if not is_loopback(receiver.host):
        findings += [
            Finding(
                "callers",
                Verdict.WARNING,
                f"whoever reaches {receiver.host} may call for {gateway.name}",
                f'Under {gateway.name} set callers = ["{gateway.host}"], or tokens.',
            )
            for gateway in gateways
            if not gateway.guarded
        ]
    return findings
