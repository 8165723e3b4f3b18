"""What other programs send through the box: told, or not, as firmware may have it."""

from __future__ import annotations

import pytest

from console.simulator.gateway import Gateway
from console.simulator.options import SimulatorOptions
from tests.support.waiting import until


@pytest.mark.parametrize("tells", [True, False])
async def test_firmware_may_tell_of_them_or_not(tells: bool) -> None:
    gateway = Gateway(SimulatorOptions(ports=2, sync_delay=0.0, tells_of_others=tells))
    told: list[str] = []
    gateway.ami.publish = lambda event: told.append(event.name)  # type: ignore[method-assign]
    async with gateway:
        gateway.send_for_others(2)
        await until(lambda: len(gateway.air) == 1)
    assert [(sms.port, sms.id) for sms in gateway.air] == [(2, "crm-1")]
    assert told == (["SMSSendStatus"] if tells else [])
