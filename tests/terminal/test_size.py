from __future__ import annotations

import fcntl
import os
import pty
import struct
import termios
from typing import TYPE_CHECKING

import pytest

from console.terminal.size import terminal_size

if TYPE_CHECKING:
    from collections.abc import Iterator

EXPORTED = {"COLUMNS": "100", "LINES": "50"}


@pytest.fixture
def terminal() -> Iterator[int]:
    ends = pty.openpty()
    yield ends[1]
    for end in ends:
        os.close(end)


@pytest.mark.parametrize(
    ("said", "environ", "size"),
    [
        ((120, 40), EXPORTED, (120, 40)),
        ((0, 0), EXPORTED, (100, 50)),
        ((120, 0), EXPORTED, (120, 50)),
        ((0, 0), {}, (80, 24)),
        ((0, 0), {"COLUMNS": "-3", "LINES": "12345678901234567890"}, (80, 24)),
    ],
)
def test_the_terminal_is_asked_and_the_environment_only_where_it_does_not_say(
    terminal: int, said: tuple[int, int], environ: dict[str, str], size: tuple[int, int]
) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", said[1], said[0], 0, 0))
    assert terminal_size(terminal, environ) == size


def test_without_a_terminal_the_environment_is_asked() -> None:
    reading, writing = os.pipe()
    try:
        assert terminal_size(reading, EXPORTED) == (100, 50)
    finally:
        os.close(reading)
        os.close(writing)
