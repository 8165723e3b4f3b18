"""What the import contracts say at rest, held at run time: each layer, imported alone, drags in nothing above it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

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


def test_files_and_classes_stay_readable() -> None:
    long = {str(path): lines for path in CONSOLE.rglob("*.py") if (lines := len(path.read_text().splitlines())) > 400}
    assert long == {}


def test_the_guide_names_every_module() -> None:
    guide = (CONSOLE / "README.md").read_text(encoding="utf-8")
    modules = {path.name for path in CONSOLE.rglob("*.py") if path.name != "__init__.py"}
    assert {name for name in modules if f"`{name}`" not in guide} == set()
