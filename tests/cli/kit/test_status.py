"""The one line for a monitoring system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli.kit.status import Figure, Status, Verdict, tell_status
from console.errors import StoreError
from tests.support.hostile import FORBIDDEN_TEXT, NASTY

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_it_is_one_line_whose_bar_comes_before_the_figures(capsys: pytest.CaptureFixture[str]) -> None:
    verdict = Verdict(Status.WARNING, f"a|b\n{NASTY}", (Figure("age", 3, "s"), Figure("out", 1, warning=1, most=4)))
    assert tell_status(lambda: verdict) == 1
    out = capsys.readouterr().out
    assert out.startswith("WARNING - a/b ")
    assert out.endswith(" | age=3s;;;0 out=1;1;;0;4\n")
    assert (out.count("\n"), out.count("|")) == (1, 1)
    assert not FORBIDDEN_TEXT.search(out.removesuffix("\n"))


def test_what_keeps_it_from_looking_is_unknown_and_an_internal_error_too(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    def fail(error: Exception) -> Verdict:
        raise error

    assert tell_status(lambda: fail(StoreError("it is locked"))) == 3
    assert tell_status(lambda: fail(ZeroDivisionError("x"))) == 3
    first, second = capsys.readouterr().out.splitlines()
    assert first == "UNKNOWN - Database: it is locked"
    assert second.startswith("UNKNOWN - Crashed (internal error): ZeroDivisionError")
