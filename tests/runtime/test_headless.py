"""What is logged without a screen, and how a service manager is told."""

from __future__ import annotations

from dataclasses import replace

from console.domain.link import ReceiverStatus, RefusedRequest
from console.runtime.headless import news
from tests.support.backend import NOON

WELL = ReceiverStatus(True, "127.0.0.1:8080", NOON)


def refused(address: str, count: int, reason: str = "no valid token") -> RefusedRequest:
    return RefusedRequest(NOON, address, reason, count)


def test_nothing_new_is_no_line() -> None:
    status = replace(WELL, refusals=(refused("192.0.2.7", 3),))
    assert news(status, status) == []


def test_trouble_comes_and_goes() -> None:
    full = replace(WELL, detail="Callbacks are answered 503 and not kept: the disk is full")
    assert news(WELL, full) == [full.detail]
    assert news(full, WELL) == ["callbacks are kept again"]


def test_refusals_are_told_with_how_many_there_were_since() -> None:
    before = replace(WELL, refusals=(refused("192.0.2.7", 3), refused("192.0.2.8", 1)))
    after = replace(
        WELL, refusals=(refused("192.0.2.8", 1), refused("192.0.2.7", 12), refused("192.0.2.9", 1, "too many"))
    )
    assert news(before, after) == [
        "refused 192.0.2.7 (9 times, 12 in all): no valid token",
        "refused 192.0.2.9: too many",
    ]


def test_calls_that_could_not_be_kept_are_told_apart_and_first() -> None:
    after = replace(
        WELL, refusals=(refused("192.0.2.7", 1),), unkept=2, unkept_calls=(refused("192.0.2.8", 2, "the disk is full"),)
    )
    assert news(WELL, after) == [
        "not kept of 192.0.2.8 (2 times, 2 in all): the disk is full",
        "refused 192.0.2.7: no valid token",
    ]
