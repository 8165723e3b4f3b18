"""What commands print."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from console.cli.kit.output import moment, one_line, utc
from tests.support.backend import NOON

PROGRAM = """
import sys

from console.cli.kit.output import reader_left
print("first", flush=True)
while not reader_left(0.01):
    pass
sys.exit(7)
"""


def test_a_moment_for_programs_and_for_people() -> None:
    assert (utc(NOON + 0.25), moment(NOON + 0.25)) == ("2026-11-22T12:00:00.250Z", "2026-11-22 12:00:00Z")


def test_a_line_stays_one_line_and_acts_on_nothing() -> None:
    line = one_line("gw1", "", "two\nlines", "\x1b[2J", "end")
    assert line.isprintable()
    assert line.startswith("gw1  two")
    assert line.endswith("  end")


def test_it_is_noticed_that_nobody_reads() -> None:
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    with process:
        assert process.stdout.readline() == b"first\n"
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 7


FULL_DISK = """
import sys

from console.cli.kit.output import say, warn
say("sent", "and more")
say("later")
warn("on a dead terminal") if len(sys.argv) > 1 else None
sys.exit(12)
"""


@pytest.mark.parametrize("error_is_full", [False, True])
def test_a_full_disk_changes_no_exit_code(*, error_is_full: bool) -> None:
    with Path("/dev/full").open("w") as full:
        error = full if error_is_full else subprocess.PIPE
        process = subprocess.run(
            [sys.executable, "-c", FULL_DISK, "more"], stdout=full, stderr=error, text=True, check=False
        )
    assert process.returncode == 12
    if not error_is_full:
        assert process.stderr.splitlines() == [
            "gsm-console: standard output can't be written (No space left on device): the command continues without it",
            "on a dead terminal",
        ]
