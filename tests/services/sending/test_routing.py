"""Which way a message takes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.config import AlarmConfig, PortSet, SimLimits
from console.domain.messages import DeliveryState as S
from console.domain.messages import Draft, OutboxMessage
from console.domain.ports import SUSPECT_AFTER, PortHealth
from console.errors import StoreError
from console.services.sending.routing import PORT_REST, NoWay, Route, Routing, Wait
from console.services.sending.sims import Sims
from tests.support.backend import NOON, FixedClock
from tests.support.sending import GATEWAY, by_ami, by_http, snapshot

if TYPE_CHECKING:
    from collections.abc import Collection

    from console.config import GatewayConfig
    from console.domain.ports import PortSnapshot

ANY = by_ami(port=None)


class Past:
    """What left before, by port and SIM; or nobody can tell."""

    def __init__(self) -> None:
        self.counts: dict[tuple[int, str], int] = {}
        self.locked = False

    def segments_since(self, gateway: str, since: float) -> dict[tuple[int, str], int]:
        if self.locked:
            raise StoreError("The database is locked.")
        return self.counts


class Ways:
    """The routing of one gateway, and what it looks at."""

    def __init__(
        self,
        gateway: GatewayConfig = GATEWAY,
        locked_out: Collection[int] = (),
        suspect_after: int = SUSPECT_AFTER,
    ) -> None:
        self.ports: list[PortSnapshot] = [snapshot(port, PortHealth.READY) for port in (1, 2, 3)]
        self.past = Past()
        self.clock = FixedClock()
        sims = Sims(gateway, self.past, self.clock, lambda: self.ports)
        self.routing = Routing(
            gateway,
            sims,
            self.clock,
            ports=lambda: self.ports,
            locked=lambda: locked_out,
            alarms=AlarmConfig(failures=suspect_after),
        )

    def leave(self, draft: Draft = ANY, state: S | None = None, *, parts: int = 1) -> int | None:
        """One leaves, and comes to that state; None: it is under way still. The port it took."""
        message = queued(draft, parts=parts)
        route = self.routing.route(message)
        assert isinstance(route, Route)
        self.routing.occupy(route, message)
        if state is not None:
            self.routing.judge(route, message, state)
            self.routing.free(route)
        return route.port


def queued(draft: Draft = ANY, *, parts: int = 1) -> OutboxMessage:
    return OutboxMessage(1, NOON, NOON, draft, S.QUEUED, (S.QUEUED,), "", parts=parts)


def test_the_least_loaded_port_is_next_and_each_carries_one_at_a_time() -> None:
    ways = Ways()
    assert not Ways().routing.busy
    assert [ways.leave(), ways.leave(), ways.leave()] == [1, 2, 3]
    assert ways.routing.busy
    assert ways.routing.route(queued()) == Wait(), "messages under way end by themselves"
    ways.routing.free(Route(2))
    assert ways.leave() == 2


def test_a_route_names_the_sim_in_the_port() -> None:
    ways = Ways()
    ways.ports[0] = replace(ways.ports[0], report=replace(ways.ports[0].report, imsi="460"))
    route = ways.routing.route(queued())
    assert isinstance(route, Route)
    assert (route.port, route.imsi) == (1, "460")


def test_a_named_port_is_waited_for_and_refused_where_it_can_t_send() -> None:
    ways = Ways()
    assert ways.leave(by_ami(port=2)) == 2
    assert ways.routing.route(queued(by_ami(port=2))) == Wait()
    ways.ports[1] = snapshot(2, PortHealth.NO_SIM)
    assert ways.routing.route(queued(by_ami(port=2))) == NoWay("Port 2 can't send: no SIM.")


def test_where_no_port_may_send_it_waits_and_says_for_what() -> None:
    ways = Ways()
    ways.ports = [snapshot(1, PortHealth.NO_SIM)]
    assert ways.routing.route(queued()) == Wait("no port that may send is ready")


@pytest.mark.parametrize(("order", "taken"), [("ascending", [1, 3, 1]), ("descending", [3, 1, 3])])
def test_a_set_is_gone_through_in_turn_whatever_its_load(order: str, taken: list[int]) -> None:
    ways = Ways(replace(GATEWAY, port_sets=(PortSet("night", (1, 3), order),)))  # type: ignore[arg-type]
    draft = replace(ANY, pool="night")
    assert ways.routing.candidates(draft) == [1, 3]
    assert [ways.leave(draft, S.SENT) for _ in range(3)] == taken


def test_a_message_for_a_set_that_is_gone_waits_and_takes_no_other_port() -> None:
    ways = Ways(replace(GATEWAY, port_sets=(PortSet("day", (1, 3)),)))
    for draft in (replace(ANY, pool="night"), replace(by_http(), pool="night")):
        assert ways.routing.candidates(draft) == []
        assert ways.routing.route(queued(draft)) == Wait("the port set night no longer exists")


def test_a_port_that_we_keep_busy_ourselves_may_still_be_chosen() -> None:
    ways = Ways()
    ways.leave(ANY, S.SENT)
    ways.ports = [snapshot(port, PortHealth.BUSY) for port in (1, 2)]
    assert ways.routing.candidates(ANY) == [1]


def test_a_port_left_out_of_auto_is_taken_where_it_is_named_only() -> None:
    ways = Ways(locked_out={1, 2})
    assert ways.routing.candidates(ANY) == [3]
    assert ways.leave(by_ami(port=1)) == 1


def test_the_gateway_chooses_by_http_where_no_port_is_known() -> None:
    ways = Ways()
    ways.ports.clear()
    assert ways.routing.route(queued(by_http())) == Route(None)
    assert ways.routing.route(queued(ANY)) == Wait("no port that may send is ready"), "sending by AMI needs a port"
    assert ways.leave(by_http(), S.FAILED) is None
    assert not ways.routing.busy


def test_the_gateway_does_not_choose_past_a_limit_a_lock_a_set_or_what_its_ports_said() -> None:
    limited = Ways(replace(GATEWAY, limits=SimLimits(daily=5)))
    locked, told = Ways(locked_out={1}), Ways()
    limited.ports.clear()
    locked.ports.clear()
    told.ports = [snapshot(1, PortHealth.OFF)]
    assert not any(ways.routing.may_choose(by_http()) for ways in (limited, locked, told))
    told.ports.append(snapshot(2, PortHealth.UNKNOWN))
    assert told.routing.may_choose(by_http())
    assert not told.routing.may_choose(replace(by_http(), pool="night"))


async def test_a_sim_at_its_limit_is_not_chosen_and_a_named_one_is_refused() -> None:
    ways = Ways(replace(GATEWAY, limits=SimLimits(daily=5)))
    ways.past.counts = {(1, ""): 4}
    assert await ways.routing.refresh()
    assert ways.routing.within_limits([1, 2], 1) == [1, 2]
    assert ways.routing.within_limits([1, 2], 2) == [2]
    assert ways.leave(parts=2) == 2
    assert ways.routing.refusal(1, 2) == "Port 1: 4 of 5 segments today, and this message needs 2 more."
    assert isinstance(ways.routing.route(queued(by_ami(port=1), parts=2)), NoWay)


@pytest.mark.parametrize(
    ("state", "left"), [(S.SENT, 2), (S.UNKNOWN, 2), (S.FAILED, 2), (S.QUEUED, 5), (S.CANCELLED, 5)]
)
def test_what_did_not_leave_does_not_count_against_the_limit(state: S, left: int) -> None:
    ways = Ways(replace(GATEWAY, limits=SimLimits(daily=5)))
    ways.leave(by_ami(port=1), state, parts=3)
    assert ways.routing.refusal(1, left) == ""
    assert ways.routing.refusal(1, left + 1)


async def test_where_what_went_can_t_be_told_nothing_may_leave_that_a_limit_would_hold() -> None:
    limited, free = Ways(replace(GATEWAY, limits=SimLimits(daily=5))), Ways()
    limited.past.locked = free.past.locked = True
    assert not await limited.routing.refresh()
    assert await free.routing.refresh()


@pytest.mark.parametrize("failures", [1, SUSPECT_AFTER, 5])
def test_a_port_on_which_one_after_another_failed_is_left_alone_for_a_while(failures: int) -> None:
    ways = Ways(suspect_after=failures)
    ways.ports = ways.ports[:2]
    for _ in range(failures - 1):
        ways.leave(by_ami(port=1), S.FAILED)
        ways.leave(by_ami(port=2), S.SENT)
    assert ways.leave(ANY, S.FAILED) == 1, "one less is none too many"
    for _ in range(failures + 1):
        assert ways.leave(ANY, S.SENT) == 2, "though more went through it"
    ways.clock.now += PORT_REST
    assert ways.leave(ANY, S.SENT) == 1


def test_one_that_went_well_between_makes_a_port_good_again() -> None:
    ways = Ways()
    for state in (*[S.FAILED] * (SUSPECT_AFTER - 1), S.ACCEPTED, S.FAILED, S.CANCELLED):
        ways.leave(by_ami(port=1), state)
    for port in (2, 3):
        for _ in range(SUSPECT_AFTER + 3):
            ways.leave(by_ami(port=port), S.SENT)
    assert ways.leave() == 1


def test_where_all_ports_fail_they_are_taken_all_the_same() -> None:
    ways = Ways()
    for port in (1, 2, 3):
        for _ in range(SUSPECT_AFTER):
            ways.leave(by_ami(port=port), S.FAILED)
    assert ways.leave() == 1
