"""`gsm-console opt-out`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from console.cli import main
from console.store import Store
from tests.support.backend import FixedClock
from tests.support.hostile import FORBIDDEN_TEXT, NASTY

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

ALICE = "+4915123456789"


def test_numbers_are_added_listed_and_removed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = Store.open(tmp_path / "console.db", clock=FixedClock())
    store.opt_outs.set("+8613632919026", "bob", words=f"STOP {NASTY}").result(10)
    source = ["--database", str(store.path)]
    assert main(["opt-out", "add", *source, ALICE, "+49 151 23456789"]) == 0
    assert capsys.readouterr().out == "1 of 2 added.\n"
    assert main(["opt-out", "list", *source]) == 0
    out = capsys.readouterr().out
    assert out.startswith("+8613632919026  2026-11-22 12:00:00Z  bob  STOP ")
    assert not FORBIDDEN_TEXT.search(out)
    assert main(["opt-out", "list", "--json", *source]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["words"], second["number"], second["words"]) == (f"STOP {NASTY}", ALICE, "")
    assert main(["opt-out", "list", "--format", "csv", *source]) == 0
    assert capsys.readouterr().out.startswith("number,at,operator,words")
    assert main(["opt-out", "remove", *source, ALICE]) == 0
    assert main(["opt-out", "remove", *source, ALICE]) == 1
    assert capsys.readouterr().err == f"{ALICE} had not opted out.\n"
    assert main(["--read-only", "opt-out", "add", *source, ALICE]) != 0
    assert len(store.opt_outs.all()) == 1
    store.close()
