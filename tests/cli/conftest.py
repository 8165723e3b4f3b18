"""What those have in common that run `gsm-console send`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.shell import OPTIONS, Shell, simulated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from console.simulator.gateway import Gateway


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


@pytest.fixture
def gateway(shell: Shell) -> Iterator[Gateway]:
    with simulated(**OPTIONS) as gateway:
        shell.configure(gateway)
        yield gateway
