"""What can be said of a draft before it is sent: how it is cut, which port it takes, whether it can go at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from console.domain.messages import Draft, Via
from console.domain.ports import PortSnapshot
from console.domain.sending import Forecast
from console.errors import CannotSend
from console.protocol.dialects.dialect import Lack
from console.protocol.dialects.known import DIALECTS, pace_of
from console.protocol.sms import segments
from console.services.sending import ami_sender, http_sender
from console.services.sending.http_sender import REQUESTS_AT_ONCE
from console.store.outbox.messages import Order

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.config import GatewayConfig
    from console.domain.plan import SegmentPlan
    from console.services.sending.routing import Routing
    from console.store.outbox.sending import SendingBook

Ports = Callable[[str], Sequence[PortSnapshot]]
"""The ports of the gateway of that name, as last heard."""

_SOME_ID = "0" * 31
"""Stands in for an id, as long as one can be, while a draft is tried."""


class Drafting:
    """Judges drafts, from any thread. Everything raises CannotSend where a draft can't be sent as it is."""

    def __init__(
        self,
        gateways: Sequence[GatewayConfig],
        routings: Mapping[str, Routing],
        ports: Ports,
        past: SendingBook,
    ) -> None:
        self._gateways = {gateway.name: gateway for gateway in gateways}
        self._routings = routings
        self._ports = ports
        self._past = past

    def plan(self, draft: Draft) -> SegmentPlan:
        """How the draft's text will be cut on the way it will really take. Refuses nothing."""
        gateway = self._gateways.get(draft.gateway)
        if draft.via is Via.HTTP and gateway is not None and gateway.http is not None:
            operators = {port.port: port.report.operator for port in self._ports(draft.gateway)}
            return http_sender.plan_of(draft.text, gateway.http, operators.get(draft.port or 0, ""))
        if draft.via is Via.AMI and gateway is not None and gateway.ami is not None:
            return ami_sender.plan_of(draft.text, gateway)
        return segments.plan(draft.text, "ami" if draft.via is Via.AMI else "http")

    def order(self, draft: Draft) -> Order:
        """The draft as it will be queued."""
        gateway, port = self._checked(draft)
        parts = len(self.plan(replace(draft, port=port)).segments)
        cut_here = draft.via is Via.AMI and DIALECTS[gateway.dialect].cuts
        return Order(draft, parts if cut_here else 1, parts, gateway.result_wait)

    def wire_form(self, draft: Draft) -> tuple[str, ...]:
        """What will go to the gateway, secrets masked; `ID` stands for the id."""
        gateway, port = self._checked(draft)
        if draft.via is Via.HTTP:
            assert gateway.http is not None, "checked"
            query = http_sender.query_for(replace(draft, port=port), gateway, "ID", masked=True)
            return (f"GET /sendsms?{query}",)
        assert gateway.ami is not None, "checked"
        assert port is not None, "checked"
        return _sample_lines(draft, port, gateway, "ID")

    def forecast(self, drafts: Sequence[Draft]) -> Forecast:
        """Ports, segments and time that sending these will take."""
        ports: set[int] = set()
        parts = 0
        for draft in drafts:
            gateway, port = self._checked(draft)
            parts += len(self.plan(replace(draft, port=port)).segments)
            if draft.port is not None:
                ports.add(draft.port)
            elif port is not None and draft.not_before is None:
                ports.update(self._open_to(draft) if len(drafts) > 1 else (port,))
        if not drafts:
            return Forecast((), 0, 0.0)
        first = drafts[0]
        a_part = self._past.seconds_a_part(first.gateway, first.via)
        gateway = self._gateways[first.gateway]
        at_once = REQUESTS_AT_ONCE if first.via is Via.HTTP else gateway.ami.send_sessions if gateway.ami else 1
        lanes = max(1, min(len(ports) or at_once, len(drafts), at_once))
        if a_part is None:
            return Forecast(tuple(sorted(ports)), parts, None)
        rounds = -(-len(drafts) // lanes)
        return Forecast(tuple(sorted(ports)), parts, a_part * parts / lanes + pace_of(gateway) * (rounds - 1))

    def _checked(self, draft: Draft) -> tuple[GatewayConfig, int | None]:
        """The gateway, and the port that it would take now (None: the gateway chooses)."""
        gateway = self._gateways.get(draft.gateway)
        if gateway is None:
            raise CannotSend(
                f"There is no gateway named {draft.gateway!a}.", hint="Choose a gateway of the configuration."
            )
        if draft.via is Via.HTTP and isinstance(lack := DIALECTS[gateway.dialect].http, Lack):
            raise CannotSend(lack.words, hint=lack.instead)
        if draft.via is Via.HTTP and gateway.http is None:
            raise CannotSend(
                f"Gateway {gateway.name} has no HTTP interface in the configuration.",
                hint="Send by AMI, or add [gateways.http].",
            )
        if draft.via is Via.AMI and gateway.ami is None:
            raise CannotSend(
                f"Gateway {gateway.name} has no AMI in the configuration.",
                hint="Send by HTTP, or add [gateways.ami].",
            )
        if draft.pool and draft.pool not in {one.name for one in gateway.port_sets}:
            raise CannotSend(
                f"Gateway {gateway.name} has no port set named {draft.pool!a}.",
                hint="Add it under [[gateways.port_sets]], or choose a port.",
            )
        port = self._port_now(draft, gateway)
        tried = replace(draft, port=port)
        if gateway.http is not None and draft.via is Via.HTTP:
            http_sender.query_for(tried, gateway, _SOME_ID)
        elif gateway.ami is not None:
            assert port is not None, "sending by AMI needs a port"
            _sample_lines(tried, port, gateway, _SOME_ID)
        return gateway, port

    def _port_now(self, draft: Draft, gateway: GatewayConfig) -> int | None:
        routing, parts = self._routings[draft.gateway], len(self.plan(draft).segments)
        if draft.port is not None:
            if draft.not_before is None and (words := routing.refusal(draft.port, parts)):
                raise CannotSend(words, hint="Choose another port.")
            return draft.port
        candidates = routing.candidates(draft)
        if draft.not_before is not None:
            return 1 if draft.via is Via.AMI else None  # Which one it takes is seen when its time comes.
        port = routing.pick(draft, routing.within_limits(candidates, parts))
        if port is not None:
            return port
        if routing.may_choose(draft):
            return None
        where = f"of the set {draft.pool}" if draft.pool else f"of {gateway.name}"
        if candidates:
            raise CannotSend(
                f"Every ready port {where} is at its limit.",
                hint="Wait for the next day or month, or raise the limit.",
            )
        by_ami = ", and sending by AMI needs one" if draft.via is Via.AMI and not draft.pool else ""
        raise CannotSend(f"No port {where} is ready{by_ami}.", hint="Wait until a port is ready, or choose a port.")

    def _open_to(self, draft: Draft) -> list[int]:
        """Ports that it may go through now, busy ones included."""
        routing, parts = self._routings[draft.gateway], len(self.plan(draft).segments)
        return routing.within_limits(routing.candidates(draft), parts)


def _sample_lines(draft: Draft, port: int, gateway: GatewayConfig, wire_id: str) -> tuple[str, ...]:
    """The command lines as they will be, with one id for all and the number of some message."""
    ids = [wire_id] * len(ami_sender.texts_of(draft.text, gateway))
    return ami_sender.command_lines(draft, port, gateway, ids, 0)
