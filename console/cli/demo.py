"""`gsm-console demo`: the console on a simulated gateway. No configuration, no root, nothing left behind."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from console.cli.appearance import add_appearance, appearance_of

if TYPE_CHECKING:
    from collections.abc import Callable


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "demo",
        help="open the console on a simulated gateway",
        description=(
            "Starts a simulated gateway, or several, on loopback (AMI, /sendsms, SMS to HTTP, on free TCP ports) and "
            "the console against it. Nothing leaves this machine, and everything is gone when you leave."
        ),
    )
    parser.add_argument("--ports", type=_between(1, 44), default=8, metavar="N", help="GSM ports, 1 to 44 (default 8)")
    parser.add_argument(
        "--gateways",
        type=_between(1, 4),
        default=1,
        metavar="N",
        help="so many gateways, 1 to 4 (default 1); --ports is of the first",
    )
    parser.add_argument("--dead", action="store_true", help="the last gateway takes AMI connections and never answers")
    parser.add_argument(
        "--rate", type=_rate, default=0.5, metavar="R", help="events of life a second; 0 is quiet (default 0.5)"
    )
    parser.add_argument(
        "--size",
        type=_between(0, 10_000_000),
        default=60,
        metavar="N",
        help="messages already in the inbox (default 60)",
    )
    parser.add_argument(
        "--seed", type=int, default=1, metavar="N", help="the same seed gives the same life (default 1)"
    )
    parser.add_argument("--exit-after", type=_rate, metavar="SECONDS", help="leave by itself, for scripts")
    add_appearance(parser)
    parser.set_defaults(run=run)


def _between(low: int, high: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{value} is not between {low} and {high}")
        return value

    return number


def _rate(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 100_000:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 100000")
    return value


def run(arguments: argparse.Namespace) -> int:
    from console.runtime import garbage

    garbage.leave_for_now()
    from console.runtime.demo import DemoOptions, run_demo

    return run_demo(
        DemoOptions(
            ports=arguments.ports,
            rate=arguments.rate,
            size=arguments.size,
            seed=arguments.seed,
            exit_after=arguments.exit_after,
            gateways=arguments.gateways,
            dead=arguments.dead,
            appearance=appearance_of(arguments),
            plain=getattr(arguments, "plain", False),
        )
    )
