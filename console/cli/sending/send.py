"""`gsm-console send`: send from the shell, by the console's own rules, and say what became of it."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

from console.cli.kit import outcomes
from console.cli.kit.arguments import HelpText, add_config, decimal
from console.cli.kit.gate import who_may_act
from console.cli.kit.list_file import add_list
from console.cli.kit.output import say, warn

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Iterable, Iterator

    from console.cli.sending.report import Preview
    from console.cli.sending.request import Request
    from console.config import Config
    from console.domain.clock import Clock
    from console.domain.messages import DeliveryState, OutboxMessage
    from console.runtime.sending import Sending, Watch
    from console.store import Store
    from console.store.opt_outs import OptOutsReader

_DESCRIPTION = """\
Send a text to one number or many, and wait for the outcome. The rules are those of the console:
the same checks, limits and pace, the same outbox and audit. Nothing is ever sent twice: a message whose outcome is
unclear becomes `unknown`, and a person decides.
"""

_EPILOG = f"""\
examples:
  gsm-console send --to +4915112345678 "Server 3 is down"
  uptime | gsm-console send --to 10086,10010 --port 3 -
  gsm-console send --csv people.csv --dry-run "Dear {{name}}, the lift is down"
  gsm-console send --to +4915112345678 --wait delivered --timeout 600 "On my way"
  gsm-console send --to @night-shift --at "tomorrow 8:00" --until 12:00 "The lift is checked today"

--at takes 14:30 (tomorrow if that is past), tomorrow 8:00, 2026-11-22 14:30, or how long from now: 15m, 2h, 3d;
--until takes the same, counted from --at. With --at the message is put into the outbox and the command ends at once,
with 0 if something runs that will send it: a console or `gsm-console receive`; otherwise nothing is queued. It is not
sent later than --until, or not_after_hours of the configuration. In the recipient's quiet_hours --yes is required.

A list is CSV with a column of numbers, or vCards; its other columns fill {{fields}} in the text. {{name}} also works
for contacts. Put -- before a text that begins with -. Warnings and errors go to standard error.

Ctrl-C, SIGTERM, SIGHUP (but not under nohup) and the end of --timeout cancel what has not been sent. Later results
are kept by whichever process receives: the console, or `gsm-console receive`.

exit codes; for several messages the worst one, in this order:
  {outcomes.UNKNOWN}  unknown: it may or may not have been sent
  {outcomes.FAILED}  failed or cancelled: it was not sent, or the network refused it
  {outcomes.WAITING}  the gateway has it, but its outcome was not known in time
   {outcomes.SENT}  sent; with --wait delivered, delivered; with --no-wait, the gateway has it; with --at, it is planned
and before anything is queued:
  {outcomes.REFUSED}  refused: it can't be sent as it is, --yes is needed, or you may not send
   {outcomes.ERROR}  no connection, nothing runs that would send it at its time, or other trouble
   {outcomes.USAGE}  configuration, arguments or an unreadable list; 3 database
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `send`."""
    parser = subparsers.add_parser(
        "send",
        help="send a text, and report the outcome",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=HelpText,
    )
    parser.add_argument(
        "--to",
        action="append",
        default=[],
        metavar="N",
        help="a number, a contact, or @ and a group; separate several by commas",
    )
    parser.add_argument(
        "--csv", type=Path, metavar="FILE", help="a list of numbers (CSV or vCards), with fields for the text"
    )
    add_list(parser)
    parser.add_argument("--gateway", metavar="NAME", help="required if the configuration has several")
    parser.add_argument("--port", default="auto", metavar="P", help="GSM port, a port set, or auto (default)")
    parser.add_argument(
        "--via", choices=("http", "ami"), help="interface to send through (default: AMI if configured, otherwise HTTP)"
    )
    parser.add_argument("--at", default="", metavar="WHEN", help="send it then; a console or `receive` must be running")
    parser.add_argument("--until", default="", metavar="WHEN", help="do not send it later than this")
    parser.add_argument("--dry-run", action="store_true", help="show what would be sent; send and store nothing")
    waiting = parser.add_mutually_exclusive_group()
    waiting.add_argument(
        "--wait",
        choices=("sent", "delivered"),
        help="wait until it is sent (default) or delivered",
    )
    waiting.add_argument("--no-wait", action="store_true", help="return as soon as the gateway has accepted it")
    parser.add_argument(
        "--timeout",
        type=decimal(0.001, 1_000_000_000),
        metavar="SECONDS",
        help="wait at most this long (default: what the gateway's time-outs and result_wait allow)",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object instead of one line per message")
    parser.add_argument(
        "--yes",
        action="store_true",
        help="send despite warnings, to many recipients, and without those who have no number or opted out",
    )
    parser.add_argument("--opted-out", action="store_true", help="of several, also to those who opted out")
    add_config(parser)
    parser.add_argument("text", metavar="TEXT", help="the text; - reads it from standard input, UTF-8")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Send; the exit code of the worst outcome. Raises ConsoleError for trouble that has a code of its own."""
    import asyncio
    import os

    from console.cli.sending.request import read_request
    from console.config import load
    from console.errors import CannotSend, ConfigError

    config = load(getattr(args, "config", None), os.environ)
    if args.at and (args.wait or args.no_wait or args.timeout is not None):
        raise ConfigError("--at does not wait: remove --wait, --no-wait and --timeout.")
    try:
        hint = "--dry-run shows what would be sent."
        operator = "" if args.dry_run else str(who_may_act(args, config.sending, hint=hint))
        request = read_request(args, config)
        return asyncio.run(_run(args, config, request, operator))
    except CannotSend as error:
        if error.exit_code != outcomes.ERROR:
            raise  # an unreadable list, for one, has a code of its own
        outcomes.tell(error)
        return outcomes.REFUSED


