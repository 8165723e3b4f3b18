"""What `/metrics` shows of gateways that are made up, and what is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prometheus_client.parser import text_string_to_metric_families

from console.config import AmiConfig, GatewayConfig, ReceiverConfig, Secret
from console.domain.link import GatewaySnapshot, LinkPhase, LinkStatus
from console.services.monitoring import Monitoring
from console.services.receiving.receiver import Receiver
from tests.support.backend import NOON
from tests.support.receiving import SlowStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.domain.ports import PortSnapshot
    from console.services.monitoring import WatchedStore
    from tests.support.backend import FixedClock


def gateway(name: str, *ports: PortSnapshot, phase: LinkPhase = LinkPhase.UP, **known: Any) -> GatewaySnapshot:
    return GatewaySnapshot(name, "192.0.2.1", LinkStatus(phase, NOON), ports, **known)


def page(store: WatchedStore, clock: FixedClock, *gateways: GatewaySnapshot, without_ami: Sequence[str] = ()) -> str:
    """What is shown of these gateways."""
    configured = [
        GatewayConfig(one.name, one.host, None if one.name in without_ami else AmiConfig("u", Secret("s")))
        for one in gateways
    ]
    receiver = Receiver(ReceiverConfig(), configured, SlowStore(), clock)
    return Monitoring(receiver, store, clock, configured, lambda: gateways).page(b"/metrics")[2] + "\n"


def labelled(text: str, name: str) -> dict[tuple[str, ...], float]:
    """Of one name, the values of its labels, gateway and port first, to its value."""
    return {
        tuple(sample.labels[label] for label in sorted(sample.labels, key=_place)): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == f"gsm_console_{name}"
    }


def _place(label: str) -> tuple[int, str]:
    first = ("gateway", "port")
    return first.index(label) if label in first else len(first), label


def names_and_labels(text: str) -> dict[str, set[str]]:
    """Of every sample."""
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found
