"""Notifications by `apprise`, which need not be there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from console.config import Secret
from console.services.rules import notify as subject

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

APPRISE = """
import json, os
class Apprise:
    def __init__(self): self.urls = []
    def add(self, urls): self.urls = urls; return "wrong://" not in urls
    def notify(self, title, body):
        with open(os.environ["OUT"], "w") as file:
            json.dump([self.urls, title, body], file)
        return True
"""


async def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "find_spec", lambda _: None)
    words = await subject.notify([Secret("json://x")], "t", "b", environment={}, timeout=9)
    assert words == "notify needs the extra package: pip install 'gsm-console[notify]'"


async def test_addresses_go_by_standard_input_and_one_that_is_wrong_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "apprise.py").write_text(APPRISE)
    monkeypatch.syspath_prepend(tmp_path)
    environment = {"PYTHONPATH": str(tmp_path), "OUT": str(tmp_path / "out")}
    words = await subject.notify([Secret("json://sesame")], "all", "body", environment=environment, timeout=60)
    assert words == ""
    assert (tmp_path / "out").read_text() == '[["json://sesame"], "all", "body"]'
    words = await subject.notify([Secret("wrong://")], "all", "body", environment=environment, timeout=60)
    assert words == "notify ended with exit code 1"
    assert sys.executable not in words
