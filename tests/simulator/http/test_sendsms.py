"""`/sendsms` and its neighbours over real HTTP, in both generations."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from console.simulator.gateway import Gateway
from console.simulator.http.web import HttpFault
from console.simulator.options import SimulatorOptions
from tests.simulator.support import FastPace, StillPace, eventually, http_get

if TYPE_CHECKING:
    from console.simulator.options import Dialect, HttpToSms

QUICK = SimulatorOptions(sync_delay=0)
LOGIN = "/sendsms?username=smsuser&password=smspwd"


def dialect(which: Dialect) -> SimulatorOptions:
    return SimulatorOptions(sync_delay=0, dialect=which)


def timeless(body: str) -> str:
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "TIME", body)


async def get(target: str, options: SimulatorOptions = QUICK) -> str:
    async with Gateway(options, pace=FastPace()) as gateway:
        status, body = await http_get(gateway, target)
        assert status == 200
        return timeless(body)


async def test_json_of_2019_tab_for_tab() -> None:
    text = quote('say "hi"\n')
    body = await get(f"{LOGIN}&phonenumber=10086,+7916&message={text}&port=1,2&id=1122")
    assert body == (
        '\t{\n\t\t"message":"say \\"hi\\"\n",\n\t\t"report":[{\n'
        '\t\t\t"1":[{\n\t\t\t\t"port":"1",\n\t\t\t\t"phonenumber":"10086",\n\t\t\t\t"time":"TIME",\n'
        '\t\t\t\t"id":"1122",\n\t\t\t\t"result":"sending"\n\t\t\t}],\n'
        '\t\t\t"2":[{\n\t\t\t\t"port":"2",\n\t\t\t\t"phonenumber":"+7916",\n\t\t\t\t"time":"TIME",\n'
        '\t\t\t\t"id":"1122",\n\t\t\t\t"result":"sending"\n\t\t\t}]\n'
        "\t\t}]\n\t}"
    )


async def test_string_of_2019() -> None:
    assert await get(f"{LOGIN}&phonenumber=10086&message=test&port=3&report=string") == (
        "message:test\n\n--record 1 start--\n"
        "port: 3\nphonenumber: 10086\ntime: TIME\nid: null\nresult: sending\n"
        "--record 1 end--\n\n"
    )


async def test_bare_words_of_2019() -> None:
    options = SimulatorOptions(sync_delay=0, default_report="no")
    assert await get(f"{LOGIN}&phonenumber=1,2,3&message=x&port=1,8", options) == "sendingnot readysending"


@pytest.mark.parametrize("port", ["8", "99", "gsm-1.2"])
async def test_a_port_that_is_not_ready(port: str) -> None:
    body = await get(f"{LOGIN}&phonenumber=10086&message=x&port={port}&report=String")
    assert "result: not ready\n" in body


async def test_no_port_is_ready() -> None:
    async with Gateway(SimulatorOptions(ports=1), pace=FastPace()) as gateway:
        gateway.pull_sim(1)
        _, body = await http_get(gateway, f"{LOGIN}&phonenumber=10086&message=x&report=String")
        assert "port: nil\n" in body
        assert "result: not ready\n" in body


async def test_too_long_counts_escaped_bytes() -> None:
    fits = quote('"' * 500)
    assert "sending" in await get(f"{LOGIN}&phonenumber=1&message={fits}")
    body = await get(f"{LOGIN}&phonenumber=1,2&message={fits}x&report=String")
    assert body == (
        "--record 1 start--\nport: (null)\nphonenumber: 1,2\ntime: TIME\nid: null\nresult: message too long\n"
        "--record 1 end--\n\n"
    )


@pytest.mark.parametrize(
    ("target", "beginning"),
    [
        (
            "/sendsms?username=smsuser&password=no&phonenumber=1&message=x",
            "Authentication Failed: Need valid username and",
        ),
        (f"{LOGIN}&message=x", "Send SMS Fail: Need valid sms receiver number [phonenumer?]\n"),
        (f"{LOGIN}&phonenumber=1&message=x&url=a", "Enable CORS Switch is disbale; function is disable!\n"),
    ],
)
async def test_refusals_are_text_with_the_usage_behind(target: str, beginning: str) -> None:
    body = await get(target)
    assert body.startswith(beginning)
    assert "Usage: /sendsms?username=" in body


async def test_a_stale_process_says_it_is_switched_off() -> None:
    body = await get(f"{LOGIN}&phonenumber=1&message=x", SimulatorOptions(http_to_sms="stale"))
    assert body.startswith("Function is disable!\n")


@pytest.mark.parametrize(
    ("switch", "target"), [("on", "/sendsms"), ("off", f"{LOGIN}&phonenumber=1&message=x"), ("on", "/")]
)
async def test_everything_else_is_behind_the_digest_wall(switch: HttpToSms, target: str) -> None:
    async with Gateway(SimulatorOptions(http_to_sms=switch), pace=FastPace()) as gateway:
        status, body = await http_get(gateway, target)
        assert status == 401
        assert "Unauthorized" in body


async def test_no_message_parameter_crashes_the_cgi() -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway:
        assert await http_get(gateway, f"{LOGIN}&phonenumber=1") == (500, "")


async def test_nonsense_is_a_bad_request() -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway:
        status, _ = await http_get(gateway, "/ HTTP/1.1\r\nno header at all")
        assert status == 400


async def test_a_long_text_goes_in_the_gateways_own_parts() -> None:
    text = "ж" * 71
    async with Gateway(QUICK, pace=FastPace()) as gateway:
        await http_get(gateway, f"{LOGIN}&phonenumber=+7916&message={quote(text)}&port=1&id=k1")
        await gateway.queue.idle()
        assert [(len(message.text), message.part, message.of, message.id) for message in gateway.air] == [
            (67, 1, 2, "k1"),
            (4, 2, 2, "k1"),
        ]
        assert gateway.network.on_phone("+7916") == [text]


async def test_a_quote_at_a_part_border_breaks_that_part() -> None:
    text = "a" * 139 + '"' + "b" * 30
    async with Gateway(QUICK, pace=FastPace()) as gateway:
        await http_get(gateway, f"{LOGIN}&phonenumber=+7916&message={quote(text)}&port=1")
        await gateway.queue.idle()
        assert gateway.air == []


async def test_quotes_and_backslashes_elsewhere_arrive_as_written() -> None:
    text = 'a "quoted" \\ text'
    async with Gateway(QUICK, pace=FastPace()) as gateway:
        await http_get(gateway, f"{LOGIN}&phonenumber=1&message={quote(text)}&port=1")
        await gateway.queue.idle()
        assert [message.text for message in gateway.air] == [text]


async def test_the_queue_tries_again_while_the_port_is_in_use() -> None:
    pace = StillPace()
    async with Gateway(SimulatorOptions(sync_delay=1), pace=pace) as gateway:
        gateway.occupy(1)
        await http_get(gateway, f"{LOGIN}&phonenumber=1&message=x&port=1")
        await eventually(lambda: pace.sleeping == 1)
        assert gateway.queue.waiting(1) == 1
        gateway.occupy(1, occupied=False)
        pace.advance(1)
        await eventually(lambda: pace.sleeping == 1)
        pace.advance(1)
        await gateway.queue.idle()
        assert len(gateway.air) == 1


async def test_json_of_2014() -> None:
    body = await get(f"{LOGIN}&phonenumber=10086,+7916&message=a%22b&port=gsm-1.2", dialect("openvox-2014"))
    assert body == (
        '{"message":"a"b","report":[{'
        '"0":[{"port":"gsm-1.2","phonenumber":"10086","time":"TIME","result":"success"}],'
        '"1":[{"port":"gsm-1.2","phonenumber":"+7916","time":"TIME","result":"success"}]}]}'
    )


async def test_string_and_no_report_of_2014() -> None:
    target = f"{LOGIN}&phonenumber=10086&message=test&port=gsm-1.2"
    assert await get(f"{target}&report=String", dialect("openvox-2014")) == (
        "message: test\nrecord start\nport: gsm-1.2\nphonenumber: 10086\ntime: TIME\nresult: success\nrecord end\n"
    )
    assert await get(f"{target}&report=no", dialect("openvox-2014")) == ""


async def test_no_free_port_and_failure_in_2014() -> None:
    assert "No free port" in await get(f"{LOGIN}&phonenumber=1&message=x&port=gsm-1.8", dialect("openvox-2014"))
    async with Gateway(dialect("openvox-2014"), pace=FastPace()) as gateway:
        gateway.fail_port(2)
        _, body = await http_get(gateway, f"{LOGIN}&phonenumber=1&message=x&port=gsm-1.2")
        assert '"result":"fail"' in body


async def test_status_pages() -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway:
        _, body = await http_get(gateway, "/smsstatus?phonenumber=10086")
        assert body == "This SMS is not exist"
        assert (await http_get(gateway, "/smsstatus"))[1] == "phonenum is not valild"
        await http_get(gateway, f"{LOGIN}&phonenumber=10086&message=x&port=1&id=k1")
        await gateway.queue.idle()
        _, body = await http_get(gateway, "/smsstatus?phonenumber=10086&id=k1")
        assert '"status": "SEND"' in body
        _, body = await http_get(gateway, "/simstatus?port=8")
        assert body == '\t\t{\n\t\t\t"8":[{ "imsi":"", "status":"Undetected SIM Card" }]\n\t\t}\n'
        assert (await http_get(gateway, "/simstatus?port=x"))[1].startswith("Invalid parameter port")
        assert (await http_get(gateway, "/simstatus?port=9"))[1].startswith("Invalid parameter port, out of range")
        _, body = await http_get(gateway, "/smsremain")
        assert body.startswith('{"Total_channel":"8", "Smsremain":[{"1":"0",')


@pytest.mark.parametrize(
    ("fault", "carried_out"),
    [(HttpFault.CLOSED_UNREAD, 0), (HttpFault.SILENT, 1), (HttpFault.RESET, 1), (HttpFault.HALF, 1)],
)
async def test_a_request_may_end_without_its_whole_answer(fault: HttpFault, carried_out: int) -> None:
    target = f"{LOGIN}&phonenumber=10086&message=x&port=1"
    async with Gateway(QUICK, pace=FastPace()) as gateway:
        gateway.break_http(fault)
        reader, writer = await asyncio.open_connection(*gateway.http_address)
        writer.write(f"GET {target} HTTP/1.1\r\nHost: gateway\r\n\r\n".encode())
        try:
            answer = await reader.read()
        except ConnectionResetError:
            assert fault is HttpFault.RESET
            answer = b""
        writer.close()
        if fault is HttpFault.HALF:
            head, _, body = answer.partition(b"\r\n\r\n")
            assert 0 < len(body) < int(head.partition(b"Content-Length: ")[2].split(b"\r")[0])
        else:
            assert answer == b""
        await gateway.queue.idle()
        assert len(gateway.air) == carried_out
        status, _ = await http_get(gateway, target)
        assert status == 200, "only the next request was meant"


async def test_an_answer_that_is_held_back() -> None:
    async with Gateway(QUICK, pace=FastPace()) as gateway:
        gateway.hold_http()
        asking = asyncio.create_task(http_get(gateway, f"{LOGIN}&phonenumber=10086&message=x&port=1"))
        await eventually(lambda: len(gateway.air) == 1)
        assert not asking.done()
        gateway.release_http()
        assert (await asking)[0] == 200
