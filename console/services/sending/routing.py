"""Which way a message of one gateway takes now: a GSM port that may send and is idle, or the gateway's own choice.

A port carries one message at a time. One that is named is taken or waited for, and where it can't send at all, that
is said; of those that may be chosen it is the next of the set, else the least loaded. A port on which one message
after another failed is left alone for a while: a dead port is always idle, and would get most of them.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol

from console.config.records import AlarmConfig, PortSet
from console.domain.messages import DeliveryState, Via
from console.domain.sending import ANYTHING, Allowance, Remark
from console.errors import StoreError
from console.protocol.rules import port_choice

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from console.config import GatewayConfig
    from console.domain.clock import Clock
    from console.domain.messages import Draft, OutboxMessage
    from console.domain.ports import PortNote, PortSnapshot
    from console.services.sending.sims import Sims


GUARD = "locked out"


class Notes(Protocol):
    """What is asked of the store."""

    def of(self, gateway: str) -> Mapping[int, PortNote]: ...


class Lockouts:
    """From any thread. Where the store can't be read, as it was read last."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._known: dict[str, Mapping[int, PortNote]] = {}

    def of(self, gateway: str) -> Callable[[], Collection[int]]:
        """What tells the ports of a gateway that are locked out, whenever it is asked."""
        return partial(self._ports, gateway)

    def remarks(self, draft: Draft) -> list[Remark]:
        """That the draft names a port which is locked out, by whom, and their note."""
        note = self._read(draft.gateway).get(draft.port or 0)
        if note is None or not note.locked_out:
            return []
        why = f": {note.note}" if note.note else ""
        return [Remark(GUARD, f"Port {note.port} was locked out by {note.operator}{why}")]

    def _ports(self, gateway: str) -> Collection[int]:
        return frozenset(port for port, note in self._read(gateway).items() if note.locked_out)

    def _read(self, gateway: str) -> Mapping[int, PortNote]:
        with suppress(StoreError):
            self._known[gateway] = self._notes.of(gateway)
        return self._known.get(gateway, {})


PORT_REST = 60.0
"""Seconds until a suspect port is tried again."""


class Route(NamedTuple):
    """The way a message takes: a port, or None where the gateway chooses; the SIM in it, and what may go by it."""

    port: int | None
    imsi: str = ""
    rule: Allowance = ANYTHING


@dataclass(frozen=True, slots=True)
class Wait:
    """No way now."""

    why: str = ""
    """In words, where it is not just messages under way that are waited for."""


@dataclass(frozen=True, slots=True)
class NoWay:
    """No way at all: it can't be sent as it is."""

    why: str


