"""When something is wrong enough to say so: facts and thresholds in, the conditions that hold out.

A condition must be true for a while before it holds, and what is not known changes nothing: while a gateway's AMI link
is down, nothing of its ports is raised or cleared, and the link's own alarm stands for all of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from console.domain.alarms import AlarmKind, Condition, Place
from console.domain.link import LinkPhase
from console.domain.ports import PortHealth, PortPast

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from console.config.records import AlarmConfig, GatewayConfig
    from console.domain.link import GatewaySnapshot, ReceiverStatus
    from console.domain.ports import PortSim, PortSnapshot

CLEAR_AFTER = 60.0
"""Seconds for which a signal must be strong again, or a limit far, before that alarm clears."""

STARTING_FOR = 300.0
"""Seconds that a module may take to start."""

SILENT_FOR = 600.0
"""Seconds of silence below which no port is silent against its habit, however busy it usually is."""

REMEMBERED = 7 * 86_400.0
"""Seconds after which a port that worked once is an empty slot like the others."""

_IN_SERVICE = frozenset({PortHealth.READY, PortHealth.BUSY})

_OUT_OF_SERVICE: dict[PortHealth, AlarmKind] = {
    PortHealth.NO_SIM: AlarmKind.NO_SIM,
    PortHealth.NEEDS_PIN: AlarmKind.NEEDS_PIN,
    PortHealth.UNREGISTERED: AlarmKind.UNREGISTERED,
    PortHealth.STARTING: AlarmKind.UNREGISTERED,
    PortHealth.OFF: AlarmKind.UNREGISTERED,
    PortHealth.DOWN: AlarmKind.UNREGISTERED,
    PortHealth.BLOCKED: AlarmKind.UNREGISTERED,
}
"""The alarm that each state of a port comes to. What is UNKNOWN is none."""

_LONG_UNITS = ((172_800, 86_400, "days"), (7_200, 3_600, "h"), (120, 60, "min"))
"""From how many seconds each unit is used, and how many it has."""

_SERVICE = (AlarmKind.NO_SIM, AlarmKind.NEEDS_PIN, AlarmKind.UNREGISTERED)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the rules look at, as of one moment."""

    gateways: Sequence[GatewaySnapshot]
    receiver: ReceiverStatus
    past: Mapping[tuple[str, int], PortPast] = field(default_factory=dict)
    """By gateway and port."""
    sims: Mapping[tuple[str, int], PortSim] = field(default_factory=dict)
    """The same: which SIM belongs there, and which was seen."""


class _Verdict(Enum):
    BAD = "bad"
    WELL = "well"
    UNCLEAR = "unclear"


class _Finding(NamedTuple):
    """What can be said of one place now."""

    verdict: _Verdict
    words: str = ""
    since: float | None = None
    """From when it has been bad, Unix seconds UTC, where that is known better than by looking."""
    rises: float = 0.0
    """Seconds that it must be bad before it holds."""
    clears: float = 0.0
    """Seconds that it must be well before it no longer does."""


_WELL = _Finding(_Verdict.WELL)
_UNCLEAR = _Finding(_Verdict.UNCLEAR)


