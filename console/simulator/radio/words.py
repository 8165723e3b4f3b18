"""The driver's words for what it knows and did, in each dialect."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from console.simulator.options import Dialect
    from console.simulator.radio.driver import ShortMessage
    from console.simulator.radio.network import Port

_AT_BUFFER = 64
"""Bytes of the buffer that holds the last AT command. The driver prints all of it, NULs too, and Asterisk's answer
ends at the first NUL: `Last receive AT` never comes, nor does a line end.
"""


class SendWord(StrEnum):
    """What the driver answers to a sync send."""

    SUCCESSFULLY = "SUCCESSFULLY"
    FAILED = "WAS FAILED"
    USING = "WAS USING"
    TIMEOUT = "TIMEOUT"
    """Not sent within the command's time, and still queued (2013)."""
    ENCODE_PDU_FAIL = "ENCODE PDU FAIL"
    """The number has more in it than digits (2013)."""


class PortWords(NamedTuple):
    """What the driver says of a port: the middle and the end of its Status, and its State."""

    condition: str
    mode: str
    state: str


PARADE = (
    PortWords("Pin (1234) Error", "Active, Standard", "SIM PIN REQ"),
    PortWords("No Signal", "Active, Standard", "NET REQ"),
    PortWords("In Alarm, Down", "Standby, Standard", "DOWN"),
    PortWords("Up", "Active, Multiplexer", "READY"),
    PortWords("Up", "Active, Standard", "CALL ACTIVE Called to 10086 00:01:07"),
    PortWords("Up", "Active, Standard", "RING Called from +8613632919026 00:00:02"),
    PortWords("Down", "Active, Standard", "BAND BINDING"),
    PortWords("Down", "Active, Standard", "CFUN FULL"),
    PortWords("Down", "Active, Standard", "CFUN MINI"),
    PortWords("Down", "Active, Standard", "POWER RESTART"),
    PortWords("Down", "Active, Standard", "WAIT READY"),
)
"""Words that a port of the simulator has no reason to use by itself."""


def status(port: Port, dialect: Dialect) -> str:
    """The words of `gsm show spans`. Some drivers leave the blank before the last one out."""
    power = "on" if port.powered else "off"
    mode = port.words.mode.replace(", ", ",") if dialect in {"openvox-2014", "yeastar"} else port.words.mode
    return f"Power {power}, Provisioned, {port.words.condition}, {mode}"


def span_line(port: Port, dialect: Dialect) -> str:
    """A port's line in `gsm show spans`."""
    span = port.number + 1 if dialect == "yeastar" else port.number
    return f"GSM span {span}: {status(port, dialect)}\n"


def span_report(port: Port, dialect: Dialect) -> str:
    """`gsm show span N`: one `Name: value` a line."""
    sim, is_yeastar = port.sim, dialect == "yeastar"
    lines = [
        f"D-channel: {2 * port.number}",
        f"Status: {status(port, dialect)}",
        "Type: CPE",
        "Manufacturer: SIMCOM_Ltd",
        "Model Name: SIMCOM_SIM840W",
        f"Model IMEI: {port.imei}",
        f"Revision: {port.revision}",
        f"Network Name: {sim.operator if sim and port.registered else ''}",
        f"Network Status: {port.registration}",
        f"Signal Quality (0,31): {port.signal}",
        *(() if is_yeastar else (f"BER value (0,7): {port.ber}",)),
        f"SIM IMSI: {sim.imsi if sim else ''}",
        f"SIM SMS Center Number: {sim.smsc if sim and not sim.pin else ''}",
        *(("Send SMS Center Number: ", "Model CBAND: EGSM_MODE") if is_yeastar else ()),
    ]
    if dialect == "openvox":
        lines += ["Own Number: ", "Network Band: EGSM_MODE"]
    if dialect in {"openvox", "openvox-2014"}:
        lines.append("Remain Time: ")
    if not is_yeastar:
        lines += [f"PDD: {port.pdd}", f"ASR: {port.asr}", f"ACD: {port.acd}"]
    lines += [
        f"Last event: {port.last_event}",
        f"State: {port.words.state}",
    ]
    if dialect == "openvox":
        lines.append(f"Limit: {', '.join(port.limits)}")
    lines += [f"Last send AT: {port.last_at:\0<{_AT_BUFFER}}", "Last receive AT: OK", ""]
    return "\n".join(lines)


def send_line(message: ShortMessage, word: SendWord, dialect: Dialect) -> str:
    """The line that answers a sync send."""
    what = "SEND CONCATENATED SMS" if message.concatenated else "SEND SMS"
    if dialect == "openvox":
        return f"SPAN: {message.port} {what} TO PHONE {message.to} {word}"
    if dialect == "openvox-2014":
        return f"{what} TO PHONE {message.to} {'FAILED' if word is SendWord.FAILED else word}"
    # Only an SMS that was handed to the module has the colon.
    colon = " " if word in {SendWord.USING, SendWord.ENCODE_PDU_FAIL} else ":"
    id_ = f"ID:{message.id} " if message.id else ""
    return f"{id_}SPAN:{message.port} {what} TO PHONE{colon}{message.to} {word}"


def power_line(action: str, port: Port, which: str, dialect: Dialect) -> str:
    """The line that answers `gsm power on|off|reset|stat`; `which` is the port as the command named it."""
    if dialect == "openvox-2013":
        return {
            "on": f"Power on span {port.number} sucessed",
            "off": f"Power off span {port.number} sucessed",
            "reset": f"Reset power on span {port.number} success",
            "stat": f"span {port.number} power {'on' if port.powered else 'off'}",
        }[action]
    if action == "stat":
        return f"Power {'on' if port.powered else 'off'} on span {port.number}"
    return f"Power {action} span {which}"


def ussd_timeout(span: int, dialect: Dialect) -> str:
    """The network never answered; 110 is the error number that waiting ended with (ETIMEDOUT)."""
    return f"0:Send USSD timeout on span {span}{'(110)' if dialect == 'openvox-2013' else ''}\n"


def ussd_busy(span: int, dialect: Dialect) -> str:
    """Another request is under way on that port."""
    return f"0:Sending USSD now{f' on span {span}' if dialect == 'openvox-2013' else ''}\n"
