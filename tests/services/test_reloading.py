"""The configuration read again: in the audit, then in force; or nothing at all."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest

from console.config import Config, GatewayConfig, ReceiverConfig
from console.config.records import AlarmConfig
from console.config.reload import InForce
from console.errors import ConfigError, ConsoleError, StoreError
from console.services.reloading import Reloading

OLD = Config((GatewayConfig("gw1", "192.0.2.10"),), ReceiverConfig(), Path("x.db"), path=Path("/etc/config.toml"))
NEW = replace(OLD, alarms=AlarmConfig(low_signal=7))


class Trail:
    """Remembers what was written, and what was in force then."""

    def __init__(self, in_force: InForce, error: ConsoleError | None = None) -> None:
        self.in_force = in_force
        self.error = error
        self.written: list[tuple[str, ...]] = []
        self.then: list[Config] = []

    def add(self, operator: str, action: str, target: str, detail: str = "") -> Future[None]:
        self.written.append((operator, action, target, detail))
        self.then.append(self.in_force.now)
        done: Future[None] = Future()
        done.set_exception(self.error) if self.error else done.set_result(None)
        return done


def test_it_is_written_down_with_who_did_it_before_it_is_in_force() -> None:
    in_force = InForce(OLD)
    trail = Trail(in_force)
    found = Reloading(in_force, lambda: NEW, trail, operator="alice from 192.0.2.7").reload()
    assert in_force.now == found.config == NEW
    assert trail.written == [("alice from 192.0.2.7", "reload", "config.toml", "alarms.low_signal")]
    assert trail.then == [OLD]


def test_where_nothing_takes_effect_nothing_was_done() -> None:
    in_force = InForce(OLD)
    trail = Trail(in_force)
    waits = replace(OLD, receiver=ReceiverConfig(tcp_port=9))
    found = Reloading(in_force, lambda: waits, trail, operator="alice").reload()
    assert found.restart == ("receiver.tcp_port",)
    assert (in_force.now, trail.written) == (OLD, [])


def test_a_wrong_file_changes_nothing_and_says_what_is_wrong() -> None:
    def read() -> Config:
        raise ConfigError("config.toml: alarms.low_signal is 99; expected a whole number from 0 to 31.")

    in_force = InForce(OLD)
    trail = Trail(in_force)
    with pytest.raises(ConfigError, match=r"alarms\.low_signal is 99"):
        Reloading(in_force, read, trail, operator="alice").reload()
    assert (in_force.now, trail.written) == (OLD, [])


def test_what_can_not_be_written_down_is_not_done() -> None:
    in_force = InForce(OLD)
    with pytest.raises(StoreError):
        Reloading(in_force, lambda: NEW, Trail(in_force, StoreError("full")), operator="alice").reload()
    assert in_force.now is OLD
