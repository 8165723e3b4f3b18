"""Ports that are in service and yet not well: a low signal, failures in a row, a limit that is near, silence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.config.records import AlarmConfig
from console.domain.alarms import AlarmKind, Condition
from console.domain.link import LinkPhase, LinkStatus
from console.domain.ports import PortHealth, PortPast
from console.domain.sending import SimUsage
from console.protocol.rules.alarms import CLEAR_AFTER, SILENT_FOR
from tests.support.alarms import GATEWAY, Watched
from tests.support.backend import NOON, port

HABIT = PortPast(received_at=NOON, usual_pause=60.0, long_pause=300.0)


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
    watched.past = {("gw1", 3): PortPast(failures=2)}
    assert watched.after() == []
    watched.past = {("gw1", 3): PortPast(failures=3)}
    (suspect,) = watched.conditions()
    assert (suspect.kind, suspect.port) == (AlarmKind.FAILURES, 3)
    assert suspect.words.startswith("3 sends in a row failed")
    watched.past = {("gw1", 3): PortPast()}
    assert watched.after() == []


def test_failures_of_a_port_out_of_service_say_nothing_of_its_sim() -> None:
    watched = Watched(port(3, PortHealth.UNREGISTERED))
    watched.past = {("gw1", 3): PortPast(failures=9)}
    assert watched.after() == []


def test_another_sim_has_not_failed() -> None:
    watched = Watched(port(3, imsi="460001"))
    watched.past = {("gw1", 3): PortPast(failures=5, failed_imsi="460001")}
    assert watched.after() == ["failures 3"]
    watched.becomes(3, PortHealth.READY, imsi="460002")
    assert watched.after() == []


def test_no_such_alarm_where_the_threshold_is_nought() -> None:
    watched = Watched(thresholds=AlarmConfig(failures=0, silent_factor=0, low_signal=0))
    watched.becomes(3, PortHealth.READY, signal=0)
    watched.past = {("gw1", 3): replace(HABIT, failures=99)}
    assert watched.after() == watched.after(86_400) == []


# ---- limits -------------------------------------------------------------------------------------------------


def test_a_limit_is_near_from_its_share_on() -> None:
    watched = Watched()
    watched.gateway = replace(watched.gateway, usage={3: SimUsage(89, 200, 100, 1000)})
    assert watched.after() == []
    watched.gateway = replace(watched.gateway, usage={3: SimUsage(90, 201, 100, 1000)})
    (near,) = watched.conditions()
    assert near.words == "90 of 100 segments sent by its SIM today"
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
    assert (silent.kind, silent.words) == (AlarmKind.SILENT, "no SMS for 10 min; usually one every 60 s")
    watched.past = {("gw1", 3): replace(HABIT, received_at=watched.now)}
    assert watched.after() == []


@pytest.mark.parametrize(
    ("pause", "long_pause", "limit"), [(600.0, 700.0, 3000.0), (60.0, 28_800.0, 28_800.0), (1.0, 2.0, 600.0)]
)
def test_how_long_it_may_be_silent(pause: float, long_pause: float, limit: float) -> None:
    watched = Watched()
    watched.past = {("gw1", 3): PortPast(received_at=NOON, usual_pause=pause, long_pause=long_pause)}
    assert watched.after(limit) == []
    assert watched.after(1) == ["silent 3"]


def test_without_a_habit_there_is_none_to_break() -> None:
    watched = Watched()
    watched.past = {("gw1", 3): PortPast(received_at=NOON)}
    assert watched.after(86_400) == []


def test_a_time_in_which_nobody_received_is_no_silence() -> None:
    watched = Watched()
    watched.past = {("gw1", 3): replace(HABIT, received_at=NOON - 7200)}
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
