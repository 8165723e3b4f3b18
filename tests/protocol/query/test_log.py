from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.protocol.query.log import LOG, port_of
from tests.support.ami_records import BUSY, SENT, STEP, VARIABLE, heard, note, told

if TYPE_CHECKING:
    from console.domain.link import LogRecord

COMMAND = told("Action: Command\nActionID: c1\nCommand: gsm send sync sms 7 10086 hello 30")
EVERY = (
    heard(SENT),
    heard(VARIABLE),
    heard(STEP, gateway="gw2"),
    heard(BUSY),
    COMMAND,
    note("down"),
    note("x", mark=True),
)
NAMES = ("sent", "variable", "step", "busy", "command", "note", "mark")


def found(line: str) -> list[str]:
    query = LOG.ask(line)
    return [name for name, record in zip(NAMES, EVERY, strict=True) if query.matches(record)]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("", list(NAMES)),
        ("event:smssendstatus", ["sent"]),
        ("event:SMS*", ["sent"]),
        ("event:VarSet event:Newexten", ["variable", "step"]),
        ("-event:VarSet -event:Newexten dir:in", ["sent", "busy"]),
        ("port:3", ["sent", "variable"]),
        ("port:4", ["busy"]),
        ("port:7", ["command"]),
        ("port:2", ["step"]),
        ("dir:out", ["command"]),
        ("dir:note", ["note", "mark"]),
        ("-dir:in -dir:out", ["note", "mark"]),
        ("is:mark", ["mark"]),
        ("gw:gw2", ["step"]),
        ("10086", ["sent", "command"]),
        ("10086 SUCCESS", ["sent"]),
        ("-10086 dir:out", []),
        ('"to phone"', ["busy"]),
        ("余", ["step"]),
        ("/SEND (sms|csms)/", ["busy"]),
        ("/^status: succ/", []),
        (r"/status: succ\w+/", ["sent"]),
        (r"/EXTRA\/\d-/", ["variable"]),
        ("-/status/ event:SMS*", []),
        ("http://x", []),
        ("port:3-4,7", ["sent", "variable", "busy", "command"]),
        ("event:VarSet OR dir:out", ["variable", "command"]),
    ],
)
def test_a_line_finds_what_it_asks_for(line: str, names: list[str]) -> None:
    assert found(line) == names


def test_secrets_are_not_there_to_be_found() -> None:
    record = told("Action: Login\nUsername: admin\nSecret: hunter2")
    assert LOG.ask("Secret").matches(record)
    assert not LOG.ask("hunter2").matches(record)
    heard_one = heard(b"Event: Newexten\r\nAppData: wget http://x/?token=hunter2&a=b\r\n\r\n")
    assert not LOG.ask("/hunter./").matches(heard_one)


def test_a_secret_cut_in_two_by_the_limit_is_not_found_either() -> None:
    long = heard(b"Event: X\r\n" + b"Value: y\r\n" * 6_550 + b"Data: http://u:hunter2" + b"z" * 100 + b"@x/\r\n\r\n")
    assert not LOG.ask("hunter2").matches(long)


def test_a_regex_sees_the_beginning_of_a_record_only() -> None:
    record = heard(b"Event: X\r\nValue: " + b"y" * 10_000 + b"end\r\n\r\n")
    assert not LOG.ask("/end/").matches(record)
    assert LOG.ask("end").matches(record)


@pytest.mark.parametrize(
    ("record", "port"),
    [
        (heard(b"Event: ExtraDown\r\nChannel: 12\r\nResult: SIM Not inserted\r\n\r\n"), 12),
        (heard(b"Event: Hangup\r\nChannel: EXTRA/6-1\r\n\r\n"), 3),
        (heard(b"Event: Hangup\r\nChannel: SIP/6-1\r\n\r\n"), None),
        (heard(b"Response: Success\r\nPing: Pong\r\n\r\n"), None),
        (told("Action: Command\nCommand: gsm show span 5"), 5),
        (told("Action: Command\nCommand: gsm power off 5"), 5),
        (told("Action: Ping"), None),
        (note("gsm show span 5"), None),
    ],
)
def test_the_port_of_a_record(record: LogRecord, port: int | None) -> None:
    assert port_of(record) == port
