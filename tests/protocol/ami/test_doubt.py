"""Nothing inside an SMS becomes an event, an answer or another SMS."""

from __future__ import annotations

import random
from datetime import UTC
from urllib.parse import quote

import pytest

from console.domain.ami import AmiKind
from console.domain.facts import SmsStep
from console.domain.messages import CallbackKind
from console.protocol.ami.calls import SmsCalls
from console.protocol.ami.doubt import MOST_TEXT, Doubt
from console.protocol.ami.frames import AmiBlock, AmiFramer
from console.protocol.ami.heard_sms import Came, is_kept
from console.protocol.dialects.known import read_event
from console.protocol.http.inbound import parse
from tests.support.ami_server import CAPTURES
from tests.support.backend import NOON
from tests.support.forging import Gateway, block, forgery, heard_by, ready_session
from tests.support.heard import Arrival, framed, heard

FORGED = CAPTURES.parent / "forged" / "forge-1.8.bin"


LINES = ["a\r\nb", "a\r\n\r\n", "a\r\n\r\nb", "\r\n\r\n\r\n\r\n", "\r\nUniqueid", "\r\n\r\nEvent:X", "\r\n\r\nEvent: "]
"""Senders of eleven characters at most."""


def told_by(text: str, *, new: bool, at_once: bool = True, sender: str = "+492") -> tuple[list[object], list[str], int]:
    """Facts, and rows of the inbox, as they are while an SMS with a text comes in between two others; and answers."""
    gateway = Gateway(new)
    report = block(("Event", "SMSStatusReport"), ("Channel", "2"), ("Sender", "+86136"), ("Status", "SUCCESS"))
    data = gateway.sms(1, "+491", "before", "before") + gateway.sms(4, sender, text, quote(text, safe=""))
    data += report + gateway.sms(2, "+493", "after", "after")
    received, answered = heard_by(ready_session(), data.encode(), at_once=at_once)
    calls = SmsCalls(zone=UTC)
    keys = [key for one in received if (key := calls.hear(one.message, NOON))]
    facts = [read_event(one.message) for one in received if one.message.complete]
    others: list[object] = [fact for fact in facts if fact is not None and not isinstance(fact, SmsStep)]
    rows = [calls.heard(key).callback for key in keys]
    return others, [f"{row.kind}:{row.number}:{row.port}:{row.text}" for row in rows], len(answered)


@pytest.mark.parametrize("new", [False, True], ids=["1.8", "22"])
def test_a_forgery_changes_nothing_but_its_own_row(new: bool) -> None:
    rng = random.Random(17)
    plain, _, _ = told_by("hello", new=new)
    for _ in range(200):
        text = forgery(rng)
        others, rows, answers = told_by(text, new=new)
        assert others == plain, text
        assert answers == 0, text
        doubtful = [row for row in rows if row.startswith(CallbackKind.UNREADABLE)]
        assert len(doubtful) <= 1, text
        assert [row.replace(quote(text), text) for row in rows if row not in doubtful] == [
            "sms:+491:1:before",
            f"sms:+492:4:{text}",
            "sms:+493:2:after",
        ], text
        assert all(row == f"{CallbackKind.UNREADABLE}:::" for row in doubtful), text


@pytest.mark.parametrize("new", [False, True], ids=["1.8", "22"])
def test_however_it_is_cut_into_reads(new: bool) -> None:
    rng = random.Random(18)
    for text in (forgery(rng) for _ in range(20)):
        assert told_by(text, new=new) == told_by(text, new=new, at_once=False)


@pytest.mark.parametrize("sender", ["BANK\\", 'A"B', '"', ' " ', '" ', '"\r\nB', '"\r\n\r\n', '"\r\n\r\nEvent:'])
def test_a_sender_that_quotes_forges_nothing(sender: str) -> None:
    plain, _, _ = told_by("hello", new=True)
    forged = block(("Event", "SMSSendStatus"), ("Channel", "1"), ("ID", "1"), ("Status", "FAIL"))
    step = [("Event", "Newexten"), ("Privilege", "dialplan,all"), ("Channel", "EXTRA/5-9"), ("Context", "gsm-3")]
    step += [("Extension", "sms"), ("Priority", "1"), ("Uniqueid", "9.9"), ("Linkedid", "9.9")]
    forged += block(*step, ("Application", "Set"), ("AppData", "phonenumber=BANK"))
    others, rows, answers = told_by(f"hi\r\n\r\n{forged}", new=True, sender=sender)
    assert others == plain
    assert answers == 0
    assert rows[0] == "sms:+491:1:before"
    assert rows[-1] == "sms:+493:2:after"
    assert [row.rsplit(":", 2)[1] for row in rows[1:-1] if row.startswith(CallbackKind.UNREADABLE)] in ([], [""])


@pytest.mark.parametrize("new", [False, True], ids=["1.8", "22"])
def test_nor_does_one_whose_sender_was_told_before_the_link_came_up(new: bool) -> None:
    forged = block(("Event", "SMSSendStatus"), ("Channel", "1"), ("ID", "1"), ("Status", "FAIL"))
    events = Gateway(new).sms(4, 'A"B', f"hi\r\n\r\n{forged}", "hi")
    received, _ = heard_by(ready_session(), events[events.index("Event: Newexten") :].encode())
    facts = [read_event(one.message) for one in received if one.message.complete]
    assert [fact for fact in facts if fact is not None and not isinstance(fact, SmsStep)] == []


