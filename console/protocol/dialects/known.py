"""The dialects that can be configured, and the events of all of them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from console.domain.ami import AmiKind
from console.protocol.openvox.dialect import OPENVOX, OPENVOX_2013, OPENVOX_2014
from console.protocol.yeastar.dialect import YEASTAR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.config import GatewayConfig
    from console.domain.ami import AmiMessage
    from console.domain.facts import Fact
    from console.protocol.dialects.dialect import Dialect, Events

DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {one.name: one for one in (OPENVOX, OPENVOX_2014, OPENVOX_2013, YEASTAR)}
)
"""By the name that the configuration has for them."""


def pace_of(gateway: GatewayConfig) -> float:
    """Seconds from the end of one SMS to the start of the next on a port of this gateway."""
    return DIALECTS[gateway.dialect].pace if gateway.pace is None else gateway.pace


_EVENTS: Events = {name: reader for one in DIALECTS.values() for name, reader in one.events.items()}


def read_event(message: AmiMessage) -> Fact | None:
    """The fact an event tells, or None: no event, or one this console has no fact for, which stays readable in the AMI
    log. Events of every make are read, whichever was configured: no SMS is missed for a wrong word in a file.
    """
    if message.kind is not AmiKind.EVENT:
        return None
    reader = _EVENTS.get(message.name.strip().lower())
    return reader(message) if reader is not None else None
