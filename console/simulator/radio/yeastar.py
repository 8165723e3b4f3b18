"""What a Yeastar TG tells over AMI of SMS that came in or went out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from console.protocol.sms.gsm7 import is_gsm7
from console.simulator.ami.wire import SMS_CLASS, AmiEvent
from console.simulator.options import gateway_time
from console.simulator.radio.receiving import decoded_sender, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from console.simulator.radio.driver import ShortMessage
    from console.simulator.radio.network import Port

_END = ("--END SMS EVENT--",)


def received_events(port: Port, number: str, text: str, at: float) -> Iterator[AmiEvent]:
    """An SMS that came in at `at` (Unix seconds): an event for each of its parts."""
    parts = parts_of(text)
    mark = "" if is_gsm7(text) else "\ufeff"
    for index, part in enumerate(parts, start=1):
        headers = (
            ("ID", ""),
            ("GsmSpan", str(port.number + 1)),
            ("Sender", decoded_sender(number)),
            ("Recvtime", gateway_time(at)),
            ("Index", str(index)),
            ("Total", str(len(parts))),
            ("Smsc", port.sim.smsc if port.sim else ""),
            ("Content", quote(f"{mark}{part}", safe="", errors="surrogateescape")),
        )
        yield AmiEvent("ReceivedSMS", SMS_CLASS, headers, _END)


def sent_event(port: Port, message: ShortMessage, *, success: bool) -> AmiEvent:
    """What became of a message that was taken."""
    smsc = port.sim.smsc if port.sim else ""
    headers = (("ID", message.id), ("Smsc", smsc), ("Status", "1" if success else "0"))
    return AmiEvent("UpdateSMSSend", SMS_CLASS, headers, _END)
