"""`/healthz` and `/metrics` of the receiver, for a NOC's own monitoring. Numbers only: no number, text or secret.

Nothing is done for them on the way of a message: what is shown is read when somebody asks, in a thread beside the
event loop, and the library that writes it is imported then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from console.domain.messages import DeliveryState
from console.services.receiving.counts import COMMIT_BOUNDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from prometheus_client.metrics_core import Metric

    from console.services.receiving.receiver import Receiver

_PLAIN = "text/plain; charset=utf-8"
_UNDER_WAY = (DeliveryState.QUEUED, DeliveryState.SUBMITTING)


class WatchedStore(Protocol):
    """What is shown of the store."""

    @property
    def trouble(self) -> str: ...
    def inbox_count(self) -> int: ...
    def unread_count(self) -> int: ...
    def outbox_count(self) -> int: ...
    def outbox_states(self) -> Mapping[DeliveryState, int]: ...


class Monitoring:
    """The pages. Implements `console.services.receiving.receiver.Pages`."""

    def __init__(
        self,
        receiver: Receiver,
        store: WatchedStore,
        *,
        links: Callable[[], Mapping[str, bool]] = dict,
    ) -> None:
        """`links` tells for each gateway with an AMI account whether its link is up."""
        self._receiver = receiver
        self._store = store
        self._links = links

    def page(self, target: bytes) -> tuple[int, str, str]:
        """Status, content type and text of one of `PAGES`. Raises StoreError."""
        if target == b"/healthz":
            return (503, _PLAIN, "Callbacks can't be kept.") if self._store.trouble else (200, _PLAIN, "OK")
        from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
        from prometheus_client.registry import CollectorRegistry

        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        return 200, CONTENT_TYPE_LATEST, generate_latest(registry).decode().rstrip("\n")

    def describe(self) -> Iterator[Metric]:
        """Nothing beforehand: the registry must not collect when this is registered."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """What the registry asks for."""
        yield from self._receiver_metrics()
        yield from self._store_metrics()

    def _receiver_metrics(self) -> Iterator[Metric]:
        from prometheus_client.metrics_core import (
            CounterMetricFamily,
            GaugeMetricFamily,
            HistogramMetricFamily,
        )

        counts = self._receiver.counts
        yield CounterMetricFamily("gsm_console_callbacks_accepted", "Callbacks answered 200.", value=counts.accepted)
        yield CounterMetricFamily(
            "gsm_console_callbacks_unreadable",
            "Callbacks kept raw because they were not understood.",
            value=counts.unreadable,
        )
        yield CounterMetricFamily(
            "gsm_console_requests_refused",
            "Requests turned away or cut off.",
            value=self._receiver.refusals.total,
        )
        yield CounterMetricFamily(
            "gsm_console_store_errors",
            "Callbacks answered 503 because they could not be kept.",
            value=self._receiver.unkept.total,
        )
        buckets, total = [], 0
        for bound, number in zip((*map(str, COMMIT_BOUNDS), "+Inf"), tuple(counts.commits), strict=True):
            total += number
            buckets.append((bound, total))
        yield HistogramMetricFamily(
            "gsm_console_commit_seconds",
            "From a callback's last byte to its durable commit.",
            buckets=buckets,
            sum_value=counts.commit_seconds,
        )
        links = GaugeMetricFamily("gsm_console_ami_up", "Whether the AMI link is up.", labels=["gateway"])
        for gateway, up in self._links().items():
            links.add_metric([gateway], up)
        yield links

    def _store_metrics(self) -> Iterator[Metric]:
        from prometheus_client.metrics_core import GaugeMetricFamily

        store = self._store
        yield GaugeMetricFamily("gsm_console_store_up", "Whether the last commit succeeded.", value=not store.trouble)
        yield GaugeMetricFamily("gsm_console_inbox_messages", "Messages in the inbox.", value=store.inbox_count())
        yield GaugeMetricFamily("gsm_console_inbox_unread", "Of those, not read yet.", value=store.unread_count())
        yield GaugeMetricFamily("gsm_console_outbox_messages", "Messages in the outbox.", value=store.outbox_count())
        counts = store.outbox_states()
        waiting = GaugeMetricFamily("gsm_console_outbox_under_way", "Messages on their way out.", labels=["state"])
        for state in _UNDER_WAY:
            waiting.add_metric([state.value], counts[state])
        yield waiting
        states = GaugeMetricFamily("gsm_console_outbox_state", "Messages of the outbox by state.", labels=["state"])
        for state, number in counts.items():
            states.add_metric([state.value], number)
        yield states
