from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.operator import console

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.operator import Operator


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of files are written without their folder: where a line ends does not depend on where tests run."""
    monkeypatch.chdir(tmp_path)


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def write_to(operator: Operator, name: str, title: str = "Write to") -> None:
    await operator.press("w")
    await operator.sees(f"─ {title} ─", "never overwrites")
    operator.app.screen.query_one("#answer").value = name  # type: ignore[attr-defined]
    await operator.press("enter")


async def test_w_writes_a_message_with_its_bytes_into_a_file_of_ones_own(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("first line\nsecond \x1b[2J line", number="Bank")
        await operator.sees("first line")
        path = tmp_path / "message.txt"
        await write_to(operator, path.name)
        await operator.sees("Written to")
        assert path.stat().st_mode & 0o777 == 0o600
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[0] == "From: Bank"
        assert "first line" in lines
        assert "second ␛[2J line" in lines
        assert lines[lines.index("As received:") + 1].startswith("0000  2f 73 6d 73")


async def test_nothing_is_written_over(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("hello")
        await operator.sees("hello")
        path = tmp_path / "message.txt"
        path.write_text("mine")
        await write_to(operator, path.name)
        await operator.sees("✗", "already exists")
        assert path.read_text() == "mine"


async def test_what_can_not_be_written_is_asked_for_again_with_what_was_typed_and_why(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("hello")
        await operator.sees("hello")
        await write_to(operator, "nowhere/message.txt")
        await operator.sees("✗", "No such file or")
        line = operator.app.screen.query_one("#answer")
        assert line.value == "nowhere/message.txt"  # type: ignore[attr-defined]
        line.value = "message.txt"  # type: ignore[attr-defined]
        await operator.press("enter")
        await operator.sees("Written to")
        assert "message.txt" in files(tmp_path)
        await operator.press("w")
        await operator.sees("never overwrites")
        operator.app.screen.query_one("#answer").value = "~nobody-of-that-name/x"  # type: ignore[attr-defined]
        await operator.press("enter")
        await operator.sees("✗ ~nobody-of-that-name/x can't be")


async def test_leaving_the_question_writes_nothing(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("hello")
        await operator.sees("hello")
        before = files(tmp_path)
        await operator.press("w")
        await operator.sees("Write to")
        await operator.press("escape")
        await operator.sees("Inbox")
        assert files(tmp_path) == before


async def test_a_conversation_is_written_whole(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("one", number="+15550001111")
        operator.receives("two", number="+15550001111")
        operator.receives("of another", number="+15550002222")
        await operator.sees("of another")
        await operator.press("down", "t")
        await operator.sees("2 messages")
        path = tmp_path / "thread.txt"
        await write_to(operator, path.name, "Write 2 messages to")
        await operator.sees("Written to")
        text = path.read_text(encoding="utf-8")
        assert text.index("\none\n") < text.index("\ntwo\n")
        assert "of another" not in text
