"""Calls and AMI streams changed at random: `python -m tests.benchmarks.fuzz_wire [--requests N] [--streams N]`.

The calls go to a receiver in a process of its own. Told are the answers, what was acknowledged and is not kept, whether
it still answers, and its memory before and after; exit code 1 where something is lost or broken.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.support.wire_fuzz import Called, ami_stream, call, not_kept, read_ami

AT_ONCE = 16


def memory(pid: int) -> float:
    """Resident megabytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 1e6


async def requests(count: int, seed: int) -> bool:
    """Whether all went well."""
    called, numbers = Called(), iter(range(seed, seed + count))
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "console.db"
        command = [sys.executable, "-m", "tests.support.receiver_process", str(database)]
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        assert process.stdout is not None
        tcp_port = int(await process.stdout.readline())

        async def caller() -> None:
            for number in numbers:
                await call(random.Random(number), tcp_port, number, called)

        await caller_of(tcp_port)
        before, started = memory(process.pid), time.perf_counter()
        async with asyncio.TaskGroup() as tasks:
            for _ in range(AT_ONCE):
                tasks.create_task(caller())
        seconds, after = time.perf_counter() - started, memory(process.pid)
        lives = process.returncode is None and await caller_of(tcp_port)
        process.kill()
        await process.wait()
        lost = not_kept(database, called.acknowledged)
    print(
        f"{called.requests} requests in {seconds:.0f} s: {dict(sorted(called.statuses.items()))}, "
        f"{called.unanswered} without an answer; {len(called.acknowledged)} acknowledged, {len(lost)} of them lost; "
        f"{'it answers' if lives else 'IT IS GONE'}; {before:.0f} -> {after:.0f} MB"
    )
    return bool(lives and not lost)


async def caller_of(tcp_port: int) -> bool:
    """Whether a right call is answered 200."""
    reader, writer = await asyncio.open_connection("127.0.0.1", tcp_port)
    writer.write(b"GET /sms/gw1?phonenumber=1&message=right HTTP/1.0\r\n\r\n")
    answer = await reader.read()
    writer.close()
    return b" 200 " in answer


def streams(count: int, seed: int) -> None:
    """Raises whatever reading them does."""
    started, messages, size = time.perf_counter(), 0, 0
    for number in range(seed, seed + count):
        rng = random.Random(number)
        stream = ami_stream(rng)
        size += len(stream)
        messages += read_ami(rng, stream)
    print(f"{count} AMI streams of {size / 1e6:.1f} MB, {messages} messages in {time.perf_counter() - started:.0f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--streams", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    streams(arguments.streams, arguments.seed)
    raise SystemExit(0 if asyncio.run(requests(arguments.requests, arguments.seed)) else 1)


if __name__ == "__main__":
    main()
