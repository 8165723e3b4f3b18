"""A message planned in the shell leaves when its time comes, by a `receive` that knows nothing else of it."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from console.cli.kit import outcomes
from console.domain.messages import DeliveryState
from console.store import Reader
from tests.support.shell import ALICE, OPTIONS, Shell, on_air, simulated
from tests.support.waiting import DEADLINE, LOOK

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.slow


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end
        time.sleep(LOOK)


def test_what_is_planned_in_the_shell_is_sent_by_receive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(tmp_path, capsys)
    with simulated(**OPTIONS) as gateway:
        shell.configure(gateway)
        command = [sys.executable, "-m", "console", "--config", str(shell.path), "receive", "--listen", "127.0.0.1:0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            try:
                assert process.stdout is not None
                assert process.stdout.readline().startswith("READY")
                plan = ("--to", ALICE, "--at", "2s", "good morning")
                wait_until(lambda: shell.send(*plan) == outcomes.SENT)
                assert f"1  {ALICE}  planned  to" in shell.out
                wait_until(lambda: on_air(gateway) == [(ALICE, "good morning")])
            finally:
                process.terminate()
        assert process.returncode == 0
    reader = Reader(shell.database)
    message = reader.outbox_message(1)
    left = next(step.at for step in reader.evidence(1) if step.state is DeliveryState.SUBMITTING)
    reader.close()
    assert message is not None
    assert message.draft.not_before is not None
    assert left >= message.draft.not_before
