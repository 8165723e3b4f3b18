"""A receiver in a process of its own, to be killed.

`python -m tests.support.receiver_process DATABASE [GROUP [BYTES]] [--slower SECONDS]` prints its TCP
port once it listens. GROUP is how many callbacks may share a commit; no file may grow past BYTES. With `--slower` each
commit takes so much longer, as on a slower disk.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import time
from pathlib import Path

from console.config import ReceiverConfig
from console.services.clock import SystemClock
from console.services.receiving.receiver import Receiver
from console.store import Store
from console.store.engine.opening import connect, open_database
from console.store.engine.writer import CAPACITY, GROUP
from console.store.store import Options

BUSY_TIMEOUT = 5.0


def store_on(database: Path, group: int, slower: float) -> Store:
    """A store whose every commit is `slower` by so many seconds."""
    if not slower:
        return Store.open(database, clock=SystemClock(), group=group)

    def wait(statement: str) -> None:
        # SQLite tells of a statement before it runs it, in the writing thread.
        if statement == "COMMIT":
            time.sleep(slower)

    writing = open_database(database, busy_timeout=BUSY_TIMEOUT)
    writing.set_trace_callback(wait)
    watching = connect(database, busy_timeout=BUSY_TIMEOUT)
    return Store(database, writing, watching, SystemClock(), Options(BUSY_TIMEOUT, CAPACITY, group, join_parts=True))


async def main(store: Store) -> None:
    receiver = Receiver(ReceiverConfig(tcp_port=0), (), store, SystemClock())
    await receiver.start()
    print(receiver.address[1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", type=Path)
    parser.add_argument("group", type=int, nargs="?", default=GROUP)
    parser.add_argument("bytes", type=int, nargs="?", default=0)
    parser.add_argument("--slower", type=float, default=0.0)
    arguments = parser.parse_args()
    if arguments.bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (arguments.bytes, arguments.bytes))
    asyncio.run(main(store_on(arguments.database, arguments.group, arguments.slower)))
