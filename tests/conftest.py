"""For every test: one time zone, and colours, so that what is shown does not depend on where it runs; wild inputs that
are the same in every run; programs that are compiled once, however often they are started, and that heed signals.
"""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

os.environ["TZ"] = "UTC"
os.environ.pop("NO_COLOR", None)
time.tzset()

if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
    # Whoever wants no bytecode beside the sources has it elsewhere: a hundred consoles are started.
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(Path(__file__).parents[1] / ".pytest_cache/bytecode")
    sys.dont_write_bytecode = False

_MEMORY = Path("/dev/shm")
if _MEMORY.is_dir() and not os.statvfs(_MEMORY).f_flag & os.ST_NOEXEC and shutil.disk_usage(_MEMORY).free > 2**30:
    # A commit waits for the disk, and there are thousands: `test_opening` sees that it does.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))

for number in signal.valid_signals() - {signal.SIGPIPE, signal.SIGXFSZ}:  # Python's own, which it puts back in a child
    if signal.getsignal(number) is signal.SIG_IGN:
        # As under nohup: what is ignored is handed on to every program that is started, what is handled is not.
        signal.signal(number, lambda _number, _frame: None)


def pytest_configure(config: pytest.Config) -> None:
    """A machine that is busy is no failure: no example has a time limit. Fewer examples where it has to be quick, as
    for every commit.
    """
    from hypothesis import settings  # its bytecode is kept from here on

    settings.register_profile("suite", deadline=None, derandomize=True)
    settings.register_profile("quick", settings.get_profile("suite"), max_examples=20)
    settings.load_profile("quick" if config.option.markexpr == "not slow" else "suite")


@pytest.fixture(scope="session", autouse=True)
def _new_databases_are_copied() -> Iterator[None]:
    from tests.support import new_database  # a run of a few pure functions needs no store

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("console.store.engine.opening._migrate", new_database.fill_or_migrate)
        yield


def pytest_collection_finish() -> None:
    """What is there by now stays until the end: garbage is looked for among what the tests make, and less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
