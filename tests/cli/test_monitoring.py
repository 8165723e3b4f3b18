"""`gsm-console monitoring export`: what it writes names what a scrape has, and nothing that is there is lost."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from console.cli import main
from console.cli.monitoring import files
from console.cli.topics import text_of
from console.domain.alarms import AlarmKind, Condition
from console.domain.messages import DeliveryState, Evidence
from console.domain.sending import SimUsage
from console.store import Store
from tests.support.backend import FixedClock, port
from tests.support.messages import draft, sms
from tests.support.monitoring import gateway, names_and_labels, page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ALERTS, DASHBOARD = "gsm-console-alerts.yml", "gsm-console-dashboard.json"
SHIPPED = {file.name: file.read_text(encoding="utf-8") for file in files()}
PROMTOOL = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason="Debian has promtool in its package prometheus")


# ---- the command --------------------------------------------------------------------------------------------


def test_both_are_written_and_never_over_what_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, alerts = str(tmp_path), tmp_path / ALERTS
    assert main(["monitoring", "export", folder]) == 0
    assert capsys.readouterr().out.splitlines() == [f"Wrote {tmp_path / name}" for name in (ALERTS, DASHBOARD)]
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == SHIPPED
    (tmp_path / DASHBOARD).unlink()
    alerts.write_text("mine")
    assert main(["monitoring", "export", folder]) == 1
    assert f"{alerts} already exists; nothing was written." in capsys.readouterr().err
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [(ALERTS, "mine")]
    assert main(["monitoring", "export", "--replace", folder]) == 0
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == SHIPPED


def test_without_a_folder_it_is_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["monitoring", "export"]) == 0
    assert {file.name for file in tmp_path.iterdir()} == {ALERTS, DASHBOARD}


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["monitoring", "export", str(tmp_path / "none")]) == 1
    assert f"{tmp_path / 'none' / ALERTS} can't be written: No such file" in capsys.readouterr().err


# ---- what they name -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def scrape(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One in which there is something of everything."""
    clock = FixedClock()
    with closing(Store.open(tmp_path_factory.mktemp("scrape") / "console.db", clock=clock)) as store:
        store.add_callback("gw1", sms(), b"").result(10)
        message = store.add_outbox(draft(), 1).result(10).id
        for state in (DeliveryState.SUBMITTING, DeliveryState.SENT, DeliveryState.DELIVERED):
            store.add_evidence(Evidence(message, 0, clock.now, state, "console", "")).result(10)
        store.alarms.raise_(Condition(AlarmKind.NO_SIM, "gw1", 3, "")).result(10)
        return page(store, clock, gateway("gw1", port(3), usage={3: SimUsage(1, 2, 100, 1000)}))


RULES: list[dict[str, Any]] = [rule for group in yaml.safe_load(SHIPPED[ALERTS])["groups"] for rule in group["rules"]]
BOARD = json.loads(SHIPPED[DASHBOARD])
TARGETS = [target for panel in BOARD["panels"] for target in panel["targets"]]


def expressions() -> Iterator[str]:
    """Everything that Prometheus is asked."""
    yield from (rule["expr"] for rule in RULES)
    yield from (target["expr"] for target in TARGETS)
    yield from (it["definition"] for it in BOARD["templating"]["list"] if "definition" in it)


ASKED = list(expressions())


@pytest.mark.parametrize("asked", ASKED)
def test_each_metric_that_is_asked_for_is_there_with_its_labels(asked: str, scrape: str) -> None:
    there = names_and_labels(scrape)
    selectors = re.findall(r"(gsm_console_\w+)(?:\{([^}]*)\})?", asked)
    assert selectors
    labels = set()
    for name, matchers in selectors:
        assert name in there
        assert set(re.findall(r"(\w+)(?==|!)", matchers)) <= there[name]
        labels |= there[name]
    by = {label for words in re.findall(r"by \(([^)]*)\)", asked) for label in words.split(", ")}
    assert by <= labels
    assert set(re.findall(r"^label_values\(.*, (\w+)\)$", asked)) <= labels


def test_labels_that_are_shown_are_those_of_the_metric(scrape: str) -> None:
    there = names_and_labels(scrape)
    shown = [(rule["expr"], set(re.findall(r"\$labels\.(\w+)", str(rule["annotations"])))) for rule in RULES]
    shown += [(target["expr"], set(re.findall(r"{{(\w+)}}", target["legendFormat"]))) for target in TARGETS]
    for asked, labels in shown:
        grouped = re.findall(r"by \(([^)]*)\)", asked)
        left = set(grouped[0].split(", ")) if grouped else there[re.findall(r"gsm_console_\w+", asked)[0]]
        assert labels <= left, asked


def test_every_alarm_of_a_port_or_gateway_reaches_one_rule() -> None:
    of_gateway = set(re.findall(r'kind=~"([^"]+)"', SHIPPED[ALERTS])[0].split("|"))
    assert of_gateway == set(re.findall(r'kind!~"([^"]+)"', SHIPPED[ALERTS])[0].split("|"))
    assert of_gateway <= {kind.code for kind in AlarmKind}


def test_the_manual_has_every_metric_with_its_labels(scrape: str) -> None:
    rows = re.findall(r"^\| `(gsm_console_\w+)` \| (.*?) ?\| (.+) \|$", text_of("monitoring"), re.MULTILINE)
    told = {name: set(re.findall(r"`(\w+)`", labels)) for name, labels, _ in rows}
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", scrape, re.MULTILINE))
    there = names_and_labels(scrape)
    assert told == {name: there[f"{name}_count" if kind == "histogram" else name] for name, kind in kinds.items()}
    assert {name for name, _, words in rows if words.startswith("histogram")} == {
        name for name, kind in kinds.items() if kind == "histogram"
    }


# ---- as Prometheus reads them -------------------------------------------------------------------------------


def promtool(*words: str, said: str = "") -> subprocess.CompletedProcess[str]:
    assert PROMTOOL is not None
    return subprocess.run([PROMTOOL, "check", *words], input=said, capture_output=True, text=True, check=False)


@needs_promtool
def test_prometheus_takes_the_rules_and_what_the_dashboard_asks(tmp_path: Path) -> None:
    asked = [re.sub(r"\$__rate_interval", "5m", one) for one in ASKED if not one.startswith("label_values")]
    groups: list[dict[str, Any]] = [
        {"name": "dashboard", "rules": [{"record": f"asked_{number}", "expr": one} for number, one in enumerate(asked)]}
    ]
    (tmp_path / "asked.json").write_text(json.dumps({"groups": groups}))
    (tmp_path / ALERTS).write_text(SHIPPED[ALERTS])
    for name in (ALERTS, "asked.json"):
        done = promtool("rules", str(tmp_path / name))
        assert done.returncode == 0, done.stdout + done.stderr


@needs_promtool
def test_prometheus_finds_no_fault_with_a_scrape(scrape: str) -> None:
    done = promtool("metrics", said=scrape)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
