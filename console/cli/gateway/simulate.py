"""`gsm-console simulate`: the simulated gateway alone, for whoever wants to try a client against it."""

from __future__ import annotations

import math
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from console.cli.kit.arguments import HelpText, add_dialect, decimal, whole
from console.cli.kit.output import say, warn

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Coroutine, Sequence

    from console.simulator.gateway import Gateway
    from console.simulator.options import SimulatorOptions


STRANGE = "RF CALIBRATION"
"""A state that no known firmware has."""

_A_PORT = "PORT"


class Trouble(NamedTuple):
    """One kind of it."""

    amount: str
    """What stands behind its name and `=`, as its help calls it; empty: nothing."""
    what: str
    """For the help."""
    befall: Callable[[Gateway, float], Coroutine[None, None, None] | None]
    """Brings it over a gateway, with that amount; where it takes a while, what is to be waited for."""


TROUBLES = {
    # AMI: its connections, its answers, its events.
    "half-open": Trouble("", "AMI: open sessions fall silent, new ones work", lambda box, _: box.half_open()),
    "silent": Trouble("", "AMI: new sessions get no answer either", lambda box, _: box.fall_silent()),
    "awake": Trouble("", "AMI: new sessions work again", lambda box, _: box.wake()),
    "cut": Trouble("", "AMI: every session is reset", lambda box, _: box.cut_ami()),
    "cut-answer": Trouble("", "AMI: the next answer to Command is cut off", lambda box, _: box.cut_mid_answer()),
    "swallow-answer": Trouble("", "AMI: the next answer to Command never comes", lambda box, _: box.swallow_answer()),
    "hold-sends": Trouble(
        "", "AMI: sends go out, their answers are held", lambda box, _: box.hold_answers(only="gsm send")
    ),
    "release": Trouble("", "AMI: release those answers", lambda box, _: box.release_answers()),
    "slow": Trouble("SECONDS", "AMI: delay every answer; 0 ends it", lambda box, late: box.slow_answers(late)),
    "storm": Trouble("RATE", "AMI: events per second; 0 ends it", lambda box, rate: box.storm(rate)),
    # The box.
    "restart": Trouble(
        "SECONDS", "Asterisk stops, and starts again that much later", lambda box, away: box.restart(away)
    ),
    "reboot": Trouble("SECONDS", "the gateway reboots, then its modules start", lambda box, away: box.reboot(away)),
    # GSM ports.
    "pull-sim": Trouble(_A_PORT, "the SIM is taken out", lambda box, port: box.pull_sim(int(port))),
    "insert-sim": Trouble(_A_PORT, "a new SIM is put in", lambda box, port: box.insert_sim(int(port))),
    "unregister": Trouble(_A_PORT, "the network deregisters the SIM", lambda box, port: box.unregister(int(port))),
    "register": Trouble(_A_PORT, "the network registers the SIM again", lambda box, port: box.register(int(port))),
    "strange": Trouble(_A_PORT, "the port reports an unknown state", lambda box, port: box.say(int(port), STRANGE)),
    "words": Trouble(
        _A_PORT, "the port reports the driver's next rare state", lambda box, port: box.next_words(int(port))
    ),
    # SMS.
    "foreign": Trouble(
        _A_PORT, "another program sends through the port", lambda box, port: box.send_for_others(int(port))
    ),
    "sms": Trouble("COUNT", "that many SMS arrive at once", lambda box, count: box.receive_many(int(count))),
    "long-sms": Trouble("COUNT", "that many long SMS arrive at once", lambda box, count: box.receive_long(int(count))),
    "forged-sms": Trouble("", "SMS arrive whose texts contain AMI events", lambda box, _: box.receive_forged_sms()),
    "lose-callbacks": Trouble(
        "SHARE", "share of calls to lose; 0.5: every second one, 0: none", lambda box, share: box.lose_callbacks(share)
    ),
}


def trouble_help() -> str:
    """All of it, a line each."""
    named = {f"{name}={one.amount}" if one.amount else name: one.what for name, one in TROUBLES.items()}
    width = max(map(len, named))
    return "".join(f"  {name:<{width}}  {what}\n" for name, what in named.items())


@dataclass(frozen=True, slots=True)
class Order:
    """Trouble that was asked for."""

    trouble: Trouble
    amount: float
    after: float
    """Seconds until then."""


def parse_order(words: str) -> Order:
    """`NAME`, `NAME=AMOUNT`, either with `@SECONDS`. Raises ValueError with what is wrong."""
    what, _, after = words.partition("@")
    name, _, amount = what.partition("=")
    trouble = TROUBLES.get(name)
    if trouble is None:
        raise ValueError(f"there is no trouble named {name!a}; there are {', '.join(TROUBLES)}")
    return Order(trouble, _number(amount, words), _number(after, words))


def _number(given: str, words: str) -> float:
    try:
        number = float(given or 0)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{words!a}: {given!a} is not a number")
    return number


