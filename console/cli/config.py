"""`gsm-console config`: write a commented example, check the configuration, say where it is looked for."""

from __future__ import annotations

import os
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from console.cli.kit.arguments import HelpText, add_command
from console.cli.kit.output import say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

EXAMPLES = """\
examples:
  gsm-console config init
  gsm-console config check
  gsm-console config keys
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `config` with `init`, `check`, `path` and `keys`."""
    parser = subparsers.add_parser(
        "config",
        help="write, check or find the configuration",
        description="Write, check or find the configuration, one TOML file: `gsm-console help configuration`.",
        epilog=EXAMPLES,
        formatter_class=HelpText,
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    init = add_command(
        commands, "init", "write a commented example to fill in, readable by you only", "--path ~/gsm-console.toml"
    )
    init.add_argument("--path", type=Path, help="where to write it (default: the usual path)")
    init.add_argument("--force", action="store_true", help="replace a file that is already there")
    init.set_defaults(run=run_init)

    check = add_command(
        commands,
        "check",
        "read the configuration and print every setting, defaults included, secrets as ***",
        "--path /etc/gsm-console/config.toml",
    )
    check.add_argument("--path", type=Path, help="the file to check (default: the usual path)")
    check.set_defaults(run=run_check)

    where = add_command(commands, "path", "print the path of the configuration file")
    where.set_defaults(run=run_path)

    keys = add_command(
        commands, "keys", "print every action whose keys you can change, to copy into [keys]", "| grep inbox"
    )
    keys.set_defaults(run=run_keys)


def run_init(args: argparse.Namespace) -> int:
    """Write the example with mode 0600. Raises ConfigError: a file is there, or it can't be written."""
    from console.config import EXAMPLE
    from console.config.writer import write_private

    path = _path(args)
    write_private(path, EXAMPLE, replace=args.force)
    say(f"Wrote {path}. Fill in host, accounts and secrets, then: gsm-console config check")
    return 0


def run_check(args: argparse.Namespace) -> int:
    """Print each setting as understood, defaults included, secrets as ***. Raises ConfigError like `load`."""
    from console.config import load
    from console.protocol.rules.judging import check_rules
    from console.ui.keys.commands import check_own

    config = load(_path(args), os.environ)
    check_own(config)
    check_rules(config)
    print(f"{config.path}: understood.")
    print(f"database = {config.database}")
    print(f"escape_seconds = {'automatic' if config.escape_seconds is None else config.escape_seconds}")
    for name in ("receiver", "inbox", "sending", "alarms", "screen", "ami_log"):
        print(f"\n[{name}]")
        print("\n".join(_settings(getattr(config, name))))
    if config.keys:
        print("\n[keys]")
        print("\n".join(f"{action} = {keys}" for action, keys in config.keys.items()))
    if config.aliases:
        print("\n[aliases]")
        print("\n".join(f"{alias} = {line}" for alias, line in config.aliases.items()))
    for title, records in (("rules", config.rules.all), ("gateways", config.gateways)):
        for record in records:
            print(f"\n[[{title}]]")
            print("\n".join(_settings(record)))
    for warning in config.warnings:
        print(f"\nWarning: {warning}")
    return 0


def run_path(args: argparse.Namespace) -> int:
    """Print the path that is looked at, whether a file is there or not."""
    print(_path(args))
    return 0


def run_keys(args: argparse.Namespace) -> int:  # noqa: ARG001
    """Print `[keys]` as it is without a configuration: TOML, with what each action does as a remark. What has no key
    stands there as a remark itself.
    """
    from console.ui.keys.actions import REBINDABLE, TITLES

    print("[keys]")
    for scope, actions in REBINDABLE.items():
        print(f"# {TITLES[scope]}")
        for action in actions:
            setting = f'"{action.id}" = "{action.key}"' if action.key else f'# "{action.id}" = ""'
            print(f"{setting:41} # {action.help}")
    return 0


def _path(args: argparse.Namespace) -> Path:
    """`--path` of the command, else `--config` of the program, else the platform's usual place."""
    from console.config import default_path

    given: Path | str | None = getattr(args, "path", None) or getattr(args, "config", None)
    return Path(given) if given else default_path()


_USUAL = {"opt_out_words": "STOP and others, in several languages"}
"""What holds where a list is empty."""


def _settings(record: object, prefix: str = "") -> Iterator[str]:
    """`name = value` for each field of a record, with those of records inside it as `ami.name = value`."""
    assert is_dataclass(record)
    for field in fields(record):
        name, value = f"{prefix}{field.name}", getattr(record, field.name)
        if not field.repr and value:
            value = (value[0], *("***" for _ in value[1:]))  # a program; its arguments may hold a token
        if is_dataclass(value):
            yield from _settings(value, f"{name}.")
        elif value is None or value == "":
            yield f"{name}: none"
        elif isinstance(value, dict):
            yield from _entries(name, value)
        elif type(value) is tuple:  # a named one has words of its own
            yield f"{name} = {', '.join(map(_shown, value))}" if value else f"{name}: {_USUAL.get(name, 'none')}"
        else:
            yield f"{name} = {_shown(value)}"


def _entries(name: str, values: Mapping[object, object]) -> Iterator[str]:
    """A line for each value of a table whose keys the user makes up."""
    if not values:
        yield f"{name}: none"
    for key, value in values.items():
        if name == "parameter_names":
            yield f"{name}: {_shown(key)} means {value}"
        elif is_dataclass(value):
            yield from _settings(value, f"{name}[{key}].")
        else:
            yield f"{name}: {_shown(key)} = {_shown(value)}"


def _shown(value: object) -> str:
    """In one line of which nothing acts on the terminal: a template may be of many."""
    from console.protocol.text.safe import safe

    if isinstance(value, bool):
        return "true" if value else "false"
    words = getattr(value, "words", None)  # of a set of ports, which has a name as well
    return safe(f"{getattr(value, 'name', '')} ({words})" if words is not None else str(value))
