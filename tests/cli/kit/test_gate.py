"""Who may only look changes nothing from the shell either, whatever else is on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.cli import main
from console.cli.kit import outcomes
from console.errors import ReadOnly
from console.store import Store
from tests.support.backend import FixedClock

if TYPE_CHECKING:
    from pathlib import Path

GATEWAY = """
database = "kept.db"
[[gateways]]
name = "gw1"
host = "192.0.2.10"
ami = { username = "u", secret = "a-secret-of-some-length" }
"""

ACTS = (
    "contacts set +4915112345678 Alice",
    "contacts remove +4915112345678",
    "contacts import --yes {folder}/names.csv",
    "contacts set --database {folder}/kept.db +4915112345678 Alice",
    "send --to +4915112345678 hello",
    "ussd --port 1 *100#",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    config = tmp_path / "config.toml"
    config.write_text(GATEWAY)
    config.chmod(0o600)
    (tmp_path / "names.csv").write_text("number,name\n+4915112345678,Alice\n")
    Store.open(tmp_path / "kept.db", clock=FixedClock()).close()
    return tmp_path


def audit(folder: Path) -> list[tuple[str, str, str]]:
    store = Store.open(folder / "kept.db", clock=FixedClock())
    try:
        return [(entry.action, entry.target, entry.detail) for entry in store.audit.newest(9)]
    finally:
        store.close()


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("asked", [True, False])
def test_nothing_is_changed(folder: Path, act: str, asked: bool, capsys: pytest.CaptureFixture[str]) -> None:
    config = folder / "config.toml"
    if not asked:
        config.write_text(GATEWAY + "[sending]\nread_only = true\n")
    words = [word.format(folder=folder) for word in act.split()]
    code = main(["--config", str(config), *(["--read-only"] if asked else []), *words])
    assert code == (outcomes.REFUSED if act.startswith(("send", "ussd")) else ReadOnly("").exit_code)
    assert capsys.readouterr().err.startswith("gsm-console: Read only: th")
    assert audit(folder) == []


def test_names_given_in_the_shell_are_in_the_audit(folder: Path) -> None:
    for act in ACTS[:3]:
        main(["--config", str(folder / "config.toml"), *(word.format(folder=folder) for word in act.split())])
    assert audit(folder) == [
        ("import names", "contacts", "1 contact"),
        ("forget name", "+4915112345678", ""),
        ("name", "+4915112345678", "Alice"),
    ]
