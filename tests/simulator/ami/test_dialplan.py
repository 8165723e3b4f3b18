"""What AMI shows of an SMS from the channel's begin to its end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from console.simulator.ami.dialplan import SmsChannel, bare_sms_events, for_shell, sms_events
from console.simulator.gateway import Gateway
from console.simulator.http.callbacks import encode_inbound
from console.simulator.options import SimulatorOptions
from console.simulator.radio.receiving import DriverSms
from console.simulator.radio.texts import FORGED
from tests.simulator.support import FastPace, Receiver, probe
from tests.support.ami_server import CAPTURES

if TYPE_CHECKING:
    from console.simulator.options import Dialect

SMS = DriverSms("+7916", 'a "b" \\ `c`', "2026/11/30 03:40:00", "+4917", "2620")
VALUES = encode_inbound(SMS, "4", "gsm-1.4")
FORGED_RECORDING = (CAPTURES.parent / "forged" / "forge-1.8.bin").read_bytes()


def shown(url: str, *, dialect: Dialect = "openvox") -> list[str]:
    """Each event in a word or two."""
    channel = SmsChannel.of_port(4, 1, 0.0, "old")
    words = []
    for event in sms_events(channel, SMS, 4, VALUES, url, dialect):
        headers = dict(event.headers)
        value = headers.get("AppData", headers.get("Variable", ""))
        words.append(" ".join(filter(None, (event.name, headers.get("Application", ""), re.split(r"[= ]", value)[0]))))
    return words


def test_the_driver_s_variables_come_before_the_first_step() -> None:
    assert shown("")[:8] == [
        "Newchannel",
        *(f"VarSet {name}" for name in ("SMSSRC", "SMSTXT", "SMSORITXT", "SMSTIME", "SMSC", "SIMIMSI")),
        "Newexten NoOp SMS",
    ]


def test_with_sms_to_http_each_value_is_set_and_shown_again() -> None:
    names = ("phonenumber", "port", "portname", "message", "time", "imsi")
    options = ("conntimeout", "httptimeout", "ssl_verifypeer")
    assert shown("http://x/")[8:] == [
        "Newexten NoOp SMS",
        *(f"Newexten Set CURLOPT({option})" for option in options),  # a function: no variable is set
        *(word for name in names for word in (f"Newexten Set {name}", f"VarSet {name}")),
        *("Newexten System wget", "VarSet SYSTEMSTATUS"),
        *("Newexten System cd", "VarSet SYSTEMSTATUS") * 2,
        *("Newexten Hangup", "Hangup"),
    ]


def test_without_it_only_the_gateway_keeps_the_sms() -> None:
    assert shown("")[8:] == [*("Newexten System cd", "VarSet SYSTEMSTATUS") * 2, "Newexten Hangup", "Hangup"]
    assert "Newexten System /my_tools/process_sms" in shown("", dialect="openvox-2013")


def test_without_sms_received_there_are_the_driver_s_variables_and_the_end() -> None:
    events = [event.name for event in bare_sms_events(SmsChannel.of_port(4, 1, 0.0, "old"), SMS)]
    assert events == ["Newchannel", *["VarSet"] * 6, "Newexten", "Newexten", "Hangup"]


def test_the_text_is_escaped_for_the_shell_and_raw_beside_it() -> None:
    assert for_shell('a "b" \\ `c`\n') == 'a \\\\\\"b\\\\\\" \\\\\\\\ \\\\\\`c\\\\\\`\n'
    events = b"".join(
        event.encode() for event in sms_events(SmsChannel.of_port(4, 1, 0.0, "old"), SMS, 4, VALUES, "", "openvox")
    )
    assert b'Variable: SMSTXT\r\nValue: a \\\\\\"b' in events
    assert b'Variable: SMSORITXT\r\nValue: a "b" \\ `c`\r\n' in events
    assert b'sms_receive.lua "4" "+7916" "2026/11/30 03:40:00" "a \\\\\\"b' in events


def test_the_new_form_escapes_a_variable_and_not_a_step() -> None:
    channel = SmsChannel.of_port(4, 1, 0.0, "new")
    text = 'a\r\n\tb "c" it\'s \\ ?'
    assert (
        channel.variable("SMSTXT", text)
        .encode()
        .endswith(b'Variable: SMSTXT\r\nValue: a\\r\\n\\tb \\"c\\" it\\\'s \\\\ \\?\r\n\r\n')
    )
    step = channel.step("System", text).encode()
    assert step.endswith(b'AppData: a\r\n\tb "c" it\'s \\ ?\r\n\r\n')
    assert step.index(b"Uniqueid: ") < step.index(b"AppData: ")


@pytest.mark.parametrize(("text", "number"), zip(FORGED, ("+491517", "+491518", "+491519"), strict=True))
def test_a_text_that_holds_events_stands_in_the_variables_as_1_8_wrote_it(text: str, number: str) -> None:
    at = FORGED_RECORDING.index(f"Value: {number}\r\n".encode())
    start = FORGED_RECORDING.rindex(b"Event: VarSet", 0, at)
    end = FORGED_RECORDING.index(b"Application: NoOp\r\nAppData: SMS In\r\n", start)
    real = FORGED_RECORDING[start:end]
    (channel_name,) = set(re.findall(rb"Channel: (\S+)", real))
    (unique_id,) = set(re.findall(rb"Uniqueid: (179\S+)", real))
    (time,) = re.findall(rb"Value: (2026/\S+ \S+)\r", real)
    channel = SmsChannel(channel_name.decode(), "gsm-4", unique_id.decode(), "old")
    sms = DriverSms(number, text, time.decode(), "+491710760000", "262010000000001")
    variables = [event.encode() for event in bare_sms_events(channel, sms) if event.name == "VarSet"]
    head = b"Event: Newexten\r\nPrivilege: dialplan,all\r\nChannel: " + channel_name
    step = head + b"\r\nContext: gsm-4\r\nExtension: sms\r\nPriority: 1\r\n"
    assert b"".join(variables) + step == real


async def test_forged_sms_reach_everybody_as_true_ones_do() -> None:
    async with Receiver() as receiver:
        options = SimulatorOptions(deliver_to=receiver.url, signed_char=True)
        async with Gateway(options, pace=FastPace()) as gateway, probe(gateway, events="dialplan") as client:
            gateway.receive_forged_sms()
            gateway.receive_sms(1, "10086", "é")
            await client.until(b"AppData: message=%FFFFFFC3%FFFFFFA9\r\n")
            assert client.taken.count(b"\r\n\r\nEvent: Newexten\r\nContext: gsm-3\r\n") >= len(FORGED)
            await gateway.callbacks.idle()
        assert len(receiver.targets) == len(FORGED) + 1
        assert any(b"&message=%FFFFFFC3%FFFFFFA9&" in target for target in receiver.targets)


async def test_parts_of_a_long_sms_are_calls_of_their_own_in_2013() -> None:
    async with Receiver() as receiver:
        options = SimulatorOptions(deliver_to=receiver.url, dialect="openvox-2013")
        async with Gateway(options, pace=FastPace()) as gateway, probe(gateway) as client:
            gateway.receive_sms(2, "Beeline", "ü" * 200)
            await gateway.callbacks.idle()
            assert "2 calls processed" in await client.command("core show channels")
        messages = sorted(re.findall(rb"message=([^&]*)", target)[0] for target in receiver.targets)
        assert messages == [b"%FC" * 47, b"%FC" * 153]
        assert all(b"phonenumber=Beeline%40&port=gsm-1.2&" in target for target in receiver.targets)
