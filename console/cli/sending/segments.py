"""`gsm-console segments`: how a text will be split, from the shell."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from console.cli.kit.arguments import HelpText
from console.errors import ConsoleError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from console.domain.plan import SegmentPlan

EXAMPLES = """\
examples:
  gsm-console segments "Dear customer, it’s ready"
  gsm-console segments --path http --json < text.txt
"""

_FORCED_SHOWN = 5
"""Characters named before a line says how many more there are."""


class InputError(ConsoleError):
    """What was given is not text in UTF-8."""

    title = "Input"
    exit_code = 2


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `segments`."""
    parser = subparsers.add_parser(
        "segments",
        help="show how a text splits into SMS segments",
        description="Show how a text splits into SMS segments: its encoding, the characters that force UCS-2 and "
        "what could replace them, and how much space is left in the last segment. Units are septets, or UTF-16 units "
        "in UCS-2.",
        epilog=EXAMPLES,
        formatter_class=HelpText,
    )
    parser.add_argument(
        "--path",
        choices=("3gpp", "ami", "http"),
        default="3gpp",
        help="rules to use: the standard's (default), this console's by AMI, or the gateway's own by HTTP",
    )
    parser.add_argument(
        "--reference-bits",
        type=int,
        choices=(8, 16),
        default=8,
        help="size of the reference number in a long message (default: 8; 3gpp only)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--lines", action="store_true", help="treat each line as a text; one JSON object per line")
    parser.add_argument("text", nargs="?", metavar="TEXT", help="the text (default: standard input, UTF-8)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the plan. Raises InputError when the text is not UTF-8."""
    from console.protocol.sms.look_alikes import composed
    from console.protocol.sms.segments import plan

    for text in _texts(args.text, lines=args.lines):
        made = plan(composed(text), args.path, reference_bits=args.reference_bits)
        print(as_json(made) if args.json or args.lines else "\n".join(report(made)))
    return 0


def _texts(given: str | None, *, lines: bool) -> Iterator[str]:
    """The text, or each line of it. A line end at the end of standard input is the shell's."""
    if given is not None:
        _check(given)
        yield from given.split("\n") if lines else (given,)
    elif lines:
        for number, line in enumerate(sys.stdin.buffer, 1):
            yield _decoded(line.removesuffix(b"\n").removesuffix(b"\r"), f"Line {number} of standard input")
    else:
        yield _decoded(sys.stdin.buffer.read().removesuffix(b"\n"), "Standard input")


def _check(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputError("The text is not UTF-8.", hint="Convert it to UTF-8.") from None


def _decoded(line: bytes, where: str) -> str:
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{where} is not UTF-8: byte {error.start} is 0x{line[error.start]:02X}.",
            hint="Convert it to UTF-8.",
        ) from None


def as_json(plan: SegmentPlan) -> str:
    """The plan as one line of JSON, ASCII only: nothing in it acts on a terminal."""
    import json

    return json.dumps(
        {
            "text": plan.text,
            "path": plan.path,
            "encoding": plan.encoding,
            "reference_bits": plan.reference_bits,
            "segments": [{"text": segment.text, "units": segment.units} for segment in plan.segments],
            "units": plan.units,
            "left": plan.left,
            "forced_by": [
                {"char": each.char, "index": each.index, "name": each.name, "suggestion": each.suggestion}
                for each in plan.forced_by
            ],
            "warnings": list(plan.warnings),
        }
    )


def report(plan: SegmentPlan) -> list[str]:
    """The plan to read: a summary, what forced Unicode, the segments, the warnings. Safe for a terminal."""
    from console.protocol.text.safe import safe

    count = len(plan.segments)
    unit = "septets" if plan.encoding == "GSM-7" else "UTF-16 units"
    segments = "1 segment" if count == 1 else f"{count} segments"
    lines = [f"{plan.encoding} · {segments} · {plan.units} {unit} · {plan.left} left"]
    for each in plan.forced_by[:_FORCED_SHOWN]:
        instead = "" if each.suggestion is None else f', instead: "{safe(each.suggestion)}"'
        lines.append(f"because of {safe(each.char)} at {each.index} ({each.name}){instead}")
    more = len(plan.forced_by) - _FORCED_SHOWN
    if more > 0:
        lines.append(f"and of {more} more")
    width = len(str(max(segment.units for segment in plan.segments)))
    for number, segment in enumerate(plan.segments, 1):
        lines.append(f"{number:>{len(str(count))}}  {segment.units:>{width}}  {safe(segment.text)}".rstrip())
    return lines + [f"warning: {safe(warning)}" for warning in plan.warnings]
