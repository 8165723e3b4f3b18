"""All tests of the screen run in one event loop, for a console goes from one to the next; see `operator.Seat`."""

from __future__ import annotations

import asyncio
import inspect
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.support.operator import Operator, Seat, console

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

HERE = Path(__file__).parent
UI = f"{HERE}{os.sep}"

QUICK = str(HERE / "app" / "test_read_only.py")
"""Where the whole application is looked at for every commit; everywhere else that is slow."""


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    for item in items:
        path = str(item.path)
        if isinstance(item, pytest.Function) and path.startswith(UI) and inspect.iscoroutinefunction(item.obj):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            if path != QUICK:
                item.add_marker(pytest.mark.slow)


@pytest_asyncio.fixture(loop_scope="session", scope="session", autouse=True)
async def _seats() -> AsyncIterator[None]:
    Seat.loop = asyncio.get_running_loop()
    yield
    Seat.loop = None
    await Seat.leave_all()


@pytest_asyncio.fixture(loop_scope="session")
async def operator(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Operator]:
    """A console of 120x40, or of the module's `SIZE`."""
    async with console(tmp_path, size=getattr(request.module, "SIZE", (120, 40))) as operator:
        yield operator