class Troubles:
    """What befalls one gateway. Belongs to its event loop."""

    def __init__(self, gateway: Gateway) -> None:
        from console.simulator.tasks import Tasks

        self._gateway = gateway
        self._tasks = Tasks()

    def order(self, order: Order) -> None:
        """Let it befall the gateway, now or in its time. Raises ValueError for a port that is not there."""
        import asyncio

        if order.trouble.amount == _A_PORT and order.amount not in self._gateway.network.ports:
            raise ValueError(f"there is no port {order.amount:g}")
        if order.after > 0:
            asyncio.get_running_loop().call_later(order.after, self._befall, order)
        else:
            self._befall(order)

    def close(self) -> None:
        """Break off what takes a while."""
        self._tasks.cancel()

    def _befall(self, order: Order) -> None:
        work = order.trouble.befall(self._gateway, order.amount)
        if work is not None:
            self._tasks.begin(work)


_FREE = "127.0.0.1:0"
"""The system chooses the TCP port."""

_EPILOG = f"""\
WHAT goes wrong, by --trouble and --orders:
{trouble_help()}
examples:
  gsm-console simulate --ami 127.0.0.1:5038 --http 127.0.0.1:8081 \\
      --deliver-to http://127.0.0.1:8080/sms/gw1
  gsm-console simulate --ports 44 --rate 20 --trouble cut@30
  gsm-console simulate --dialect openvox-2013 --signed-char --trouble forged-sms@10
  gsm-console simulate --dialect yeastar --ami 127.0.0.1:5038
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the `simulate` subcommand."""
    parser = subparsers.add_parser(
        "simulate",
        help="run the simulated gateway alone",
        description="Run the simulated gateway alone, to test a client against it. Prints one JSON line with its "
        "addresses when it is ready, and stops on SIGTERM, and on "
        "SIGINT or SIGHUP unless they are ignored, as under nohup.",
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
        help="events per second, such as an incoming SMS; 0 for none (default 1)",
    )
    add("--seed", type=int, default=1, metavar="N", help="random seed, for repeatable runs (default 1)")
    add_dialect(group)


def _add_ami(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--ami", metavar="HOST:PORT", default=_FREE, help="address of AMI (default: this machine, a free TCP port)")
    add("--user", default="admin", metavar="U", help="AMI user (default admin)")
    add("--password", default="admin", metavar="P", help="AMI secret (default admin)")
    add("--read-classes", metavar="A,B", help="read classes of the account (default: those of a real gateway)")
    add("--write-classes", metavar="A,B", help="write classes of the account (default: those of a real gateway)")
    add(
        "--command-form",
        choices=["old", "new"],
        default="old",
        help="format of Command answers and events: Asterisk 1.8 (old) or 22 (new) (default old)",
    )
    add("--silent-on-others", action="store_true", help="report nothing that other programs send")
    add("--coloured", action="store_true", help="colour `core show help`, as Asterisk's own console does")


def _add_http(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--http", metavar="HOST:PORT", default=_FREE, help="its address (default: this machine, a free TCP port)")
    add("--http-user", default="smsuser", metavar="U", help="user of /sendsms (default smsuser)")
    add("--http-password", default="smspwd", metavar="P", help="password of /sendsms (default smspwd)")
    add("--deliver-to", metavar="URL", help="call this URL for every incoming SMS")
    add("--signed-char", action="store_true", help="write %%FFFFFFC3 for %%C3, as Asterisk 1.8 does on x86")
    add("--send-results", action="store_true", help="also call it with the result of every send")
    add("--reports", action="store_true", help="request delivery reports, and also call it with them")
    add(
        "--vendor-names",
        action="store_true",
        help="name the parameters of these calls as in the vendor's note: num, port, message, time",
    )


def _add_trouble(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--trouble",
        action="append",
        default=[],
        metavar="WHAT[=N][@SECONDS]",
        help="one of those below, that many seconds after the start (default: at once); repeatable",
    )
    group.add_argument(
        "--orders",
        action="store_true",
        help="also read trouble from standard input, one per line; each is answered by a JSON line",
    )


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop. 0 when stopped, 2 for a wrong argument, 4 when an address is taken."""
    import asyncio

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
    warn(f"gsm-console simulate: {problem}")
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
        signed_char=args.signed_char,
        tells_of_others=not args.silent_on_others,
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

    from console.services.receiving.listening import joined
    from console.simulator.gateway import Gateway
    from console.terminal.signals import Stop

    stopped = Stop()
    stopped.listen()
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
        say(json.dumps(ready))
        obeying = asyncio.create_task(_obey(gateway, troubles)) if orders else None
        await stopped.wait()
        warn(f"gsm-console simulate: stopped by {stopped.cause}")
        if obeying is not None:
            obeying.cancel()
        troubles.close()


async def _obey(gateway: Gateway, troubles: Troubles) -> None:
    """Carry out what standard input says until it ends. Answers tell what was on the air and lost, up to then."""
    import asyncio
    import json
    import stat

    kind = os.fstat(sys.stdin.fileno()).st_mode
    if not (stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind) or sys.stdin.isatty()):
        warn("gsm-console simulate: --orders needs a pipe or a terminal on standard input")
        return
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := (await lines.readline()).decode(errors="replace"):
        answer: dict[str, object] = {"order": line.strip()}
        try:
            troubles.order(parse_order(line.strip()))
        except ValueError as error:
            answer["refused"] = str(error)
        say(json.dumps({**answer, "air": len(gateway.air), "lost": gateway.lost}))
