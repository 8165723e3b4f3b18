"""`gsm-console simulate`: the simulated gateway alone, for whoever wants to try a client against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli.gateway.troubles import Troubles, parse_order, trouble_help
from console.cli.kit.arguments import HelpText, decimal, whole

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from console.cli.gateway.troubles import Order
    from console.simulator.gateway import Gateway
    from console.simulator.options import SimulatorOptions

_FREE = "127.0.0.1:0"
"""The system chooses the TCP port."""

_EPILOG = f"""\
WHAT goes wrong, by --trouble and --orders:
{trouble_help()}
examples:
  gsm-console simulate --ami 127.0.0.1:5038 --http 127.0.0.1:8081 \\
      --deliver-to http://127.0.0.1:8080/sms/gw1
  gsm-console simulate --ports 44 --rate 20 --trouble cut@30
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the `simulate` subcommand."""
    parser = subparsers.add_parser(
        "simulate",
        help="run the simulated gateway alone",
        description="Run the simulated gateway alone, to try a client against it. Prints one JSON line with its "
        "addresses when it is ready, and stops on SIGTERM or SIGINT.",
        epilog=_EPILOG,
        formatter_class=HelpText,
    )
    _add_box(parser.add_argument_group("the gateway"))
    _add_ami(parser.add_argument_group("its AMI"))
    _add_http(parser.add_argument_group("its web server, and SMS to HTTP"))
    _add_trouble(parser.add_argument_group("trouble"))
    parser.set_defaults(run=run)


def _add_box(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--ports", type=whole(1, 64), default=8, metavar="N", help="GSM ports, 1 to 64 (default 8)")
    add(
        "--rate",
        type=decimal(0, 10_000),
        default=1.0,
        metavar="R",
        help="how often a second something happens by itself, such as an SMS coming in; 0 is never (default 1)",
    )
    add("--seed", type=int, default=1, metavar="N", help="the same happens with the same seed (default 1)")
    add(
        "--dialect",
        choices=["2014", "2019"],
        default="2019",
        help="generation of firmware whose words it uses (default 2019)",
    )


def _add_ami(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--ami", metavar="HOST:PORT", default=_FREE, help="address of AMI (default: this machine, a free TCP port)")
    add("--user", default="admin", metavar="U", help="AMI user (default admin)")
    add("--password", default="admin", metavar="P", help="AMI secret (default admin)")
    add("--read-classes", metavar="A,B", help="read classes of the account (default: those of a real gateway's)")
    add("--write-classes", metavar="A,B", help="write classes of the account (default: those of a real gateway's)")
    add(
        "--command-form",
        choices=["old", "new"],
        default="old",
        help="how Command is answered: as up to Asterisk 13, or from 14 on (default old)",
    )
    add("--coloured", action="store_true", help="colour `core show help`, as Asterisk's own console does")


def _add_http(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--http", metavar="HOST:PORT", default=_FREE, help="its address (default: this machine, a free TCP port)")
    add("--http-user", default="smsuser", metavar="U", help="user of /sendsms (default smsuser)")
    add("--http-password", default="smspwd", metavar="P", help="password of /sendsms (default smspwd)")
    add("--deliver-to", metavar="URL", help="call this URL for every SMS that comes in")
    add("--send-results", action="store_true", help="call it with the result of every send too")
    add("--reports", action="store_true", help="ask for delivery reports, and call it with them too")
    add(
        "--vendor-names",
        action="store_true",
        help="parameters of these calls as in the vendor's note: num, port, message, time",
    )


def _add_trouble(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--trouble",
        action="append",
        default=[],
        metavar="WHAT[=N][@SECONDS]",
        help="one of those below, so many seconds after the start (default: at once); may be given again",
    )
    group.add_argument(
        "--orders",
        action="store_true",
        help="take trouble from standard input too, a line each; each is answered by a JSON line",
    )


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop. 0 when stopped, 2 for a wrong argument, 4 when an address is taken."""
    import asyncio
    import sys

    from console.errors import ConfigError, ConsoleError, ListenError

    try:
        options = _options(args)
        asyncio.run(_serve(options, [parse_order(words) for words in args.trouble], orders=args.orders))
    except ValueError as error:
        problem: ConsoleError = ConfigError(str(error))
    except OSError as error:
        problem = ListenError(f"cannot listen: {error}")
    else:
        return 0
    print(f"gsm-console simulate: {problem}", file=sys.stderr)
    return problem.exit_code


def _options(args: argparse.Namespace) -> SimulatorOptions:
    from console.simulator.options import ALL_READ_CLASSES, ALL_WRITE_CLASSES, ParameterNames, SimulatorOptions

    return SimulatorOptions(
        ports=args.ports,
        seed=args.seed,
        rate=args.rate,
        user=args.user,
        password=args.password,
        read_classes=_classes(args.read_classes, ALL_READ_CLASSES),
        write_classes=_classes(args.write_classes, ALL_WRITE_CLASSES),
        http_user=args.http_user,
        http_password=args.http_password,
        dialect=args.dialect,
        command_form=args.command_form,
        deliver_to=args.deliver_to,
        coloured=args.coloured,
        parameter_names=ParameterNames.vendor_note() if args.vendor_names else ParameterNames(),
        send_results=args.send_results,
        reports=args.reports,
        ami_address=args.ami,
        http_address=args.http,
    )


def _classes(words: str | None, default: frozenset[str]) -> frozenset[str]:
    return default if words is None else frozenset(word for word in words.split(",") if word)


async def _serve(options: SimulatorOptions, at_first: Sequence[Order], *, orders: bool) -> None:
    import asyncio
    import json
    import signal

    from console.services.receiving.listening import joined
    from console.simulator.gateway import Gateway

    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stopped.set)
    async with Gateway(options) as gateway:
        troubles = Troubles(gateway)
        for order in at_first:
            troubles.order(order)
        ready = {
            "ami": joined(*gateway.ami_address),
            "http": f"http://{joined(*gateway.http_address)}",
            "deliver_to": options.deliver_to,
            "ports": options.ports,
            "seed": options.seed,
        }
        print(json.dumps(ready), flush=True)
        obeying = loop.create_task(_obey(gateway, troubles)) if orders else None
        await stopped.wait()
        if obeying is not None:
            obeying.cancel()
        troubles.close()


async def _obey(gateway: Gateway, troubles: Troubles) -> None:
    """Carry out what standard input says until it ends. Answers tell what was on the air and lost, up to then."""
    import asyncio
    import json
    import sys

    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader()
    try:
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    except ValueError:
        print("gsm-console simulate: --orders takes a pipe or a terminal, not a file", file=sys.stderr)
        return
    while line := (await lines.readline()).decode(errors="replace"):
        answer: dict[str, object] = {"order": line.strip()}
        try:
            troubles.order(parse_order(line.strip()))
        except ValueError as error:
            answer["refused"] = str(error)
        print(json.dumps({**answer, "air": len(gateway.air), "lost": gateway.lost}), flush=True)
