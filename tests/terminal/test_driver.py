from __future__ import annotations

import io

import pytest

from console.terminal.driver import TerminalFile


class DeadTerminal(io.StringIO):
    """Takes a few writes, then the line drops."""

    def __init__(self, writes: int) -> None:
        super().__init__()
        self._left = writes

    def write(self, text: str) -> int:
        self._left -= 1
        if self._left < 0:
            raise OSError(5, "Input/output error")
        return super().write(text)

    def flush(self) -> None:
        if self._left < 0:
            raise OSError(5, "Input/output error")


def test_what_is_written_arrives() -> None:
    terminal, lost = DeadTerminal(2), []
    file = TerminalFile(terminal, lambda: lost.append(True))
    assert file.write("one") == 3
    file.flush()
    assert terminal.getvalue() == "one"
    assert not lost


@pytest.mark.parametrize("writes", [0, 1, 2])
def test_a_lost_terminal_is_told_once_and_takes_everything_silently(writes: int) -> None:
    lost: list[bool] = []
    file = TerminalFile(DeadTerminal(writes), lambda: lost.append(True))
    for _ in range(5):
        assert file.write("text") == 4
        file.flush()
    assert lost == [True]
    assert file.lost
