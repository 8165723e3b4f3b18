"""Everything here is slow, and skipped without an Asterisk."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interop.asterisk import why_not


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is in this folder."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("slow")
            if reason := why_not():
                item.add_marker(pytest.mark.skip(reason=reason))
