"""`gsm-console claim`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.cli import main
from console.store import Store
from tests.support.backend import FixedClock
from tests.support.inbox import text_sms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from console.domain.messages import Claim


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "console.db", clock=FixedClock())
    for number in range(3):
        store.add_callback("gw1", text_sms(f"message {number}"), b"raw").result(10)
    yield store
    store.close()


def claims(store: Store) -> dict[int, Claim]:
    return dict(store.claims.of([1, 2, 3]))


def run(store: Store, *words: str) -> int:
    return main(["claim", "--database", str(store.path), *words])


def test_messages_are_claimed_done_and_released(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(store, "1", "2") == 0
    assert "claimed: 2 of 2." in capsys.readouterr().out
    assert claims(store).keys() == {1, 2}
    assert run(store, "--done", "2") == 0
    assert claims(store)[2].done_at is not None
    assert run(store, "--release", "1") == 0
    assert claims(store).keys() == {2}


def test_what_somebody_else_has_stays_theirs_unless_it_is_taken_over(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    store.claims.claim(1, "bob").result(10)
    assert run(store, "1", "2") == 1
    assert "1 is claimed by bob since 2026-11-22 12:00:00Z" in capsys.readouterr().err
    assert claims(store)[1].operator == "bob"
    assert run(store, "--take-over", "1") == 0
    assert claims(store)[1].operator != "bob"


def test_a_message_that_is_not_there_is_named(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(store, "3", "99") == 1
    assert "There is no message 99." in capsys.readouterr().err
    assert claims(store).keys() == {3}
