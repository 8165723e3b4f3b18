from __future__ import annotations

from console.domain.link import Flow, LogRecord
from console.protocol.ami.frames import AmiFramer
from console.protocol.ami.routine import Routine
from tests.support.heard import Arrival


def out(text: str, gateway: str = "gw1") -> LogRecord:
    return LogRecord(1, 0.0, gateway, Flow.OUT, text)


def heard(data: bytes, gateway: str = "gw1") -> LogRecord:
    [message] = AmiFramer().feed(data)
    return LogRecord(2, 0.0, gateway, Flow.IN, "", message)


PING = "Action: Ping\nActionID: p1"
PONG = b"Response: Success\r\nActionID: p1\r\nPing: Pong\r\n\r\n"


def test_keep_alives_and_status_questions_are_routine_with_their_answers() -> None:
    routine = Routine()
    assert routine(out(PING))
    assert routine(heard(PONG))
    assert routine(out("Action: Command\nActionID: c2\nCommand: gsm show span 12"))
    assert routine(heard(b"Response: Follows\r\nPrivilege: Command\r\nActionID: c2\r\nx\n--END COMMAND--\r\n\r\n"))


def test_other_actions_events_and_notes_are_news() -> None:
    routine = Routine()
    assert not routine(out('Action: Command\nActionID: c3\nCommand: gsm send sync sms 1 10086 "gsm show span 1" 30'))
    assert not routine(heard(b"Response: Success\r\nActionID: c3\r\n\r\n"))
    assert not routine(heard(b"Event: ExtraDown\r\nChannel: 1\r\n\r\n"))
    assert not routine(LogRecord(3, 0.0, "gw1", Flow.NOTE, "AMI down"))


def test_an_error_is_never_routine() -> None:
    routine = Routine()
    routine(out(PING))
    assert not routine(heard(b"Response: Error\r\nActionID: p1\r\nMessage: Permission denied\r\n\r\n"))


def test_answers_belong_to_the_gateway_that_was_asked() -> None:
    routine = Routine()
    routine(out(PING, "gw1"))
    assert not routine(heard(PONG, "gw2"))
    assert routine(heard(PONG, "gw1"))


def test_what_is_never_answered_is_forgotten() -> None:
    routine = Routine()
    for number in range(1000):
        routine(out(f"Action: Ping\nActionID: q{number}"))
    assert len(routine._asked) <= 64


def test_of_an_sms_only_its_text_is_news() -> None:
    routine = Routine()
    news = [event for event in Arrival("hello").events if not routine(LogRecord(2, 0.0, "gw1", Flow.IN, "", event))]
    assert [event.name for event in news] == ["Newexten"]
    assert b"hello" in news[0].raw


def test_calls_are_news() -> None:
    routine = Routine()
    for name in ("Newchannel", "Hangup"):
        assert not routine(heard(f"Event: {name}\r\nExten: s\r\nUniqueid: 1.2\r\n\r\n".encode()))
