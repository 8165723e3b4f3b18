"""`gsm-console help`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from console.cli import main
from console.cli.topics import TOPICS, text_of
from console.protocol.query.outbox import OUTBOX
from console.ui.keys.actions import ACTIONS, TITLES
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path


def test_without_a_topic_it_lists_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help"]) == 0
    assert re.findall(r"^  (\w+) ", capsys.readouterr().out, re.MULTILINE) == list(TOPICS)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_goes_to_a_pipe_as_it_is(topic: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help", topic]) == 0
    assert capsys.readouterr().out == text_of(topic)


def test_the_keys_are_those_of_the_code() -> None:
    text = text_of("keys")
    for scope, actions in ACTIONS.items():
        table = text.partition(f"## {TITLES[scope]}\n")[2].partition("\n## ")[0]
        assert re.findall(r"^\|.*\| (.*) \|$", table, re.MULTILINE)[1:] == [action.help for action in actions]


def test_every_field_of_a_search_is_told() -> None:
    assert [
        f"`{field.example}`" for field in OUTBOX.fields if f"| `{field.example}` | " not in text_of("searching")
    ] == []
    assert "<!--" not in text_of("searching") + text_of("keys")


@pytest.mark.slow
def test_on_a_terminal_it_is_read_in_pages(tmp_path: Path) -> None:
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\necho paged $LESS; cat\n")
    pager.chmod(0o700)
    with Terminal.console("help", "copying", rows=60, PAGER=str(pager)) as terminal:
        assert terminal.wait_for_exit() == 0
        assert "paged FRX" in terminal.text
        assert "passes it on with" in terminal.text