class AlarmRules:
    """Looks at facts again and again, and remembers what must last. `update` may come at any pace."""

    def __init__(self, thresholds: AlarmConfig, gateways: Sequence[GatewayConfig]) -> None:
        self._thresholds = thresholds
        self._gateways = {gateway.name: gateway for gateway in gateways}
        self._held: dict[Place, Condition] = {}
        self._left_out_of_service: set[tuple[str, int]] = set()
        """Ports that were to be used, by what another process left."""
        self._turning: dict[Place, float] = {}
        """Since when each place that is not held has been bad, and each that is held well."""
        self._usable_at: dict[tuple[str, int], float] = {}
        """When each port was last seen in service."""
        self._back_at: dict[tuple[str, int], float] = {}
        """When each port that was out of service came back."""
        self._out: set[tuple[str, int]] = set()

    def hold(self, conditions: Iterable[Condition]) -> None:
        """Take over conditions that hold by what another process wrote down: they last until it is known that they do
        not.
        """
        for condition in conditions:
            if self._is_known(condition) and condition.place not in self._held:
                self._held[condition.place] = condition
                self._turning.pop(condition.place, None)
                if condition.kind in _SERVICE:
                    self._left_out_of_service.add((condition.gateway, condition.port))

    def update(self, facts: Facts, now: float) -> tuple[Condition, ...]:
        """The conditions that hold now (Unix seconds UTC), those that have held for longest first."""
        self._judge((AlarmKind.RECEIVER_DOWN, "", 0), _receiver(facts.receiver, self._thresholds), now)
        for gateway in facts.gateways:
            if gateway.name in self._gateways:
                self._look_at_gateway(gateway, facts, now)
        return tuple(self._held.values())

    def _is_known(self, condition: Condition) -> bool:
        """Whether anybody can still tell about it: the configuration may have changed."""
        gateway = self._gateways.get(condition.gateway)
        if gateway is None:
            return not condition.gateway
        return gateway.ami is not None or condition.kind in (AlarmKind.SILENT, AlarmKind.OTHER_SIM)

    # ---- what is held ---------------------------------------------------------------------------------------

    def _judge(self, place: Place, finding: _Finding, now: float) -> None:
        """Raise or clear one place, once what is found of it has lasted."""
        if finding.verdict is _Verdict.UNCLEAR:
            return
        held, bad = place in self._held, finding.verdict is _Verdict.BAD
        if held == bad:
            self._turning.pop(place, None)
            return
        first = finding.since if bad and finding.since is not None else now
        since = self._turning[place] = min(self._turning.get(place, first), now)  # the clock may be set back
        if now - since < (finding.rises if bad else finding.clears):
            return
        del self._turning[place]
        if bad:
            self._held[place] = Condition(*place, finding.words)
        else:
            del self._held[place]

    def _forget_what_turns(self, gateway: str, fresh: Collection[int]) -> None:
        """Of ports that are not `fresh`, nobody can tell whether what was to last did."""
        for kind, name, port in tuple(self._turning):
            if name == gateway and kind is not AlarmKind.AMI_DOWN and port not in fresh:
                del self._turning[kind, name, port]

    # ---- the console and its gateways -----------------------------------------------------------------------

    def _look_at_gateway(self, gateway: GatewaySnapshot, facts: Facts, now: float) -> None:
        name, link = gateway.name, gateway.link
        for sim in facts.sims.values():
            if sim.gateway == name:
                self._look_at_sim(sim, now)
        asked = self._gateways[name].ami is not None
        if asked:
            self._judge((AlarmKind.AMI_DOWN, name, 0), _link(gateway, self._thresholds), now)
            if link.phase is not LinkPhase.UP:
                self._forget_what_turns(name, ())
                return
        fresh = {port.port for port in gateway.ports if _is_fresh(gateway, port, now)}
        self._forget_what_turns(name, fresh)
        if asked:
            self._judge((AlarmKind.STALE, name, 0), _stale(gateway, fresh, now), now)
        for port in gateway.ports:
            if port.port in fresh:
                self._look_at_port(gateway, port, facts.past.get((name, port.port), PortPast()), now)
        self._look_for_silence(gateway, fresh, facts, now)

    def _look_at_sim(self, sim: PortSim, now: float) -> None:
        """By what is written down, so that it holds while AMI is down and where there is none."""
        place = (AlarmKind.OTHER_SIM, sim.gateway, sim.port)
        words = f"IMSI {sim.seen}, was {sim.imsi}; acknowledge if this is correct"
        self._judge(place, _Finding(_Verdict.BAD, words) if sim.is_other else _WELL, now)
        if place in self._held:
            self._held[place] = Condition(*place, words)  # another one may have followed

    # ---- ports ----------------------------------------------------------------------------------------------

    def _look_at_port(self, gateway: GatewaySnapshot, port: PortSnapshot, past: PortPast, now: float) -> None:
        where = (gateway.name, port.port)
        self._note_service(where, port, now)
        # One after the other: what is found of one kind may rest on what holds of another.
        for kind in _SERVICE:
            self._judge((kind, *where), self._service(kind, gateway.name, port, past, now), now)
        self._judge((AlarmKind.LOW_SIGNAL, *where), self._signal(gateway.name, port), now)
        self._judge((AlarmKind.FAILURES, *where), _failures(port, past, self._thresholds), now)
        self._judge((AlarmKind.LIMIT_NEAR, *where), _limit(gateway, port.port, self._thresholds), now)

    def _note_service(self, where: tuple[str, int], port: PortSnapshot, now: float) -> None:
        if where in self._left_out_of_service:
            self._left_out_of_service.discard(where)
            self._usable_at[where] = now
        if port.health in _IN_SERVICE:
            self._usable_at[where] = now
            if where in self._out:
                self._out.discard(where)
                self._back_at[where] = now
        elif port.health in _OUT_OF_SERVICE:
            self._out.add(where)

    def _service(self, kind: AlarmKind, gateway: str, port: PortSnapshot, past: PortPast, now: float) -> _Finding:
        """Whether a port is out of service for this reason."""
        if port.health in _IN_SERVICE:
            return _WELL
        why = _OUT_OF_SERVICE.get(port.health)
        if why is None:
            return _UNCLEAR
        if why is not kind:
            # It is still out of service: this alarm ends where the other one begins.
            return _WELL if (why, gateway, port.port) in self._held else _UNCLEAR
        if kind is not AlarmKind.NEEDS_PIN and not self._is_expected((gateway, port.port), past, now):
            return _WELL
        if port.health is PortHealth.STARTING and now - port.since < STARTING_FOR:
            return _UNCLEAR
        return _Finding(_Verdict.BAD, _out_words(port), port.since, self._thresholds.unregistered_seconds)

    def _is_expected(self, where: tuple[str, int], past: PortPast, now: float) -> bool:
        """Whether the port is there to be used: it was lately, or the configuration names it. An empty slot is not."""
        seen = max(past.usable_at or 0.0, self._usable_at.get(where, 0.0))
        return self._is_named(*where) or now - seen <= REMEMBERED

    def _is_named(self, gateway: str, port: int) -> bool:
        config = self._gateways[gateway]
        return port in config.sims or any(port in one.ports for one in config.port_sets)

    def _is_out(self, gateway: str, port: int) -> bool:
        """Whether an alarm of the port says already that it is out of service."""
        return any((kind, gateway, port) in self._held for kind in _SERVICE)

    def _signal(self, gateway: str, port: PortSnapshot) -> _Finding:
        if port.health not in _IN_SERVICE:
            return _WELL if self._is_out(gateway, port.port) else _UNCLEAR
        signal, limit, seconds = port.report.signal, self._thresholds.low_signal, self._thresholds.low_signal_seconds
        if signal is None:
            return _UNCLEAR
        if signal >= limit:
            return _Finding(_Verdict.WELL, clears=min(seconds, CLEAR_AFTER))
        words = f"signal {signal} of 31 for {_span(seconds)}, below {limit}"
        return _Finding(_Verdict.BAD, words, rises=seconds)

    # ---- silence --------------------------------------------------------------------------------------------

    def _look_for_silence(self, gateway: GatewaySnapshot, fresh: set[int], facts: Facts, now: float) -> None:
        by_ami = self._gateways[gateway.name].ami is not None
        serving = {port.port for port in gateway.ports if port.port in fresh and port.health in _IN_SERVICE}
        for (name, port), past in facts.past.items():
            if name != gateway.name:
                continue
            place = (AlarmKind.SILENT, name, port)
            if by_ami and self._is_out(name, port):
                self._judge(place, _WELL, now)  # that it is out of service says it all
            elif not by_ami or port in serving:
                self._judge(place, self._silence((name, port), past, facts.receiver, now), now)

    def _silence(self, where: tuple[str, int], past: PortPast, receiver: ReceiverStatus, now: float) -> _Finding:
        factor = self._thresholds.silent_factor
        if not factor or past.usual_pause is None or past.received_at is None:
            return _WELL
        limit = max(SILENT_FOR, factor * past.usual_pause, past.long_pause)
        silent = now - past.received_at
        if silent <= limit:
            return _WELL
        # What came while nobody received, or the port was out of service, is not known.
        heard = now - max(receiver.since, self._back_at.get(where, 0.0))
        if heard <= limit or not (receiver.listening or receiver.by):
            return _UNCLEAR
        words = f"no SMS for {_span(silent)}; usually one every {_span(past.usual_pause)}"
        return _Finding(_Verdict.BAD, words)


