"""A receiver in a process of its own, to be killed.

`python -m tests.support.receiver_process DATABASE [GROUP [BYTES]]` prints its TCP port once it listens. GROUP
is how many callbacks may share a commit; no file may grow past BYTES.
"""

from __future__ import annotations

import asyncio
import resource
import sys
from pathlib import Path

from console.config import ReceiverConfig
from console.services.clock import SystemClock
from console.services.receiver import Receiver
from console.store import Store
from console.store.writer import GROUP


async def main(database: Path, group: int) -> None:
    clock = SystemClock()
    store = Store.open(database, clock=clock, group=group)
    receiver = Receiver(ReceiverConfig(tcp_port=0), (), store, clock)
    await receiver.start()
    print(receiver.address[1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    if len(sys.argv) > 3:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else GROUP))
