"""The configuration read again: what of it takes effect at once, and what waits for a restart.

`TAKES_EFFECT` says it of every setting. What waits stays as it was, whatever the file says, so that nothing is half
taken over; it is named each time until the restart comes.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from console.config.records import (
    AlarmConfig,
    AmiLogConfig,
    Config,
    GatewayConfig,
    InboxConfig,
    ReceiverConfig,
    SendingConfig,
)
from console.config.rule_records import RulesConfig, ScreenConfig

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence


class Effect(NamedTuple):
    """When the settings of a record take effect, by the names of its fields, blanks between."""

    at_once: str = ""
    restart: str = ""
    parts: str = ""
    """Records of their own, which say it themselves."""
    about: str = ""
    """Nothing that is set: about the file."""


TAKES_EFFECT: Mapping[type, Effect] = {
    Config: Effect(
        at_once="keys aliases escape_seconds",
        restart="database",
        parts="gateways receiver inbox sending alarms rules screen ami_log",
        about="path warnings",
    ),
    ReceiverConfig: Effect(at_once="keep_after_hangup", restart="host tcp_port max_rate monitors"),
    InboxConfig: Effect(at_once="keep_days keep_messages", restart="join_parts"),
    SendingConfig: Effect(
        at_once="confirm_above repeat_minutes not_after_hours quiet_hours deny opt_out_words templates",
        restart="default_region others read_only read_only_users",
    ),
    AlarmConfig: Effect(
        at_once="unregistered_seconds low_signal low_signal_seconds failures silent_factor limit_share stale_seconds "
        "down_seconds repeat_minutes bell command command_timeout"
    ),
    RulesConfig: Effect(at_once="all"),
    ScreenConfig: Effect(at_once="notify"),
    AmiLogConfig: Effect(restart="keep directory file_mebibytes files"),
    GatewayConfig: Effect(
        at_once="result_wait pace pace_after_failure limits sims port_sets price_per_segment currency",
        restart="name host dialect callers region tokens charset ami http basic parameter_names",
    ),
}
"""Every record whose settings differ in it. What a setting consists of (an account, a set of ports) goes with it."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What another configuration comes to, beside the one in force."""

    config: Config
    """To be in force from now on: what takes effect at once from the new one, the rest from the old one."""
    at_once: tuple[str, ...] = ()
    """Settings that changed and take effect, by name: `alarms.low_signal`, `gateway gw1's pace`."""
    restart: tuple[str, ...] = ()
    """Those that wait for a restart."""

    @property
    def names(self) -> str:
        """All of them in one line."""
        taken = ", ".join(self.at_once) or ("nothing takes effect now" if self.restart else "nothing has changed")
        return f"{taken}; restart to apply {_listed(self.restart)}" if self.restart else taken

    @property
    def words(self) -> str:
        """For whoever asked for it."""
        return f"Reloaded: {self.names}."


def changes(old: Config, new: Config) -> Changes:
    """`old` is in force, `new` was read. Both are left as they are."""
    gateways = {gateway.name: gateway for gateway in new.gateways}
    at_once, restart = list[str](), list[str]()
    _compare(old, new, "", at_once, restart)
    for gateway in old.gateways:
        if gateway.name in gateways:
            _compare(gateway, gateways[gateway.name], f"gateway {gateway.name}'s ", at_once, restart)
        else:
            restart.append(f"the removal of gateway {gateway.name}")
    known = {gateway.name for gateway in old.gateways}
    restart += [f"the new gateway {name}" for name in gateways if name not in known]
    merged = tuple(_merged(gateway, gateways.get(gateway.name, gateway)) for gateway in old.gateways)
    return Changes(replace(_merged(old, new), gateways=merged), tuple(at_once), tuple(restart))


def _compare(old: object, new: object, place: str, at_once: list[str], restart: list[str]) -> None:
    """Add the names of settings that differ."""
    effect = TAKES_EFFECT[type(old)]
    for names, found in ((effect.at_once, at_once), (effect.restart, restart)):
        found += [
            _in_the_file(place + each) for name in names.split() for each in _differing(name, *_both(old, new, name))
        ]
    for name in effect.parts.split():
        before, after = _both(old, new, name)
        if not isinstance(before, tuple):  # gateways have names
            _compare(before, after, f"{place}{name}.", at_once, restart)


_KEYS = {
    "sending.templates": "templates",
    "rules.all": "rules",
    "limits.daily": "daily_limit",
    "limits.monthly": "monthly_limit",
}
"""Settings that the file calls otherwise than the records."""


def _in_the_file(name: str) -> str:
    for ours, theirs in _KEYS.items():
        name = name.replace(ours, theirs)
    return name


def _both(old: object, new: object, name: str) -> tuple[Any, Any]:
    return getattr(old, name), getattr(new, name)


def _differing(name: str, old: object, new: object) -> Iterator[str]:
    """The setting, or those of an account in it."""
    if is_dataclass(old) and type(old) is type(new):
        for field in fields(old):
            if getattr(old, field.name) != getattr(new, field.name):
                yield f"{name}.{field.name}"
    elif old != new:
        yield name


_Record = TypeVar("_Record")


def _merged(old: _Record, new: _Record) -> _Record:
    effect = TAKES_EFFECT[type(old)]
    values = {name: getattr(new, name) for name in effect.at_once.split()}
    parts = {name: _both(old, new, name) for name in effect.parts.split()}
    values |= {name: _merged(*both) for name, both in parts.items() if not isinstance(both[0], tuple)}
    return cast("_Record", replace(cast("Any", old), **values))


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


class InForce:
    """The configuration that holds now. For any thread."""

    def __init__(self, config: Config) -> None:
        self.now = config
        """As it is at this moment; another record once something has changed."""

    @property
    def live(self) -> Config:
        """A configuration whose parts, whenever one of their settings is read, give what holds then. For those that
        work by it for long; a setting that they keep a copy of stays as it was.
        """
        config = self.now
        return replace(
            config,
            gateways=tuple(_live(one, partial(self._gateway, at)) for at, one in enumerate(config.gateways)),
            receiver=_live(config.receiver, lambda: self.now.receiver),
            inbox=_live(config.inbox, lambda: self.now.inbox),
            sending=_live(config.sending, lambda: self.now.sending),
            alarms=_live(config.alarms, lambda: self.now.alarms),
            rules=_live(config.rules, lambda: self.now.rules),
            screen=_live(config.screen, lambda: self.now.screen),
        )

    def _gateway(self, at: int) -> GatewayConfig:
        """Which there are, and their order, wait for a restart."""
        return self.now.gateways[at]


class _Live:
    """Reads as the record that is found each time."""

    __slots__ = ("_find",)

    def __init__(self, find: Callable[[], object]) -> None:
        self._find = find

    def __getattr__(self, name: str) -> Any:
        return getattr(self._find(), name)


def _live(_: _Record, find: Callable[[], _Record]) -> _Record:
    return cast("_Record", _Live(find))
