"""Events into facts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.ami import AmiKind
from console.domain.facts import (
    CallEvent,
    CallStep,
    DeliveryReport,
    Fact,
    HeardSms,
    PortChange,
    PortEvent,
    SendStatus,
    SmsStep,
)
from console.domain.messages import DeliveryState
from console.protocol.ami.events import SmsSteps
from console.protocol.ami.frames import AmiBlock, AmiFramer
from console.protocol.dialects.known import read_event
from console.protocol.text.octets import decode_percent, without_marks
from tests.support.ami_server import CAPTURES


def event(name: str, *headers: str) -> AmiBlock:
    return AmiBlock(AmiKind.EVENT, "\r\n".join([f"Event: {name}", *headers, "", ""]).encode())


def read(name: str, *headers: str) -> Fact | None:
    return read_event(event(name, *headers))


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("SUCCESS", DeliveryState.SENT),
        ("FAIL", DeliveryState.FAILED),
        ("FAILED", DeliveryState.FAILED),
        ("", DeliveryState.UNKNOWN),
        ("QUEUED?", DeliveryState.UNKNOWN),
    ],
)
def test_send_status(word: str, state: DeliveryState) -> None:
    fact = read("SMSSendStatus", "Channel: 2", "Destination: 10086", "ID: 7f3a", "IMSI: 460", f"Status: {word}")
    assert fact == SendStatus("7f3a", state, word, 2, "10086", "460")


def test_delivery_report() -> None:
    fact = read(
        "SMSStatusReport", "Channel: 3", "Board: 1", "Sender: +8613", "Time_scts: 14/09/11", "IMSI: 460",
        "Status: FAIL", "Cause: 38",
    )  # fmt: skip
    assert fact == DeliveryReport(3, "+8613", DeliveryState.FAILED, "FAIL", "38", "460", "14/09/11")


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("ExtraReady", PortChange.READY),
        ("ExtraDown", PortChange.DOWN),
        ("SimInserted", PortChange.SIM_INSERTED),
        ("ExtraLock", PortChange.LOCKED),
        ("ExtraUnlock", PortChange.UNLOCKED),
    ],
)
def test_port_events(name: str, change: PortChange) -> None:
    assert read(name, "Channel: 4", "Result: SIM Not inserted") == PortEvent(4, change, "SIM Not inserted")


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("ExtraOutDial", CallStep.DIALLING),
        ("ExtraDial", CallStep.INCOMING),
        ("ExtraRingBack", CallStep.RINGING),
        ("ExtraConnect", CallStep.CONNECTED),
        ("ExtraHangup", CallStep.HUNG_UP),
    ],
)
def test_call_events(name: str, step: CallStep) -> None:
    assert read(name, "Channel: EXTRA/5-1") == CallEvent(3, step, "")


@pytest.mark.parametrize(
    ("channel", "port"),
    [
        ("1", 1),
        ("gsm-2", 2),
        ("gsm-1.3", 3),
        ("EXTRA/1-7", 1),
        ("EXTRA/2-7", 1),
        ("0", None),
        ("x", None),
        ("²", None),
    ],
)
def test_channels_are_ports(channel: str, port: int | None) -> None:
    fact = read("ExtraReady", f"Channel: {channel}")
    assert isinstance(fact, PortEvent)
    assert fact.port == port


@pytest.mark.parametrize("server", ["ast18", "ast22"])
def test_the_steps_a_real_server_showed(server: str) -> None:
    data = (CAPTURES / f"{server}-newexten-sms.bin").read_bytes()
    facts = [read_event(message) for message in AmiFramer().feed(data)]
    steps = [fact for fact in facts if isinstance(fact, SmsStep)]
    assert [(step.application, step.variable, step.value) for step in steps if step.application == "Set"] == [
        ("Set", "X", "a b"),
        ("Set", "SMSSRC", "+8613800138000"),
        ("Set", "SMSTXT", "Hi; a b=c 100%"),
        ("Set", "SMSENC", "Hi; a b=c 100%"),
    ]
    assert len({step.call for step in steps if step.application == "Set"}) == 1
    assert ("NoOp", "SMS In") in [(step.application, step.value) for step in steps]


def step(application: str, data: str, *, call: str = "1.7", context: str = "gsm-2") -> SmsStep:
    fact = read(
        "Newexten",
        f"Context: {context}",
        "Extension: sms",
        f"Application: {application}",
        f"AppData: {data}",
        f"Uniqueid: {call}",
    )
    assert isinstance(fact, SmsStep)
    return fact


def test_encoded_steps_become_a_message() -> None:
    steps = SmsSteps()
    assert steps.add(step("NoOp", "SMS In")) is None
    for data in ("phonenumber=%2B8613", "port=2", "time=2014%2F09%2F11%2009%3A36%3A47", "imsi=460"):
        assert steps.add(step("Set", data)) is None
    assert steps.add(step("Set", "message=caf%FFFFFFC3%FFFFFFA9%20%2520")) is None
    assert steps.add(step("Set", "message=other", call="9.9")) is None
    heard = steps.add(step("System", "wget --no-check-certificate ..."))
    assert heard == HeardSms(2, "+8613", "café %20", "2014/09/11 09:36:47", "460", exact=True)
    assert steps.add(step("Hangup", "")) is None


def test_a_message_in_a_shell_command_is_only_a_hint() -> None:
    data = 'lua /my_tools/lua/sms_receive.lua "4" "10086" "2014/09/11 09:36:47" "hello there" "+8613800" x'
    heard = SmsSteps().add(step("System", data, context="gsm-4"))
    assert heard == HeardSms(4, "10086", "hello there", "2014/09/11 09:36:47", "", exact=False)
    old = '/my_tools/process_sms "4" "10086" "2014/09/11 09:36:47" "hi" > /dev/null 2>&1 &'
    assert SmsSteps().add(step("System", old)) == HeardSms(4, "10086", "hi", "2014/09/11 09:36:47", "", exact=False)


def test_messages_that_never_end_are_forgotten() -> None:
    steps = SmsSteps()
    for number in range(10_000):
        steps.add(step("Set", "phonenumber=1", call=str(number)))
    assert len(steps._calls) <= 256


def test_steps_of_calls_are_not_messages() -> None:
    assert read("Newexten", "Extension: s", "Application: Set", "AppData: message=x") is None


def test_what_is_no_known_event_is_no_fact() -> None:
    assert read("PeerStatus", "Channel: 1") is None
    response = AmiBlock(AmiKind.RESPONSE, b"Response: SMSSendStatus\r\nChannel: 1\r\n\r\n")
    assert read_event(response) is None


@pytest.mark.parametrize(
    ("encoded", "text"),
    [
        ("%C3%A9", "é"),
        ("%FFFFFFC3%FFFFFFA9", "é"),
        ("%ffffffe4%ffffffb8%ffffffad!", "中!"),
        ("100% sure %", "100% sure %"),
        ("%2541", "%41"),
        ("%E9", "é"),
        ("%FFFFFFE9x%FFe", "éx€"),
        ("", ""),
    ],
)
def test_decode_percent(encoded: str, text: str) -> None:
    assert decode_percent(encoded) == text


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80), st.booleans())
def test_decode_percent_undoes_both_spellings(text: str, old: bool) -> None:
    prefix = "%FFFFFF" if old else "%"
    encoded = "".join(f"{prefix if byte > 127 else '%'}{byte:02X}" for byte in text.encode())
    assert decode_percent(encoded) == without_marks(text)


@given(st.binary(max_size=300))
def test_no_event_raises(data: bytes) -> None:
    for name in (
        b"SMSSendStatus",
        b"Newexten\r\nExtension: sms",
        b"ReceivedSMS",
        b"Shutdown",
        b"SMSStatusReport",
    ):
        for message in AmiFramer().feed(b"Event: " + name + b"\r\nChannel: " + data + b"\r\n\r\n"):
            read_event(message)
