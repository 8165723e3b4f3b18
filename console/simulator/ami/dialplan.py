"""What AMI shows of an inbound SMS: the dialplan steps of extension `sms`, each an event, nothing more
comfortable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.simulator.ami.wire import AmiEvent
from console.simulator.options import gateway_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from console.simulator.http.callbacks import InboundSms


def inbound_steps(
    port: int, channel: int, at: float, number: str, text: str, smsc: str, sms: InboundSms, url: str
) -> Iterator[AmiEvent]:
    """Newexten (and VarSet) events of one SMS.

    `sms` holds the URI-encoded values of the Set steps. The System step before them carries number and text
    raw, so a line break in a text breaks its block in two, as on the wire of Asterisk 1.8. Without `url`
    nobody is called.
    """
    where = _Where.of(port, channel, at)
    yield where.step("NoOp", "SMS In")
    store = f'"{port}" "{number}" "{gateway_time(at, slashes=True)}" "{text}" "{smsc}"'
    yield where.step("System", f"lua /my_tools/lua/sms_receive/sms_receive.lua {store} > /dev/null 2>&1 &")
    for name, value in (
        ("phonenumber", sms.number),
        ("port", sms.port),
        ("portname", sms.port_name),
        ("message", sms.text),
        ("time", sms.time),
        ("imsi", sms.imsi),
    ):
        yield where.step("Set", f"{name}={value}")
        yield where.variable(name, value)
    if url:
        yield where.step("System", f'wget --no-check-certificate "{url}" -O - > /dev/null 2>&1 &')


def only_step(port: int, channel: int, at: float) -> Iterator[AmiEvent]:
    """All that there is of an SMS where "SMS Received" is off."""
    yield _Where.of(port, channel, at).step("NoOp", "SMS In")


class _Where:
    """The channel that runs the steps."""

    def __init__(self, port: int, channel: str, unique_id: str) -> None:
        self._port = port
        self._channel = channel
        self._unique_id = unique_id
        self._priority = 0

    @classmethod
    def of(cls, port: int, channel: int, at: float) -> _Where:
        """The `channel`th of the box, which began on a port at a Unix time."""
        return cls(port, f"EXTRA/{2 * port - 1}-{channel}", f"{int(at)}.{channel}")

    def step(self, application: str, data: str) -> AmiEvent:
        self._priority += 1
        headers = (
            ("Channel", self._channel),
            ("Context", f"gsm-{self._port}"),
            ("Extension", "sms"),
            ("Priority", str(self._priority)),
            ("Application", application),
            ("AppData", data),
            ("Uniqueid", self._unique_id),
        )
        return AmiEvent("Newexten", "dialplan", headers)

    def variable(self, name: str, value: str) -> AmiEvent:
        headers = (
            ("Channel", self._channel),
            ("Variable", name),
            ("Value", value),
            ("Uniqueid", self._unique_id),
        )
        return AmiEvent("VarSet", "dialplan", headers)
