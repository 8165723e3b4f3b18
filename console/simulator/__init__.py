"""The gateway, simulated: its AMI server, its `/sendsms`, its "SMS to HTTP" caller and the network behind it.

`Gateway(SimulatorOptions(...))` is the whole box; everything else here is a part of it.
"""

from __future__ import annotations

from console.simulator.gateway import Gateway
from console.simulator.history import history
from console.simulator.options import ParameterNames, SimulatorOptions
from console.simulator.radio import AirMessage

__all__ = ["AirMessage", "Gateway", "ParameterNames", "SimulatorOptions", "history"]
