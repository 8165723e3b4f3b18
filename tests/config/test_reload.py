"""What takes effect when the configuration is read again, what waits for a restart, and how that is told."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from console.config import AmiConfig, Config, GatewayConfig, HttpConfig, PortSet, ReceiverConfig, Secret, SimLimits
from console.config.records import AlarmConfig, AmiLogConfig, InboxConfig, QuietHours, SendingConfig
from console.config.reload import TAKES_EFFECT, Changes, InForce, changes

GW1 = GatewayConfig("gw1", "192.0.2.10", ami=AmiConfig("admin", Secret("old")), pace=3.0)
GW2 = GatewayConfig("gw2", "192.0.2.20")
OLD = Config((GW1, GW2), ReceiverConfig(), Path("console.db"), path=Path("config.toml"))


def found(new: Config) -> Changes:
    return changes(OLD, new)


@pytest.mark.parametrize("record", TAKES_EFFECT)
def test_each_setting_says_when_it_takes_effect(record: type) -> None:
    told = [name for names in TAKES_EFFECT[record] for name in names.split()]
    assert sorted(told) == sorted(field.name for field in fields(record))


def test_each_part_says_it_of_its_own_settings() -> None:
    parts = [value for name in TAKES_EFFECT[Config].parts.split() for value in _each(getattr(OLD, name))]
    assert {type(part) for part in parts} | {Config} == set(TAKES_EFFECT)


def _each(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def test_the_same_file_changes_nothing() -> None:
    same = found(replace(OLD))
    assert (same.config, same.at_once, same.restart) == (OLD, (), ())
    assert same.words == "Reloaded: nothing has changed."


def test_rules_take_effect_at_once() -> None:
    new = replace(
        OLD,
        inbox=InboxConfig(keep_days=30),
        sending=SendingConfig(quiet_hours=QuietHours(60, 120), templates={"x": "y"}, deny={"+1": "no"}),
        alarms=AlarmConfig(low_signal=7, command=("page",)),
        keys={"app.quit": "Q"},
        escape_seconds=0.5,
    )
    told = found(new)
    assert (told.config, told.restart) == (new, ())
    assert told.words == (
        "Reloaded: keys, escape_seconds, inbox.keep_days, sending.quiet_hours, sending.deny, templates, "
        "alarms.low_signal, alarms.command."
    )


def test_what_a_gateway_may_send_takes_effect_at_once_whatever_the_order_in_the_file() -> None:
    new = replace(
        GW1, limits=SimLimits(daily=5), port_sets=(PortSet("night", (1,)),), price_per_segment=0.1, currency="EUR"
    )
    told = found(replace(OLD, gateways=(GW2, new)))
    assert told.config.gateways == (new, GW2)
    assert told.at_once == tuple(
        f"gateway gw1's {name}" for name in ("daily_limit", "port_sets", "price_per_segment", "currency")
    )


def test_what_waits_stays_as_it_was_and_is_told_by_name() -> None:
    new = replace(
        OLD,
        receiver=ReceiverConfig(host="0.0.0.0", tcp_port=9000),
        gateways=(replace(GW1, host="192.0.2.99", pace=1.0, ami=AmiConfig("admin", Secret("new"))), GW2),
        ami_log=AmiLogConfig(keep=False),
    )
    told = found(new)
    assert told.config == replace(OLD, gateways=(replace(GW1, pace=1.0), GW2))
    assert told.words == (
        "Reloaded: gateway gw1's pace; restart to apply receiver.host, receiver.tcp_port, ami_log.keep, "
        "gateway gw1's host and gateway gw1's ami.secret."
    )
    again = changes(told.config, new)
    assert again.words.startswith("Reloaded: nothing takes effect now; restart to apply receiver.host, ")
    assert again.config == told.config


def test_no_secret_is_told() -> None:
    told = found(replace(OLD, gateways=(replace(GW1, tokens=(Secret("sesame-sesame-sesame"),)), GW2)))
    assert told.restart == ("gateway gw1's tokens",)
    assert "sesame" not in f"{told}"


def test_gateways_come_and_go_with_a_restart() -> None:
    told = found(replace(OLD, gateways=(GW1, GatewayConfig("gw3", "192.0.2.30"))))
    assert told.config == OLD
    assert told.restart == ("the removal of gateway gw2", "the new gateway gw3")
    account = replace(GW1, ami=None, http=HttpConfig("u", Secret("p")))
    assert found(replace(OLD, gateways=(account, GW2))).restart == ("gateway gw1's ami", "gateway gw1's http")


def test_who_works_by_the_configuration_sees_what_is_in_force() -> None:
    in_force = InForce(OLD)
    live = in_force.live
    sending, alarms, (gateway, _) = live.sending, live.alarms, live.gateways
    in_force.now = found(
        replace(OLD, sending=SendingConfig(confirm_above=5), gateways=(replace(GW1, pace=9.0), GW2))
    ).config
    assert (sending.confirm_above, gateway.pace, gateway.limits_of(1)) == (5, 9.0, SimLimits())
    in_force.now = replace(in_force.now, alarms=AlarmConfig(failures=7))
    assert alarms.suspect_after == 7
    assert (live.regions, live.database) == (OLD.regions, OLD.database)
    assert "Secret" not in f"{live}"
