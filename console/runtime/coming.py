"""Services that start while the screen stands already: what is known of them until then, and who waits for them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from console.domain.link import GatewaySnapshot, LinkPhase, LinkStatus, ReceiverStatus
from console.domain.messages import Via
from console.protocol.sms import segments

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from console.config.records import GatewayConfig, ReceiverConfig
    from console.domain.messages import Draft
    from console.domain.plan import SegmentPlan
    from console.runtime.services import Services

PATIENCE = 1.0
"""Seconds that what runs beside the screen waits for its first frame before it starts the services itself."""


class Coming:
    """One set of services, started once. For any thread."""

    def __init__(
        self, start: Callable[[], Services], gateways: Sequence[GatewayConfig], receiver: ReceiverConfig, now: float
    ) -> None:
        """`start` makes them and returns them started; what it raises, `begin` and `wait` raise. Of `gateways` and
        `receiver` it is told until then that nothing was tried yet.
        """
        self._start = start
        self._lock = threading.Lock()
        self._begun = threading.Event()
        self._services: Services | None = None
        self._error: BaseException | None = None
        self._configs = {gateway.name: gateway for gateway in gateways}
        self._gateways = tuple(_unheard(gateway, now) for gateway in gateways)
        host = f"[{receiver.host}]" if ":" in receiver.host else receiver.host
        self._receiver = ReceiverStatus(False, f"{host}:{receiver.tcp_port}", now, tried=False)

    @property
    def services(self) -> Services | None:
        """They, once they are there."""
        return self._services

    def begin(self) -> Services:
        """Start them, or wait for whoever does."""
        self._begun.set()
        with self._lock:
            if self._error is not None:
                raise self._error
            if self._services is None:
                try:
                    self._services = self._start()
                except BaseException as error:
                    self._error = error
                    raise
            return self._services

    def wait(self) -> Services:
        """They. The thread of the screen, on which a key waits, starts them where nobody has; any other lets the first
        frame go before.
        """
        if self._services is not None:
            return self._services
        if threading.current_thread() is not threading.main_thread():
            self._begun.wait(PATIENCE)
        return self.begin()

    # ---- what is asked again and again, and waits for nothing ----------------------------------------------

    def gateways(self) -> tuple[GatewaySnapshot, ...]:
        return self._gateways if self._services is None else self._services.gateways()

    def receiver(self) -> ReceiverStatus:
        return self._receiver if self._services is None else self._services.receiver()

    def trouble(self) -> str:
        return "" if self._services is None else self._services.trouble()

    def plan(self, draft: Draft) -> SegmentPlan:
        """How its text will be cut. That of an empty form, as the first frame shows it, waits for nothing either."""
        if draft.text or self._services is not None:
            return self.wait().sender.plan(draft)
        gateway = self._configs.get(draft.gateway)
        way = None if gateway is None else gateway.http if draft.via is Via.HTTP else gateway.ami
        sizes = segments.Sizes(*way.segment_sizes) if way is not None and way.segment_sizes else None
        return segments.plan("", "http" if draft.via is Via.HTTP else "ami", sizes=sizes)


def _unheard(gateway: GatewayConfig, now: float) -> GatewaySnapshot:
    """A gateway before anything was tried."""
    link = LinkStatus(LinkPhase.CONNECTING, now) if gateway.ami is not None else LinkStatus(LinkPhase.STOPPED, now)
    return GatewaySnapshot(
        gateway.name,
        gateway.host,
        link,
        price_per_segment=gateway.price_per_segment,
        currency=gateway.currency,
        port_sets=tuple((one.name, one.words) for one in gateway.port_sets),
        dialect=gateway.dialect,
    )
