"""Those who work by the configuration for long, when another one comes into force: none has kept a copy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from console.config import AmiConfig, Config, GatewayConfig, PortSet, ReceiverConfig, Secret, SimLimits
from console.config.records import AlarmConfig, SendingConfig
from console.config.reload import InForce, changes
from console.domain.ports import PortHealth, PortSnapshot, SpanReport
from console.runtime.headless import Watching
from console.runtime.services import Services
from console.services.clock import SystemClock
from console.store import Store
from console.store.ami.log import AmiLog
from tests.support.messages import draft

if TYPE_CHECKING:
    from pathlib import Path

BOX = GatewayConfig("gw1", "192.0.2.10", ami=AmiConfig("admin", Secret("s")))
TO = draft(to="+4915112345678", port=1)


def test_another_configuration_in_force_is_what_all_go_by(tmp_path: Path) -> None:
    clock = SystemClock()
    old = Config((BOX,), ReceiverConfig(), tmp_path / "console.db")
    in_force = InForce(old)
    store = Store.open(old.database, clock=clock)
    services = Services(in_force.live, store, AmiLog(), clock)
    watching = Watching(in_force.live, store, clock, receiver=services.receiver)
    monitor = services._gateways["gw1"].monitor
    assert monitor is not None
    monitor._publish([PortSnapshot(1, PortHealth.READY, clock.time(), clock.time(), SpanReport())])
    (before,) = services.gateways()
    assert (before.price_per_segment, before.port_sets, before.usage, before.suspect_after) == (None, (), {}, 3)
    assert services.sender.remarks([TO]) == ()

    box = replace(
        BOX,
        price_per_segment=0.05,
        port_sets=(PortSet("night", (1,)),),
        sims={1: SimLimits(daily=7)},
        result_wait=9.0,
    )
    new = replace(
        old,
        gateways=(box,),
        sending=SendingConfig(deny={"+49": "no"}, not_after_hours=1),
        alarms=AlarmConfig(failures=5, stale_seconds=500, command=("page",)),
    )
    in_force.now = changes(old, new).config
    (after,) = services.gateways()
    assert (after.price_per_segment, after.port_sets, after.suspect_after) == (0.05, (("night", "1"),), 5)
    assert after.usage[1].daily_limit == 7
    assert ["no" in remark.words for remark in services.sender.remarks([TO])] == [True]
    assert services.sender._drafting.order(replace(TO, text="x")).result_wait == 9.0
    assert services.sender._longest == 3600
    monitor._publish(monitor.ports)
    assert [port.fresh_for for port in monitor.ports] == [500]
    for watch in (services._alarms, watching.alarms):
        assert watch._hook._config.command == ("page",)
        assert watch._rules._is_named("gw1", 1)
    assert watching._sender._longest == 3600
    services._loop._loop.close()  # it was never started
    store.close()