def _receiver(receiver: ReceiverStatus, thresholds: AlarmConfig) -> _Finding:
    if receiver.listening or receiver.by:
        return _WELL
    reason = f": {receiver.detail}" if receiver.detail else ""
    words = f"nothing receives on {receiver.address}{reason}"
    return _Finding(_Verdict.BAD, words, rises=thresholds.down_seconds)


def _link(gateway: GatewaySnapshot, thresholds: AlarmConfig) -> _Finding:
    link = gateway.link
    if link.phase is LinkPhase.UP:
        return _WELL
    reason = f": {link.detail}" if link.detail else ""
    refused = "login refused" if link.phase is LinkPhase.REFUSED else "AMI is down"
    return _Finding(_Verdict.BAD, f"{refused}{reason}", rises=thresholds.down_seconds)


def _is_fresh(gateway: GatewaySnapshot, port: PortSnapshot, now: float) -> bool:
    """Whether what is known of a port was said since the link came up, and not long ago."""
    return port.is_fresh(now) and (port.read_at or 0.0) >= gateway.link.since


def _stale(gateway: GatewaySnapshot, fresh: set[int], now: float) -> _Finding:
    """Ports that say nothing though the link is up: one alarm for all of them."""
    old = [
        port
        for port in gateway.ports
        if port.port not in fresh and now - max(port.read_at or 0.0, gateway.link.since) > port.fresh_for
    ]
    if old:
        ports = ", ".join(str(port.port) for port in old)
        does, s = ("does", "") if len(old) == 1 else ("do", "s")
        words = f"{len(old)} of {len(gateway.ports)} ports {does} not answer although AMI is up: port{s} {ports}"
        return _Finding(_Verdict.BAD, words)
    return _WELL if gateway.ports and len(fresh) == len(gateway.ports) else _UNCLEAR


