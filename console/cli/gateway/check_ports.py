"""`gsm-console check-ports`: the ports for a monitoring system, on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli.gateway.ports import look, state_words
from console.cli.inbox.entries import reading
from console.cli.kit.arguments import HelpText, add_config, add_database, whole
from console.cli.kit.output import utc
from console.cli.kit.query import add_query
from console.cli.kit.status import Figure, Status, Verdict, refuse_as_unknown, tell_status
from console.domain.alarms import AlarmKind

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Iterable

    from console.cli.gateway.ports import Looked
    from console.domain.alarms import Alarm
    from console.domain.ports import KeptPort, Place

DESCRIPTION = """\
Print one line with performance data, and end with the exit code that Nagios, Icinga and others expect.

0 OK        every port is in service
1 WARNING   a port is out of service, its signal is low, or several of its messages failed in a row
2 CRITICAL  a whole gateway is out of service, or as many ports as --critical says
3 UNKNOWN   nobody monitors the ports, their state is not known yet, or the command can't look

Ports that are locked out do not count. As `gsm-console ports` this asks no gateway: it needs a running console or
`gsm-console receive`. Signal and failures are judged by [alarms] of the configuration.
"""

EXAMPLES = """\
examples:
  gsm-console check-ports
  gsm-console check-ports --query gw:north --warning 2 --critical 4
"""

_OUT = {AlarmKind.NO_SIM, AlarmKind.NEEDS_PIN, AlarmKind.UNREGISTERED}
"""Alarms that tell sooner than the next state that is written down."""

_NAMED = 5


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `check-ports`."""
    parser = subparsers.add_parser(
        "check-ports",
        help="check ports for Nagios and others: one line, exit code 0 to 3",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=HelpText,
    )
    add_config(parser)
    add_database(parser)
    add_query(parser, views=False)
    parser.add_argument(
        "--warning",
        type=whole(1),
        default=1,
        metavar="N",
        help="from so many ports out of service it is WARNING (default: 1)",
    )
    parser.add_argument(
        "--critical", type=whole(1), metavar="N", help="from so many it is CRITICAL (default: a whole gateway)"
    )
    refuse_as_unknown(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the line; the exit code."""

    def judged() -> Verdict:
        with reading(args) as reader:
            return judge(look(args, reader), reader.alarms.open(), args.warning, args.critical)

    return tell_status(judged)


def judge(looked: Looked, alarms: Iterable[Alarm], warning: int, critical: int | None) -> Verdict:
    """What the ports and the open alarms come to. `warning` and `critical` are ports out of service."""
    if not looked.watched:
        since = "" if looked.watched_since is None else f" since {utc(looked.watched_since)}"
        return Verdict(Status.UNKNOWN, f"nobody monitors the ports{since}")
    ports = [port for port in looked.ports if not port.locked_out]
    if not ports:
        return Verdict(Status.UNKNOWN, "no port is known")
    now, gateways, told = looked.now, {port.gateway for port in ports}, tuple(alarms)
    lost = {alarm.gateway for alarm in told if alarm.kind is AlarmKind.AMI_DOWN} & gateways
    without = {(alarm.gateway, alarm.port) for alarm in told if alarm.kind in _OUT}
    low = {(alarm.gateway, alarm.port) for alarm in told if alarm.kind is AlarmKind.LOW_SIGNAL}
    out = [port for port in ports if port.key in without or (port.is_known(now) and not port.in_service(now))]
    unknown = [port for port in ports if port not in out and not port.is_known(now)]
    suspect = [port for port in ports if looked.is_suspect(port)]
    weak = [port for port in ports if port.key in low]
    whole = {name for name in gateways if all(port in out for port in ports if port.gateway == name)}
    words = [
        *(f"{name}: AMI down" for name in sorted(lost)),
        _words("out of service", out, gateways, now),
        _words("several sends in a row failed", suspect, gateways),
        _words("low signal", weak, gateways),
        _words("state not known", unknown, gateways),
    ]
    good = len(ports) - len(out) - len(unknown)
    if lost or whole or (critical is not None and len(out) >= critical):
        status = Status.CRITICAL
    elif len(out) >= warning or suspect or weak:
        status = Status.WARNING
    else:
        status = Status.UNKNOWN if unknown else Status.OK
    return Verdict(
        status,
        "; ".join(filter(None, (f"{good} of {len(ports)} ports in service", *words))),
        (
            Figure("in_service", good, most=len(ports)),
            Figure("out_of_service", len(out), warning=warning, critical=critical, most=len(ports)),
            Figure("suspect", len(suspect), most=len(ports)),
            Figure("low_signal", len(weak), most=len(ports)),
            Figure("locked_out", len(looked.ports) - len(ports)),
            Figure("age", round(max((now - port.sample.at for port in ports if port.sample), default=0)), "s"),
        ),
    )


def _words(what: str, ports: Collection[KeptPort], gateways: Collection[str], now: float | None = None) -> str:
    """`out of service: 3 (no SIM), 8 (down)`: the first few; with `now` also their state."""
    named = [
        _place(port.key, gateways) + (f" ({state_words(port, now)})" if now is not None else "")
        for port in list(ports)[:_NAMED]
    ]
    further = f" and {len(ports) - _NAMED} more" if len(ports) > _NAMED else ""
    return f"{what}: {', '.join(named)}{further}" if named else ""


def _place(place: Place, gateways: Collection[str]) -> str:
    return f"{place[0]} {place[1]}" if len(gateways) > 1 else f"{place[1]}"
