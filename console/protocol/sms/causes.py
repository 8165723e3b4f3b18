"""Why an SMS was not sent or not delivered: what the numbers mean that networks and modules give as the cause.

A status report has TP-Status (3GPP TS 23.040 9.2.3.15). A module that could not send has `+CMS ERROR` (TS 27.005
3.2.5): up to 127 it is the network's cause (TS 24.011 8.2.5.4 and annex E), up to 255 TP-FCS (TS 23.040 9.2.3.22),
above that the module's own. Gateways write decimal numbers; with `0x`, or with a letter in it, one is hexadecimal.
"""

from __future__ import annotations

import re
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Lasting(Enum):
    """Whether it would be any better another time."""

    PASSING = "passing"
    PERMANENT = "permanent"
    UNCLEAR = "it may pass"


class Cause(NamedTuple):
    """What a number means."""

    means: str
    """A sentence without its full stop."""
    lasting: Lasting
    advice: str
    """What to try, a sentence."""
    trying: bool = False
    """The network has not given up: another report comes."""
    forwarded: bool = False
    """The message left the network, and nobody can say whether it arrived."""


_P, _E, _U = Lasting.PASSING, Lasting.PERMANENT, Lasting.UNCLEAR

_LATER = "Send it again later."
_WAIT = "Wait: the network keeps trying, and reports again."
_NUMBER = "Check the number."
_OTHER_PORT = "Send it through another port."
_SIM = "Check the SIM: credit, barring and services."
_OPERATOR = "Ask the SIM's operator."
_SHORTER = "Check the text and the alphabet, and try a short plain text."
_LOOK = "Check whether it arrived before you send it again."
_MODULE = "Check the port; reset its module if this continues."

_TRYING = (
    ("The network is congested", 0x20),
    ("The phone is busy", 0x21),
    ("The phone does not answer", 0x22),
    ("The service was refused", 0x23),
    ("The quality of service is not available", 0x24),
    ("The phone reports an error", 0x25),
)
"""They stand in the table twice: while the network goes on trying, and 0x40 above that, when it has given up."""

TP_STATUS: Mapping[int, Cause] = MappingProxyType(
    {
        0x01: Cause(
            "The network forwarded it and can't tell whether it arrived", _U, "Ask the recipient.", forwarded=True
        ),
        0x02: Cause("A later message replaced it in the network", _E, "Look at the message that was sent after it."),
        **{code: Cause(means, _P, _WAIT, trying=True) for means, code in _TRYING},
        0x40: Cause("A procedure in the network failed", _U, _LATER),
        0x41: Cause("The phone does not support this kind of message", _E, _SHORTER),
        0x42: Cause("The phone refused it", _E, "Ask the recipient whether SMS are blocked on the phone."),
        0x43: Cause("The recipient can't be reached at this number", _E, _NUMBER),
        0x44: Cause("The quality of service is not available", _U, _LATER),
        0x45: Cause("The networks do not interwork", _E, "Send it through a SIM of another operator."),
        0x46: Cause(
            "The validity period expired: the phone was off, out of reach, or full",
            _P,
            "Send it again when the phone is on.",
        ),
        0x47: Cause("Its sender deleted it in the network", _E, "Send it again if it is still wanted."),
        0x48: Cause("The operator deleted it in the network", _E, _OPERATOR),
        0x49: Cause("The network does not know this message", _U, _LATER),
        **{code + 0x40: Cause(f"{means}; the network has given up", _P, _LATER) for means, code in _TRYING},
    }
)
"""By TP-Status; 0 is not there, for it is no failure."""

