"""Tables of the configuration: sending, its pace, limits and sets of ports, alarms, the AMI log."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, get_args

from console.config.records import (
    AlarmConfig,
    AmiLogConfig,
    PortOrder,
    PortSet,
    QuietHours,
    SendingConfig,
    SimLimits,
)
from console.config.rule_records import NotifyBy, ScreenConfig

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.config.table import Table


MOST_PORTS = 64
_MOST_SEGMENTS = 1_000_000_000

_SENDING = (
    *("default_region", "confirm_above", "repeat_minutes", "not_after_hours", "quiet_hours"),
    *("deny", "opt_out_words", "others", "read_only", "read_only_users"),
)
_LIMITS = ("daily_limit", "monthly_limit")
_SIM = ("port", *_LIMITS)
_PORT_SET = ("name", "ports", "order")
_REGION_WORDS = (
    "AC AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CC "
    "CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB "
    "GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH "
    "KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV "
    "MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PR PS PT PW PY QA RE RO RS RU RW SA SB "
    "SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US "
    "UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"
)
_REGIONS = frozenset(_REGION_WORDS.split())
"""Countries whose numbers are known to `phonenumbers`, which takes 50 ms to be asked."""
_PREFIX = re.compile(r"[+]?[0-9*#]{1,22}")
_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,40}")
_SET_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,19}")
_HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d) ?- ?([01]?\d|2[0-3]):([0-5]\d)")
_ALIAS = re.compile(r"[a-z0-9-]{1,20}")
_TAKEN = ("auto", "port")


def read_sending(top: Table) -> SendingConfig:
    """`[sending]` and `[templates]`. Raises ConfigError."""
    templates = _words_by_name(top, "templates", _NAME, "a name of 1 to 40 characters")
    default = SendingConfig()
    table = top.child("sending", _SENDING)
    if table is None:
        return SendingConfig(templates=templates)
    return SendingConfig(
        default_region=read_region(table, "default_region"),
        confirm_above=table.whole("confirm_above", default.confirm_above, low=0, high=1_000_000),
        repeat_minutes=table.whole("repeat_minutes", default.repeat_minutes, low=0, high=10_080, unit="minutes"),
        not_after_hours=table.number("not_after_hours", low=0, high=8760)
        if "not_after_hours" in table
        else default.not_after_hours,
        quiet_hours=read_quiet_hours(table),
        deny=_words_by_name(table, "deny", _PREFIX, "the beginning of a number: digits, * and #, with or without +"),
        opt_out_words=tuple(table.texts("opt_out_words")) if "opt_out_words" in table else default.opt_out_words,
        others=_words_by_name(table, "others", _NAME, "the beginning of ids, 1 to 40 characters"),
        read_only=table.flag("read_only", default.read_only),
        read_only_users=tuple(table.texts("read_only_users")) if "read_only_users" in table else (),
        templates=templates,
    )


def read_aliases(top: Table) -> dict[str, str]:
    """`[aliases]`: a word -> the command that it stands for. Raises ConfigError.

    Whether there is such a command is for those to say who know the commands.
    """
    found = _words_by_name(top, "aliases", _ALIAS, "a word of a to z, 0 to 9 and -, 20 at most")
    for alias, line in found.items():
        if not line.isprintable() or not line.strip(" :"):
            top.refuse(f"aliases.{alias}", "not a line that can be typed", 'a command, such as "port 5"')
    return found


def read_quiet_hours(table: Table) -> QuietHours | None:
    """`21:00-08:00`; None where there are none. Raises ConfigError."""
    if "quiet_hours" not in table:
        return None
    words = table.text("quiet_hours")
    match = _HOURS.fullmatch(words)
    begin, end = ((int(match[1]) * 60 + int(match[2])), (int(match[3]) * 60 + int(match[4]))) if match else (0, 0)
    if begin == end:
        table.refuse("quiet_hours", f'"{words[:40]}"', 'two different times of the day, such as "21:00-08:00"')
    return QuietHours(begin, end)


def read_region(table: Table, key: str) -> str:
    """A country; empty where none is given. Raises ConfigError."""
    region = table.text(key, "") if key in table else ""
    if region and region not in _REGIONS:
        wanted = '"GB"' if region == "UK" else 'an ISO 3166 country code such as "DE"'
        table.refuse(key, f'"{region[:20]}"', wanted)
    return region


def read_limits(table: Table, default: SimLimits | None = None) -> SimLimits:
    """`daily_limit` and `monthly_limit`, those of `default` where they are not given; 0 is no limit."""
    default = default or SimLimits()

    def limit(key: str, otherwise: int | None) -> int | None:
        return table.whole(key, 0, low=0, high=_MOST_SEGMENTS) or None if key in table else otherwise

    return SimLimits(limit("daily_limit", default.daily), limit("monthly_limit", default.monthly))


def read_sims(gateway: Table, default: SimLimits) -> Mapping[int, SimLimits]:
    """`[[gateways.sims]]`: limits of the SIM in one port."""
    sims: dict[int, SimLimits] = {}
    for table in gateway.children("sims", _SIM):
        table.require("port")
        port = table.whole("port", 1, low=1, high=MOST_PORTS)
        if port in sims:
            table.refuse("port", f"{port}", "another port: this one already has limits")
        sims[port] = read_limits(table, default)
    return sims


def read_port_sets(gateway: Table) -> tuple[PortSet, ...]:
    """`[[gateways.port_sets]]`: ports with a name, gone through in turn."""
    sets: dict[str, PortSet] = {}
    orders: tuple[PortOrder, ...] = ("ascending", "descending")
    for table in gateway.children("port_sets", _PORT_SET):
        table.require("name", "ports")
        name = table.text("name")
        if not _SET_NAME.fullmatch(name) or name in _TAKEN:
            table.refuse("name", f'"{name[:40]}"', "a letter, then up to 19 of A-Z a-z 0-9 _ . -, and not auto or port")
        if name in sets:
            table.refuse("name", f'"{name}"', "a unique name")
        ports = table.some_wholes("ports", low=1, high=MOST_PORTS)
        if len(set(ports)) < len(ports):
            table.refuse("ports", str(ports), "each port once")
        sets[name] = PortSet(name, tuple(ports), table.choice("order", orders, "ascending"))
    return tuple(sets.values())


def _words_by_name(parent: Table, key: str, name: re.Pattern[str], expected: str) -> dict[str, str]:
    """A table of strings whose keys the user makes up."""
    found: dict[str, str] = {}
    for word, value in parent.free_child(key).items():
        if not name.fullmatch(word):
            parent.refuse(key, f'the key "{word[:40]}"' if word.isprintable() else "a key", expected)
        if not isinstance(value, str) or not value:
            parent.refuse(f"{key}.{word}", "an empty string", "a string, not empty")
        found[word] = value
    return found


_ALARMS = (
    *("unregistered_seconds", "low_signal", "low_signal_seconds", "failures", "silent_factor", "limit_share"),
    *("stale_seconds", "down_seconds", "repeat_minutes", "bell", "command", "command_timeout"),
)
_SCREEN = ("notify",)
_AMI_LOG = ("directory", "keep", "file_mebibytes", "files")
_WEEK = 604_800.0


def read_alarms(top: Table) -> AlarmConfig:
    """`[alarms]`. Raises ConfigError."""
    table = top.child("alarms", _ALARMS)
    default = AlarmConfig()
    if table is None:
        return default

    def number(key: str, otherwise: float, high: float) -> float:
        return table.number(key, low=0, high=high) if key in table else otherwise

    return AlarmConfig(
        unregistered_seconds=table.seconds("unregistered_seconds", default.unregistered_seconds, low=0, high=_WEEK),
        low_signal=table.whole("low_signal", default.low_signal, low=0, high=31),
        low_signal_seconds=table.seconds("low_signal_seconds", default.low_signal_seconds, low=0, high=_WEEK),
        failures=table.whole("failures", default.failures, low=0, high=1000),
        silent_factor=number("silent_factor", default.silent_factor, 1000),
        limit_share=number("limit_share", default.limit_share, 1),
        stale_seconds=table.seconds("stale_seconds", default.stale_seconds, low=1, high=_WEEK),
        down_seconds=table.seconds("down_seconds", default.down_seconds, low=0, high=_WEEK),
        repeat_minutes=number("repeat_minutes", default.repeat_minutes, 10_080),
        bell=table.flag("bell", default.bell),
        command=tuple(table.texts("command")) if "command" in table else (),
        command_timeout=table.seconds("command_timeout", default.command_timeout, low=0.1, high=600),
    )


def read_screen(top: Table) -> ScreenConfig:
    """`[screen]`. Raises ConfigError."""
    table = top.child("screen", _SCREEN)
    ways: tuple[NotifyBy, ...] = get_args(NotifyBy)
    default = ScreenConfig()
    return default if table is None else ScreenConfig(table.choice("notify", ways, default.notify))


def read_ami_log(top: Table) -> AmiLogConfig:
    """`[ami_log]`; a relative directory starts at the file's folder. Raises ConfigError."""
    table = top.child("ami_log", _AMI_LOG)
    default = AmiLogConfig()
    if table is None:
        return default
    directory = table.file("directory") if "directory" in table else None
    return AmiLogConfig(
        directory,
        table.flag("keep", default.keep),
        table.whole("file_mebibytes", default.file_mebibytes, low=1, high=1024),
        table.whole("files", default.files, low=1, high=1000),
    )
