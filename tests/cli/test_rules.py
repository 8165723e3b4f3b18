"""`gsm-console rules`."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

import pytest

from console.cli import rules
from console.domain.rules import About, Happening, Step
from console.errors import ConfigError, ConsoleError
from console.services.clock import SystemClock
from console.store import Store
from console.store.rules import Looked
from tests.support.hostile import FORBIDDEN_TEXT, NASTY
from tests.support.inbox import text_sms

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """
database = "console.db"
[[gateways]]
name = "gw1"
host = "192.0.2.10"
[[rules]]
name = "parcels"
when = "parcel"
run = "x"
[[rules]]
name = "alarms"
on = "alarm"
bell = true
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    store = Store.open(tmp_path / "console.db", clock=SystemClock())
    for number, text in enumerate(("old parcel", "a parcel", "another", f"parcel {NASTY}")):
        at = time.time() - (8 * 86_400 if number == 0 else 60)
        store.add_callback("gw1", text_sms(text, number=f"+49151{number}"), b"raw", at=at).result(10)
    store.close()
    return path


@pytest.fixture
def given_up(config: Path) -> Path:
    """With a hit of each rule, the first of them given up."""
    store = Store.open(config.parent / "console.db", clock=SystemClock())
    store.rules.arm({"parcels": About.SMS, "gone": About.SMS}).result(10)
    at = store.rules.cursors()["parcels"].at
    for name in ("parcels", "gone"):
        store.rules.keep([Looked(name, at, at + 1, [Happening(About.SMS, 4, 1.0)], (Step.RUN,))]).result(10)
    hit = store.rules.next_due("parcels")
    assert hit is not None
    store.rules.failed(hit, f"x ended with exit code 3{NASTY}", None).result(10)
    store.rules.arm({"parcels": About.SMS}).result(10)
    store.close()
    return config


def run(config: Path, *argv: object) -> int:
    parser = argparse.ArgumentParser()
    rules.add_parser(parser.add_subparsers())
    args = parser.parse_args(["rules", *map(str, argv), "--config", str(config)])
    code = args.run(args)
    assert isinstance(code, int)
    return code


def test_a_rule_is_tried_on_the_last_week_and_nothing_acts(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(config, "try") == 0
    out = capsys.readouterr().out
    assert "parcels would have matched 2 of 3 in the last week.\n" in out
    assert "alarms would have matched 0 of 0 in the last week.\n" in out
    assert "  +491511: a parcel\n" in out
    assert not FORBIDDEN_TEXT.search(out.replace("\n", ""))
    assert "\x1b" not in out


def test_a_search_is_tried_without_a_rule(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(config, "try", "--when", "-parcel from:+491512", "--limit", 0) == 0
    assert capsys.readouterr().out == "this search would have matched 1 of 3 in the last week.\n  … and 1 more\n"


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("try", "nobody"), "There is no rule 'nobody'."),
        (("try", "parcels", "--when", "x"), "Both a rule and --when"),
        (("try", "--when", "state:failed"), "--when: There is no field state here"),
        (("retry",), "Nothing to retry is named."),
        (("retry", "1", "--all"), "Nothing to retry is named."),
    ],
)
def test_what_makes_no_sense_is_refused(config: Path, argv: tuple[str, ...], words: str) -> None:
    with pytest.raises(ConsoleError, match=words.replace("(", r"\(")):
        run(config, *argv)


def test_each_rule_is_listed_with_what_came_of_it(given_up: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(given_up, "list") == 0
    told = capsys.readouterr()
    gone, parcels = told.out.splitlines()
    assert gone.startswith("gone              on sms  1 match, last 20")
    assert "1 waiting  not in the configuration any more" in gone
    assert "1 given up" in parcels
    assert "x ended with exit code 3[/x]␛]52" in parcels
    assert told.err.startswith("No process runs the rules now")


def test_what_was_given_up_is_listed_and_tried_again(given_up: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(given_up, "failed") == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("1  20")
    assert "parcels  run  x ended with exit code 3" in line
    assert not FORBIDDEN_TEXT.search(line)
    assert run(given_up, "retry", 17) == 1
    assert run(given_up, "retry", 1) == 0
    assert capsys.readouterr().out == "0 will be tried again.\n1 will be tried again.\n"
    assert run(given_up, "failed") == 0
    assert capsys.readouterr().out == ""


def test_who_may_only_look_retries_nothing(given_up: Path) -> None:
    given_up.write_text(f"{CONFIG}\n[sending]\nread_only = true\n")
    with pytest.raises(ConsoleError, match="read"):
        run(given_up, "retry", "--all")


def test_a_database_without_rules_says_so(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(config, "list") == 0
    assert capsys.readouterr().err == "No rule has run on this database yet.\n"
    with pytest.raises(ConfigError):
        run(config.parent / "none.toml", "list")


def test_changes_of_sims_are_tried_by_what_the_audit_has(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = Store.open(config.parent / "console.db", clock=SystemClock())
    for imsi in ("460001", "460002", "262013"):
        store.port_sims.see({("gw1", 3): imsi, ("gw1", 4): "1"}).result(10)
    store.close()
    assert run(config, "try", "--on", "sim", "--when", "imsi:26201 port:3") == 0
    out = capsys.readouterr().out
    assert out.startswith("this search would have matched 1 of 2 in the last week.")
    assert "262013" in out