RP_CAUSE: Mapping[int, Cause] = MappingProxyType(
    {
        1: Cause("The number is not in use", _E, _NUMBER),
        8: Cause("The operator barred the SIM from sending", _E, _SIM),
        10: Cause("Calls and SMS of this SIM are barred", _E, _SIM),
        11: Cause("The network reserves this cause", _U, _OPERATOR),
        17: Cause("A network failure", _P, _LATER),
        21: Cause("The network rejected the message", _U, "Check the SIM's credit, then the number and the text."),
        22: Cause("The network's or the phone's memory is full", _P, _LATER),
        27: Cause("The phone is unavailable: off, or out of reach", _P, "Send it again when the phone is on."),
        28: Cause("The network does not know this SIM", _E, _SIM),
        29: Cause("The network refused the service", _E, _SIM),
        30: Cause("The network does not know the number", _E, _NUMBER),
        38: Cause("The network is out of order", _P, "Wait a few minutes, or send it through another port."),
        41: Cause("A temporary failure in the network", _P, _LATER),
        42: Cause("The network is congested", _P, "Send it again later, and more slowly."),
        47: Cause("The network has no resources left", _P, "Send it again later, and more slowly."),
        50: Cause("The SIM is not subscribed to this service", _E, _SIM),
        69: Cause("The network does not offer this service", _E, _SHORTER),
        81: Cause("The network no longer knows the transfer", _P, _LATER),
        95: Cause("The network can't interpret the message", _E, _SHORTER),
        96: Cause("The message lacks a mandatory element, such as an SMSC", _E, "Check the SMSC of the SIM."),
        97: Cause("The network does not know this type of message", _E, _SHORTER),
        98: Cause("The network did not expect the message at this moment", _P, _LATER),
        99: Cause("The network does not know an element of the message", _E, _SHORTER),
        111: Cause("A protocol error", _U, _LATER),
        127: Cause("The networks do not interwork", _U, _OTHER_PORT),
    }
)
"""By RP-Cause."""

TP_FCS: Mapping[int, Cause] = MappingProxyType(
    {
        0x80: Cause("The network does not support this kind of service", _E, _NUMBER),
        0x81: Cause("The network does not accept silent messages", _E, _SHORTER),
        0x82: Cause("The message to replace can't be replaced", _E, _SHORTER),
        0x8F: Cause("The network does not support its protocol identifier", _E, _SHORTER),
        0x90: Cause("The network does not support this alphabet", _E, _SHORTER),
        0x91: Cause("The network does not support this message class", _E, "Send it as an ordinary one, not as flash."),
        0x9F: Cause("The network does not support its data coding", _E, _SHORTER),
        0xA0: Cause("The command can't be executed", _E, _OPERATOR),
        0xA1: Cause("The network does not know the command", _E, _OPERATOR),
        0xAF: Cause("The network does not support the command", _E, _OPERATOR),
        0xB0: Cause("The network does not support this form of message", _E, _SHORTER),
        0xC0: Cause("The service centre is busy", _P, _LATER),
        0xC1: Cause("The SIM is not subscribed to this service centre", _E, "Check the SMSC of the SIM."),
        0xC2: Cause("The service centre is out of order", _P, _LATER),
        0xC3: Cause("The number is not valid", _E, _NUMBER),
        0xC4: Cause("The number is barred", _E, _NUMBER),
        0xC5: Cause("The service centre already has the same message", _U, _LOOK),
        0xC6: Cause("The service centre does not support this validity format", _E, _OPERATOR),
        0xC7: Cause("The service centre does not support a validity period", _E, _OPERATOR),
        0xD0: Cause("The SIM's memory for SMS is full", _U, _MODULE),
        0xD1: Cause("The SIM can't store SMS", _E, _SIM),
        0xD2: Cause("The module reports an error", _U, _MODULE),
        0xD3: Cause("The module's memory is full", _U, _MODULE),
        0xD4: Cause("The SIM's own application is busy", _P, _LATER),
        0xD5: Cause("The SIM could not accept the data", _U, _SIM),
        0xFF: Cause("The network gives no reason", _U, "Check the SIM's credit, then try another port."),
    }
)
"""By TP-FCS."""

