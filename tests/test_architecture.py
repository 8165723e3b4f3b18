"""What the import contracts say at rest, held at run time: each layer, imported alone, drags in nothing above it."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from console.ui.app.preload import UNDER_A_KEY

CONSOLE = Path(__file__).resolve().parents[1] / "console"

NOT_IN_PURE = {"asyncio", "socket", "threading", "sqlite3", "httpx", "textual", "rich"}
NOT_BEHIND_THE_SCREEN = {"textual", "rich"}
HEAVY = {"textual", "rich", "httpx", "asyncio", "sqlite3", "pyte"}

IMPORTED = """
import importlib, json, pkgutil, sys
bare = set(sys.modules)
package = importlib.import_module(sys.argv[1])
for found in pkgutil.walk_packages(getattr(package, "__path__", []), sys.argv[1] + "."):
    importlib.import_module(found.name)
print(json.dumps(sorted({name.partition(".")[0] for name in set(sys.modules) - bare})))
"""


def drags_in(package: str) -> set[str]:
    """Top-level modules that importing a package, with everything below it, brings into a fresh interpreter."""
    command = [sys.executable, "-c", IMPORTED, package]
    return set(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


@pytest.mark.parametrize("package", ["console.domain", "console.protocol"])
def test_pure_packages_reach_no_io(package: str) -> None:
    assert drags_in(package) & NOT_IN_PURE == set()


@pytest.mark.parametrize("package", ["console.services", "console.store", "console.simulator"])
def test_nothing_behind_the_screen_knows_textual(package: str) -> None:
    assert drags_in(package) & NOT_BEHIND_THE_SCREEN == set()


def test_the_command_line_is_light_until_a_command_runs() -> None:
    code = "import sys; from console.cli import build_parser; build_parser(); print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert {name.partition(".")[0] for name in loaded} & HEAVY == set()


NOT_FOR_THE_FIRST_FRAME = {
    "console.runtime.services",
    "console.runtime.headless",
    "console.runtime.plain",
    "console.services.sending.sender",
    "console.services.receiving.receiver",
    "console.simulator.gateway",
    "console.protocol.sms.codes",
    "console.ui.app.help",
    "console.ui.compose.send_off",
    "httpx",
    "httptools",
    "pyte",
    "wcwidth",
    "phonenumbers",
    "prometheus_client",
    "email",
    "http",
    "textual.widgets._markdown",
    "textual.widgets._data_table",
    "tree_sitter",
}
"""Loaded beside it, or when first asked for."""

FIRST_FRAME = """
import sys
import console.cli.demo, console.cli.setup, console.runtime.console, console.runtime.demo, console.ui.app.app
print(*sys.modules)
"""


def test_the_first_frame_waits_for_nothing_that_it_does_not_show() -> None:
    command = [sys.executable, "-c", FIRST_FRAME]
    loaded = set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())
    assert loaded & NOT_FOR_THE_FIRST_FRAME == set()
    assert loaded & set(UNDER_A_KEY) == set()


@pytest.mark.parametrize("words", [["segments", "hello"], ["--help"], ["--version"], ["config", "path"]])
def test_what_the_shell_is_told_at_once_needs_nothing_heavy(words: list[str]) -> None:
    code = (
        "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); "
        "from console.__main__ import main; sys.exit(main())"
    )
    done = subprocess.run([sys.executable, "-c", code, *words], check=True, capture_output=True, text=True)
    assert {name.partition(".")[0] for name in done.stderr.split()} & HEAVY == set()


def test_a_command_that_is_named_is_loaded_alone() -> None:
    code = "import sys; from console.cli import build_parser; build_parser(sys.argv[1:]); print(*sys.modules)"

    def loaded(*words: str) -> set[str]:
        command = [sys.executable, "-c", code, *words]
        every = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        return {name for name in every if name in {f"console.cli.{one}" for one in ("demo", "sending.send", "config")}}

    assert loaded("demo", "--plain") == {"console.cli.demo"}
    assert loaded("--config", "x.toml", "config", "check") == {"console.cli.config"}
    assert loaded() == loaded("--config", "x.toml") == set()
    for words in (["--help"], ["dmeo"], ["--read-only", "demo"]):
        assert len(loaded(*words)) == 3, words


def test_files_and_classes_stay_readable() -> None:
    long = {str(path): lines for path in CONSOLE.rglob("*.py") if (lines := len(path.read_text().splitlines())) > 400}
    assert long == {}


def test_a_room_is_seen_at_a_glance() -> None:
    full = {
        str(room): len(modules)
        for room in CONSOLE.rglob("*")
        if len(modules := [path for path in room.glob("*.py") if path.name != "__init__.py"]) > 15
    }
    assert full == {}


def test_the_guide_tells_what_is_in_every_room() -> None:
    guide = (CONSOLE / "README.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `([\w/]+)/` \| (.+) \|$", guide, re.MULTILINE))
    rooms = {
        str(path.parent.relative_to(CONSOLE)): (ast.get_docstring(ast.parse(path.read_text())) or "").splitlines()[0]
        for path in CONSOLE.rglob("__init__.py")
        if path.parent != CONSOLE
    }
    assert told == rooms


def test_our_words_are_few() -> None:
    guide = (CONSOLE / "README.md").read_text(encoding="utf-8")
    words = guide.partition("| word | meaning |\n|---|---|\n")[2].partition("\n\n")[0].splitlines()
    assert 30 < len(words) <= 40
