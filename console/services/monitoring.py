"""`/healthz` and `/metrics` of the receiver, for a NOC's own monitoring. Numbers only: no number, text or secret.

Nothing is done for them on the way of a message but to add to a total: what is shown is read when somebody asks, in a
thread beside the event loop, and the library that writes it is imported then.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING, Protocol

from console.domain.link import LinkPhase
from console.domain.messages import DeliveryState
from console.domain.ports import OTHERS, OURS, TIME_BOUNDS, PortHealth, Total
from console.protocol.text.safe import safe
from console.services.receiving.counts import COMMIT_BOUNDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from prometheus_client.metrics_core import (
        CounterMetricFamily,
        GaugeMetricFamily,
        HistogramMetricFamily,
        Metric,
    )

    from console.config import GatewayConfig
    from console.domain.alarms import Alarm
    from console.domain.clock import Clock
    from console.domain.link import GatewaySnapshot
    from console.domain.ports import Place, PortSnapshot, PortTotal
    from console.services.receiving.receiver import Receiver

_PLAIN = "text/plain; charset=utf-8"
_UNDER_WAY = (DeliveryState.QUEUED, DeliveryState.SUBMITTING)
_IN_SERVICE = (PortHealth.READY, PortHealth.BUSY)
_PLACE = ("gateway", "port")


class OpenAlarms(Protocol):
    """Those that last."""

    def open(self) -> list[Alarm]: ...


class Totals(Protocol):
    """What each port did since the database counts."""

    def all(self) -> Iterator[PortTotal]: ...


class WatchedStore(Protocol):
    """What is shown of the store."""

    @property
    def trouble(self) -> str: ...
    @property
    def alarms(self) -> OpenAlarms: ...
    @property
    def port_totals(self) -> Totals: ...
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
        clock: Clock,
        configured: Sequence[GatewayConfig] = (),
        gateways: Callable[[], Sequence[GatewaySnapshot]] = tuple,
    ) -> None:
        """`gateways` tells what is known now, from any thread, of those that are `configured`."""
        self._receiver = receiver
        self._store = store
        self._clock = clock
        self._with_ami = {gateway.name for gateway in configured if gateway.ami is not None}
        self._gateways = gateways

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
        gateways = self._gateways()
        ports = {(gateway.name, port.port): port for gateway in gateways for port in gateway.ports}
        places = [*ports, *((gateway.name, 0) for gateway in gateways)]
        yield from self._of_receiver()
        yield from self._of_store()
        yield from self._of_links(gateways)
        yield from _of_ports(ports, self._clock.time())
        yield from _of_totals(places, self._store.port_totals.all())
        yield from _of_sims(gateways)
        yield _of_alarms(self._store.alarms.open())

    def _of_receiver(self) -> Iterator[Metric]:
        counts = self._receiver.counts
        yield _single("callbacks_accepted_total", "Callbacks answered 200.", counts.accepted)
        yield _single(
            "callbacks_unreadable_total", "Callbacks kept raw because they were not understood.", counts.unreadable
        )
        yield _single("requests_refused_total", "Requests turned away or cut off.", self._receiver.refusals.total)
        yield _single(
            "store_errors_total", "Callbacks answered 503 because they could not be kept.", self._receiver.unkept.total
        )
        commits = _histogram("commit", "From a callback's last byte to its durable commit.")
        _add_classes(commits, COMMIT_BOUNDS, tuple(counts.commits), counts.commit_seconds)
        yield commits

    def _of_store(self) -> Iterator[Metric]:
        store = self._store
        yield _single("store_up", "Whether the last commit succeeded.", not store.trouble)
        yield _single("inbox_messages", "Messages in the inbox.", store.inbox_count())
        yield _single("inbox_unread", "Of those, not read yet.", store.unread_count())
        yield _single("outbox_messages", "Messages in the outbox.", store.outbox_count())
        counts = store.outbox_states()
        waiting = _gauge("outbox_under_way", "Messages on their way out.", "state")
        states = _gauge("outbox_state", "Messages of the outbox by state.", "state")
        for state in _UNDER_WAY:
            _add(waiting, counts[state], state)
        for state, number in counts.items():
            _add(states, number, state)
        yield from (waiting, states)

    def _of_links(self, gateways: Iterable[GatewaySnapshot]) -> Iterator[Metric]:
        links = _gauge("ami_up", "Whether the AMI link is up; absent without an AMI account.", "gateway")
        for gateway in gateways:
            if gateway.name in self._with_ami:
                _add(links, gateway.link.phase is LinkPhase.UP, gateway.name)
        yield links


def _of_ports(ports: Mapping[Place, PortSnapshot], now: float) -> Iterator[Metric]:
    """What they said last, and when; of what is old only when. There is nothing of a gateway without AMI."""
    state = _gauge("port_state", "1 for the state it is in; absent when old.", *_PLACE, "state")
    registered = _gauge("port_registered", "Whether it is in the network; absent when old.", *_PLACE)
    signal = _gauge("port_signal", "Signal, 0 to 31 (+CSQ); absent when unknown or old.", *_PLACE)
    read_at = _gauge("port_read_timestamp_seconds", "When it was last read, Unix time.", *_PLACE)
    for (gateway, number), port in ports.items():
        place = gateway, str(number)
        if port.read_at is not None:
            _add(read_at, port.read_at, *place)
        if not port.is_fresh(now):
            continue
        for health in PortHealth:
            _add(state, health is port.health, *place, health.name.lower())
        if port.health is not PortHealth.UNKNOWN:
            _add(registered, port.health in _IN_SERVICE, *place)
        if port.report.signal is not None:
            _add(signal, port.report.signal, *place)
    yield from (state, registered, signal, read_at)


_BY_SENDER = (Total.SENT, Total.FAILED, Total.UNKNOWN, Total.DELIVERED)
_FROM_NOTHING: dict[tuple[str, str], float] = {
    (Total.RECEIVED, ""): 0.0,
    **{(name, sender): 0.0 for name in _BY_SENDER for sender in (OURS, OTHERS)},
}


def _of_totals(places: Iterable[Place], totals: Iterable[PortTotal]) -> Iterator[Metric]:
    """From nothing for each of `places` and where one of a kind was counted, so that the first one is a rise."""
    by = *_PLACE, "origin"
    counters: dict[str, CounterMetricFamily] = {
        Total.RECEIVED: _counter("messages_received", "SMS received, parts joined.", *_PLACE),
        Total.SENT: _counter("messages_sent", "Messages known to be sent, by the console or by other programs.", *by),
        Total.FAILED: _counter("messages_failed", "Messages that failed.", *by),
        Total.UNKNOWN: _counter("messages_unknown", "Messages whose outcome became unknown, at least for a time.", *by),
        Total.DELIVERED: _counter("messages_delivered", "Messages known to be on the handset.", *by),
    }
    times: dict[str, HistogramMetricFamily] = {
        Total.SENDING: _histogram("sending", "From the first byte until a message was known to be sent.", *_PLACE),
        Total.DELIVERY: _histogram("delivery", "From then until it was known to be on the handset.", *_PLACE),
    }
    known = {place: dict(_FROM_NOTHING) for place in places}
    for gateway, port, name, label, value in totals:
        if (values := known.get((gateway, port))) is None:
            values = known[gateway, port] = dict(_FROM_NOTHING)
        values[name, label] = value
    for (gateway, number), values in known.items():
        place = gateway, _port(number)
        classes = {name: [0.0] * (len(bounds) + 1) for name, bounds in TIME_BOUNDS.items()}
        for (name, label), value in values.items():
            if name in counters:
                _add(counters[name], value, *place, *filter(None, (label,)))
            elif label != "sum":
                classes[name][bisect_left(TIME_BOUNDS[name], float(label))] += value
        for name, counts in classes.items():
            if any(counts):
                _add_classes(times[name], TIME_BOUNDS[name], counts, values[name, "sum"], *place)
    yield from (*counters.values(), *times.values())


def _of_sims(gateways: Iterable[GatewaySnapshot]) -> Iterator[Metric]:
    """Of SIMs that have a limit."""
    labels = *_PLACE, "period"
    used = _gauge("sim_segments", "Segments sent by a SIM that has a limit, this day or month.", *labels)
    most = _gauge("sim_segments_limit", "Segments it may send then.", *labels)
    for gateway, (port, usage) in ((each, its) for each in gateways for its in each.usage.items()):
        periods = (("day", usage.today, usage.daily_limit), ("month", usage.this_month, usage.monthly_limit))
        for period, number, limit in periods:
            if limit is not None:
                _add(used, number, gateway.name, str(port), period)
                _add(most, limit, gateway.name, str(port), period)
    yield from (used, most)


def _of_alarms(alarms: Iterable[Alarm]) -> Metric:
    raised = _gauge("alarm_active", "1 while an alarm lasts; without a port: of the gateway.", *_PLACE, "kind")
    for alarm in alarms:
        _add(raised, 1, alarm.gateway, _port(alarm.port), alarm.kind.code)
    return raised


def _port(number: int) -> str:
    """As a label; an empty one is as none to Prometheus."""
    return str(number) if number else ""


def _gauge(name: str, words: str, *labels: str) -> GaugeMetricFamily:
    from prometheus_client.metrics_core import GaugeMetricFamily

    return GaugeMetricFamily(f"gsm_console_{name}", words, labels=labels)


def _counter(name: str, words: str, *labels: str) -> CounterMetricFamily:
    from prometheus_client.metrics_core import CounterMetricFamily

    return CounterMetricFamily(f"gsm_console_{name}", words, labels=labels)


def _histogram(name: str, words: str, *labels: str) -> HistogramMetricFamily:
    from prometheus_client.metrics_core import HistogramMetricFamily

    return HistogramMetricFamily(f"gsm_console_{name}_seconds", words, labels=labels)


def _single(name: str, words: str, value: float) -> Metric:
    """One without labels: a counter where it is called a total."""
    metric = _counter(name.removesuffix("_total"), words) if name.endswith("_total") else _gauge(name, words)
    _add(metric, value)
    return metric


def _add(metric: GaugeMetricFamily | CounterMetricFamily, value: float, *labels: str) -> None:
    """A sample, with the values of its labels: text from outside does no harm."""
    metric.add_metric([safe(label) for label in labels], value)


def _add_classes(
    metric: HistogramMetricFamily, bounds: Sequence[float], counts: Sequence[float], total: float, *labels: str
) -> None:
    """How many are in each class, the one above all `bounds` last, and the sum of all."""
    sums = zip((*map(str, bounds), "+Inf"), accumulate(counts), strict=True)
    metric.add_metric([safe(label) for label in labels], list(sums), total)
