"""When something is wrong enough to say so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.config.records import PortSet, SimLimits
from console.domain.alarms import AlarmKind, Condition
from console.domain.link import LinkPhase, LinkStatus, ReceiverStatus
from console.domain.ports import PortHealth, PortPast
from console.protocol.rules.alarms import REMEMBERED, STARTING_FOR
from tests.support.alarms import DOWN, GATEWAY, NO_SIM, UP, Watched
from tests.support.backend import NOON, port

HABIT = PortPast(received_at=NOON, usual_pause=60.0, long_pause=300.0)


def test_where_all_is_well_nothing_holds() -> None:
    watched = Watched(*(port(number) for number in range(1, 45)))
    assert watched.after() == watched.after(3600) == []


# ---- out of service -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("health", "kind"),
    [
        (PortHealth.NO_SIM, "no_sim"),
        (PortHealth.NEEDS_PIN, "needs_pin"),
        (PortHealth.UNREGISTERED, "unregistered"),
        (PortHealth.OFF, "unregistered"),
        (PortHealth.DOWN, "unregistered"),
        (PortHealth.BLOCKED, "unregistered"),
    ],
)
def test_a_port_that_falls_out_of_service_is_an_alarm_after_a_while_until_it_is_back(
    health: PortHealth, kind: str
) -> None:
    watched = Watched()
    watched.after()
    watched.becomes(3, health)
    assert watched.after(59) == []
    assert watched.after(1) == [f"{kind} 3"]
    assert watched.after(3600) == [f"{kind} 3"]
    watched.becomes(3, PortHealth.BUSY)
    assert watched.after(1) == []


def test_a_short_absence_is_none() -> None:
    watched = Watched()
    watched.after()
    for _ in range(5):
        watched.becomes(3, PortHealth.UNREGISTERED)
        assert watched.after(50) == []
        watched.becomes(3, PortHealth.READY)
        assert watched.after(5) == []


def test_a_slot_that_never_had_a_sim_pages_nobody() -> None:
    empty = [port(number, PortHealth.NO_SIM) for number in range(37, 45)]
    watched = Watched(*(port(number) for number in range(1, 37)), *empty)
    assert watched.after() == watched.after(86_400) == []


def test_a_port_that_worked_this_week_or_has_a_name_is_to_be_used() -> None:
    for past, gateway in (
        (PortPast(usable_at=NOON - 3600), GATEWAY),
        (PortPast(), replace(GATEWAY, sims={3: SimLimits()})),
        (PortPast(), replace(GATEWAY, port_sets=(PortSet("night", (3, 5)),))),
    ):
        watched = Watched(port(3, PortHealth.NO_SIM), gateway=gateway)
        watched.past = {("gw1", 3): past}
        assert watched.after() == ["no_sim 3"]


def test_a_port_without_a_sim_for_a_week_is_an_empty_slot() -> None:
    watched = Watched()
    watched.after()
    watched.becomes(3, PortHealth.NO_SIM)
    assert watched.after(60) == ["no_sim 3"]
    assert watched.after(REMEMBERED - 61) == ["no_sim 3"]
    assert watched.after(2) == []


def test_a_pin_is_asked_of_somebody_even_where_the_port_never_worked() -> None:
    assert Watched(port(3, PortHealth.NEEDS_PIN, state="SIM PUK REQ")).conditions()[0].words.endswith("SIM PUK REQ")


def test_one_reason_takes_over_from_the_other_without_a_moment_in_which_all_seems_well() -> None:
    watched = Watched()
    watched.after()
    watched.becomes(3, PortHealth.NO_SIM)
    assert watched.after(60) == ["no_sim 3"]
    watched.becomes(3, PortHealth.STARTING)
    assert watched.after(30) == ["no_sim 3"]
    watched.becomes(3, PortHealth.UNREGISTERED)
    assert watched.after(59) == ["no_sim 3"]
    watched.after(1)
    assert watched.after(1) == ["unregistered 3"]


def test_a_module_may_take_its_time_to_start_but_not_for_ever() -> None:
    watched = Watched()
    watched.after()
    watched.becomes(3, PortHealth.STARTING)
    assert watched.after(90) == []
    watched.becomes(3, PortHealth.UNREGISTERED)
    assert watched.after(59) == []
    watched.becomes(3, PortHealth.STARTING)
    assert watched.after(STARTING_FOR - 1) == []
    watched.after(1)
    assert watched.after(60) == ["unregistered 3"]


def test_words_that_nobody_knows_raise_and_clear_nothing() -> None:
    watched = Watched(held=(NO_SIM,))
    watched.becomes(3, PortHealth.UNKNOWN)
    assert watched.after(3600) == ["no_sim 3"]
    fresh = Watched()
    fresh.becomes(3, PortHealth.UNKNOWN)
    assert fresh.after(3600) == []


# ---- what is not known --------------------------------------------------------------------------------------


def test_while_the_link_is_down_nothing_of_its_ports_rises_or_clears() -> None:
    watched = Watched(port(3), port(4), held=(NO_SIM,))
    watched.becomes(3, PortHealth.NO_SIM)
    watched.after()
    watched.link = DOWN
    watched.becomes(3, PortHealth.READY)
    watched.becomes(4, PortHealth.NO_SIM)
    assert watched.after(14) == ["no_sim 3"]
    watched.after(1)
    assert watched.after(3600) == ["no_sim 3", "ami_down 0"]
    watched.link = LinkStatus(LinkPhase.UP, watched.now)
    assert watched.after(1) == ["no_sim 4"]


def test_what_was_said_before_the_link_came_up_is_not_known_to_be_so_still() -> None:
    watched = Watched(held=(NO_SIM,))
    watched.after()
    watched.fresh = False
    watched.link = LinkStatus(LinkPhase.UP, NOON + 1)
    assert watched.after(2) == []  # it was ready, and cleared before
    again = Watched(port(3, PortHealth.READY), held=(NO_SIM,))
    again.fresh = False
    again.link = LinkStatus(LinkPhase.UP, NOON)
    assert again.after(5) == ["no_sim 3"]


def test_a_link_is_down_once_it_stays_so_whatever_phase_it_tries_in() -> None:
    watched = Watched()
    for phase in (LinkPhase.WAITING, LinkPhase.CONNECTING, LinkPhase.LOGGING_IN) * 4:
        watched.link = LinkStatus(phase, watched.now, "no route to host")
        assert watched.after(1) == []
    watched.after(3)
    (down,) = watched.conditions(1)
    assert (down.kind, down.port, down.words) == (AlarmKind.AMI_DOWN, 0, "AMI is down: no route to host")
    watched.link = UP
    assert watched.after(1) == []


def test_ports_that_say_nothing_though_the_link_is_up_are_one_alarm() -> None:
    watched = Watched(port(3), port(4), held=(NO_SIM,))
    watched.becomes(3, PortHealth.NO_SIM)
    watched.after()
    watched.fresh = False
    assert watched.after(120) == ["no_sim 3"]
    held, stale = watched.conditions(2)
    assert (held, stale.words) == (NO_SIM, "2 of 2 ports do not answer although AMI is up: ports 3, 4")
    watched.fresh = True
    assert watched.after(1) == ["no_sim 3"]


def test_what_lasts_is_measured_anew_after_a_time_in_which_nothing_was_known() -> None:
    watched = Watched()
    watched.after()
    watched.becomes(3, PortHealth.READY, signal=2)
    assert watched.after(500) == []
    watched.link = DOWN
    watched.after(200)
    watched.link = LinkStatus(LinkPhase.UP, watched.now)
    assert "low_signal 3" not in watched.after(1)
    assert watched.after(599) == []
    assert watched.after(1) == ["low_signal 3"]


def test_without_ami_in_the_configuration_there_is_nothing_to_be_down() -> None:
    watched = Watched(gateway=replace(GATEWAY, ami=None), held=(NO_SIM, Condition(AlarmKind.AMI_DOWN, "gw1", 0, "")))
    watched.ports = {}
    watched.link = LinkStatus(LinkPhase.STOPPED, NOON)
    assert watched.after(3600) == []


def test_alarms_of_a_gateway_that_is_not_configured_any_more_are_over() -> None:
    watched = Watched(held=(Condition(AlarmKind.NO_SIM, "gone", 3, ""), NO_SIM))
    watched.link = DOWN
    assert watched.after() == ["no_sim 3"]


# ---- the receiver -------------------------------------------------------------------------------------------


def test_nobody_receives() -> None:
    watched = Watched()
    watched.receiver = ReceiverStatus(False, "0.0.0.0:8080", NOON, "it is taken")
    assert watched.after(10) == []
    (down,) = watched.conditions(15)
    assert (down.gateway, down.words) == ("", "nothing receives on 0.0.0.0:8080: it is taken")
    watched.receiver = replace(watched.receiver, by="PID 4711 on jump1")
    assert watched.after(1) == []


# ---- whatever comes -----------------------------------------------------------------------------------------


def test_what_another_process_left_lasts_until_it_is_known_not_to() -> None:
    watched = Watched(port(3, PortHealth.NO_SIM), held=(NO_SIM,))
    assert watched.conditions() == watched.conditions(86_400) == (NO_SIM,)
    watched.becomes(3, PortHealth.READY)
    assert watched.after(1) == []


STEPS = st.lists(
    st.tuples(
        st.sampled_from(PortHealth),
        st.sampled_from([None, 0, 4, 5, 31]),
        st.sampled_from(LinkPhase),
        st.integers(0, 5),
        st.booleans(),
        st.floats(-100, 1000),
    ),
    max_size=40,
)


@given(STEPS)
def test_no_condition_is_raised_and_cleared_at_once_and_each_is_held_once(
    steps: list[tuple[PortHealth, int | None, LinkPhase, int, bool, float]],
) -> None:
    watched = Watched()
    watched.after()
    before: set[Condition] = set()
    for health, signal, phase, failed, fresh, seconds in steps:
        watched.becomes(3, health, signal=signal)
        watched.link = LinkStatus(phase, watched.now) if phase is not watched.link.phase else watched.link
        watched.past = {("gw1", 3): replace(HABIT, failures=failed)}
        watched.fresh = fresh
        held = watched.conditions(seconds)
        places = [condition.place for condition in held]
        assert len(places) == len(set(places))
        raised, cleared = set(held) - before, before - set(held)
        assert not {one.place for one in raised} & {one.place for one in cleared}
        if watched.link.phase is not LinkPhase.UP:
            assert {one.port for one in raised | cleared} <= {0}
        before = set(held)


@given(STEPS)
def test_once_all_is_well_everything_clears_exactly_once(
    steps: list[tuple[PortHealth, int | None, LinkPhase, int, bool, float]],
) -> None:
    watched = Watched()
    for health, signal, phase, failed, fresh, seconds in steps:
        watched.becomes(3, health, signal=signal)
        watched.link, watched.fresh = LinkStatus(phase, watched.now), fresh
        watched.past = {("gw1", 3): PortPast(failures=failed)}
        watched.conditions(seconds)
    watched.fresh, watched.past = True, {}
    watched.link = LinkStatus(LinkPhase.UP, watched.now)
    watched.becomes(3, PortHealth.READY, signal=20)
    before, cleared = {one.place for one in watched.conditions()}, 0
    held = len(before)
    for _ in range(100):
        after = {one.place for one in watched.conditions(1)}
        assert after <= before
        cleared, before = cleared + len(before - after), after
    assert (before, cleared) == (set(), held)
