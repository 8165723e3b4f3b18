"""How a database really comes to be."""

from __future__ import annotations

import pytest

from console.store.engine import opening
from tests.support import new_database


@pytest.fixture(autouse=True)
def by_its_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_migrate", new_database.migrate)
