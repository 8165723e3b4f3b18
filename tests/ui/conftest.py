"""One console for the tests of a module that leave nothing in its store: `operator` sits at it anew in each of them.

A module where it is of another size than 120x40 says so by `SIZE`.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.support.operator import Operator, console

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """The tests of a module that shares a console run in one event loop, for the console lives in it."""
    tests = [item for item in items if isinstance(item, pytest.Function)]
    sharing = {test.module for test in tests if "one_console" in test.fixturenames}
    for test in tests:
        if test.module in sharing and inspect.iscoroutinefunction(test.function):
            test.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def one_console(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Operator]:
    size = getattr(request.module, "SIZE", (120, 40))
    async with console(tmp_path_factory.mktemp("one"), size=size) as operator:
        yield operator


@pytest_asyncio.fixture(loop_scope="module")
async def operator(one_console: Operator) -> Operator:
    await one_console.begins_anew()
    return one_console
