"""A program of the operator's own, told of something: bounded in time, and killed with all that it started.

What it is told may hold a stranger's words, so no shell reads it: it comes as environment variables and as JSON on
standard input, without control characters. It gets no other variable than those that any program needs: secrets of the
configuration may stand in the console's own.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PASSED_ON = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR")
"""Variables of the console that a program gets as well."""


def environment_of(environ: Mapping[str, str]) -> dict[str, str]:
    """What of the console's environment a program gets."""
    return {name: environ[name] for name in _PASSED_ON if name in environ}


async def run_program(
    command: Sequence[str],
    fields: Mapping[str, object],
    *,
    environment: Mapping[str, str],
    timeout: float,
    name: str = "",
) -> str:
    """Run it once, with `fields` as JSON on its standard input; what went wrong, in words, or nothing. Its arguments
    may be secret, so they are never told; `name` is what it is called instead of its path. `timeout` is in seconds. It
    is killed, too, when this is cancelled.
    """
    program = name or command[0]
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        return f"{program} can't be run: {getattr(error, 'strerror', None) or error}"
    try:
        async with asyncio.timeout(timeout):
            await process.communicate(json.dumps(fields).encode() + b"\n")
    except TimeoutError:
        return f"{program} was killed after {timeout:g} s"
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    code = process.returncode
    if code:
        how = f"ended with exit code {code}" if code > 0 else f"was ended by signal {-code}"
        return f"{program} {how}"
    return ""
