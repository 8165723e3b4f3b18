"""`gsm-console check`: will it work? Asks each gateway, tries the receiver's address, says what to type where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.cli.kit.arguments import HelpText, add_config
from console.cli.kit.output import say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from console.config import Config
    from console.services.gateway.check import Finding
    from console.services.receiving.check import SmsToHttp
    from console.terminal.appearance import Colours

_GLYPHS = {"ok": "✓", "warning": "!", "failed": "✗"}
_LABELS = {
    "number": "phone number",
    "port": "port",
    "port_name": "port name",
    "text": "message",
    "time": "time",
    "imsi": "IMSI",
    "status": "status",
}


DESCRIPTION = """\
Test the set-up. For each gateway: does AMI log in and run commands, is /sendsms enabled and does it accept
the user, do the clocks agree. For the receiver: can it listen, and what to type on the gateway's page SMS to
HTTP. No SMS is sent. The exit code is 1 if something does not work.

With --terminal: print what this terminal can do, and what to change. Nothing is sent to the terminal, and no
configuration is read.
"""

EXAMPLES = """\
examples:
  gsm-console check
  gsm-console check --show-tokens
  gsm-console check --terminal
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the `check` subcommand."""
    parser = subparsers.add_parser(
        "check",
        help="test gateways and receiver; sends no SMS",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=HelpText,
    )
    parser.add_argument("--terminal", action="store_true", help="check this terminal instead")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--show-tokens", action="store_true", help="show tokens and passwords (default: ***)")
    add_config(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Look, print, and return 0 when nothing failed. Raises ConfigError."""
    import asyncio
    import json
    import os

    if args.terminal:
        return run_terminal(as_json=args.json, colours=getattr(args, "colours", None))
    from console.config import load

    config = load(getattr(args, "config", None), os.environ)
    report = asyncio.run(_report(config, show_tokens=args.show_tokens))
    if args.json:
        say(json.dumps(report, ensure_ascii=False))
    else:
        say(*lines(report))
    return 0 if report["ok"] else 1


def run_terminal(*, as_json: bool, colours: Colours | None) -> int:
    """Look at the terminal, print, and return 0 when the console can be used on it."""
    import json
    import os
    import sys

    from console.cli.gateway.terminal_check import Seen, findings, verdict
    from console.cli.kit.appearance import locale_was_made_up
    from console.terminal.appearance import has_utf8
    from console.terminal.size import terminal_size

    is_terminal = sys.stdin.isatty() and sys.stderr.isatty()
    size = terminal_size(sys.stdin.fileno() if is_terminal else -1, os.environ)
    utf8 = has_utf8(os.environ, coerced=locale_was_made_up())
    found = list(findings(Seen(os.environ, is_terminal, size, utf8, colours)))
    if as_json:
        say(json.dumps({"ok": verdict(found) != "failed", "terminal": [finding._asdict() for finding in found]}))
    else:
        shown = "\n".join(["terminal", *_finding_lines([finding._asdict() for finding in found])])
        if not utf8:
            from console.terminal.ascii_only import in_ascii

            shown = in_ascii(shown)
        say(shown)
    return 1 if verdict(found) == "failed" else 0


async def _report(config: Config, *, show_tokens: bool) -> dict[str, Any]:
    """All of it, as it is printed with `--json`."""
    import asyncio

    from console.protocol.dialects.known import DIALECTS
    from console.services.clock import SystemClock
    from console.services.gateway.check import Verdict, check_gateway
    from console.services.receiving.check import receiver_findings, sms_to_http

    clock = SystemClock()
    found = await asyncio.gather(*(check_gateway(gateway, clock) for gateway in config.gateways))
    receiver = await asyncio.to_thread(receiver_findings, config, clock.time())
    gateways = []
    for gateway, findings in zip(config.gateways, found, strict=True):
        page = DIALECTS[gateway.dialect].pages.callbacks
        values = await asyncio.to_thread(sms_to_http, gateway, config.receiver, show_token=show_tokens)
        gateways.append(
            {
                "name": gateway.name,
                "host": gateway.host,
                "findings": _plain(findings),
                "sms_to_http": {"page": page, **_values(values)} if page else None,
            }
        )
    everything = [*receiver, *(finding for findings in found for finding in findings)]
    return {
        "ok": not any(finding.verdict is Verdict.FAILED for finding in everything),
        "receiver": {"findings": _plain(receiver)},
        "gateways": gateways,
    }


def _plain(findings: Sequence[Finding]) -> list[dict[str, str]]:
    from console.protocol.text.redact import redact

    return [
        {
            "subject": finding.subject,
            "verdict": finding.verdict.value,
            "words": redact(finding.words),
            "hint": finding.hint,
        }
        for finding in findings
    ]


def _values(values: SmsToHttp) -> dict[str, Any]:
    return {
        "login": values.login,
        "host": values.host,
        "port": values.tcp_port,
        "path": values.path,
        "names": dict(values.names),
        "user_defined": values.user_defined,
    }


def lines(report: dict[str, Any]) -> list[str]:
    """The report for a person."""
    shown = []
    for gateway in report["gateways"]:
        shown += [f"{gateway['name']}  {gateway['host']}", *_finding_lines(gateway["findings"])]
        values = gateway["sms_to_http"]
        if values is None:
            shown += ["    Its SMS come by AMI: there is nothing to type on its pages.", ""]
            continue
        shown.append(f"    On its page {values['page']}, with SMS Received on:")
        typed = {"host": f"{values['login']}{values['host']}", "port": str(values["port"]), "path": values["path"]}
        typed |= {f"name of {_LABELS[meaning]}": name for meaning, name in values["names"].items()}
        typed["user-defined"] = values["user_defined"] or "(empty)"
        shown += [f"        {what:22}{words}" for what, words in typed.items()]
        if values["path"].endswith("***"):
            shown.append("        *** is the token; --show-tokens shows it")
        if values["login"].endswith(":***@"):
            shown.append("        :*** before the @ is the password; --show-tokens shows it")
        shown.append("")
    shown += ["receiver", *_finding_lines(report["receiver"]["findings"])]
    return shown


def _finding_lines(findings: Sequence[dict[str, str]]) -> list[str]:
    from console.protocol.text.safe import safe

    shown = []
    for finding in findings:
        shown.append(f"  {_GLYPHS[finding['verdict']]} {finding['subject']:12}{safe(finding['words'])}")
        if finding["hint"]:
            shown.append(f"    {'':12}{safe(finding['hint'])}")
    return shown
