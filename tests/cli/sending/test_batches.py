"""`gsm-console batches`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from console.cli import main
from console.domain.messages import DeliveryState as S
from console.domain.messages import Evidence
from console.store import Store
from console.store.outbox.messages import Order
from tests.support.backend import NOON, FixedClock
from tests.support.hostile import FORBIDDEN_TEXT, NASTY
from tests.support.messages import draft

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """One of which a message failed, and one a day later of which nothing left yet."""
    clock = FixedClock()
    store = Store.open(tmp_path / "console.db", clock=clock)
    _, messages = store.sending.add_batch([Order(draft(), 1), Order(draft(), 1)], "alice", "winter sale").result(10)
    for message, state in zip(messages, (S.SENT, S.FAILED), strict=True):
        for each in (S.SUBMITTING, state):
            store.add_evidence(Evidence(message.id, 1, NOON, each, "console", "")).result(10)
    clock.now += 86_400
    store.sending.add_batch([Order(draft(), 1)] * 3, "bob", f"=later {NASTY}").result(10)
    store.close()
    return tmp_path / "console.db"


def test_each_batch_is_a_line_the_newest_first(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["batches", "--database", str(path)]) == 0
    out = capsys.readouterr().out
    later, sale = out.splitlines()
    assert later.startswith("2  2026-11-23 12:00:00Z  running  0 of 3  bob  =later ")
    assert sale == "1  2026-11-22 12:00:00Z  ended  2 of 2  1 failed  alice  winter sale"
    assert not FORBIDDEN_TEXT.search(out)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["--query", "is:ended"], [1]),
        (["--search", "winter"], [1]),
        (["--query", "by:bob"], [2]),
        (["--query", "by:bob OR by:alice", "--since", "2026-11-23"], [2]),
        (["--since", "2026-11-20 12:30"], [2, 1]),
        (["--limit", "1"], [2]),
    ],
)
def test_what_is_asked_for(path: Path, capsys: pytest.CaptureFixture[str], words: list[str], found: list[int]) -> None:
    assert main(["batches", "--database", str(path), "--json", *words]) == 0
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == found


def test_csv_has_the_messages_by_state_and_no_formula(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["batches", "--database", str(path), "--format", "csv"]) == 0
    heading, later, sale = capsys.readouterr().out.splitlines()
    assert heading.startswith("id,at,operator,label,state,total,gone,queued,")
    assert ",'=later" in later.replace('"', "")
    row = dict(zip(heading.split(","), sale.split(","), strict=True))
    assert (row["total"], row["sent"], row["failed"], row["queued"]) == ("2", "1", "1", "0")


def test_a_time_that_is_none_is_told(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["batches", "--database", str(path), "--since", "soon"]) == 2
    assert "--since" in capsys.readouterr().err
