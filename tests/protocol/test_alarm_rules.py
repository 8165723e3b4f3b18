"""When something is wrong enough to say so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.config.records import AlarmConfig, PortSet, SimLimits
from console.domain.alarms import AlarmKind, Condition, PortPast
from console.domain.link import LinkPhase, LinkStatus, ReceiverStatus
from console.domain.ports import PortHealth
from console.domain.sending import SimUsage
from console.protocol.alarm_rules import CLEAR_AFTER, REMEMBERED, SILENT_FOR, STARTING_FOR
from tests.support.alarms import DOWN, GATEWAY, NO_SIM, UP, Watched
from tests.support.backend import NOON, port

HABIT = PortPast(last_inbound=NOON, usual_pause=60.0, long_pause=300.0)


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
    assert (down.kind, down.port, down.words) == (AlarmKind.AMI_DOWN, 0, "AMI can't be reached: no route to host")
    watched.link = UP
    assert watched.after(1) == []


def test_ports_that_say_nothing_though_the_link_is_up_are_one_alarm() -> None:
    watched = Watched(port(3), port(4), held=(NO_SIM,))
    watched.becomes(3, PortHealth.NO_SIM)
    watched.after()
    watched.fresh = False
    assert watched.after(120) == ["no_sim 3"]
    held, stale = watched.conditions(2)
    assert (held, stale.words) == (NO_SIM, "2 of 2 ports do not answer though AMI is up: 3, 4")
    watched.fresh = True
    assert watched.after(1) == ["no_sim 3"]


def test_a_slow_round_of_questions_is_no_old_data() -> None:
    assert GATEWAY.ami is not None
    watched = Watched(gateway=replace(GATEWAY, ami=replace(GATEWAY.ami, status_period=60.0)))
    watched.after()
    watched.fresh = False
    assert watched.after(350) == []
    assert watched.after(11) == ["stale 0"]


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
    assert (down.gateway, down.words) == ("", "nobody receives on 0.0.0.0:8080: it is taken")
    watched.receiver = replace(watched.receiver, by="PID 4711 on jump1")
    assert watched.after(1) == []


# ---- signal -------------------------------------------------------------------------------------------------


def test_a_signal_is_low_once_it_stays_so_and_good_once_it_stays_so() -> None:
    watched = Watched()
    watched.becomes(3, PortHealth.READY, signal=4)
    watched.after()
    assert watched.after(599) == []
    watched.becomes(3, PortHealth.READY, signal=5)
    watched.after(1)
    watched.becomes(3, PortHealth.BUSY, signal=2)
    assert watched.after(1) == []
    assert watched.after(599) == []
    assert watched.after(1) == ["low_signal 3"]
    watched.becomes(3, PortHealth.READY, signal=20)
    assert watched.after(1) == ["low_signal 3"]
    watched.becomes(3, PortHealth.READY, signal=3)
    watched.after(1)
    watched.becomes(3, PortHealth.READY, signal=20)
    watched.after(1)
    assert watched.after(CLEAR_AFTER - 1) == ["low_signal 3"]
    assert watched.after(1) == []


def test_an_unknown_signal_says_nothing() -> None:
    watched = Watched()
    watched.becomes(3, PortHealth.READY, signal=1)
    watched.after()
    watched.becomes(3, PortHealth.READY, signal=None)
    assert watched.after(700) == []
    watched.becomes(3, PortHealth.READY, signal=1)
    assert watched.after(1) == ["low_signal 3"]


def test_a_low_signal_is_not_told_beside_a_port_that_is_out_of_service() -> None:
    watched = Watched(held=(Condition(AlarmKind.LOW_SIGNAL, "gw1", 3, ""),))
    watched.becomes(3, PortHealth.READY, signal=1)
    watched.after()
    watched.becomes(3, PortHealth.UNREGISTERED, signal=None)
    assert watched.after(30) == ["low_signal 3"]
    assert watched.after(30) == ["unregistered 3"]


# ---- failures -----------------------------------------------------------------------------------------------


def test_failures_in_a_row_on_a_registered_port_are_a_suspect_sim_until_one_is_sent() -> None:
    watched = Watched()
    watched.past = {("gw1", 3): PortPast(failed=2)}
    assert watched.after() == []
    watched.past = {("gw1", 3): PortPast(failed=3)}
    (suspect,) = watched.conditions()
    assert (suspect.kind, suspect.port) == (AlarmKind.FAILURES, 3)
    assert suspect.words.startswith("3 sends in a row failed")
    watched.past = {("gw1", 3): PortPast()}
    assert watched.after() == []


def test_failures_of_a_port_out_of_service_say_nothing_of_its_sim() -> None:
    watched = Watched(port(3, PortHealth.UNREGISTERED))
    watched.past = {("gw1", 3): PortPast(failed=9)}
    assert watched.after() == []


def test_another_sim_has_not_failed() -> None:
    watched = Watched(port(3, imsi="460001"))
    watched.past = {("gw1", 3): PortPast(failed=5, failed_imsi="460001")}
    assert watched.after() == ["failures 3"]
    watched.becomes(3, PortHealth.READY, imsi="460002")
    assert watched.after() == []


def test_no_such_alarm_where_the_threshold_is_nought() -> None:
    watched = Watched(thresholds=AlarmConfig(failures=0, silent_factor=0, low_signal=0))
    watched.becomes(3, PortHealth.READY, signal=0)
    watched.past = {("gw1", 3): replace(HABIT, failed=99)}
    assert watched.after() == watched.after(86_400) == []


# ---- limits -------------------------------------------------------------------------------------------------


def test_a_limit_is_near_from_its_share_on() -> None:
    watched = Watched()
    watched.gateway = replace(watched.gateway, usage={3: SimUsage(89, 200, 100, 1000)})
    assert watched.after() == []
    watched.gateway = replace(watched.gateway, usage={3: SimUsage(90, 201, 100, 1000)})
    (near,) = watched.conditions()
    assert near.words == "90 of 100 segments went by its SIM today"
    watched.gateway = replace(watched.gateway, usage={3: SimUsage(0, 901, 100, 1000)})
    assert watched.after(CLEAR_AFTER) == ["limit_near 3"]
    watched.gateway = replace(watched.gateway, usage={3: SimUsage(0, 0, 100, 1000)})
    assert watched.after(1) == ["limit_near 3"]
    assert watched.after(CLEAR_AFTER) == []


def test_a_sim_that_may_send_nothing_is_not_near_its_limit() -> None:
    watched = Watched()
    watched.gateway = replace(watched.gateway, usage={3: SimUsage(0, 0, 0, None)})
    assert watched.after() == []


# ---- silence ------------------------------------------------------------------------------------------------


def test_a_port_is_silent_against_its_own_habit() -> None:
    watched = Watched()
    watched.past = {("gw1", 3): HABIT}
    assert watched.after(SILENT_FOR) == []
    (silent,) = watched.conditions(1)
    assert (silent.kind, silent.words) == (AlarmKind.SILENT, "no SMS for 10 min; usually there is one every 60 s")
    watched.past = {("gw1", 3): replace(HABIT, last_inbound=watched.now)}
    assert watched.after() == []


@pytest.mark.parametrize(
    ("pause", "long_pause", "limit"), [(600.0, 700.0, 3000.0), (60.0, 28_800.0, 28_800.0), (1.0, 2.0, 600.0)]
)
def test_how_long_it_may_be_silent(pause: float, long_pause: float, limit: float) -> None:
    watched = Watched()
    watched.past = {("gw1", 3): PortPast(last_inbound=NOON, usual_pause=pause, long_pause=long_pause)}
    assert watched.after(limit) == []
    assert watched.after(1) == ["silent 3"]


def test_without_a_habit_there_is_none_to_break() -> None:
    watched = Watched()
    watched.past = {("gw1", 3): PortPast(last_inbound=NOON)}
    assert watched.after(86_400) == []


def test_a_time_in_which_nobody_received_is_no_silence() -> None:
    watched = Watched()
    watched.past = {("gw1", 3): replace(HABIT, last_inbound=NOON - 7200)}
    watched.receiver = replace(watched.receiver, since=NOON)
    assert watched.after(SILENT_FOR) == []
    watched.receiver = replace(watched.receiver, listening=False)
    assert "silent 3" not in watched.after(3600)
    watched.receiver = replace(watched.receiver, listening=True)
    assert watched.after(1) == ["silent 3"]
    # A console that was started again knows no better than the one before.
    watched.receiver = replace(watched.receiver, since=watched.now)
    assert watched.after(1) == ["silent 3"]


def test_a_port_that_was_out_of_service_has_time_to_speak_again() -> None:
    watched = Watched()
    watched.past = {("gw1", 3): HABIT}
    watched.after()
    watched.becomes(3, PortHealth.UNREGISTERED)
    assert watched.after(7200) == ["unregistered 3"]
    watched.becomes(3, PortHealth.READY)
    assert watched.after(1) == []
    assert watched.after(SILENT_FOR) == []
    assert watched.after(1) == ["silent 3"]
    watched.becomes(3, PortHealth.NO_SIM)
    assert watched.after(59) == ["silent 3"]
    assert watched.after(1) == ["no_sim 3"]


def test_silence_is_heard_without_ami_as_well() -> None:
    watched = Watched(gateway=replace(GATEWAY, ami=None))
    watched.ports = {}
    watched.link = LinkStatus(LinkPhase.STOPPED, NOON)
    watched.past = {("gw1", 3): HABIT, ("other", 3): HABIT}
    assert watched.after(SILENT_FOR + 1) == ["silent 3"]


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
        watched.past = {("gw1", 3): replace(HABIT, failed=failed)}
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
        watched.past = {("gw1", 3): PortPast(failed=failed)}
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
