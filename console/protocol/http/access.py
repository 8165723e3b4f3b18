"""Who may call for a gateway: by the address of the connection, by a token, by user and password.

A token stands in the path behind the gateway's name, `/sms/gw1/TOKEN`, or in the query, `token=TOKEN`. The path
is the better place: results and delivery reports are sent to the same path, but without the user-defined part of
the query. Secrets are compared in constant time, and `without_tokens` takes them out of what is kept.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from console.protocol.text.redact import MASK

if TYPE_CHECKING:
    from collections.abc import Sequence
    from ipaddress import IPv4Address, IPv6Address

    from console.config import GatewayConfig, Network

TOKEN_NAME = b"token"
"""The query's parameter, in any case."""

_MASK = MASK.encode()
_AUTHORIZATION = re.compile(rb"^(Authorization:[ \t]*)[^\r\n]+", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Denial:
    """Why a call is turned away."""

    status: int
    reason: str
    """For the operator. Never a secret, right or wrong."""
    challenge: bool = False
    """No user and password came, and a client may hold them back until it is asked (RFC 7617)."""


class Gates:
    """All gateways: whose a call is, and whether it may."""

    def __init__(self, gateways: Sequence[GatewayConfig]) -> None:
        self._gates = [Gate(gateway) for gateway in gateways]
        self._by_name = {gate.gateway.name: gate for gate in self._gates}
        hosts = Counter(gateway.host for gateway in gateways)
        self._by_host = {gate.gateway.host: gate for gate in self._gates if hosts[gate.gateway.host] == 1}
        self._guarded = any(gateway.guarded for gateway in gateways)

    def of(self, target: bytes, address: str) -> Gate | None:
        """By the path (`/sms/NAME`, `/NAME`), else by the caller's address, else the only one there is."""
        path = target.partition(b"?")[0]
        if b"%" in path:
            path = unquote_to_bytes(path)
        parts = [part for part in path.decode("utf-8", "replace").split("/") if part]
        if parts and parts[0].endswith(":"):
            parts = parts[2:]  # `http://host/path`, as a proxy is asked
        if len(parts) > 1 and parts[0] == "sms" and parts[1] in self._by_name:
            return self._by_name[parts[1]]
        if parts and parts[0] in self._by_name:
            return self._by_name[parts[0]]
        return self._by_address(address)

    def denial(
        self, gate: Gate | None, address: str, target: bytes = b"", body: bytes = b"", authorization: bytes = b""
    ) -> Denial | None:
        """Why this call may not come in; None when it may. `gate` is what `of` said, `body` a query in the body."""
        if gate is not None:
            return gate.denial(address, target, body, authorization) if gate.guarded else None
        if self._guarded:
            return Denial(403, "It names no configured gateway, and callers are restricted.")
        return None

    def admits(self, address: str) -> bool:
        """Whether some call from there may come in, whatever token it carries."""
        gates = self._gates
        return not self._guarded or any(not it.gateway.callers or within(address, it.gateway.callers) for it in gates)

    def without_secrets(self, raw: bytes) -> bytes:
        """What is no request that can be read, with `***` for tokens of any gateway and for who says who he is."""
        for gate in self._gates:
            raw = gate.unnamed(raw)
        return _AUTHORIZATION.sub(rb"\g<1>" + _MASK, raw)

    def _by_address(self, address: str) -> Gate | None:
        if address in self._by_host:
            return self._by_host[address]
        listed = [gate for gate in self._gates if gate.gateway.callers and within(address, gate.gateway.callers)]
        if len(listed) == 1:
            return listed[0]
        return self._gates[0] if len(self._gates) == 1 else None


class Gate:
    """One gateway's rules."""

    def __init__(self, gateway: GatewayConfig) -> None:
        self.gateway = gateway
        self.guarded = gateway.guarded
        self._tokens = [token.reveal().encode() for token in gateway.tokens]
        basic = gateway.basic
        self._credentials = f"{basic.username}:{basic.password.reveal()}".encode() if basic else b""

    def denial(self, address: str, target: bytes, body: bytes, authorization: bytes) -> Denial | None:
        """Address, token, user and password: all that is asked for must be right."""
        name = self.gateway.name
        if self.gateway.callers and not within(address, self.gateway.callers):
            return Denial(403, f"This address is not among the callers of {name}.")
        if self._tokens and not sum(map(self._is_token, _candidates(target, body))):
            return Denial(403, f"It has no valid token for {name}.")
        if self._credentials and not authorization:
            return Denial(401, f"It has no user and password for {name} (HTTP Basic).", challenge=True)
        if self._credentials and not hmac.compare_digest(_credentials(authorization), self._credentials):
            return Denial(401, f"Wrong user or password for {name} (HTTP Basic).")
        return None

    def without_tokens(self, target: bytes) -> bytes:
        """The target with `***` in place of a valid token, to be kept and shown."""
        if not self._tokens:
            return target
        path, mark, query = target.partition(b"?")
        path = b"/".join(_MASK if self._is_token(unquote_to_bytes(part)) else part for part in path.split(b"/"))
        return path + mark + self.query_without_tokens(query)

    def query_without_tokens(self, query: bytes) -> bytes:
        """As `without_tokens`, of a query alone."""
        return self.unnamed(b"&".join(map(self._masked, query.split(b"&")))) if self._tokens else query

    def unnamed(self, raw: bytes) -> bytes:
        """Any bytes with `***` wherever a valid token stands, as in a body that is no query."""
        for token in self._tokens:
            raw = raw.replace(token, _MASK)
        return raw

    def _masked(self, piece: bytes) -> bytes:
        name, equals, value = piece.partition(b"=")
        return name + equals + _MASK if equals and self._is_token(unquote_to_bytes(value)) else piece

    def _is_token(self, word: bytes) -> bool:
        found = False
        for token in self._tokens:
            found |= hmac.compare_digest(word, token)
        return found


def within(address: str, networks: Sequence[Network]) -> bool:
    """Whether an address, as the system writes it, lies in one of the networks."""
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in networks)


@lru_cache(1024)
def is_local(address: str) -> bool:
    """Whether it is this machine calling itself."""
    parsed = _parsed(address)
    return parsed is not None and parsed.is_loopback


@lru_cache(1024)
def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None


def _candidates(target: bytes, body: bytes) -> list[bytes]:
    """Each word that may be a token: the parts of the path, and the values of `token`."""
    path, _, query = target.partition(b"?")
    words = [unquote_to_bytes(part) for part in path.split(b"/")]
    for piece in (*query.split(b"&"), *body.split(b"&")):
        name, equals, value = piece.partition(b"=")
        if equals and name.lower() == TOKEN_NAME:
            words.append(unquote_to_bytes(value))
    return words


def _credentials(authorization: bytes) -> bytes:
    """`user:password` of an `Authorization: Basic …` field; empty for anything else."""
    scheme, _, words = authorization.strip().partition(b" ")
    if scheme.lower() != b"basic":
        return b""
    try:
        return base64.b64decode(words.strip(), validate=True)
    except binascii.Error:
        return b""
