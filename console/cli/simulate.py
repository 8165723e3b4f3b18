"""`gsm-console simulate`: the simulated gateway alone, for whoever wants to try a client against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli.arguments import HelpText

if TYPE_CHECKING:
    import argparse
    import asyncio
    from collections.abc import Callable, Coroutine, Sequence

    from console.simulator.gateway import Gateway
    from console.simulator.options import SimulatorOptions

EXAMPLES = """\
examples:
  gsm-console simulate --ami 127.0.0.1:5038 --http 127.0.0.1:8081 \\
      --deliver-to http://127.0.0.1:8080/sms/gw1
  gsm-console simulate --ports 44 --rate 20 --trouble cut@30
"""

_TROUBLES: dict[str, Callable[[Gateway, float], None]] = {
    "half-open": lambda gateway, _: gateway.half_open(),
    "cut": lambda gateway, _: gateway.cut_ami(),
    "cut-answer": lambda gateway, _: gateway.cut_mid_answer(),
    "swallow-answer": lambda gateway, _: gateway.swallow_answer(),
    "slow": lambda gateway, seconds: gateway.slow_answers(seconds),
    "storm": lambda gateway, rate: gateway.storm(rate),
    "lose-callbacks": lambda gateway, share: gateway.lose_callbacks(share),
    "restart": lambda gateway, seconds: gateway.shut_down(restart=True, back_after=seconds),
    "reboot": lambda gateway, seconds: _begin(gateway.reboot(seconds)),
    "hold-sends": lambda gateway, _: gateway.hold_answers(only="gsm send"),
    "release": lambda gateway, _: gateway.release_answers(),
    "silent": lambda gateway, _: gateway.fall_silent(),
    "awake": lambda gateway, _: gateway.wake(),
    "pull-sim": lambda gateway, port: gateway.pull_sim(int(port)),
    "insert-sim": lambda gateway, port: gateway.insert_sim(int(port)),
    "unregister": lambda gateway, port: gateway.unregister(int(port)),
    "register": lambda gateway, port: gateway.register(int(port)),
    "strange": lambda gateway, port: gateway.say(int(port), STRANGE),
    "sms": lambda gateway, count: gateway.receive_many(int(count)),
}

STRANGE = "RF CALIBRATION"
"""A state that no known firmware has."""

_running: set[asyncio.Task[None]] = set()
"""Trouble that takes a while."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the `simulate` subcommand."""
    parser = subparsers.add_parser(
        "simulate",
        help="run the simulated gateway alone",
        description="Run the simulated gateway alone. Prints one JSON line with its addresses when it is "
        "ready, and stops on SIGTERM or SIGINT.",
        epilog=EXAMPLES,
        formatter_class=HelpText,
    )
    add = parser.add_argument
    add(
        "--ami",
        metavar="HOST:PORT",
        default="127.0.0.1:0",
        help="AMI server's address (default: a free TCP port)",
    )
    add(
        "--http",
        metavar="HOST:PORT",
        default="127.0.0.1:0",
        help="web server's address (default: a free TCP port)",
    )
    add("--deliver-to", metavar="URL", help="call this URL for every inbound SMS (SMS to HTTP)")
    add("--ports", type=int, default=8, metavar="N", help="GSM ports, 1 to 64 (default 8)")
    add("--rate", type=float, default=1.0, metavar="R", help="events of life a second; 0 is quiet (default 1)")
    add("--seed", type=int, default=1, metavar="N", help="same seed, same life (default 1)")
    add("--user", default="admin", metavar="U", help="AMI user (default admin)")
    add("--password", default="admin", metavar="P", help="AMI secret (default admin)")
    add("--http-user", default="smsuser", metavar="U", help="user of /sendsms (default smsuser)")
    add("--http-password", default="smspwd", metavar="P", help="password of /sendsms (default smspwd)")
    add("--dialect", choices=["2014", "2019"], default="2019", help="generation of the gateway (default 2019)")
    add(
        "--command-form",
        choices=["old", "new"],
        default="old",
        help="AMI Command answers (default old, as in 1.8)",
    )
    add(
        "--vendor-names",
        action="store_true",
        help="callback names of the vendor's note: num, port, message, time",
    )
    add("--coloured", action="store_true", help="colour `core show help`, as Asterisk's own console does")
    add("--send-results", action="store_true", help="call --deliver-to with the result of every send")
    add("--reports", action="store_true", help="ask for delivery reports, and call --deliver-to with them")
    add("--read-classes", metavar="A,B", help="read classes of the AMI account (default: those of the real one)")
    add("--write-classes", metavar="A,B", help="write classes of the AMI account (default: those of the real one)")
    add(
        "--trouble",
        action="append",
        default=[],
        metavar="WHAT[=N][@SECONDS]",
        help="trouble with the connections so many seconds after the start (default 0), more than once if need be: "
        "half-open, cut, cut-answer (the next Command's, in its middle), swallow-answer, slow=SECONDS, "
        "storm=EVENTS_A_SECOND (0 ends it), lose-callbacks=SHARE (0.5: every second one; 0 ends it), "
        "restart=SECONDS_AWAY, reboot=SECONDS_AWAY (the modules start anew too), hold-sends (`gsm send` is carried "
        "out, its answer waits), release, silent (AMI says nothing any more, on new connections either), awake, "
        "pull-sim=PORT, insert-sim=PORT, unregister=PORT, register=PORT, strange=PORT (its state is a word of other "
        "firmware), sms=COUNT (so many come in)",
    )
    add(
        "--orders",
        action="store_true",
        help="take trouble from standard input too, a line each; each is answered by a JSON line",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop. 0 when stopped, 2 for a wrong argument, 4 when an address is taken."""
    import asyncio
    import sys

    from console.errors import ConfigError, ConsoleError, ListenError

    try:
        options = _options(args)
        asyncio.run(_serve(options, [_trouble(words) for words in args.trouble], orders=args.orders))
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

    if not 1 <= args.ports <= 64:
        raise ValueError(f"--ports takes 1 to 64, not {args.ports}")
    if not 0 <= args.rate <= 10_000:
        raise ValueError(f"--rate takes 0 to 10000, not {args.rate}")
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


def _trouble(words: str) -> tuple[float, Callable[[Gateway], None]]:
    """`storm=5000@3` as the seconds until then and what happens. ValueError with the words when it is neither."""
    what, _, after = words.partition("@")
    name, _, amount = what.partition("=")
    try:
        cause, number, seconds = _TROUBLES[name], float(amount or 0), float(after or 0)
    except (KeyError, ValueError):
        raise ValueError(f"--trouble takes one of {', '.join(_TROUBLES)}, not {words!r}") from None
    return seconds, lambda gateway: cause(gateway, number)


def _begin(work: Coroutine[None, None, None]) -> None:
    """Let it go on by itself."""
    import asyncio

    task = asyncio.get_running_loop().create_task(work)
    _running.add(task)
    task.add_done_callback(_running.discard)


async def _serve(
    options: SimulatorOptions, troubles: Sequence[tuple[float, Callable[[Gateway], None]]], *, orders: bool
) -> None:
    import asyncio
    import json
    import signal

    from console.simulator.gateway import Gateway

    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stopped.set)
    async with Gateway(options) as gateway:
        ready = {
            "ami": _joined(gateway.ami_address),
            "http": f"http://{_joined(gateway.http_address)}",
            "deliver_to": options.deliver_to,
            "ports": options.ports,
            "seed": options.seed,
        }
        for seconds, befall in troubles:
            loop.call_later(seconds, befall, gateway)
        print(json.dumps(ready), flush=True)
        if orders:
            _begin(_obey(gateway))
        await stopped.wait()
        for task in tuple(_running):
            task.cancel()


async def _obey(gateway: Gateway) -> None:
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
            seconds, befall = _trouble(line.strip())
            if seconds:
                loop.call_later(seconds, befall, gateway)
            else:
                befall(gateway)
        except ValueError as error:
            answer["refused"] = str(error)
        except KeyError as error:
            answer["refused"] = f"there is no port {error}"
        print(json.dumps({**answer, "air": len(gateway.air), "lost": gateway.lost}), flush=True)


def _joined(address: tuple[str, int]) -> str:
    host, tcp_port = address
    return f"[{host}]:{tcp_port}" if ":" in host else f"{host}:{tcp_port}"
