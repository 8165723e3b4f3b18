"""A console without a screen in a process of its own, to be killed while it sends.

`python -m tests.support.sender_process DATABASE AMI_TCP_PORT HTTP_TCP_PORT VIA COUNT` queues so many messages as one
batch through a gateway of loopback, prints the id of the batch, and sends until it is killed.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from console.domain.messages import Via
from console.domain.ports import PortHealth
from console.runtime.services import Services
from console.services.clock import SystemClock
from console.store import Store
from console.store.ami.log import AmiLog
from tests.support.trouble import PORTS, Setting, config_for, drafts

SETTING = Setting(result_wait=0.5)


async def main(database: Path, ami: int, http: int, via: Via, count: int) -> None:
    config = config_for(database.parent, ami, http, SETTING)
    store = Store.open(database, clock=SystemClock())
    services = Services(config, store, AmiLog(), SystemClock(), operator="bob")
    services.start()
    while sum(port.health is PortHealth.READY for port in services.gateways()[0].ports) < PORTS:
        await asyncio.to_thread(store.poll)
    batch = await asyncio.wrap_future(services.sender.submit_all(drafts(count, via), "list"))
    print(batch.id, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", type=Path)
    parser.add_argument("ami", type=int)
    parser.add_argument("http", type=int)
    parser.add_argument("via", type=Via)
    parser.add_argument("count", type=int)
    arguments = parser.parse_args()
    asyncio.run(main(arguments.database, arguments.ami, arguments.http, arguments.via, arguments.count))
