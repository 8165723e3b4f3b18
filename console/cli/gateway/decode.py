"""`gsm-console decode`: captured bytes of a gateway into something to read, or to turn into a test."""

from __future__ import annotations

import json
import os
import sys
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, cast

from console.cli.kit.arguments import HelpText, add_command
from console.cli.kit.output import warn
from console.errors import ConsoleError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from io import BufferedReader

    from console.domain.messages import Callback
    from console.protocol.ami.frames import AmiBlock

EXAMPLES = """\
examples:
  gsm-console decode ami capture.bin
  gsm-console decode callback 'phonenumber=%2B8613632919026&port=2&message=hi'
"""

_READ_SIZE = 65_536


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `decode` with `ami` and `callback`."""
    parser = subparsers.add_parser(
        "decode",
        help="print what captured bytes of a gateway mean",
        description="Print what captured bytes of a gateway mean, as the console would read them. Control "
        "on the terminal.",
        epilog=EXAMPLES,
        formatter_class=HelpText,
    )
    kinds = parser.add_subparsers(title="kinds", metavar="KIND", required=True)

    ami = add_command(
        kinds, "ami", "print the messages of a captured AMI connection, server to client", "--json capture.bin"
    )
    ami.add_argument("file", nargs="?", default="-", metavar="FILE", help="the raw bytes; - is standard input")
    ami.add_argument("--json", action="store_true", help="one JSON object per message")
    ami.set_defaults(run=run_ami)

    callback = add_command(
        kinds,
        "callback",
        "print an SMS-to-HTTP call, from its raw query string",
        "--charset gbk 'phonenumber=10086&message=%C4%FA%BA%C3'",
    )
    callback.add_argument("query", metavar="QUERY", help="the part after the ?, or the whole URL")
    callback.add_argument(
        "--charset", default="utf-8", metavar="NAME", help="character set of the gateway, such as gbk (default: utf-8)"
    )
    callback.add_argument("--json", action="store_true", help="one JSON object")
    callback.set_defaults(run=run_callback)


def run_ami(args: argparse.Namespace) -> int:
    """Print each message as soon as it is whole. Raises ConsoleError when the file can't be read."""
    for block in _blocks(args.file):
        print(_ami_json(block) if args.json else "\n".join(_ami_lines(block)))
        if not block.complete:
            warn("gsm-console: the message above is cut off: it is too long, or the input ends inside it")
    return 0


def run_callback(args: argparse.Namespace) -> int:
    """Print what the query says. What can't be read is kind `unreadable`, with the reason. Raises ConsoleError
    for a charset that is not known.
    """
    from console.config.charsets import charset_name
    from console.protocol.http.inbound import parse

    if not charset_name(args.charset):
        raise ConsoleError(
            f"--charset is {args.charset[:60]!a}, which is not a known character set.",
            hint="For example utf-8, utf-16, gbk, big5, shift_jis, koi8-r, windows-1251 or iso-8859-1.",
        )
    callback = parse(os.fsencode(args.query), charset=args.charset)
    print(json.dumps(asdict(callback)) if args.json else "\n".join(_callback_lines(callback)))
    return 0


def _blocks(name: str) -> Iterator[AmiBlock]:
    from console.protocol.ami.frames import AmiFramer

    framer = AmiFramer()
    try:
        with _open(name) as stream:
            while data := stream.read1(_READ_SIZE):
                yield from framer.feed(data)
    except OSError as error:
        raise ConsoleError(
            f"{name} can't be read: {error.strerror}.",
            hint="Give the path of a file with the raw bytes, or -.",
        ) from error
    yield from framer.close()


def _open(name: str) -> AbstractContextManager[BufferedReader]:
    return nullcontext(cast("BufferedReader", sys.stdin.buffer)) if name == "-" else Path(name).open("rb")


def _ami_json(block: AmiBlock) -> str:
    """ASCII only, so that no byte of the capture acts on the terminal."""
    shown = {"kind": block.kind, "name": block.name, "headers": block.headers, "output": block.output}
    return json.dumps(shown)


def _ami_lines(block: AmiBlock) -> Iterator[str]:
    from console.protocol.text.safe import safe

    yield f"{block.kind}  {safe(block.name)}"
    # the first header of a response or event is its name
    for name, value in block.headers[1:] if block.name else block.headers:
        yield f"    {safe(name)}: {safe(value)}"
    for line in block.output or ():
        yield f"  | {safe(line)}"


def _callback_lines(callback: Callback) -> Iterator[str]:
    from console.protocol.text.safe import safe

    for name, value in asdict(callback).items():
        if value:
            yield f"{name}: {safe(value)}"
