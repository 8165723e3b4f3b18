from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.domain.link import GatewaySnapshot, HttpTrouble, LinkPhase, LinkStatus
from console.domain.messages import DeliveryState as S
from console.domain.messages import Draft, Via
from console.domain.ports import PortHealth
from console.domain.sending import Batch, BatchState, SimUsage
from console.ui.outbox.progress import (
    Rate,
    bar,
    count_cells,
    header_cells,
    held_words,
    progress_cells,
)
from tests.support.backend import NOON, port

if TYPE_CHECKING:
    from console.ui.kit.format import Cells

BATCH = Batch(
    7,
    NOON - 60,
    "alice",
    "winter.csv",
    BatchState.RUNNING,
    1000,
    {S.SENT: 300, S.DELIVERED: 100, S.FAILED: 3, S.UNKNOWN: 2, S.ACCEPTED: 15, S.SUBMITTING: 2, S.QUEUED: 578},
    first_at=NOON - 60,
    last_at=NOON,
)


def words(cells: Cells) -> str:
    return "".join(text for text, _ in cells)


def at(gone_by_then: int) -> Batch:
    return replace(BATCH, counts={S.SENT: gone_by_then, S.QUEUED: 1000 - gone_by_then})


def test_what_is_out_and_what_is_left() -> None:
    assert (BATCH.gone, BATCH.left) == (420, 580)
    assert not BATCH.is_finished
    assert replace(BATCH, counts={S.ACCEPTED: 1000}).is_finished


def test_a_batch_of_which_rows_were_removed_is_no_less_far() -> None:
    assert replace(BATCH, counts={S.QUEUED: 10}).gone == 990


def test_the_line_names_state_numbers_rate_and_time_left() -> None:
    assert words(progress_cells(BATCH, 29.0)) == "batch 7 ▶ running  ██████░░░░░░░░░░ 420 of 1,000  29/min  20m left"


@pytest.mark.parametrize(
    ("rate", "tail"),
    [(None, "1,000"), (0.0, "1,000  0/min"), (0.5, "1,000  under 1/min  19h20m left")],
)
def test_a_rate_that_tells_nothing_tells_no_time(rate: float | None, tail: str) -> None:
    assert words(progress_cells(BATCH, rate)).endswith(tail)


def test_one_that_waits_for_a_yes_has_no_rate() -> None:
    line = words(progress_cells(BATCH, 29.0, waits=True))
    assert "held" in line
    assert "/min" not in line


def test_what_there_is_none_of_is_not_named() -> None:
    assert words(count_cells(BATCH)) == (
        "✓ 400 sent  ✗ 3 failed  ? 2 unknown  ◔ 15 accepted  → 2 sending  · 578 left  "
    )
    assert words(count_cells(replace(BATCH, counts={S.QUEUED: 1000}))) == "✓ 0 sent  · 1,000 left  "


@pytest.mark.parametrize(("share", "drawn"), [(0.0, "░░░░"), (0.99, "███░"), (1.0, "████")])
def test_the_bar_is_full_only_when_all_is_done(share: float, drawn: str) -> None:
    assert bar(share, 4) == drawn


def test_the_rate_is_that_of_the_last_two_minutes() -> None:
    rate = Rate()
    for minute in range(60):
        rate.note(at(0), NOON + 60 * minute)
    for minute in range(60, 64):
        rate.note(at(10 * (minute - 59)), NOON + 60 * minute)
    assert rate.per_minute(at(40)) == 10


def test_before_anything_was_seen_the_rate_is_as_it_went_so_far() -> None:
    rate = Rate()
    rate.note(BATCH, NOON)
    assert rate.per_minute(BATCH) == 420
    unknown = replace(BATCH, first_at=None)
    rate.note(unknown, NOON + 1)
    assert rate.per_minute(unknown) is None


def test_a_pause_has_no_rate_and_does_not_count_afterwards() -> None:
    rate = Rate()
    rate.note(at(100), NOON)
    paused = replace(at(100), state=BatchState.PAUSED)
    rate.note(paused, NOON + 60)
    assert rate.per_minute(paused) is None
    rate.note(at(100), NOON + 600)
    rate.note(at(110), NOON + 630)
    assert rate.per_minute(at(110)) == 20


def test_a_clock_set_back_begins_anew() -> None:
    rate = Rate()
    rate.note(at(100), NOON)
    rate.note(at(200), NOON - 3600)
    rate.note(at(210), NOON - 3570)
    assert rate.per_minute(at(210)) == 20


def test_the_header_adds_up_what_is_under_way() -> None:
    assert words(header_cells([])) == ""
    assert words(header_cells([BATCH])) == "  batch 420/1,000"
    paused = replace(BATCH, state=BatchState.PAUSED)
    assert header_cells([paused]) == [("  batch 420/1,000 paused", "warn")]
    assert words(header_cells([BATCH, paused])) == "  2 batches 840/2,000"


AUTO = Draft("gw1", "10086", "x", None, Via.AMI)
READY = GatewaySnapshot(
    "gw1", "192.0.2.1", LinkStatus(LinkPhase.UP, NOON), (port(1), port(2)), port_sets=(("night", "2"),)
)
DOWN = replace(READY, link=LinkStatus(LinkPhase.WAITING, NOON))
NO_NETWORK = replace(READY, ports=(port(1), port(2, PortHealth.UNREGISTERED)))
NO_PORT = replace(READY, ports=(port(1, PortHealth.UNREGISTERED), port(2, PortHealth.NO_SIM)))
SPENT = SimUsage(3, 3, 3, None)


@pytest.mark.parametrize(
    ("draft", "gateway", "held"),
    [
        (AUTO, READY, ""),
        (AUTO, DOWN, "waits for AMI (gw1)"),
        (replace(AUTO, port=1), DOWN, "waits for AMI (gw1)"),
        (replace(AUTO, via=Via.HTTP), DOWN, ""),
        (replace(AUTO, via=Via.HTTP), replace(READY, http_trouble=HttpTrouble(NOON, "x")), "waits for HTTP (gw1)"),
        (AUTO, NO_PORT, "no port is ready"),
        (AUTO, NO_NETWORK, ""),
        (replace(AUTO, pool="night"), NO_NETWORK, "no port of night is ready"),
        (replace(AUTO, pool="night"), READY, ""),
        (AUTO, replace(READY, usage={1: SPENT, 2: SPENT}), "every port is at its limit"),
        (AUTO, replace(READY, usage={1: SPENT}), ""),
        (AUTO, None, ""),
    ],
)
def test_for_what_a_batch_waits(draft: Draft, gateway: GatewaySnapshot | None, held: str) -> None:
    assert held_words(draft, gateway) == held


def test_a_batch_that_waits_does_not_say_that_it_runs() -> None:
    waiting = replace(BATCH, counts={S.SENT: 420, S.QUEUED: 580})
    line = words(progress_cells(waiting, 29.0, held="no port is ready"))
    assert line == "batch 7 ◌ no port is ready  ██████░░░░░░░░░░ 420 of 1,000"
    assert "▶ running" in words(progress_cells(BATCH, 0.0, held="no port is ready")), "something is leaving"
    paused = replace(waiting, state=BatchState.PAUSED)
    assert "Ⅱ paused" in words(progress_cells(paused, None, held="no port is ready"))
