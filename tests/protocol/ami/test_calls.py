"""Which SMS a gateway saw coming in, from its own events."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.ami import AmiKind
from console.domain.messages import CallbackKind, came_by_ami
from console.protocol.ami.calls import MOST_BYTES, SmsCalls
from console.protocol.ami.frames import AmiBlock, AmiFramer
from console.protocol.http.inbound import parse
from tests.support.ami_server import CAPTURES
from tests.support.backend import NOON
from tests.support.heard import Arrival, framed, heard, only

LOST = "AMI saw an SMS on port 3 at 12:00:00 that came without a callback; "


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=200),
    st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=15),
)
def test_whatever_the_text_it_reads_as_its_callback_will(text: str, number: str) -> None:
    arrival = Arrival(text, number=number)
    callback = parse(arrival.target)
    found = heard(*arrival.events)
    assert found
    assert replace(found[0].callback, id="", reason="") == replace(callback, reason="")
    assert found[0].exact is (callback.kind is CallbackKind.SMS)


def test_the_steps_tell_all_of_it() -> None:
    it = only(*Arrival("café 中", signed=True).events)
    assert (it.callback.text, it.callback.number, it.callback.port) == ("café 中", "+8613632919026", "3")
    assert (it.callback.port_name, it.callback.imsi, it.callback.id) == ("gsm-1.3", "460", it.call)
    assert (it.exact, it.is_nameless, it.at) == (True, False, NOON)


def test_the_bytes_are_the_events_but_for_the_url_that_may_hold_a_token() -> None:
    it = only(*Arrival().events)
    assert came_by_ami("gw1", it.raw)
    assert b"AppData: message=hello\r\n" in it.raw
    assert b"VarSet" not in it.raw
    assert b"sesame" not in it.raw
    assert b"wget" not in it.raw


def test_a_declared_charset_reads_the_text() -> None:
    arrival = Arrival("x")
    steps = [replace(e, headers=tuple((n, v.replace("message=x", "message=%D6%D0")) for n, v in e.headers))
             for e in arrival.steps]  # fmt: skip
    (it,) = heard(*framed(steps), charset="gbk")
    assert it.callback.text == "中"
    assert it.encoded[2] == b"%D6%D0"


def test_without_sms_to_http_the_shell_command_has_the_text() -> None:
    text = 'he said "no" \\"twice\\\\ `aloud`'
    it = only(*Arrival(text).command_only)
    assert (it.callback.text, it.callback.number, it.exact) == (text, "+8613632919026", False)
    assert not it.encoded
    assert b"sms_receive" in it.raw


def test_without_sms_received_there_is_only_that_there_was_one() -> None:
    it = only(*Arrival().nameless)
    assert it.is_nameless
    assert it.callback.reason == LOST + "its text is only on the gateway."
    assert (it.callback.port, it.callback.text) == ("3", "")


def test_a_port_that_is_not_named_is_not_guessed() -> None:
    head = b"Event: Newexten\r\nPrivilege: dialplan,all\r\nChannel: x\r\nContext: x\r\n"
    event = AmiBlock(AmiKind.EVENT, head + b"Extension: sms\r\nPriority: 1\r\nApplication: NoOp\r\n\r\n")
    it = only(event)
    assert it.callback.reason.startswith("AMI saw an SMS on an unknown port at 12:00:00")
    assert it.call == ""


def test_a_link_that_came_up_in_the_middle_hears_of_it_all_the_same() -> None:
    it = only(*[event for event in Arrival().events if b"AppData: wget" in event.raw])
    assert it.is_nameless
    assert came_by_ami("gw1", it.raw)
    assert b"sesame" not in it.raw


def test_a_link_that_broke_before_the_last_step_has_the_values() -> None:
    it = only(*Arrival("almost").events[:-1])
    assert (it.callback.text, it.exact) == ("almost", True)


def test_steps_of_several_sms_may_interleave() -> None:
    one, other = Arrival("one", channel=1).events, Arrival("other", port=4, shown_port="4", channel=2).events
    found = heard(*(event for pair in zip(one, other, strict=True) for event in pair))
    assert [(it.callback.text, it.callback.port) for it in found] == [("one", "3"), ("other", "4")]


def test_a_line_break_in_a_text_leaves_one_sms() -> None:
    it = only(*Arrival("first\r\n\r\nsecond").events)
    assert (it.callback.text, it.exact) == ("first\r\n\r\nsecond", True)
    command = only(*Arrival("first\r\n\r\nsecond").command_only)
    assert command.is_nameless
    assert command.callback.reason == LOST + "the text that AMI showed is below."
    assert b'"first\r\n' in command.raw


FORGED = (
    "Event: Newexten\r\nPrivilege: dialplan,all\r\nChannel: EXTRA/1-9\r\nContext: gsm-1\r\nExtension: sms\r\n"
    'Application: System\r\nAppData: process_sms "1" "Bank" "2026/11/22 12:00:00" "pay" \r\nUniqueid: 5.5\r\n\r\n'
)
FORGED_PART = "Event: ReceivedSMS\r\nID: 1\r\nGsmPort: 2\r\nSender: Bank\r\nContent: pay\r\n\r\n"


@pytest.mark.parametrize("forged", [FORGED, FORGED_PART])
@pytest.mark.parametrize("head", ["hi", 'hi" "+86" > /dev/null 2>&1 &\r\nUniqueid: 1.1'])
def test_an_event_that_a_text_holds_never_becomes_an_sms(head: str, forged: str) -> None:
    arrival = Arrival(f"{head}\r\n\r\n{forged}x")
    made_up, real = heard(*arrival.events)  # the text stands in variables before the first step
    assert real.callback.text == arrival.text
    assert made_up.is_nameless
    assert (made_up.callback.number, made_up.callback.text) == ("", "")
    assert "its sender may have made it up" in made_up.callback.reason
    assert b"Bank" in made_up.raw


def test_who_comes_after_a_broken_text_is_believed_again() -> None:
    calls = SmsCalls(zone=UTC)
    broken = Arrival("a\r\n\r\nb", channel=1)
    for event in broken.events:
        calls.hear(event, NOON)
    later = Arrival("honest", channel=2)
    (key,) = [key for event in later.events if (key := calls.hear(event, NOON))]
    assert calls.heard(key).callback.text == "honest"


def test_yeastar_s_parts_are_exact() -> None:
    raw = b"Event: ReceivedSMS\r\nID: 77\r\nGsmSpan: 4\r\nSender: +7900\r\nRecvtime: 2015-01-02 03:04:05\r\n" \
          b"Index: 1\r\nTotal: 2\r\nSmsc: +79\r\nContent: %D0%9F%20x\r\n--END SMS EVENT--\r\n\r\n"  # fmt: skip
    it = only(AmiBlock(AmiKind.EVENT, raw))
    assert (it.callback.text, it.callback.port, it.callback.number) == ("П x", "3", "+7900")
    assert (it.exact, it.raw, it.encoded) == (True, raw, ())


def test_what_is_kept_of_one_sms_has_a_limit() -> None:
    head = b"Event: Newexten\r\nPrivilege: dialplan,all\r\nChannel: EXTRA/5-1\r\nPriority: 1\r\nUniqueid: 1.1\r\n"
    noise = head + b"Extension: sms\r\nApplication: NoOp\r\nAppData: " + b"x" * 20_000
    it = only(*[AmiBlock(AmiKind.EVENT, noise + b"\r\n\r\n")] * 10)
    assert len(it.raw) == MOST_BYTES


def test_what_is_done_with_is_remembered_as_another() -> None:
    calls = SmsCalls(zone=UTC)
    events = [event for channel in (1, 2) for event in Arrival(channel=channel).nameless]
    first, second = (key for event in events if (key := calls.hear(event, NOON)))
    one = calls.heard(first)
    assert [other.call for other in calls.others(first)] == [calls.heard(second).call]
    calls.done(one, first)
    assert calls.others(second) == (one,)
    with pytest.raises(KeyError):
        calls.heard(first)


@pytest.mark.parametrize("server", ["ast18", "ast22"])
def test_what_a_real_server_showed_is_followed(server: str) -> None:
    data = (CAPTURES / f"{server}-newexten-sms.bin").read_bytes()
    whole = heard(*AmiFramer().feed(data))
    framer = AmiFramer()
    assert heard(*(m for i in range(len(data)) for m in framer.feed(data[i : i + 1]))) == whole
    assert whole
    assert all(it.is_nameless for it in whole)


@given(st.binary(max_size=400))
def test_no_event_raises(data: bytes) -> None:
    block = b"Event: Newexten\r\nExtension: sms\r\nChannel: a\r\nApplication: Set\r\nAppData: message=" + data
    found = heard(*AmiFramer().feed(block + b"\r\n\r\n"))
    assert all(came_by_ami("gw1", it.raw) for it in found)