@pytest.mark.parametrize("new", [False, True], ids=["1.8", "22"])
@pytest.mark.parametrize("sender", LINES)
def test_a_sender_of_several_lines_hides_no_other_sms(sender: str, new: bool) -> None:
    plain, _, _ = told_by("hello", new=new)
    others, rows, _ = told_by("hello", new=new, sender=sender)
    assert others == plain
    assert (rows[0], rows[-1]) == ("sms:+491:1:before", "sms:+493:2:after")
    assert any(row.endswith(":4:hello") for row in rows)


@pytest.mark.parametrize("sender", LINES)
def test_nor_does_yeastar_s(sender: str) -> None:
    doubt, calls = Doubt(), SmsCalls(zone=UTC)
    one = "Event: ReceivedSMS\r\nID: 1\r\nGsmSpan: 2\r\nSender: {}\r\nIndex: 1\r\nTotal: 1\r\nContent: {}\r\n\r\n"
    data = "".join(one.format(*sms) for sms in (("+1", "before"), (sender, "within"), ("+2", "after")))
    keys = [key for one in framed_bytes(data.encode()) if (key := calls.hear(doubt.judge(one, ()), NOON))]
    first, cut, last = map(calls.heard, keys)
    assert [one.callback.text for one in (first, last)] == ["before", "after"]
    assert b"Content: within" in cut.raw


def test_a_real_server_that_was_lied_to_tells_three_sms() -> None:
    rows = heard(*AmiFramer().feed(FORGED.read_bytes()))
    assert [row.callback.number for row in rows if row.callback.kind is CallbackKind.SMS] == [
        "+491517",
        "+491518",
        "+491519",
    ]
    (doubtful,) = [row for row in rows if row.doubted]
    assert (doubtful.callback.number, doubtful.callback.port, doubtful.callback.text) == ("", "", "")
    assert "may have made it up" in doubtful.callback.reason


def test_what_callbacks_brought_is_no_row_of_its_own() -> None:
    rows = heard(*AmiFramer().feed(FORGED.read_bytes()))
    (doubtful,) = [row for row in rows if row.doubted]
    brought = [Came("gw1", NOON, row.callback, b"GET") for row in rows if not row.doubted]
    assert is_kept(doubtful, brought)
    assert not is_kept(doubtful, brought[1:])
    assert not is_kept(doubtful, [])


def test_an_answer_to_a_question_of_ours_ends_a_text() -> None:
    doubt = Doubt()
    cut, answer, event = framed_bytes(
        b"Event: VarSet\r\nChannel: EXTRA/7-1\r\nVariable: SMSTXT\r\nValue: x\r\n\r\n"
        b"Response: Success\r\nActionID: gc-9\r\n\r\nEvent: ExtraDown\r\nChannel: 1\r\n\r\n"
    )
    assert not doubt.judge(cut, {"gc-9"}).complete
    assert doubt.judge(event, {"gc-9"}).kind is AmiKind.TEXT
    assert doubt.judge(answer, {"gc-8"}).kind is AmiKind.TEXT
    assert doubt.judge(answer, {"gc-9"}).kind is AmiKind.RESPONSE
    assert doubt.judge(event, ()).kind is AmiKind.EVENT


def test_a_text_is_over_some_time_whatever_comes() -> None:
    doubt = Doubt()
    (cut,) = framed_bytes(b"Event: VarSet\r\nChannel: EXTRA/7-1\r\nVariable: SMSTXT\r\nValue: x\r\n\r\n")
    (event,) = framed_bytes(b"Event: ExtraDown\r\nChannel: 1\r\nX: " + b"x" * 9_000 + b"\r\n\r\n")
    doubt.judge(cut, ())
    kinds = [doubt.judge(event, ()).kind for _ in range(2 + MOST_TEXT // 9_000)]
    assert kinds == [AmiKind.TEXT] * (len(kinds) - 1) + [AmiKind.EVENT]


def test_a_sender_with_an_empty_line_cuts_yeastar_s_event() -> None:
    doubt, calls = Doubt(), SmsCalls(zone=UTC)
    data = b"Event: ReceivedSMS\r\nID: 7\r\nGsmPort: 3\r\nSender: a\r\n\r\n"
    data += b"Event: ReceivedSMS\r\nID: 1\r\nSender: Bank\r\nContent: pay\r\n--END SMS EVENT--\r\n\r\n"
    keys = [key for one in framed_bytes(data) if (key := calls.hear(doubt.judge(one, ()), NOON))]
    rows = [calls.heard(key).callback for key in keys]
    assert [(row.kind, row.number, row.text, row.port) for row in rows] == [
        (CallbackKind.UNREADABLE, "", "", "3"),
        (CallbackKind.UNREADABLE, "", "", ""),
    ]


def framed_bytes(data: bytes) -> list[AmiBlock]:
    return AmiFramer().feed(b"Asterisk Call Manager/1.1\r\n" + data)[1:]


def test_the_steps_of_the_simulated_gateway_are_whole() -> None:
    doubt = Doubt()
    judged = [doubt.judge(event, ()) for event in framed(Arrival("hello").steps)]
    assert all(one.complete and one.kind is AmiKind.EVENT for one in judged)
    assert parse(Arrival("hello").target).text == "hello"
