"""A past for the demo: callbacks that could have come in before it was started."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from console.simulator.http.callbacks import encode_inbound, inbound_query
from console.simulator.options import ParameterNames
from console.simulator.radio import texts
from console.simulator.radio.network import Network
from console.simulator.radio.receiving import received as from_network

if TYPE_CHECKING:
    from collections.abc import Iterator

_MEAN_GAP = 75.0
"""Seconds between two SMS, on average."""


def history(
    seed: int,
    count: int,
    ports: int,
    until: float,
    *,
    path: str = "/sms",
    names: ParameterNames | None = None,
) -> Iterator[tuple[float, bytes]]:
    """`count` callbacks, oldest first, each as (received at, Unix seconds; raw request target).

    All lie before `until`.
    """
    rng = random.Random(f"{seed}:history")  # noqa: S311
    network = Network.build(ports, random.Random(f"{seed}:network"))  # noqa: S311
    usable = network.usable()
    names = names or ParameterNames()
    for index in range(count):
        received = until - (count - index) * _MEAN_GAP + rng.uniform(0.0, _MEAN_GAP * 0.9)
        port = rng.choice(usable)
        sms = texts.pick(rng)
        (whole,) = from_network(sms.number, sms.text, port.sim, received - 1, "openvox")
        values = encode_inbound(whole, str(port.number), f"gsm-1.{port.number}")
        yield received, f"{path}?{inbound_query(names, values)}".encode()
