"""What the configuration says about alarms, and about the AMI log on disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from console.config.records import AlarmConfig, AmiLogConfig

if TYPE_CHECKING:
    from console.config.table import Table

_ALARMS = (
    *("unregistered_seconds", "low_signal", "low_signal_seconds", "failures", "silent_factor", "limit_share"),
    *("stale_seconds", "down_seconds", "repeat_minutes", "bell", "command", "command_timeout"),
)
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


def read_ami_log(top: Table) -> AmiLogConfig:
    """`[ami_log]`; a relative directory starts at the file's folder. Raises ConfigError."""
    table = top.child("ami_log", _AMI_LOG)
    default = AmiLogConfig()
    if table is None:
        return default
    directory = top.path.parent / Path(table.text("directory")).expanduser() if "directory" in table else None
    return AmiLogConfig(
        directory,
        table.flag("keep", default.keep),
        table.whole("file_mebibytes", default.file_mebibytes, low=1, high=1024),
        table.whole("files", default.files, low=1, high=1000),
    )
