"""SMS to HTTP: the exact bytes of the URL, and wget's habits over real sockets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.protocol.http.inbound import parse
from console.protocol.text.octets import without_marks
from console.simulator.gateway import Gateway
from console.simulator.http.callbacks import (
    WGET_TRIES,
    Callbacks,
    encode_inbound,
    inbound_query,
    report_query,
    result_query,
    uriencode,
)
from console.simulator.options import ParameterNames, SimulatorOptions, gateway_time
from console.simulator.radio.driver import ShortMessage
from console.simulator.radio.receiving import DriverSms
from tests.simulator.support import START, FastPace, Receiver

SENT = ShortMessage(3, "+7916", "x", id="k1")


def test_uriencode_keeps_what_asterisk_keeps() -> None:
    assert uriencode("aZ09-_.!~*'()") == "aZ09-_.!~*'()"
    assert uriencode("a b+c\n/é中") == "a%20b%2Bc%0A%2F%C3%A9%E4%B8%AD"
    assert uriencode("é a", signed_char=True) == "%FFFFFFC3%FFFFFFA9%20a"


def test_the_inbound_query_ends_as_the_template_does() -> None:
    sms = encode_inbound(DriverSms("+7916", "hi", "2027/01/15 08:00:00", imsi="460"), "3", "gsm-1.3")
    when = "2027%2F01%2F15%2008%3A00%3A00"
    assert inbound_query(ParameterNames(), sms) == (
        f"phonenumber=%2B7916&port=3&portname=gsm-1.3&message=hi&time={when}&imsi=460&"
    )
    assert inbound_query(ParameterNames.vendor_note(), sms, "key=1").startswith("num=%2B7916&port=3&")
    assert inbound_query(ParameterNames(), sms, "key=1").endswith("&imsi=460&key=1")


def test_results_are_not_encoded_but_for_blanks() -> None:
    when = gateway_time(START).replace(" ", "%20")
    assert result_query(ParameterNames(), SENT, "460", START, success=True) == (
        f"phonenumber=+7916&port=3&id=k1&imsi=460&message=&time={when}&type=SMS-Status-Result&status=Sent&"
    )
    nameless = ShortMessage(3, "10086", "x")
    assert "&id=null&" in result_query(ParameterNames(), nameless, "460", START, success=False)


def test_reports_carry_no_id() -> None:
    stamp = gateway_time(START, slashes=True)
    assert report_query(ParameterNames(), SENT, "460", stamp, success=False, cause="70") == (
        f"phonenumber=+7916&port=3&imsi=460&message=&time={stamp.replace(' ', '%20')}&type=SMS-Status-Report"
        "&status=Message%20not%20received%20on%20handset&cause=70&"
    )


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_the_console_reads_back_what_the_gateway_encodes(text: str) -> None:
    query = inbound_query(ParameterNames(), encode_inbound(DriverSms("+7916", text, ""), "3", ""))
    assert parse(query.encode()).text == without_marks(text)


async def test_an_inbound_sms_is_delivered_with_exact_bytes() -> None:
    async with Receiver() as receiver:
        options = SimulatorOptions(deliver_to=receiver.url + "?secret=s3")
        async with Gateway(options, pace=FastPace()) as gateway:
            gateway.receive_sms(2, "+7916", "a'b c+d\n中")
            await gateway.callbacks.idle()
            assert (gateway.callbacks.delivered, gateway.lost) == (1, 0)
        (target,) = receiver.targets
        assert target.startswith(
            b"/sms?phonenumber=%2B7916&port=2&portname=gsm-1.2&message=a'b%20c%2Bd%0A%E4%B8%AD&time="
        )
        assert target.endswith(b"&secret=s3")
        assert receiver.heads[0].startswith(b"GET /sms?")


async def test_results_and_reports_are_delivered_in_order() -> None:
    async with Receiver() as receiver:
        options = SimulatorOptions(deliver_to=receiver.url, send_results=True, reports=True, sync_delay=0)
        async with Gateway(options, pace=FastPace()) as gateway:
            await gateway.ami.cli.run("gsm send sync sms 3 +7916 x 30 0 k1")
            await gateway.ami.cli.run("gsm show spans")
            await gateway.callbacks.idle()
            assert b"&id=k1&" in receiver.targets[0]
            assert receiver.targets[0].endswith(b"&type=SMS-Status-Result&status=Sent&")


@pytest.mark.parametrize("status", [b"404 Not Found", b"500 Oops"])
async def test_an_error_is_the_end_of_it(status: bytes) -> None:
    async with Receiver([b"HTTP/1.1 " + status + b"\r\n\r\n"]) as receiver:
        async with Gateway(SimulatorOptions(deliver_to=receiver.url), pace=FastPace()) as gateway:
            gateway.receive_sms(1, "10086", "lost")
            await gateway.callbacks.idle()
            assert (gateway.callbacks.delivered, gateway.lost) == (0, 1)
        assert len(receiver.targets) == 1


async def test_no_answer_is_tried_again_so_an_sms_may_come_twice() -> None:
    async with Receiver([b"", b""]) as receiver:
        async with Gateway(SimulatorOptions(deliver_to=receiver.url), pace=FastPace()) as gateway:
            gateway.receive_sms(1, "10086", "twice and more")
            await gateway.callbacks.idle()
            assert (gateway.callbacks.delivered, gateway.lost) == (1, 0)
        assert len(receiver.targets) == 3
        assert len(set(receiver.targets)) == 1


async def test_after_twenty_tries_it_gives_up() -> None:
    async with Receiver([b""] * 30) as receiver:
        async with Gateway(SimulatorOptions(deliver_to=receiver.url), pace=FastPace()) as gateway:
            gateway.receive_sms(1, "10086", "never")
            await gateway.callbacks.idle()
            assert gateway.lost == 1
        assert len(receiver.targets) == WGET_TRIES


async def test_nobody_listens() -> None:
    async with Receiver() as receiver:
        url = receiver.url
    async with Gateway(SimulatorOptions(deliver_to=url), pace=FastPace()) as gateway:
        gateway.receive_sms(1, "10086", "lost")
        await gateway.callbacks.idle()
        assert gateway.lost == 1


@pytest.mark.parametrize("url", ["ftp://x/", "nonsense", "http:///path"])
def test_a_url_that_is_none(url: str) -> None:
    with pytest.raises(ValueError, match="not an http URL"):
        Callbacks(SimulatorOptions(deliver_to=url), FastPace())


async def test_callbacks_are_lost_evenly_and_nobody_is_told() -> None:
    async with Receiver() as receiver:
        async with Gateway(SimulatorOptions(deliver_to=receiver.url), pace=FastPace()) as gateway:
            gateway.lose_callbacks(0.5)
            for number in range(6):
                gateway.receive_sms(1, "10086", f"n{number}")
            await gateway.callbacks.idle()
            assert (gateway.callbacks.delivered, gateway.lost) == (3, 3)
            gateway.lose_callbacks()
            gateway.receive_sms(1, "10086", "n6")
            gateway.lose_callbacks(0)
            gateway.receive_sms(1, "10086", "n7")
            await gateway.callbacks.idle()
            assert (gateway.callbacks.delivered, gateway.lost) == (4, 4)
        assert sorted(target.split(b"message=")[1][:2] for target in receiver.targets) == [b"n0", b"n2", b"n4", b"n7"]


async def test_results_are_lost_too() -> None:
    async with Receiver() as receiver:
        options = SimulatorOptions(deliver_to=receiver.url, send_results=True)
        async with Gateway(options, pace=FastPace()) as gateway:
            gateway.lose_callbacks()
            gateway.callbacks.sent(gateway.port(1), SENT, success=True)
            await gateway.callbacks.idle()
            assert (receiver.targets, gateway.lost) == ([], 1)


async def test_results_that_are_told_twice() -> None:
    async with Receiver() as receiver:
        options = SimulatorOptions(deliver_to=receiver.url, send_results=True)
        async with Gateway(options, pace=FastPace()) as gateway:
            gateway.repeat_callbacks()
            gateway.callbacks.sent(gateway.port(1), SENT, success=True)
            await gateway.callbacks.idle()
        assert len(receiver.targets) == 2
        assert len(set(receiver.targets)) == 1