async def _run(args: argparse.Namespace, config: Config, request: Request, operator: str) -> int:
    from console.cli.sending.report import caution_lines, preview_fields, preview_lines, warning_lines
    from console.runtime.sending import Sending
    from console.services.clock import SystemClock

    clock = SystemClock()
    with _store(config, clock, dry_run=args.dry_run) as store:
        sending = Sending(request.gateway, config.sending, store, clock, operator=operator, alarms=config.alarms)
        if request.is_planned and not args.dry_run:
            _check_sender(store, request, clock)
        at_work = contextlib.nullcontext() if request.is_planned else sending.running(look_only=args.dry_run)
        async with at_work:
            preview = await _preview(args, config, request, sending, store.opt_outs)
            request = preview.request
            warn(*caution_lines(preview))
            refused = bool(preview.obstacles) and not args.yes
            if args.dry_run or refused:
                if args.json:
                    say(json.dumps({"dry_run": args.dry_run, "refused": refused, **preview_fields(preview)}))
                elif args.dry_run:
                    say(*preview_lines(preview))
            if refused:
                return _refuse(preview, dry_run=args.dry_run)
            if args.dry_run:
                return outcomes.SENT
            warn(*warning_lines(preview))
            if request.is_planned:
                return await _plan(args, request, sending)
            return await _send(args, request, sending)


async def _preview(
    args: argparse.Namespace, config: Config, request: Request, sending: Sending, opt_outs: OptOutsReader
) -> Preview:
    """Raises CannotSend for what can't be sent at all, and NotConnected."""
    import asyncio
    from dataclasses import replace

    from console.cli.sending.report import Preview
    from console.errors import CannotSend
    from console.protocol.sms.guards import without_opted_out

    if not request.drafts:
        first = request.rejected[0]
        raise CannotSend(
            f"None of these recipients can be sent to. {first.place}: {first.typed[:40]!a}: {first.reason}."
        )
    if not args.opted_out:
        drafts, out = without_opted_out(request.drafts, await asyncio.to_thread(opt_outs.among, request.drafts))
        request = replace(request, drafts=tuple(drafts), opted_out=out)
    if not request.is_planned:
        await sending.hear_ports(request.drafts[0])
    sender = sending.sender
    forecast = await asyncio.to_thread(sender.forecast, request.drafts)
    remarks = (*request.remarks, *await asyncio.to_thread(sender.remarks, request.drafts))
    obstacles = [f"{len(remarks)} warnings" if len(remarks) > 1 else "a warning"] if remarks else []
    if request.rejected:
        obstacles.append(f"{len(request.rejected)} without a usable number")
    if request.opted_out:
        obstacles.append(f"{len(request.opted_out)} who opted out")
    if len(request.drafts) > config.sending.confirm_above:
        obstacles.append(f"{len(request.drafts)} recipients, more than {config.sending.confirm_above}")
    return Preview(
        request,
        tuple(sender.plan(draft) for draft in request.drafts),
        forecast,
        remarks,
        tuple(obstacles),
        tuple(sender.wire_form(draft) for draft in request.drafts) if args.dry_run else (),
    )


