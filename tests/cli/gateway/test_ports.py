"""`gsm-console ports` and `gsm-console check-ports`: what is written down of the ports."""

from __future__ import annotations

import json
import time
from itertools import product
from typing import TYPE_CHECKING

import pytest

from console.cli import main
from console.cli.gateway.check_ports import judge
from console.cli.gateway.ports import Looked
from console.cli.kit.status import Figure, Status
from console.config import AlarmConfig
from console.domain.alarms import Alarm, AlarmKind, Condition
from console.domain.ports import SAMPLE_COUNTS, KeptPort, PortHealth, PortNote, PortPast, PortSample
from console.store import Store
from tests.support.backend import NOON, FixedClock
from tests.support.hostile import FORBIDDEN_TEXT, NASTY
from tests.support.inbox import text_sms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Three ports, watched just now: one is ready, one has no SIM, one is locked out."""
    now = time.time()
    store = Store.open(tmp_path / "console.db", clock=FixedClock(now))
    samples = {
        1: PortSample(now - 60, 21, PortHealth.READY),
        2: PortSample(now - 60, None, PortHealth.NO_SIM),
        3: PortSample(now - 60, None, PortHealth.DOWN),
    }
    store.port_samples.add_all("gw1", samples).result(10)
    store.port_sims.see({("gw1", 1): "460001357924680"}).result(10)
    store.port_notes.set("gw1", 3, f"antenna {NASTY}", locked_out=True, operator="bob").result(10)
    store.add_callback("gw1", text_sms("hello", port="1"), b"raw").result(10)
    yield store
    store.close()


def run(store: Store, *words: str) -> int:
    return main([words[0], "--database", str(store.path), *words[1:]])


def test_each_port_is_a_line_as_it_was_when_it_was_watched(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    store.alarms.take_watch().result(10)
    assert run(store, "ports") == 0
    captured = capsys.readouterr()
    first, second, third = captured.out.splitlines()
    assert first == "gw1 1  ready  signal 21  IMSI 460001357924680  1 received"
    assert second == "gw1 2  no SIM"
    assert third.startswith("gw1 3  down  locked out  antenna ")
    assert not FORBIDDEN_TEXT.search(captured.out)
    assert captured.err == ""


def test_nobody_who_watches_is_told(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(store, "ports", "--query", "ready") == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("gw1 1  ready")
    assert captured.err == "No process monitors the ports yet: start a console or `gsm-console receive`.\n"


def test_json_and_csv_have_every_field(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    store.alarms.take_watch().result(10)
    assert run(store, "ports", "--json") == 0
    first, _, third = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["state"], first["in_service"], first["signal"], first["imsi"]) == (
        *("ready", True, 21, "460001357924680"),
    )
    assert (first["received_today"], first["sent_at"], first["locked_out"]) == (1, None, False)
    assert 55 < first["state_seconds"] < 120
    assert (third["locked_out"], third["note"], third["note_by"]) == (True, f"antenna {NASTY}".strip(), "bob")
    assert run(store, "ports", "--format", "csv", "--query", "2") == 0
    heading, row = capsys.readouterr().out.splitlines()
    assert heading.split(",") == list(first)
    assert row.startswith("gw1,2,no SIM,")


def test_a_wrong_search_names_the_fields(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(store, "ports", "--query", "colour:red") == 2
    assert "fields: port, gw, is, operator, imsi, note" in capsys.readouterr().err


def test_a_check_is_one_line_and_a_code(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(store, "check-ports") == 3
    assert capsys.readouterr().out == "UNKNOWN - nobody monitors the ports\n"
    store.alarms.take_watch().result(10)
    assert run(store, "check-ports") == 1
    assert capsys.readouterr().out.startswith(
        "WARNING - 1 of 2 ports in service; out of service: 2 (no SIM) | "
        "in_service=1;;;0;2 out_of_service=1;1;;0;2 suspect=0;;;0;2 low_signal=0;;;0;2 locked_out=1;;;0 age="
    )
    assert run(store, "check-ports", "--critical", "1") == 2
    assert run(store, "check-ports", "--query", "1") == 0
    assert run(store, "check-ports", "--query", "9") == 3
    assert run(store, "check-ports", "--query", "colour:red") == 3


def test_what_can_t_be_looked_at_is_unknown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-ports", "--database", str(tmp_path / "none.db")]) == 3
    assert capsys.readouterr().out.startswith("UNKNOWN - Database: there is no database ")
    with pytest.raises(SystemExit) as ended:
        main(["check-ports", "--critical", "few"])
    assert ended.value.code == 3
    assert "UNKNOWN - argument --critical" in capsys.readouterr().err


def kept(port: int, health: PortHealth = PortHealth.READY, *, gateway: str = "gw1", age: float = 60) -> KeptPort:
    return KeptPort(gateway, port, PortSample(NOON - age, 20, health))


def verdict(*ports: KeptPort, alarms: tuple[Condition, ...] = (), critical: int | None = None) -> tuple[Status, str]:
    looked = Looked(list(ports), NOON, AlarmConfig(), watched=True, watched_since=NOON - 9)
    opened = [
        Alarm(number, each.kind, each.gateway, each.port, each.words, NOON, None, None, "")
        for number, each in enumerate(alarms, 1)
    ]
    found = judge(looked, opened, 1, critical)
    return found.status, found.words


def test_a_port_alone_is_a_warning_and_a_whole_gateway_is_critical() -> None:
    down = PortHealth.DOWN
    assert verdict(kept(1), kept(2)) == (Status.OK, "2 of 2 ports in service")
    assert verdict(kept(1), kept(2, down))[0] is Status.WARNING
    assert verdict(kept(1, down), kept(2, down))[0] is Status.CRITICAL
    assert verdict(kept(1), kept(1, down, gateway="gw2")) == (
        Status.CRITICAL,
        "1 of 2 ports in service; out of service: gw2 1 (down)",
    )
    many = [kept(port, down) for port in range(1, 9)]
    assert verdict(*many, kept(9))[1].endswith("5 (down) and 3 more")


def test_an_old_state_is_unknown_and_an_alarm_tells_sooner() -> None:
    old = kept(2, age=SAMPLE_COUNTS + 1)
    assert verdict(kept(1), old) == (Status.UNKNOWN, "1 of 2 ports in service; state not known: 2")
    gone = Condition(AlarmKind.NO_SIM, "gw1", 1, "there is no SIM in it")
    assert verdict(kept(1), kept(2), alarms=(gone,))[0] is Status.WARNING
    assert verdict(kept(1), kept(2), alarms=(Condition(AlarmKind.AMI_DOWN, "gw1", 0, "refused"),)) == (
        Status.CRITICAL,
        "2 of 2 ports in service; gw1: AMI down",
    )
    low = Condition(AlarmKind.LOW_SIGNAL, "gw1", 2, "signal 3 of 31")
    assert verdict(kept(1), kept(2), alarms=(low,)) == (
        Status.WARNING,
        "2 of 2 ports in service; low signal: 2",
    )
    assert verdict(kept(1), kept(2), alarms=(Condition(AlarmKind.AMI_DOWN, "gw9", 0, ""),))[0] is Status.OK


def test_failures_in_a_row_are_a_warning_and_a_locked_port_is_none() -> None:
    failing = KeptPort("gw1", 2, PortSample(NOON, 20, PortHealth.READY), past=PortPast(failures=3))
    assert verdict(kept(1), failing)[0] is Status.WARNING
    locked = KeptPort("gw1", 3, PortSample(NOON, 20, PortHealth.DOWN), note=PortNote("gw1", 3, "", True, "bob", NOON))
    assert verdict(kept(1), locked) == (Status.OK, "1 of 1 ports in service")


@pytest.mark.parametrize(("out", "critical"), product((1, 2, 3), (1, 2, 3)))
def test_the_number_that_is_critical_is_the_operator_s(out: int, critical: int) -> None:
    ports = [kept(port, PortHealth.DOWN if port <= out else PortHealth.READY) for port in range(1, 9)]
    assert (verdict(*ports, critical=critical)[0] is Status.CRITICAL) == (out >= critical)


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (Figure("age", 210, "s"), "age=210s;;;0"),
        (Figure("out", 2, warning=1, critical=4, most=8), "out=2;1;4;0;8"),
        (Figure("in", 0.5, most=8), "in=0.5;;;0;8"),
    ],
)
def test_a_figure_is_as_the_guidelines_have_it(figure: Figure, words: str) -> None:
    assert str(figure) == words


def test_a_name_can_t_end_the_line_or_begin_the_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with_bar = KeptPort("gw|1\n\x1b[2J", 2, PortSample(NOON, 20, PortHealth.DOWN))
    looked = Looked([with_bar, kept(1)], NOON, AlarmConfig(), watched=True, watched_since=None)
    from console.cli.kit.status import tell_status

    assert tell_status(lambda: judge(looked, (), 1, None)) == 2
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert out.count("|") == 1
    assert not FORBIDDEN_TEXT.search(out.rstrip("\n"))
