"""Records of the AMI log, as they come."""

from __future__ import annotations

from console.domain.link import MARK, Flow, LogRecord
from console.protocol.ami.frames import AmiFramer
from tests.support.backend import NOON

SENT = (
    b"Event: SMSSendStatus\r\nPrivilege: system,all\r\nChannel: 3\r\nDestination: 10086\r\n"
    b"ID: 7f3a\r\nStatus: SUCCESS\r\n\r\n"
)
VARIABLE = b"Event: VarSet\r\nChannel: EXTRA/5-1\r\nVariable: X\r\nValue: 1\r\n\r\n"
STEP = b"Event: Newexten\r\nContext: gsm-2\r\nExtension: sms\r\nApplication: Set\r\nAppData: message=%E4%BD%99\r\n\r\n"
BUSY = (
    b"Response: Follows\r\nPrivilege: Command\r\nActionID: a\r\nSPAN: 4 SEND SMS TO PHONE 1 WAS USING\n"
    b"--END COMMAND--\r\n\r\n"
)


def heard(data: bytes, *, seq: int = 1, at: float = NOON, gateway: str = "gw1", session: str = "") -> LogRecord:
    """What the gateway said."""
    [message] = AmiFramer().feed(data)
    return LogRecord(seq, at, gateway, Flow.IN, "", message, session)


def told(text: str, *, gateway: str = "gw1") -> LogRecord:
    """What we sent."""
    return LogRecord(1, NOON, gateway, Flow.OUT, text)


def note(text: str, *, mark: bool = False) -> LogRecord:
    """What the console, or the operator, remarked."""
    return LogRecord(1, NOON, "", Flow.NOTE, text, session=MARK if mark else "")
