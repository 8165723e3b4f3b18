"""The table of moves, and what a message of several segments is said to be."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.messages import DeliveryState as S
from console.protocol.rules.delivery import MOVES, advance, apply, apply_to_next, rollup

STATES = st.sampled_from(list(S))
MESSAGES = st.lists(STATES, min_size=1, max_size=6)


def test_the_table_names_every_state() -> None:
    assert set(MOVES) == set(S)


@pytest.mark.parametrize(
    ("current", "new", "after"),
    [
        (S.QUEUED, S.SUBMITTING, S.SUBMITTING),
        (S.QUEUED, S.CANCELLED, S.CANCELLED),
        (S.QUEUED, S.SENT, S.QUEUED),  # nobody can know of what has not left
        (S.SUBMITTING, S.QUEUED, S.QUEUED),  # no byte left
        (S.SUBMITTING, S.UNKNOWN, S.UNKNOWN),
        (S.SUBMITTING, S.CANCELLED, S.SUBMITTING),  # too late
        (S.ACCEPTED, S.SENT, S.SENT),
        (S.SENT, S.DELIVERED, S.DELIVERED),
        (S.SENT, S.FAILED, S.FAILED),  # not received on handset
        (S.SENT, S.ACCEPTED, S.SENT),  # late
        (S.SENT, S.UNKNOWN, S.SENT),
        (S.UNKNOWN, S.SENT, S.SENT),  # settled
        (S.UNKNOWN, S.DELIVERED, S.DELIVERED),
        (S.UNKNOWN, S.QUEUED, S.UNKNOWN),  # never again by itself
        (S.UNKNOWN, S.SUBMITTING, S.UNKNOWN),
        (S.FAILED, S.SENT, S.FAILED),  # another part
        (S.FAILED, S.DELIVERED, S.DELIVERED),
        (S.FAILED, S.QUEUED, S.FAILED),
        (S.DELIVERED, S.FAILED, S.DELIVERED),
        (S.CANCELLED, S.SENT, S.CANCELLED),
    ],
)
def test_moves(current: S, new: S, after: S) -> None:
    assert advance(current, new) is after


@given(STATES, STATES)
def test_evidence_twice_is_evidence_once(current: S, new: S) -> None:
    once = advance(current, new)
    assert advance(once, new) is once


def test_nothing_that_may_have_left_becomes_sendable_again() -> None:
    """Only SUBMITTING, by the word of the one who submits, leads back to QUEUED."""
    assert [state for state in S if S.QUEUED in MOVES[state]] == [S.SUBMITTING]
    for state in (S.ACCEPTED, S.SENT, S.DELIVERED, S.FAILED, S.UNKNOWN, S.CANCELLED):
        assert S.SUBMITTING not in MOVES[state]


@pytest.mark.parametrize(
    ("segments", "message"),
    [
        ([S.SENT, S.DELIVERED], S.SENT),
        ([S.DELIVERED, S.DELIVERED], S.DELIVERED),
        ([S.SENT, S.FAILED, S.DELIVERED], S.FAILED),
        ([S.SENT, S.UNKNOWN], S.UNKNOWN),
        ([S.QUEUED, S.QUEUED], S.QUEUED),
        ([S.SENT, S.QUEUED], S.SUBMITTING),
        ([S.SENT, S.SUBMITTING, S.QUEUED], S.SUBMITTING),
        ([S.CANCELLED, S.CANCELLED], S.CANCELLED),
        ([S.SENT, S.CANCELLED], S.FAILED),
        ([S.UNKNOWN, S.CANCELLED], S.UNKNOWN),
        ([S.FAILED, S.CANCELLED], S.FAILED),
    ],
)
def test_rollup(segments: list[S], message: S) -> None:
    assert rollup(segments) is message


@given(MESSAGES)
def test_rollup_does_not_depend_on_the_order(segments: list[S]) -> None:
    assert {rollup(order) for order in itertools.islice(itertools.permutations(segments), 50)} == {rollup(segments)}


@given(MESSAGES)
def test_a_message_is_sent_only_when_all_of_it_is(segments: list[S]) -> None:
    if rollup(segments) in (S.SENT, S.DELIVERED):
        assert set(segments) <= {S.SENT, S.DELIVERED}
    if rollup(segments) is S.QUEUED:
        assert set(segments) == {S.QUEUED}


def test_a_message_without_segments_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        rollup([])


def test_apply_moves_one_segment_or_all() -> None:
    two = (S.SUBMITTING, S.SUBMITTING)
    assert apply(two, 2, S.SENT) == (S.SUBMITTING, S.SENT)
    assert apply(two, 0, S.UNKNOWN) == (S.UNKNOWN, S.UNKNOWN)
    with pytest.raises(ValueError, match="segment 3"):
        apply(two, 3, S.SENT)


def test_evidence_that_names_no_segment_moves_the_first_it_can() -> None:
    segments: tuple[S, ...] = (S.ACCEPTED, S.ACCEPTED, S.ACCEPTED)
    for expected in (
        (S.SENT, S.ACCEPTED, S.ACCEPTED),
        (S.SENT, S.SENT, S.ACCEPTED),
        (S.SENT, S.SENT, S.SENT),
        (S.SENT, S.SENT, S.SENT),
    ):
        segments = apply_to_next(segments, S.SENT)
        assert segments == expected
