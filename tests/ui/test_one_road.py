"""The screen reads the store and can't write to it: what it changes goes through the backend."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING

import console.store
import console.ui
from console.config import NO_REGIONS
from console.store import LiveReader, Store
from console.store.engine.changes import Changes
from console.store.engine.opening import connect
from console.store.inbox.entries import Entries
from console.store.presence import Process
from tests.support.backend import FixedClock

if TYPE_CHECKING:
    from collections.abc import Iterator


def writes(kind: type) -> set[str]:
    """Public operations that bring a future: it is a write's commit that is waited for."""
    operations = inspect.getmembers(kind, inspect.isfunction)
    return {
        name
        for name, operation in operations
        if not name.startswith("_") and operation.__annotations__.get("return", "").startswith("Future")
    }


def writing_classes() -> set[str]:
    found = set()
    for module in pkgutil.walk_packages(console.store.__path__, "console.store."):
        classes = inspect.getmembers(importlib.import_module(module.name), inspect.isclass)
        found |= {name for name, kind in classes if kind.__module__.startswith("console.store") and writes(kind)}
    return found


def imported() -> Iterator[tuple[str, str]]:
    """Every name that a module of the screen imports from the store, also for the types alone."""
    for path in Path(console.ui.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("console.store"):
                yield from ((path.name, alias.name) for alias in node.names)
            elif isinstance(node, ast.Import):
                yield from ((path.name, a.name) for a in node.names if a.name.startswith("console.store"))


def test_no_module_of_the_screen_knows_what_writes_to_the_store() -> None:
    forbidden = writing_classes()
    assert {"Store", "Alarms", "Claims", "Contacts", "PortNotes", "SendingBook", "Views"} <= forbidden
    assert [(path, name) for path, name in imported() if name in forbidden or "." in name] == []


def test_what_the_screen_reads_writes_nothing(tmp_path: Path) -> None:
    Store.open(tmp_path / "console.db", clock=FixedClock()).close()
    watching = connect(tmp_path / "console.db", busy_timeout=1.0)
    changes = Changes(watching, Entries(join_parts=True))
    reader = LiveReader(
        tmp_path / "console.db", changes, FixedClock(), Process.own("me"), regions=NO_REGIONS, busy_timeout=1.0
    )
    try:
        parts = {name: part for name, part in vars(reader).items() if not name.startswith("_")}
        assert {"alarms", "claims", "contacts", "port_notes", "sending", "views"} <= parts.keys()
        assert {
            name: writes(type(part)) for name, part in {**parts, "itself": reader}.items() if writes(type(part))
        } == {}
    finally:
        reader.close()
        watching.close()
