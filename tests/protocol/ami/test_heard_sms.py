"""Whether a callback brought what AMI saw."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.domain.messages import Callback, CallbackKind
from console.protocol.ami.heard_sms import EARLY, Came, Overheard, is_kept
from console.protocol.http.inbound import parse
from tests.support.backend import NOON
from tests.support.heard import SENDER, Arrival, only

TIME = "2026/11/22 12:00:00"


def inexact(
    text: str = "hello", *, number: str = SENDER, port: str = "3", time: str = TIME, call: str = "1.1"
) -> Overheard:
    callback = Callback(CallbackKind.SMS, number, text, port, gateway_time=time, id=call)
    return Overheard(call, NOON, callback, b"Event: " + call.encode())


def nameless(at: float, *, port: str = "3", call: str = "") -> Overheard:
    call = call or f"1.{at}"
    callback = Callback(CallbackKind.UNREADABLE, port=port, id=call, reason="AMI saw an SMS")
    return Overheard(call, NOON + at, callback, b"Event: " + call.encode())


def came(text: str = "hello", at: float = 0.0, *, number: str = SENDER, port: str = "3", time: str = TIME) -> Came:
    callback = Callback(CallbackKind.SMS, number, text, port, gateway_time=time)
    return Came("gw1", NOON + at, callback, b"/sms?x=1")


def called(arrival: Arrival) -> Came:
    return Came("gw1", NOON, parse(arrival.target), arrival.target)


def entry(heard: Overheard) -> Came:
    """What another console made of it."""
    return Came("gw1", heard.at, heard.callback, heard.raw)


# ---- exact --------------------------------------------------------------------------------------------------


def test_its_own_callback_brings_it() -> None:
    arrival = Arrival("余额 a+b & c=100%\r\n")
    assert is_kept(only(*arrival.events), [called(arrival)])
    assert not is_kept(only(*arrival.events), [])


@pytest.mark.parametrize(
    "other",
    [Arrival("Hello"), Arrival(number="10086"), Arrival(port=4, shown_port="4"), Arrival(at=NOON + 1)],
)
def test_another_s_callback_does_not(other: Arrival) -> None:
    assert not is_kept(only(*Arrival().events), [called(other)])


@pytest.mark.parametrize("port", ["gsm-1.3", "gsm-2.5", ""])
def test_a_port_may_be_written_in_another_way(port: str) -> None:
    row = called(Arrival())
    assert is_kept(only(*Arrival().events), [replace(row, callback=replace(row.callback, port=port))])


def test_a_time_that_the_callback_does_not_tell_is_no_difference() -> None:
    row = called(Arrival())
    assert is_kept(only(*Arrival().events), [replace(row, callback=replace(row.callback, gateway_time=""))])


@pytest.mark.parametrize("signed", [True, False])
def test_a_callback_that_was_read_in_another_charset_is_known_by_its_bytes(signed: bool) -> None:
    arrival = Arrival("ça va", signed=signed)
    row = called(arrival)
    garbled = replace(row, callback=replace(row.callback, text="Ã§a va"))
    assert is_kept(only(*arrival.events), [garbled])
    assert not is_kept(only(*Arrival("çà", signed=signed).events), [garbled])


def test_a_callback_with_unknown_names_is_known_by_its_bytes() -> None:
    arrival = Arrival("hello")
    target = arrival.target.replace(b"phonenumber=", b"key=").replace(b"message=", b"key=").replace(b"time=", b"key=")
    row = Came("", NOON, parse(target), target)
    assert row.callback.kind is CallbackKind.UNREADABLE
    assert is_kept(only(*arrival.events), [row])
    assert not is_kept(only(*Arrival("hell").events), [row])


# ---- somebody else heard it ---------------------------------------------------------------------------------


def test_what_another_console_added_is_there() -> None:
    for heard in (only(*Arrival().events), inexact(), nameless(0)):
        assert is_kept(heard, [entry(heard)])


def test_the_same_words_of_another_call_are_there() -> None:
    assert is_kept(only(*Arrival(channel=2).events), [entry(only(*Arrival(channel=1).events))])


def test_another_sms_by_ami_brings_nothing() -> None:
    assert not is_kept(nameless(5), [entry(nameless(0))])
    assert not is_kept(inexact("two", call="1.2"), [entry(inexact("one"))])


def test_a_line_without_a_text_does_not_stand_for_the_text() -> None:
    whole = only(*Arrival().events)
    assert not is_kept(whole, [entry(replace(nameless(0), call=whole.call))])


def test_who_was_not_told_the_call_is_known_by_the_bytes() -> None:
    heard = replace(nameless(0), call="", callback=replace(nameless(0).callback, id=""))
    assert is_kept(heard, [entry(heard)])


def test_stray_bytes_at_the_receiver_are_not_taken_for_events() -> None:
    stray = Came("", NOON, Callback(CallbackKind.UNREADABLE, id="1.1"), b"Event: 1.1")
    assert not is_kept(inexact(), [stray])
    assert not is_kept(nameless(0), [stray])


# ---- inexact ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["hello", 'hello" she said', "something else altogether"])
def test_one_of_that_sender_port_and_time_brings_it(text: str) -> None:
    assert is_kept(inexact("hello"), [came(text)])


@pytest.mark.parametrize(
    "other", [came(number="10086"), came(port="gsm-1.4"), came(time="2026/11/22 12:00:01"), came(time="soon")]
)
def test_one_that_differs_does_not_bring_it(other: Came) -> None:
    assert not is_kept(inexact(), [other])


def test_parts_of_one_second_are_told_apart_by_how_they_begin() -> None:
    first, second = inexact("part one", call="1.1"), inexact("part two", call="1.2")
    rows = [came('part one, "quoted"')]
    assert is_kept(first, rows, [second])
    assert not is_kept(second, rows, [first])
    assert is_kept(second, [*rows, came("written otherwise")], [first])


def test_a_text_that_began_with_a_quote_is_cut_to_nothing() -> None:
    empty, other = inexact("", call="1.1"), inexact("part two", call="1.2")
    assert is_kept(empty, [came('"quoted" it is')], [other])
    assert not is_kept(empty, [came("part two")], [other])


def test_dashes_and_slashes_tell_the_same_time() -> None:
    assert is_kept(inexact(time="2026-11-22 12:00:00"), [came()])


# ---- nameless -----------------------------------------------------------------------------------------------


def test_a_callback_through_its_port_brings_it() -> None:
    assert is_kept(nameless(0), [came(at=0.4)])
    assert is_kept(nameless(0), [came(at=-EARLY)])
    assert not is_kept(nameless(0), [came(at=-EARLY - 0.1)])
    assert not is_kept(nameless(0), [came(at=0.4, port="4")])


def test_each_callback_counts_for_the_last_sms_before_it() -> None:
    lost, brought, later = nameless(0), nameless(5), nameless(8)
    rows = [came(at=5.2)]
    kept = [is_kept(one, rows, [x for x in (lost, brought, later) if x is not one]) for one in (lost, brought, later)]
    assert kept == [False, True, False]


def test_a_late_callback_counts_for_the_sms_that_has_none() -> None:
    slow, quick = nameless(0), nameless(5)
    rows = [came(at=5.2), came("other", at=9)]
    assert is_kept(slow, rows, [quick])
    assert is_kept(quick, rows, [slow])


def test_what_brought_one_with_a_name_did_not_bring_one_without() -> None:
    arrival = Arrival()
    assert not is_kept(nameless(0), [called(arrival)], [only(*arrival.events)])
    assert not is_kept(nameless(0), [came('hello"')], [inexact("hello")])


def test_an_unreadable_call_through_the_gateway_may_be_it() -> None:
    row = Came("gw1", NOON + 1, Callback(CallbackKind.UNREADABLE, reason="No number."), b"/sms?x")
    assert is_kept(nameless(0), [row])
    assert not is_kept(nameless(0), [replace(row, gateway="")])