class Routing:
    """The ports of one gateway. What is asked of a draft is for any thread, the rest for the services' event loop."""

    def __init__(
        self,
        gateway: GatewayConfig,
        sims: Sims,
        clock: Clock,
        *,
        ports: Callable[[], Sequence[PortSnapshot]],
        locked: Callable[[], Collection[int]] = tuple,
        alarms: AlarmConfig | None = None,
    ) -> None:
        """`ports()` are as last heard, `locked()` those that people left out of `auto`; both from any thread. After
        the `suspect_after` of `alarms` on one port, messages that may choose take other ports.
        """
        self._gateway = gateway
        self._sims = sims
        self._clock = clock
        self._ports = ports
        self._locked = locked
        self._alarms = alarms or AlarmConfig()
        self._load: Counter[int] = Counter()
        """Messages that each port was given in this run."""
        self._by_others: Counter[int] = Counter()
        """The same by other programs."""
        self._last_of_set: dict[str, int] = {}
        self._busy: set[int] = set()
        self._failed: Counter[str] = Counter()
        """Messages in a row that failed by each SIM, whichever port it is in."""
        self._avoided_until: dict[str, float] = {}

    # ---- of a draft -----------------------------------------------------------------------------------------

    def refusal(self, port: int, parts: int) -> str:
        """Why so many segments can't go through a port, in words; empty when they can."""
        refused = port_choice.refusal(port, self._ports(), self._clock.time())
        return refused or self._sims.refusal(port, parts)

    def candidates(self, draft: Draft) -> list[int]:
        """Ports that a draft without a port may go through, those at their limit included, those locked out not."""
        locked = self._locked()
        fit = port_choice.usable(self._ports(), self._clock.time(), self._load.keys())
        usable = [port for port in fit if port not in locked]
        chosen = self._set_of(draft)
        return usable if chosen is None else [port for port in usable if port in chosen.ports]

    def within_limits(self, ports: Sequence[int], parts: int) -> list[int]:
        """Those of `ports` whose SIM may send so many segments more."""
        return [port for port in ports if not self._sims.refusal(port, parts)]

    def pick(self, draft: Draft, ports: Sequence[int]) -> int | None:
        """The one of `ports` that is next: in turn for a set, else the least loaded."""
        chosen = self._set_of(draft)
        if chosen is None:
            return port_choice.least_loaded(ports, self._load + self._by_others)
        last = self._last_of_set.get(chosen.name)
        return port_choice.next_in_turn(chosen.ports, chosen.order, last, lambda port: port in ports)

    def may_choose(self, draft: Draft) -> bool:
        """Whether the gateway may choose a port itself: by HTTP, where the console knows of none that is ready, of no
        limit and of none locked out, and has not been told that none can send.
        """
        if draft.via is not Via.HTTP or draft.pool or self._sims.limited or self._locked():
            return False
        now = self._clock.time()
        snapshots = self._ports()
        told = [port_choice.refusal(one.port, snapshots, now) for one in snapshots]
        return not told or not all(told)

    def _set_of(self, draft: Draft) -> PortSet | None:
        """The set that a draft names, of no port where the configuration has no such set any more; None: any port."""
        if not draft.pool:
            return None
        return next((one for one in self._gateway.port_sets if one.name == draft.pool), PortSet(draft.pool, ()))

    # ---- of a message that is to leave ----------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether any port carries a message, or pauses after one."""
        return bool(self._busy)

    async def refresh(self) -> bool:
        """Learn what went by the SIMs. False where that is needed and can't be told: nothing may leave then."""
        try:
            await self._sims.refresh()
        except StoreError:
            return not self._sims.limited
        return True

    def route(self, message: OutboxMessage) -> Route | Wait | NoWay:
        """The way a message takes now."""
        draft = message.draft
        if draft.port is not None:
            if words := self.refusal(draft.port, message.parts):
                return NoWay(words)
            return Wait() if draft.port in self._busy else self._by(draft.port)
        chosen = self._set_of(draft)
        if chosen is not None and not chosen.ports:
            return Wait(f"the port set {chosen.name} no longer exists")
        fit = self.candidates(draft)
        open_to = self.within_limits(fit, message.parts)
        if not open_to:
            if self.may_choose(draft):
                return Route(None)
            return Wait(self._at_their_limits(fit, message.parts) or "no port that may send is ready")
        idle = [port for port in self._not_avoided(open_to) if port not in self._busy]
        port = self.pick(draft, idle)
        return Wait() if port is None else self._by(port)

    def occupy(self, route: Route, message: OutboxMessage) -> None:
        """A message leaves on this way: its port is busy until it is `free`d."""
        if route.port is None:
            return
        self._busy.add(route.port)
        self._load[route.port] += 1
        self._sims.note(route.port, message.parts)
        if message.draft.pool:
            self._last_of_set[message.draft.pool] = route.port

    def judge(self, route: Route, message: OutboxMessage, state: DeliveryState) -> None:
        """Learn from what became of a message on this way."""
        if route.port is None:
            return
        if state in (DeliveryState.QUEUED, DeliveryState.CANCELLED):
            self._sims.take_back(route.port, message.parts)  # nothing of it left
        else:
            self._count_failures(route, failed=state is DeliveryState.FAILED)

    def heard(self, route: Route, state: DeliveryState) -> None:
        """What another program sent came to this by a port: it counts as ours does."""
        if route.port is None:
            return
        self._by_others[route.port] += 1
        if state is not DeliveryState.FAILED:
            self._sims.note(route.port, 1)
        self._count_failures(route, failed=state is DeliveryState.FAILED)

    def _count_failures(self, route: Route, *, failed: bool) -> None:
        sim = _sim(route)
        self._failed[sim] = self._failed[sim] + 1 if failed else 0
        if self._failed[sim] >= self._alarms.suspect_after:
            self._avoided_until[sim] = self._clock.monotonic() + PORT_REST
        elif not failed:
            self._avoided_until.pop(sim, None)

    def free(self, route: Route) -> None:
        """The port can carry the next one."""
        if route.port is not None:
            self._busy.discard(route.port)

    def _at_their_limits(self, ports: Sequence[int], parts: int) -> str:
        """The limit of the first in words, and how many more are at theirs; empty where there is none."""
        if not ports:
            return ""
        first, more = self._sims.refusal(ports[0], parts).rstrip("."), len(ports) - 1
        return f"{first}, and {more} more at their limits" if more else first

    def _not_avoided(self, ports: Sequence[int]) -> Sequence[int]:
        """Those on which not everything failed lately; all of them where there is no such one."""
        now = self._clock.monotonic()
        return [port for port in ports if self._avoided_until.get(_sim(self._by(port)), now) <= now] or ports

    def _by(self, port: int) -> Route:
        imsi = next((one.report.imsi for one in self._ports() if one.port == port), "")
        return Route(port, imsi, self._sims.allowance(port))


def _sim(route: Route) -> str:
    """The SIM that a route goes by: the port's, where it is not known."""
    return route.imsi or f"port {route.port}"
