"""What Yeastar's dialect says and reads. The events are in the shape that owners of such gateways have shown."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.facts import SendStatus, SmsPart
from console.domain.messages import DeliveryState
from console.domain.ports import PortHealth
from console.errors import CannotSend
from console.protocol.ami.frames import AmiFramer
from console.protocol.ami.session import encode_action
from console.protocol.dialects.dialect import Lack, Parcel, needed
from console.protocol.dialects.known import DIALECTS, read_event
from console.protocol.driver.span import health
from tests.support.sending import event

YEASTAR = DIALECTS["yeastar"]

SPAN_2 = [
    "D-channel: 2",
    "Status: Power on, Provisioned, Up, Active,Standard",
    "Type: CPE",
    "Manufacturer: SIMCOM_Ltd",
    "Model Name: SIMCOM_SIM840W",
    "Model IMEI: 353511028445509",
    "Model CBAND: EGSM_MODE",
    "Network Name: MegaFon",
    "Network Status: Registered (Home network)",
    "Signal Quality (0,31): 15",
    "SIM IMSI: 250028893042082",
    "SIM SMS Center Number: +79262000331",
    "Send SMS Center Number: +79262000331",
    "Last event: USSD received",
    "State: READY",
    "Last send AT: AT+CREG?",
]


def send(text: str = "hello", to: str = "+79001234567", port: int = 1, wire_id: str = "gc1-1") -> str:
    (line,) = YEASTAR.send(Parcel(port, to, [text], [wire_id], 1, 30))
    return line


def test_a_send_names_the_span_and_has_its_text_in_percents() -> None:
    assert send('say "hi"\r\n+1 %, ü') == (
        'gsm send sms 2 +79001234567 "say%20%22hi%22%0D%0A%2B1%20%25%2C%20%C3%BC" gc1-1'
    )


@given(st.text(max_size=75), st.integers(1, 99))
def test_no_text_ends_the_argument_the_line_or_the_frame(text: str, port: int) -> None:
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        with pytest.raises(CannotSend):
            send(text)
        return
    line = send(text, port=port)
    match = re.fullmatch(r'gsm send sms (\d+) \+79001234567 "([A-Za-z0-9_.~%-]*)" gc1-1', line)
    assert match is not None
    assert int(match[1]) == port + 1
    assert unquote_to_bytes(match[2]) == text.encode()
    wire = encode_action(YEASTAR.action, "a1", [("Command", line)])
    assert wire.split(b"\r\n") == [b"Action: smscommand", b"ActionID: a1", b"Command: " + line.encode(), b"", b""]


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": '1" 2'},
        {"to": "1\r\nAction: Logoff"},
        {"to": "Bank"},
        {"wire_id": "a b"},
        {"wire_id": "a\r\nb"},
        {"port": 0},
        {"text": "a\0b"},
        {"text": "ü" * 200},
    ],
)
def test_what_can_t_be_sent_is_refused_before_anything_leaves(wrong: dict[str, str]) -> None:
    with pytest.raises(CannotSend):
        send(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("output", "state"),
    [
        ([], DeliveryState.ACCEPTED),
        (["", " "], DeliveryState.ACCEPTED),
        (["anything"], DeliveryState.ACCEPTED),
        (["No GSM running on span 3", "Command 'gsm send sms 3 10086 \"a\" 1' failed."], DeliveryState.FAILED),
        (["No such command 'gsm send sms' (type 'core show help gsm')"], DeliveryState.FAILED),
    ],
)
def test_an_answer_is_never_more_than_accepted(output: list[str], state: DeliveryState) -> None:
    verdict = YEASTAR.read_send(output)
    assert verdict.state is state
    assert verdict.words


def test_a_span_is_one_more_than_its_port() -> None:
    assert YEASTAR.list_ports == "gsm show spans"
    assert YEASTAR.show_port(1) == "gsm show span 2"
    lines = [
        "GSM span 2: Power on, Provisioned, Up, Active,Standard",
        "GSM span 3: Power off, Provisioned, Down",
    ]
    assert YEASTAR.read_ports(lines) == (
        (1, "Power on, Provisioned, Up, Active,Standard"),
        (2, "Power off, Provisioned, Down"),
    )


def test_a_port_is_read_as_the_driver_writes_it() -> None:
    report = YEASTAR.read_port(SPAN_2)
    assert health(report) is PortHealth.READY
    assert (report.smsc, report.imsi, report.operator) == ("+79262000331", "250028893042082", "MegaFon")
    assert YEASTAR.fits(SPAN_2)
    assert not any(one.fits(SPAN_2) for one in DIALECTS.values() if one is not YEASTAR)


def received(*lines: str) -> SmsPart:
    block = "\r\n".join(("Event: ReceivedSMS", "Privilege: all,smscommand", *lines, "--END SMS EVENT--", "", ""))
    (message,) = AmiFramer().feed(block.encode())
    fact = read_event(message)
    assert isinstance(fact, SmsPart)
    return fact


def test_a_part_of_an_sms() -> None:
    assert received(
        "ID: ", "GsmSpan: 3", "Sender: +7900", "Recvtime: 2015-01-02 03:04:05", "Index: 1", "Total: 2", "Smsc: +79",
        "Content: %EF%BB%BF%D0%9F%20x",
    ) == SmsPart(2, "", "+7900", "П x", "2015-01-02 03:04:05", 1, 2, "+79")  # fmt: skip


def test_older_firmware_tells_the_port_itself() -> None:
    fact = received("GsmPort: 3", "Index: x", "Total: ", "Content: a--END SMS EVENT--")
    assert (fact.port, fact.text, fact.index, fact.total) == (3, "a", 0, 0)
    assert received("Content: a").port is None


@pytest.mark.parametrize(
    ("sender", "name"),
    [("MegaFon@", "MegaFon"), ("Megafo@", "Megafo@"), ("MegaFon", "MegaFon"), ("1234567@", "1234567@")],
)
def test_a_name_of_seven_letters_loses_the_sign_that_the_driver_added(sender: str, name: str) -> None:
    assert received(f"Sender: {sender}", "Content: a").sender == name


@pytest.mark.parametrize(
    ("status", "state", "words"),
    [
        ("1", DeliveryState.SENT, "SUCCESS (Status 1)"),
        ("0", DeliveryState.FAILED, "FAILED (Status 0)"),
        ("17", DeliveryState.FAILED, "FAILED (Status 17)"),
        ("", DeliveryState.UNKNOWN, ""),
    ],
)
def test_the_result_of_a_send(status: str, state: DeliveryState, words: str) -> None:
    said = event(("Event", "UpdateSMSSend"), ("ID", "gc1-1"), ("Status", status))
    assert read_event(said) == SendStatus("gc1-1", state, words)


@pytest.mark.parametrize("act", [YEASTAR.ussd, YEASTAR.power, YEASTAR.at])
def test_what_it_can_t_do_is_refused_with_what_to_do_instead(act: Lack) -> None:
    with pytest.raises(CannotSend) as refused:
        needed(act)
    assert "Use the gateway's own" in refused.value.hint


def test_the_box_cuts_a_long_text_as_the_standard_says() -> None:
    assert YEASTAR.path == "3gpp"
    assert not YEASTAR.cuts
