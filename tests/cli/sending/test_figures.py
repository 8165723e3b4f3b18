"""`gsm-console figures`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from console.cli import main
from console.domain.messages import DeliveryState as S
from console.domain.messages import Draft, Evidence, Via
from console.store import Store
from tests.support.backend import FixedClock
from tests.support.hostile import FORBIDDEN_TEXT, NASTY

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two of alice's, one of which arrived; a day later one whose sender is a formula."""
    store = Store.open(tmp_path / "console.db", clock=(clock := FixedClock()))
    for gateway, state, user, raw in (
        ("north", S.DELIVERED, "alice", ""),
        ("north", S.FAILED, "alice", "+CMS ERROR: 38"),
        (f"=south {NASTY}", S.UNKNOWN, f"=1+2 {NASTY}", ""),
    ):
        draft = Draft(gateway, "+4915112345678", "hi", 1, Via.AMI)
        message = store.add_outbox(draft, 1, operator=user).result(10)
        for after, each in enumerate((S.SUBMITTING, S.SENT, state) if state is S.DELIVERED else (S.SUBMITTING, state)):
            store.add_evidence(Evidence(message.id, 1, clock.now + 5 * after, each, "console", raw)).result(10)
        clock.now += 40_000
    store.close()
    return tmp_path / "console.db"


def _out(path: Path, capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    assert main(["figures", "--database", str(path), *words]) == 0
    return capsys.readouterr().out.splitlines()


def test_a_line_for_each_day_the_newest_first(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    today, before = _out(path, capsys, "--since", "2026-11-01")
    assert today == "2026-11-23  0 sent  0 delivered (0%)  0 failed  1 unknown  1 segments"
    assert before.startswith("2026-11-22  1 sent  1 delivered (50%)  1 failed  0 unknown  1 segments  ")
    assert before.endswith("  ~5.0 s to the air  ~5.0 s to the phone")


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (["--by", "user", "--query", "gw:north"], ["alice"]),
        (["--by", "reason"], ["cms-38"]),
        (["--by", "country"], ["DE"]),
        (["--by", "day", "--until", "2026-11-23"], ["2026-11-22"]),
        (["--by", "day", "--since", "2026-11-23"], ["2026-11-23"]),
        (["--by", "gateway", "--query", "on:2026-11-22"], ["north"]),
    ],
)
def test_what_is_asked_for(path: Path, capsys: pytest.CaptureFixture[str], words: list[str], values: list[str]) -> None:
    since = [] if {"--until", "--since"} & set(words) or "on:" in words[-1] else ["--since", "2026-11-01"]
    assert [json.loads(line)["value"] for line in _out(path, capsys, "--json", *words, *since)] == values


def test_nothing_hostile_is_printed_as_it_is(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for how in ("table", "json"):
        text = "\n".join(_out(path, capsys, "--by", "user", "--since", "2026-11-01", "--format", how))
        assert not FORBIDDEN_TEXT.search(text)
    written = path.with_name("out.csv")
    _out(path, capsys, "--by", "user", "--since", "2026-11-01", "--format", "csv", "-o", str(written))
    assert "'=1+2" in written.read_text()
    assert written.read_text().startswith("by,value,gateway,messages,sent,")


def test_what_makes_no_sense_is_said(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["figures", "--database", str(path), "--query", "text:x"]) == 2
    assert "There is no field text here; fields: port, gw, after, since, before, on." in capsys.readouterr().err