CMS_ERROR: Mapping[int, Cause] = MappingProxyType(
    {
        300: Cause("The module failed", _U, _MODULE),
        301: Cause("The module's SMS service is in use", _P, _LATER),
        302: Cause("The module does not allow it now", _U, _MODULE),
        303: Cause("The module can't do this", _E, _SHORTER),
        304: Cause("The module does not accept the encoded message", _E, _SHORTER),
        305: Cause("The module does not accept the text or the number", _E, "Check the number and the text."),
        310: Cause("There is no SIM in the port", _U, "Insert a SIM, or send it through another port."),
        311: Cause("The SIM asks for its PIN", _E, "Set the PIN on the gateway's pages."),
        312: Cause("The module is locked to another SIM", _E, _OTHER_PORT),
        313: Cause("The SIM failed", _U, "Remove and reinsert the SIM, then try another."),
        314: Cause("The SIM is busy", _P, _LATER),
        315: Cause("The SIM is the wrong one", _E, _SIM),
        316: Cause("The SIM asks for its PUK", _E, _OPERATOR),
        317: Cause("The SIM asks for its PIN2", _E, _OPERATOR),
        318: Cause("The SIM asks for its PUK2", _E, _OPERATOR),
        320: Cause("The SMS memory failed", _U, _MODULE),
        321: Cause("There is no such location in the SMS memory", _U, _MODULE),
        322: Cause("The SMS memory is full", _U, "Delete SMS from the SIM on the gateway's pages."),
        330: Cause("The SIM has no service centre number", _E, "Set the SMSC of the SIM."),
        331: Cause("The module has no network", _P, "Check the port's signal, or send it through another port."),
        332: Cause("The network did not answer in time", _U, _LOOK),
        340: Cause("The module did not expect an acknowledgement", _U, _MODULE),
        500: Cause("The module gives no reason", _U, "Check the SIM's credit, then try another port."),
    }
)
"""By the module's own number."""

_NUMBER_WORD = r"(0x[0-9a-f]+|[0-9a-f]{2}|[0-9]{1,3})"
_REPORTED = re.compile(
    rf"(?:Message not received on handset|FAIL(?:ED)?),? +(?:cause:? *)?{_NUMBER_WORD}(?!\w)", re.IGNORECASE
)
_ERROR = re.compile(rf"CMS ERROR:? *{_NUMBER_WORD}(?!\w)", re.IGNORECASE)


def explain(words: str) -> Cause | None:
    """What the cause means that is in a gateway's words, such as `FAIL 70` of a status report or `+CMS ERROR: 38`; None
    where there is none that is known.
    """
    if found := _ERROR.search(words):
        return _of_error(_number(found[1]))
    if found := _REPORTED.search(words):
        return of_status(found[1])
    return None


def code_in(words: str) -> str:
    """The cause in a gateway's words, as a short name: `cms-38` of a module, `tp-70` of a report; empty where no known
    one is in them.
    """
    if found := _ERROR.search(words):
        return f"cms-{_number(found[1])}"
    found = _REPORTED.search(words)
    return f"tp-{_number(found[1])}" if found and of_status(found[1]) else ""


def of_code(code: str) -> Cause | None:
    """What `code_in` gave means."""
    kind, _, number = code.partition("-")
    if not (number.isascii() and number.isdecimal()):
        return None
    return _of_error(int(number)) if kind == "cms" else of_status(hex(int(number)))


def in_words(words: str) -> str:
    """A gateway's words behind what they mean, where that is known: `The network is out of order (+CMS ERROR: 38)`."""
    words = " ".join(words.split())
    cause = explain(words)
    return words if cause is None else f"{cause.means} ({words})"


def of_status(cause: str) -> Cause | None:
    """What the cause of a status report means, as the gateway writes it: a number, or words."""
    cause = cause.strip()
    if not re.fullmatch(_NUMBER_WORD, cause, re.IGNORECASE):
        return None
    code = _number(cause)
    known = TP_STATUS.get(code)
    if known is not None:
        return known
    # TS 23.040: the rest of each range is reserved, or the service centre's own.
    if 0x20 <= code < 0x40:
        return Cause("Not delivered yet, for a network-specific reason", _P, _WAIT, trying=True)
    if 0x40 <= code < 0x60:
        return Cause("Not delivered, for a network-specific reason", _E, _OPERATOR)
    if 0x60 <= code < 0x80:
        return Cause("Not delivered, for a network-specific reason; the network has given up", _P, _LATER)
    return None


def _of_error(code: int) -> Cause | None:
    if code in CMS_ERROR or code in RP_CAUSE or code in TP_FCS:
        return CMS_ERROR.get(code) or RP_CAUSE.get(code) or TP_FCS[code]
    if code < 128:
        # TS 24.011 annex E: an unknown cause counts as 41 from the network.
        return RP_CAUSE[41]
    return Cause("Only the module's maker or the network knows what this means", _U, _MODULE) if code >= 128 else None


def _number(written: str) -> int:
    return int(written, 16) if re.search("[a-fx]", written, re.IGNORECASE) else int(written)
