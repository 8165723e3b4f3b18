"""What tests of alarms share: a gateway in good health, facts about it, and rules to look at them with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from console.config import AmiConfig, GatewayConfig, Secret
from console.config.records import AlarmConfig
from console.domain.alarms import Alarm, AlarmKind, Condition
from console.domain.link import GatewaySnapshot, LinkPhase, LinkStatus, ReceiverStatus
from console.protocol.rules.alarms import AlarmRules, Facts
from tests.support.backend import NOON, port

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.domain.ports import PortHealth, PortPast, PortSnapshot

GATEWAY = GatewayConfig("gw1", "192.0.2.10", AmiConfig("admin", Secret("s")))
UP = LinkStatus(LinkPhase.UP, NOON - 86_400)
DOWN = LinkStatus(LinkPhase.WAITING, NOON, "connection refused")
RECEIVING = ReceiverStatus(True, "127.0.0.1:8080", NOON - 86_400)
NO_SIM = Condition(AlarmKind.NO_SIM, "gw1", 3, "there is no SIM in it")


def alarm(alarm_id: int = 1, kind: AlarmKind = AlarmKind.NO_SIM, **changes: object) -> Alarm:
    """One that was raised four minutes before noon and lasts."""
    usual = Alarm(alarm_id, kind, "gw1", 3, "there is no SIM in it", NOON - 240, None, None, "")
    return replace(usual, **changes)  # type: ignore[arg-type]


class Watched:
    """A gateway, the receiver and the rules; time goes on by `after`."""

    def __init__(
        self,
        *ports: PortSnapshot,
        thresholds: AlarmConfig | None = None,
        gateway: GatewayConfig = GATEWAY,
        held: tuple[Condition, ...] = (),
    ) -> None:
        self.now = NOON
        self.thresholds = thresholds or AlarmConfig()
        self.link = UP
        self.ports = {it.port: it for it in ports or (port(3),)}
        self.receiver = RECEIVING
        self.past: Mapping[tuple[str, int], PortPast] = {}
        self.gateway = GatewaySnapshot("gw1", "192.0.2.10", UP)
        self.rules = AlarmRules(self.thresholds, [gateway])
        self.rules.hold(held)
        self.fresh = True
        """Whether every port was read just now."""

    def becomes(self, number: int, health: PortHealth, **report: object) -> None:
        """A port changes, now."""
        before = self.ports[number]
        said = replace(before.report, **report)  # type: ignore[arg-type]
        since = before.since if health is before.health else self.now
        self.ports[number] = replace(before, health=health, since=since, report=said)

    def after(self, seconds: float = 0.0) -> list[str]:
        """Kinds and ports that hold after so many seconds."""
        return [f"{one.kind.code} {one.port}" for one in self.conditions(seconds)]

    def conditions(self, seconds: float = 0.0) -> tuple[Condition, ...]:
        self.now += seconds
        if self.fresh:
            self.ports = {number: replace(it, read_at=self.now) for number, it in self.ports.items()}
        gateway = replace(self.gateway, link=self.link, ports=tuple(self.ports.values()))
        return self.rules.update(Facts([gateway], self.receiver, self.past), self.now)
