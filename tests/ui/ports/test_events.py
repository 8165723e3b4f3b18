from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.link import Flow
from console.protocol.ami.frames import AmiFramer
from console.store.ami.log import AmiLog
from console.ui.ports.book import KEPT, PortEvents
from tests.support.backend import NOON

if TYPE_CHECKING:
    from console.domain.link import LogRecord


def heard(log: AmiLog, block: bytes, gateway: str = "gw1") -> None:
    for message in AmiFramer().feed(block):
        log.append(NOON, gateway, Flow.IN, "", message)


def sent(log: AmiLog, command: str, action_id: str = "a1") -> None:
    log.append(NOON, "gw1", Flow.OUT, f"Action: Command\nActionID: {action_id}\nCommand: {command}", session="send")


def names(records: tuple[LogRecord, ...]) -> list[str]:
    return [record.message.name if record.message else record.text.rpartition("Command: ")[2] for record in records]


def test_events_of_the_port_and_of_no_other() -> None:
    log = AmiLog()
    heard(log, b"Event: ExtraReady\r\nChannel: 2\r\n\r\n")
    heard(log, b"Event: ExtraDown\r\nChannel: 3\r\n\r\n")
    heard(log, b"Event: ExtraLock\r\nChannel: 2\r\n\r\n", gateway="gw2")
    heard(log, b"Event: FullyBooted\r\nStatus: 2\r\n\r\n")
    events = PortEvents(log, "gw1", 2)
    assert names(events.look()) == ["ExtraReady"]
    heard(log, b"Event: SMSSendStatus\r\nChannel: 2\r\nStatus: FAILED\r\n\r\n")
    assert names(events.look()) == ["ExtraReady", "SMSSendStatus"]


def test_our_commands_to_it_with_their_answers_and_no_routine() -> None:
    log = AmiLog()
    sent(log, "gsm show span 2", "s1")
    heard(log, b"Response: Follows\r\nActionID: s1\r\nState: READY\n--END COMMAND--\r\n\r\n")
    sent(log, "gsm power reset 2", "p1")
    sent(log, "gsm send sync at 12 AT+CSQ 10000", "x1")
    heard(log, b"Response: Error\r\nActionID: x1\r\nMessage: no\r\n\r\n")
    heard(log, b"Response: Error\r\nActionID: p1\r\nMessage: Permission denied\r\n\r\n")
    assert names(PortEvents(log, "gw1", 2).look()) == ["gsm power reset 2", "Error"]
    assert names(PortEvents(log, "gw1", 12).look()) == ["gsm send sync at 12 AT+CSQ 10000", "Error"]


def test_it_keeps_the_newest() -> None:
    log = AmiLog()
    for _ in range(KEPT + 50):
        heard(log, b"Event: ExtraReady\r\nChannel: 2\r\n\r\n")
    found = PortEvents(log, "gw1", 2).look()
    assert len(found) == KEPT
    assert found[-1].seq == KEPT + 50
