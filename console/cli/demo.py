"""`gsm-console demo`: the console on a simulated gateway. No configuration, no root, nothing left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli.kit.appearance import add_appearance, appearance_of
from console.cli.kit.arguments import HelpText, add_dialect, decimal, whole

if TYPE_CHECKING:
    import argparse

EXAMPLES = """\
examples:
  gsm-console demo
  gsm-console demo --ports 44 --gateways 2 --rate 5
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "demo",
        help="open the console on a simulated gateway",
        description="Open the console on a simulated gateway, or on several. They run on this machine only (AMI, "
        "/sendsms and SMS to HTTP, on free TCP ports): no SMS is sent for real, and everything is gone when you leave.",
        epilog=EXAMPLES,
        formatter_class=HelpText,
    )
    parser.add_argument("--ports", type=whole(1, 44), default=8, metavar="N", help="GSM ports, 1 to 44 (default 8)")
    parser.add_argument(
        "--gateways",
        type=whole(1, 4),
        default=1,
        metavar="N",
        help="gateways, 1 to 4 (default 1); --ports is for the first",
    )
    parser.add_argument(
        "--dead", action="store_true", help="the last gateway accepts AMI connections and never answers"
    )
    parser.add_argument(
        "--rate",
        type=decimal(0, 100_000),
        default=0.5,
        metavar="R",
        help="events per second, such as an incoming SMS; 0 for none (default 0.5)",
    )
    parser.add_argument(
        "--size",
        type=whole(0, 10_000_000),
        default=60,
        metavar="N",
        help="messages already in the inbox (default 60)",
    )
    add_dialect(parser)
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="random seed, for repeatable runs (default 1)")
    parser.add_argument(
        "--exit-after", type=decimal(0, 100_000), metavar="SECONDS", help="quit after this long, for scripts"
    )
    add_appearance(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from console.cli.setup import need_terminal
    from console.runtime import memory

    plain = getattr(arguments, "plain", False)
    if not plain:
        need_terminal()
    memory.leave_for_now()
    memory.keep_in_one_piece()
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
            plain=plain,
            read_only=arguments.read_only,
            dialect=arguments.dialect,
        )
    )
