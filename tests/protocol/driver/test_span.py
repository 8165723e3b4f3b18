"""`gsm show span(s)`: the samples, and the word an operator sees."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.ports import PortHealth, SpanReport
from console.errors import CannotSend
from console.protocol.driver.span import LIST, health, read_span, read_spans, show

SAMPLE_A = """\
D-channel: 2
Status: Power on, Provisioned, Up, Active, Standard
Type: CPE
Manufacturer: SIMCOM_Ltd
Model Name: SIMCOM_SIM840W
Model IMEI: 353511028445509
Revision: Revision:1116B01SIM840W16_MXIC_OPENVOX
Network Name: CHINA MOBILE
Network Status: Registered (Home network)
Signal Quality (0,31): 15
BER value (0,7): 0
SIM IMSI: 460028893042082
SIM SMS Center Number: +8613800755500
Remain Time: 0
PDD: 0
ASR: 0
ACD: 0
Last event: D-Channel Up
State: READY
Limit: Call, Sms, Locked, Marked
Last send AT:
""".splitlines()

SAMPLE_B = """\
D-channel: 2
Status: Power on, Provisioned, Up, Active,Standard
Type: CPE
Manufacturer: SIMCOM_Ltd
Model Name: SIMCOM_SIM840W
Model IMEI: 860041020985605
Revision: Revision:1224B02SIM840W16
Network Name: CHINA MOBILE
Network Status: Registered (Home network)
Signal Quality (0,31): 20
BER value (0,7): 0
SIM IMSI: 460021180590487
SIM SMS Center Number: +8613800755500
Own Number:
Remain Time:
PDD: 7
ASR: 20
ACD: 12
State: READY
Last send AT: AT+CMGS="10086"
""".splitlines()

SAMPLE_C = """\
D-channel: 2
Status: Provisioned, Down, Active
Switchtype: SimCom 100/300
Type: CPE
Network Status: Unregistered
Network Name:
Signal Quality (0,31): -1
SIM IMSI:
Card IMEI:
""".splitlines()


def test_sample_a() -> None:
    assert read_span(SAMPLE_A) == SpanReport(
        status="Power on, Provisioned, Up, Active, Standard",
        type="CPE",
        manufacturer="SIMCOM_Ltd",
        model="SIMCOM_SIM840W",
        imei="353511028445509",
        revision="Revision:1116B01SIM840W16_MXIC_OPENVOX",
        operator="CHINA MOBILE",
        registration="Registered (Home network)",
        signal=15,
        ber=0,
        imsi="460028893042082",
        smsc="+8613800755500",
        remain_time="0",
        pdd="0",
        asr="0",
        acd="0",
        last_event="D-Channel Up",
        state="READY",
        limits=("Call", "Sms", "Locked", "Marked"),
        other=(("D-channel", "2"),),
    )
    assert health(read_span(SAMPLE_A)) is PortHealth.READY


def test_sample_b() -> None:
    report = read_span(SAMPLE_B)
    assert (report.pdd, report.asr, report.acd) == ("7", "20", "12")
    assert (report.own_number, report.remain_time, report.last_event, report.limits) == ("", "", "", ())
    assert report.last_at == 'AT+CMGS="10086"'
    assert health(report) is PortHealth.READY


def test_sample_c() -> None:
    report = read_span(SAMPLE_C)
    assert (report.registration, report.operator, report.signal) == ("Unregistered", "", None)
    assert ("Switchtype", "SimCom 100/300") in report.other
    assert health(report) is PortHealth.DOWN


@pytest.mark.parametrize(
    ("line", "signal"),
    [
        ("0", 0),
        ("31", 31),
        ("32", None),
        ("99", None),
        ("-1", None),
        ("", None),
        ("strong", None),
        ("٣", None),
    ],
)
def test_signal_is_none_when_unknown(line: str, signal: int | None) -> None:
    assert read_span([f"Signal Quality (0,31): {line}"]).signal == signal


def test_the_first_of_two_equal_names_counts_and_nothing_is_dropped() -> None:
    report = read_span(["State: READY", "State: DOWN", "Network Band: GSM900", "no colon here", "", " Odd : x:y "])
    assert report.state == "READY"
    assert report.band == "GSM900"
    assert report.other == (("State", "DOWN"), ("", "no colon here"), ("Odd", "x:y"))


def test_read_spans() -> None:
    output = [
        "GSM span 1: Power on, Provisioned, Up, Active, Standard",
        "something else",
        "GSM span 2: Power off",
        "  gsm span 44:  Power on, Undetected SIM Card, Active  ",
        "",
    ]
    assert read_spans(output) == (
        (1, "Power on, Provisioned, Up, Active, Standard"),
        (2, "Power off"),
        (44, "Power on, Undetected SIM Card, Active"),
    )


UP = "Power on, Provisioned, Up, Active, Standard"
HOME = "Registered (Home network)"


@pytest.mark.parametrize(
    ("status", "registration", "state", "expected"),
    [
        (UP, HOME, "READY", PortHealth.READY),
        (UP, "Registered (Roaming)", "READY", PortHealth.READY),
        (UP, "Registered", "READY", PortHealth.READY),
        (UP, "", "READY", PortHealth.READY),
        ("Power on, Provisioned, In Alarm, Up, Active", HOME, "READY", PortHealth.READY),
        (UP, "Not registered", "READY", PortHealth.UNREGISTERED),
        (UP, "Unregistered", "READY", PortHealth.UNREGISTERED),
        (UP, "Searching", "READY", PortHealth.UNREGISTERED),
        (UP, "Registration denied", "READY", PortHealth.UNREGISTERED),
        (UP, "Unknown Network Status", "READY", PortHealth.UNKNOWN),
        (UP, "Not registered", "NET REQ", PortHealth.UNREGISTERED),
        ("Power on, Provisioned, Down, Active", "Not registered", "NET REQ", PortHealth.UNREGISTERED),
        ("Power on, Provisioned, No Signal", "", "", PortHealth.UNREGISTERED),
        (UP, HOME, "CALL ACTIVE", PortHealth.BUSY),
        (UP, HOME, "RINGING", PortHealth.BUSY),
        (UP, HOME, "HANGUP REQ", PortHealth.BUSY),
        (UP, HOME, "SMS SENDING", PortHealth.BUSY),
        (UP, HOME, "SMS SENT END", PortHealth.BUSY),
        (UP, HOME, "USSD SENDING", PortHealth.BUSY),
        (UP, HOME, "PRE ANSWER", PortHealth.BUSY),
        (UP, HOME, "CLIP", PortHealth.BUSY),
        (UP, "", "INIT", PortHealth.STARTING),
        (UP, "", "INIT 3", PortHealth.STARTING),
        (UP, "", "IMSI REQ", PortHealth.STARTING),
        (UP, "", "CLIP ENABLED", PortHealth.STARTING),
        (UP, "", "NET OK", PortHealth.STARTING),
        ("Power on, Provisioned, Down, Active", "", "INIT 1", PortHealth.STARTING),
        ("Power on, Provisioned, Down, Active", HOME, "READY", PortHealth.DOWN),
        (UP, "", "DOWN", PortHealth.DOWN),
        (UP, "", "CFUN FULL", PortHealth.STARTING),
        (UP, "", "CFUN MINI", PortHealth.STARTING),
        (UP, "", "POWER RESTART", PortHealth.STARTING),
        (UP, "", "WAIT READY", PortHealth.STARTING),
        ("Power on, Provisioned, Pin (1234) Error, Active, Standard", HOME, "READY", PortHealth.NEEDS_PIN),
        ("Power on, Provisioned, Pin (***) Error, Active, Standard", HOME, "READY", PortHealth.NEEDS_PIN),
        ("Power on, Provisioned, Puk (***) Error, Active, Standard", HOME, "READY", PortHealth.NEEDS_PIN),
        (UP, "Un Registered", "READY", PortHealth.UNREGISTERED),
        ("Module Off, Provisioned", HOME, "READY", PortHealth.OFF),
        (UP, "", "SIM PIN REQ", PortHealth.NEEDS_PIN),
        (UP, "", "UIM PUK REQ", PortHealth.NEEDS_PIN),
        (UP, "", "SIM READY REQ", PortHealth.NO_SIM),
        ("Power on, Undetected SIM Card, Active", "", "INIT", PortHealth.NO_SIM),
        ("Power on, Provisioned, Block, Active", HOME, "READY", PortHealth.BLOCKED),
        ("Power off, Provisioned, Down", "", "", PortHealth.OFF),
        (UP, HOME, "", PortHealth.READY),
        (UP, "", "", PortHealth.UNKNOWN),
        (UP, HOME, "UNKNOW", PortHealth.UNKNOWN),
        (UP, HOME, "DANCING", PortHealth.UNKNOWN),
        ("", "", "", PortHealth.UNKNOWN),
    ],
)
def test_health(status: str, registration: str, state: str, expected: PortHealth) -> None:
    assert health(SpanReport(status=status, registration=registration, state=state)) is expected


@given(st.lists(st.text() | st.sampled_from(SAMPLE_A + SAMPLE_B + SAMPLE_C)))
def test_any_output_is_read(output: list[str]) -> None:
    report = read_span(output)
    assert health(report) in PortHealth
    assert all(port >= 0 for port, _ in read_spans(output))


def test_a_pin_in_the_status_goes_no_further() -> None:
    status = "Power on, Provisioned, Pin (1234) Error, Active, Standard"
    assert "1234" not in read_span([f"Status: {status}"]).status
    assert read_spans([f"GSM span 3: {status}"]) == ((3, status.replace("1234", "***")),)


def test_the_questions() -> None:
    assert LIST == "gsm show spans"
    assert show(44) == "gsm show span 44"
    with pytest.raises(CannotSend, match="port must be 1"):
        show(0)
