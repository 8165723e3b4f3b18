"""The session without a socket: logging in, matching answers, and what may leave."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.config import Secret
from console.errors import CannotSend, NotConnected
from console.protocol.ami.session import (
    LONGEST_WORDS,
    MAX_HEADERS,
    MAX_LINE,
    MOVES,
    AmiSession,
    Answered,
    Heard,
    LoggedIn,
    Received,
    Refused,
    SessionPhase,
    encode_action,
)

BANNER = b"Asterisk Call Manager/1.1\r\n"


def session(*, events: bool = True, secret: str = "s3cret") -> AmiSession:
    return AmiSession("admin", Secret(secret), events=events, id_prefix="gc1")


def answer(action_id: str, *lines: str, response: str = "Success") -> bytes:
    return "\r\n".join([f"Response: {response}", f"ActionID: {action_id}", *lines, "", ""]).encode()


def meanings(occurrences: list[object]) -> list[object]:
    return [occurrence for occurrence in occurrences if not isinstance(occurrence, Received)]


def take(subject: AmiSession, data: bytes) -> list[object]:
    return meanings(list(subject.receive(data)))


def ready() -> AmiSession:
    subject = session()
    subject.receive(BANNER)
    subject.receive(answer("gc1-1", "Challenge: 42"))
    assert take(subject, answer("gc1-2", "Message: Authentication accepted")) == [LoggedIn()]
    subject.outgoing()
    return subject


def test_the_login_answers_a_challenge_and_keeps_the_secret_off_the_wire() -> None:
    subject = session()
    assert subject.outgoing() == []
    subject.receive(BANNER)
    assert subject.banner == "Asterisk Call Manager/1.1"
    assert subject.outgoing() == [b"Action: Challenge\r\nActionID: gc1-1\r\nAuthType: MD5\r\n\r\n"]
    assert take(subject, answer("gc1-1", "Challenge: 139917135")) == []
    (login,) = subject.outgoing()
    key = hashlib.md5(b"139917135s3cret").hexdigest()
    assert f"\r\nKey: {key}\r\n".encode() in login
    assert b"Events: on\r\n" in login
    assert b"s3cret" not in login
    assert take(subject, answer("gc1-2")) == [LoggedIn()]
    assert subject.phase is SessionPhase.READY


def test_who_says_a_megabyte_is_told_in_a_line() -> None:
    subject = session()
    subject.receive(b"x" * 1_000_000 + b"\r\n")
    assert subject.banner == "x" * (LONGEST_WORDS - 1) + "…"
    subject.receive(answer("gc1-1", "Challenge: 42"))
    (refused,) = take(subject, answer("gc1-2", f"Message: {'y' * 1_000_000}", response="Error"))
    assert refused == Refused("y" * (LONGEST_WORDS - 1) + "…", temporary=False)


def test_a_refused_challenge_falls_back_to_the_plain_secret() -> None:
    subject = session(events=False)
    subject.receive(BANNER)
    subject.outgoing()
    subject.receive(answer("gc1-1", "Message: Permission denied", response="Error"))
    (login,) = subject.outgoing()
    assert login.endswith(b"Username: admin\r\nSecret: s3cret\r\nEvents: off\r\n\r\n")
    assert b"AuthType" not in login


@pytest.mark.parametrize(
    ("words", "temporary"),
    [("Authentication failed", False), ("Login Already In Use", True), ("Asterisk is shutting down", True)],
)
def test_a_refused_login_says_whether_trying_again_makes_sense(words: str, temporary: bool) -> None:
    subject = session()
    subject.receive(BANNER)
    subject.receive(answer("gc1-1", "Challenge: 1"))
    told = take(subject, answer("gc1-2", f"Message: {words}", response="Error"))
    assert told == [Refused(words, temporary)]
    assert subject.phase is SessionPhase.REFUSED


def test_a_server_that_echoes_no_action_id_is_answered_in_order() -> None:
    subject = session()
    subject.receive(BANNER)
    subject.receive(b"Response: Error\r\nMessage: Invalid/unknown command\r\n\r\n")
    assert b"Secret: s3cret" in b"".join(subject.outgoing())
    assert take(subject, b"Response: Success\r\nMessage: Authentication accepted\r\n\r\n") == [LoggedIn()]
    first, _ = subject.act("Ping")
    (told,) = take(subject, b"Response: Pong\r\n\r\n")
    assert isinstance(told, Answered)
    assert told.action_id == first


def test_unsolicited_errors_do_not_shift_the_answers() -> None:
    subject = ready()
    first, _ = subject.act("Ping")
    second, _ = subject.act("Command", [("Command", "x")])
    stray = b"Response: Error\r\nMessage: Missing action in request\r\n\r\n"
    told = take(subject, stray + answer(first) + stray + answer("another-client-1") + answer(second))
    assert [item.action_id for item in told if isinstance(item, Answered)] == [first, second]
    assert len(told) == 2


def test_an_event_that_carries_our_action_id_is_no_answer() -> None:
    subject = ready()
    action_id, _ = subject.act("Originate")
    event = f"Event: OriginateResponse\r\nActionID: {action_id}\r\nResponse: Failure\r\n\r\n"
    assert take(subject, event.encode()) == []
    assert len(take(subject, answer(action_id))) == 1


def test_a_late_answer_to_an_abandoned_action_is_known_and_dropped() -> None:
    subject = ready()
    late, _ = subject.act("Command", [("Command", "slow")])
    subject.abandon(late)
    following, _ = subject.act("Ping")
    told = take(subject, answer(late, "Message: at last") + answer(following, "Ping: Pong"))
    assert [item.action_id for item in told if isinstance(item, Answered)] == [following]
    assert subject._open == {}


def test_an_abandoned_action_that_is_never_answered_is_forgotten() -> None:
    subject = ready()
    lost, _ = subject.act("Command", [("Command", "slow")])
    subject.abandon(lost)
    following, _ = subject.act("Ping")
    subject.receive(answer(following))
    assert subject._open == {}


def test_action_ids_are_short_and_never_the_same() -> None:
    subject = ready()
    ids = [subject.act("Ping")[0] for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert max(map(len, ids)) <= 20


def test_nothing_is_sent_before_the_login_nor_after_the_end() -> None:
    subject = session()
    with pytest.raises(NotConnected):
        subject.act("Ping")
    subject = ready()
    assert subject.log_off().startswith(b"Action: Logoff\r\n")
    with pytest.raises(NotConnected):
        subject.act("Ping")
    assert subject.log_off() == b""
    subject.end()
    assert str(subject.phase) == "lost"


def test_the_end_tells_an_unfinished_message_but_answers_nothing() -> None:
    subject = ready()
    action_id, _ = subject.act("Command", [("Command", "core stop now")])
    assert subject.receive(f"Response: Follows\r\nPrivilege: Command\r\nActionID: {action_id}\r\n".encode()) == []
    (told,) = subject.end()
    assert isinstance(told, Received)
    assert not told.message.complete


def test_the_shutdown_is_remembered() -> None:
    subject = ready()
    subject.receive(b"Event: Shutdown\r\nPrivilege: system,all\r\nShutdown: Cleanly\r\nRestart: True\r\n\r\n")
    assert subject.shutdown is not None
    assert subject.shutdown.restart


def test_every_phase_knows_the_end() -> None:
    assert {phase for phase, heard in MOVES if heard is Heard.END} == set(SessionPhase)


@pytest.mark.parametrize("value", ["a\nb", "a\rb", "a\r\n\r\nAction: Logoff", "a\0b", "half \ud83d"])
def test_what_would_be_misread_does_not_leave(value: str) -> None:
    with pytest.raises(CannotSend):
        encode_action("Command", "1", [("Command", value)])


@pytest.mark.parametrize("name", ["", "A b", "A:", " A", "A\r\nB", "ActionID", "action", "Ü"])
def test_header_names_are_checked(name: str) -> None:
    with pytest.raises(CannotSend):
        encode_action("Command", "1", [(name, "x")])


def test_lines_have_a_length_in_bytes() -> None:
    fits = MAX_LINE - len("Command: ")
    assert len(encode_action("Command", "1", [("Command", "y" * fits)]).split(b"\r\n")[2]) == MAX_LINE
    for line in ("y" * (fits + 1), "é" * (fits // 2 + 1)):
        with pytest.raises(CannotSend, match="bytes long"):
            encode_action("Command", "1", [("Command", line)])


def test_headers_have_a_number() -> None:
    many = [("Variable", "a=b")] * (MAX_HEADERS - 2)
    assert encode_action("Originate", "1", many).count(b"\r\n") == MAX_HEADERS + 1
    with pytest.raises(CannotSend, match="128"):
        encode_action("Originate", "1", [*many, ("Variable", "c=d")])


def test_a_secret_that_can_not_travel_is_refused_before_connecting_and_not_shown() -> None:
    with pytest.raises(CannotSend) as refused:
        session(secret="tail\nhidden")
    assert "hidden" not in str(refused.value)


@given(st.text(max_size=60))
def test_what_leaves_is_one_message(value: str) -> None:
    try:
        data = encode_action("Command", "1", [("Command", value)])
    except CannotSend:
        return
    assert data.endswith(b"\r\n\r\n")
    assert data.count(b"\n") == data.count(b"\r") == 4