def _failures(port: PortSnapshot, past: PortPast, thresholds: AlarmConfig) -> _Finding:
    limit, failures = thresholds.failures, past.failures_of(port.report.imsi)
    if not limit or failures < limit:
        return _WELL
    if port.health not in _IN_SERVICE:
        return _UNCLEAR
    words = f"{failures} sends in a row failed although it is registered: the SIM may be blocked"
    return _Finding(_Verdict.BAD, words)


def _limit(gateway: GatewaySnapshot, port: int, thresholds: AlarmConfig) -> _Finding:
    if (usage := gateway.usage.get(port)) is not None:
        counted = ((usage.today, usage.daily_limit, "today"), (usage.this_month, usage.monthly_limit, "this month"))
        for used, limit, when in counted:
            if limit and used >= thresholds.limit_share * limit:
                return _Finding(_Verdict.BAD, f"{used} of {limit} segments sent by its SIM {when}")
    # What went is read anew after a start: for a moment it seems to be nothing.
    return _Finding(_Verdict.WELL, clears=CLEAR_AFTER)


def _out_words(port: PortSnapshot) -> str:
    """Why a port is out of service, with the gateway's own word for it."""
    match port.health:
        case PortHealth.NO_SIM:
            return "there is no SIM in it"
        case PortHealth.NEEDS_PIN:
            return f"it asks for a PIN or PUK: {port.report.state}"
        case PortHealth.UNREGISTERED:
            return f"registration status: {port.report.registration or port.report.state or port.report.status}"
        case PortHealth.STARTING:
            return f"its module is still starting: {port.report.state}"
        case health:
            return f"it is {health}: {port.report.status or port.report.state}"


def _span(seconds: float) -> str:
    """`45 s`, `12 min`, `3 h`, `2 days`."""
    for least, size, unit in _LONG_UNITS:
        if seconds >= least:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
