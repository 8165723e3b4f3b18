"""`gsm-console ussd`: ask the network by USSD through a port, and what was asked before."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from console.cli.kit import outcomes
from console.cli.kit.arguments import HelpText, add_config, whole
from console.cli.kit.gate import who_may_act
from console.cli.kit.output import moment, one_line, say, utc, warn
from console.errors import CannotSend, ConfigError

if TYPE_CHECKING:
    import argparse

    from console.config import Config
    from console.domain.ussd import UssdRecord

LIMIT = 20

DESCRIPTION = """\
Send a USSD code such as *100# through a port and print the network's answer; or reply to a menu, if the
last answer was one. A code may cost money or change the tariff. It is sent immediately, and only once.
"""

_EPILOG = f"""\
examples:
  gsm-console ussd --port 1 '*100#'
  gsm-console ussd --port 1 --history

exit codes, besides the usual ones:
   {outcomes.SENT}  answered
  {outcomes.REFUSED}  nothing was sent
  {outcomes.FAILED}  refused by the gateway or the network
  {outcomes.UNKNOWN}  unknown: it was sent, but no answer came
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `ussd`."""
    parser = subparsers.add_parser(
        "ussd",
        help="send a USSD code through a port, for example to get the balance",
        description=DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=HelpText,
    )
    parser.add_argument("--port", type=whole(1), metavar="N", help="GSM port, from 1 (with --history, default: all)")
    parser.add_argument("--gateway", metavar="NAME", help="required if the configuration has several")
    parser.add_argument("--history", action="store_true", help="print earlier requests, and send nothing")
    parser.add_argument(
        "--limit", type=whole(1), default=LIMIT, metavar="N", help=f"at most N of the history (default: {LIMIT})"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object per code, ASCII")
    parser.add_argument("code", nargs="?", metavar="CODE", help="*100#, or the reply to a menu; quote it for the shell")
    add_config(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Ask, or print the history; the exit code. Raises ConfigError and StoreError."""
    from console.config import load

    config = load(getattr(args, "config", None), os.environ)
    if args.history:
        if args.code is not None:
            raise ConfigError("--history sends nothing, so it takes no code.", hint="Remove one of them.")
        return _history(args, config)
    if args.code is None or args.port is None:
        raise ConfigError("A code and a port are required.", hint="gsm-console ussd --port 1 '*100#'")
    try:
        record = _ask(args, config)
    except CannotSend as error:
        outcomes.tell(error)
        return outcomes.REFUSED
    return _tell(record, as_json=args.json)


def fields(record: UssdRecord) -> dict[str, object]:
    """A code and its answer as a flat object. Times are UTC, ISO 8601; the answer is as it came."""
    return {
        "id": record.id,
        "at": utc(record.at),
        "gateway": record.gateway,
        "port": record.port,
        "operator": record.operator,
        "code": record.code,
        "state": record.state.value,
        "answer": record.answer,
        "answered_at": utc(record.answered_at) if record.answered_at is not None else None,
    }


def _ask(args: argparse.Namespace, config: Config) -> UssdRecord:
    """Send the code and wait for what becomes of it. Raises ConfigError, CannotSend and StoreError."""
    import asyncio

    from console.services.clock import SystemClock
    from console.services.ports.ussd import UssdService
    from console.store import Store

    gateway = _gateway(args.gateway, config)
    operator = who_may_act(args, config.sending)
    clock = SystemClock()
    store = Store.open(
        config.database,
        clock=clock,
        join_parts=config.inbox.join_parts,
        regions=config.regions,
        senders=config.sending.others,
    )

    async def ask() -> UssdRecord:
        service = UssdService(config.gateways, store.ussd, clock, operator=str(operator))
        running = asyncio.create_task(service.run())
        try:
            return await asyncio.wrap_future(service.ask(gateway, args.port, args.code))
        finally:
            running.cancel()
            await asyncio.wait([running])

    try:
        return asyncio.run(ask())
    finally:
        store.close()


def _tell(record: UssdRecord, *, as_json: bool) -> int:
    """Print what became of it: the answer on standard output, anything else on standard error."""
    from console.domain.ussd import UssdState
    from console.protocol.text.safe import safe_lines

    codes = {UssdState.FAILED: outcomes.FAILED, UssdState.UNKNOWN: outcomes.UNKNOWN}
    code = codes.get(record.state, outcomes.SENT)
    lines = "\n".join(safe_lines(record.answer))
    if as_json:
        say(json.dumps(fields(record)))
    elif code == outcomes.SENT:
        say(lines)
        if record.state is UssdState.MENU:
            warn("gsm-console: the network is waiting for a reply: send it as a code through this port")
    else:
        warn(*f"gsm-console: {record.code} through port {record.port}: {record.state}: {lines}".split("\n"))
        if code == outcomes.UNKNOWN:
            warn("It may have been executed: check before you send it again.")
    return code


def _history(args: argparse.Namespace, config: Config) -> int:
    from console.store import Reader

    reader = Reader.open_existing(config.database)
    try:
        for record in reversed(reader.ussd.history(args.gateway, args.port, args.limit)):
            print(json.dumps(fields(record)) if args.json else _line(record))
    finally:
        reader.close()
    return outcomes.SENT


def _line(record: UssdRecord) -> str:
    """One line, whatever the text."""
    through = f"port {record.port}"
    return one_line(
        moment(record.at), record.gateway, through, record.operator, record.code, record.state, record.answer
    )


def _gateway(name: str | None, config: Config) -> str:
    """The one that was named, or the only one. Raises ConfigError."""
    names = [gateway.name for gateway in config.gateways]
    if name is None and len(names) == 1:
        return names[0]
    if name not in names:
        what = "Which gateway?" if name is None else f"There is no gateway named {name!a}."
        raise ConfigError(what, hint=f"--gateway is one of: {', '.join(names)}.")
    return name