def _refuse(preview: Preview, *, dry_run: bool) -> int:
    would = "would not be sent" if dry_run else "Not sent"
    warn(f"gsm-console: {would} without --yes: {'; '.join(preview.obstacles)}.", "Add --yes to send it anyway.")
    return outcomes.REFUSED


def _check_sender(store: Store, request: Request, clock: Clock) -> None:
    """Raises NotConnected where nothing runs that would send it when its time comes."""
    from console.errors import NotConnected
    from console.services.sending.planner import GRACE, sender_of

    name = request.gateway.name
    there = store.presence(sender_of(name))
    if there is None or not there.is_fresh(clock.time(), GRACE):
        raise NotConnected(
            f"Nothing is running that would send it by {name} at that time: nothing was queued.",
            hint="Keep `gsm-console receive` or a console running on this database.",
        )


async def _plan(args: argparse.Namespace, request: Request, sending: Sending) -> int:
    """Leave it in the outbox."""
    from console.cli.sending.report import message_fields, planned_line

    messages = await sending.plan(request.drafts, request.label)
    if args.json:
        fields = [message_fields(message) for message in messages]
        say(json.dumps({"outcome": "planned", "exit_code": outcomes.SENT, "ending": "planned", "messages": fields}))
    else:
        say(*(planned_line(message, time.time()) for message in messages))
    return outcomes.SENT


async def _send(args: argparse.Namespace, request: Request, sending: Sending) -> int:
    from console.cli.sending.report import closing_lines, code_of, message_fields, outcome_words
    from console.runtime.sending import NOT_LEFT, UNTIL_DELIVERED, UNTIL_SENT, Ending
    from console.terminal.signals import Stop

    until = NOT_LEFT if args.no_wait else UNTIL_DELIVERED if args.wait == "delivered" else UNTIL_SENT
    stop = Stop()
    stop.listen()
    if not args.no_wait and not sending.hears_results():
        warn("results will not be received: no AMI link is up, and neither a console nor `receive` is running")
    lines = _Lines(until)
    watch, ending = await sending.send(
        request.drafts,
        request.label,
        until=until,
        timeout=args.timeout,
        stop=stop,
        on_news=(lambda _: None) if args.json else lines.tell,
        on_trouble=warn,
    )
    messages = [message for message in watch.messages.values() if message is not None]
    code = code_of(messages, until)
    if args.json:
        result = {"outcome": outcome_words(code), "exit_code": code, "ending": ending.value}
        say(json.dumps({**result, "messages": [message_fields(message) for message in messages]}))
    else:
        lines.tell_all(messages)
    if ending is not Ending.DONE:
        by = f" by {stop.cause}" if ending is Ending.INTERRUPTED else ""
        warn(f"{ending}{by}: what had not been sent is cancelled")
    warn(*closing_lines(messages, until))
    return code


class _Lines:
    """A line for each message, once: as soon as it is where it was to come to, else at the end."""

    def __init__(self, until: Collection[DeliveryState]) -> None:
        self._until = until
        self._told: set[int] = set()

    def tell(self, watch: Watch) -> None:
        """Of those that are waited for no longer."""
        self.tell_all(one for one in watch.messages.values() if one is not None and one.state not in self._until)

    def tell_all(self, messages: Iterable[OutboxMessage]) -> None:
        """Of all that were not told of."""
        from console.cli.sending.report import message_line

        new = [message for message in messages if message.id not in self._told]
        self._told.update(message.id for message in new)
        say(*(message_line(message) for message in new))


@contextlib.contextmanager
def _store(config: Config, clock: Clock, *, dry_run: bool) -> Iterator[Store]:
    """The console's own. A dry run where there is none yet makes none."""
    import tempfile

    from console.store import Store

    with contextlib.ExitStack() as stack:
        path = config.database
        if dry_run and not path.exists():
            path = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "empty.db"
        store = Store.open(
            path, clock=clock, join_parts=config.inbox.join_parts, regions=config.regions, senders=config.sending.others
        )
        stack.callback(store.close)
        yield store
