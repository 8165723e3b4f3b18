"""Under a key nothing has to be loaded any more."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

CONSOLE = Path(__file__).resolve().parents[3] / "console"
PROGRAM = """
import sys
import console.ui.app.app
from console.ui.app.preload import preload
preload()
print(*sys.modules)
"""
NOT_OF_THE_SCREEN = {"console.ui.setup.screen"}


def imported_in_functions() -> set[str]:
    """Our own modules that a function of the screen imports."""
    found = set()
    for path in (CONSOLE / "ui").rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                inside = (node for node in ast.walk(function) if isinstance(node, ast.ImportFrom))
                found |= {node.module for node in inside if node.module and node.module.startswith("console.")}
    return found


def test_what_functions_import_is_loaded_then() -> None:
    loaded = subprocess.run([sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True).stdout.split()
    # Without its panes the screen is not even built.
    wanted = {name for name in imported_in_functions() if not name.endswith(".pane")}
    assert "console.ui.thread.screen" in wanted
    assert wanted - set(loaded) == set()
    assert NOT_OF_THE_SCREEN.isdisjoint(loaded)
