"""`gsm-console receive`: the receiver without a screen, for systemd or a container."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from console.cli.kit.arguments import HelpText, add_config
from console.errors import ConfigError

if TYPE_CHECKING:
    import argparse

    from console.config import Config, ReceiverConfig


EXAMPLES = """\
examples:
  gsm-console receive --config /etc/gsm-console/config.toml
  gsm-console receive --listen 127.0.0.1:8080 --database inbox.db
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the `receive` subcommand."""
    parser = subparsers.add_parser(
        "receive",
        help="receive without a screen, for systemd or a container",
        description="Receive the gateways' calls without a screen. A console on the same database shows the inbox "
        "live beside it. Prints a line with READY and the address, logs to standard error, stops on SIGTERM, and on "
        "SIGINT unless it is ignored, as under nohup. SIGHUP, unless ignored, makes it read its configuration "
        "file again; without one it stops. With --listen and --database it needs no configuration file; the usual one "
        "is read if it is there. Under systemd (Type=notify) it reports when it is ready.",
        epilog=EXAMPLES,
        formatter_class=HelpText,
    )
    parser.add_argument("--listen", metavar="HOST:PORT", help="address to listen on instead of the configured one")
    parser.add_argument("--database", type=Path, metavar="PATH", help="database to use instead of the configured one")
    add_config(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Receive until told to stop: 0. Raises ConfigError, StoreError, ListenError."""
    from functools import partial

    from console.runtime.headless import receive

    config = configuration(args)
    return receive(config, partial(configuration, args) if config.path is not None else None)


def configuration(args: argparse.Namespace) -> Config:
    """The configuration file with what the arguments say in its place. Raises ConfigError."""
    import os
    from dataclasses import replace

    from console.config import Config, ReceiverConfig, has_default, load, open_warnings
    from console.protocol.rules.judging import check_rules

    path: Path | None = getattr(args, "config", None)
    if path is None and args.listen and args.database and not has_default():
        config = Config((), ReceiverConfig(), args.database)
    else:
        config = load(path, os.environ, database=args.database)
        check_rules(config)
    if args.listen:
        receiver = listening_on(args.listen, config.receiver)
        warnings = dict.fromkeys((*config.warnings, *open_warnings(config.gateways, receiver)))
        config = replace(config, receiver=receiver, warnings=tuple(warnings))
    return config


def listening_on(address: str, receiver: ReceiverConfig) -> ReceiverConfig:
    """`HOST:PORT`, `[::1]:8080` or `:8080` (every interface). Raises ConfigError."""
    from dataclasses import replace

    host, colon, tcp_port = address.rpartition(":")
    if not colon or not (tcp_port.isascii() and tcp_port.isdigit()) or int(tcp_port[:6]) > 65535:
        raise ConfigError(
            f"--listen is {address[:60]!a}; expected HOST:PORT.", hint="For example --listen 127.0.0.1:8080."
        )
    return replace(receiver, host=host.strip("[]") or "0.0.0.0", tcp_port=int(tcp_port))  # noqa: S104 - as asked for
