"""A callback of "SMS to HTTP", "AsyncSMS Result to HTTP" or "SMS Reports to HTTP": raw query bytes to a
record.

The gateway's operator types the parameter names, so any of the usual ones is taken, and those set in the
configuration before them. Values are decoded once, from the bytes:

* An SMS is form-encoded: `+` and `%20` are a space, `%2B` is a plus sign. Results, reports and USSD answers
  are pasted into the URL as they are: there a `+` is a plus sign.
* A number that begins with a space before digits lost its plus sign on the way; it gets it back. Nothing else
  does.
* Charsets are tried in this order: the one that the callback names, the one declared for the gateway, UTF-8. Where
  none is named or declared, what is no UTF-8 is Latin-1, as the driver writes it (`console.protocol.text.octets`).
  Bytes that none of them can read are written out as `\\xE9`, so that they can be seen.
* Byte order marks are taken off a value that begins with one. UTF-8's says that the value is UTF-8, whatever was
  declared; UTF-16's says which byte comes first, and without one the high byte does (RFC 2781 4.3).
* Where UTF-16 is declared, a number, a port or a time in plain ASCII is read as that.

What is not understood becomes UNREADABLE, with whatever fields were readable and a reason for the operator.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_to_bytes, urlencode

from console.config.charsets import charset_name
from console.domain.messages import Callback, CallbackKind, DeliveryState
from console.protocol.sms.causes import of_status
from console.protocol.text import octets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NAMES_BY_MEANING: dict[str, tuple[str, ...]] = {
    "number": (
        "num",
        "number",
        "phonenumber",
        "phone_number",
        "phonenum",
        "phone",
        "from",
        "sender",
        "src",
        "srcnum",
        "originator",
        "msisdn",
        "mobile",
        "callerid",
        "caller",
    ),
    "text": ("message", "text", "msg", "content", "body", "sms", "smstext", "smscontent"),
    "port": ("port", "span", "channel", "gsmport", "gsmspan"),
    "port_name": ("portname", "port_name", "spanname"),
    "time": ("time", "datetime", "date", "timestamp", "recvtime", "smstime"),
    "imsi": ("imsi", "simimsi"),
    "id": ("id", "smsid", "msgid"),
    "status": ("status", "result", "state"),
    "type": ("type",),
    "cause": ("cause",),
    "code": ("code",),
    "charset": ("charset", "encoding", "coding"),
}

MEANINGS: Mapping[str, str] = MappingProxyType(
    {name: meaning for meaning, names in _NAMES_BY_MEANING.items() for name in names}
)
"""Parameter name, in lower case, to what it means."""

MAX_PARAMETERS = 256
"""A callback has at most ten; more is an attack on the loop, and the rest stays in the last value."""

_CHARSETS = frozenset(
    {
        "utf-8",
        "utf8",
        "ascii",
        "us-ascii",
        "gb2312",
        "gbk",
        "gb18030",
        "big5",
        "shift_jis",
        "euc-jp",
        "euc-kr",
    }
    | {"iso-8859-1", "iso-8859-5", "iso-8859-15", "koi8-r", "utf-16be", "utf-16le"}
    | {"windows-1250", "windows-1251", "windows-1252", "windows-1256"}
)
_UTF8_ALONE = ("utf-8",)
_UTF8_MARK = b"\xef\xbb\xbf"
_LITTLE_MARK = b"\xff\xfe"
_WORDS = frozenset({"text", "port_name"})
"""Meanings whose values people write; the others are figures."""

_TYPES = {"sms-status-result": CallbackKind.RESULT, "sms-status-report": CallbackKind.REPORT}
_LOST_PLUS = re.compile(r" +(?=\d)")
_NAME_OF_SEVEN = re.compile(r"(?=[^@]*[^\d+@])[^@]{7}@")
"""A name of seven characters fills 49 of 56 bits; the driver reads the seven that are left as an eighth, `@`."""
_HOST = re.compile(rb"https?://[^/]*", re.IGNORECASE)
_PATH_OR_URL = re.compile(rb"/|https?://", re.IGNORECASE)
_NO_FORMS = (
    (
        re.compile(rb"(?:^|&)(?:\xef\xbb\xbf)?\s*[{\[]"),
        "The body is JSON, but not one flat object of names and values. Make the caller send one, or a form.",
    ),
    (
        re.compile(rb"(?:^|&)--[^\r\n]+\r?\nContent-", re.IGNORECASE),
        "The body is of type multipart/form-data. Make the caller send application/x-www-form-urlencoded.",
    ),
)
"""How a body begins that is no form, and what to say of it."""
_UNTOUCHED = "key"
_LONGEST_NAME = 32
"""Bytes of a parameter's name that is remembered; a gateway sends the same ones for ever."""

_Pair = tuple[str, bytes]


def parse(
    target: bytes, parameter_names: Mapping[str, str] = MappingProxyType({}), *, charset: str = "utf-8"
) -> Callback:
    """Read a request target (`/path?query`, `http://host/path?query`) or a bare query.

    `parameter_names` are the gateway's own names, any case, to a meaning: number, port, port_name, text,
    time, imsi, status. They win over the usual names. `charset` is what the gateway is declared to write in; one
    that `console.config.charsets` does not know counts for nothing. Never raises: what can't be understood is a
    Callback of kind UNREADABLE.
    """
    configured = {name.lower(): meaning for name, meaning in parameter_names.items()}
    query = query_of(target)
    pairs = _pairs(query, configured)
    values = _values(pairs, configured)
    kind = CallbackKind.SMS
    if "type" in values:
        kind = _TYPES.get(_decode(values["type"], plus=False).strip().lower(), kind)
    form_encoded = kind is CallbackKind.SMS and "number" in values
    charsets = _charsets(values.get("charset", b""), charset)
    fields = {
        meaning: _decode(value, plus=form_encoded, charsets=charsets, is_figure=meaning not in _WORDS)
        for meaning, value in values.items()
    }
    reason = "" if kind is not CallbackKind.SMS else _why_unreadable(query, pairs, fields)
    return Callback(
        kind=CallbackKind.UNREADABLE if reason else kind,
        number=_number(fields.get("number", "")),
        text=fields.get("text", ""),
        port=fields.get("port", "").strip(),
        port_name=fields.get("port_name", ""),
        gateway_time=fields.get("time", "").strip(),
        imsi=fields.get("imsi", "").strip(),
        id=fields.get("id", "").strip(),
        status=fields.get("status", "").strip(),
        cause=fields.get("cause", "").strip(),
        reason=reason,
    )


def query_of(target: bytes) -> bytes:
    """What follows the first `?`; all of it when it is no path and no URL; empty for a path without a
    query.
    """
    path, mark, query = target.partition(b"?")
    if _PATH_OR_URL.match(path):
        return query
    # The question mark of a bare query belongs to a text.
    return query if mark and b"=" not in path else target


def page_of(target: bytes) -> bytes:
    """The path of a target, in one form: without host, query and doubled slashes."""
    path = _HOST.sub(b"", target.partition(b"?")[0])
    return b"/" + b"/".join(filter(None, path.split(b"/")))


def form_of(body: bytes) -> bytes:
    """A body as a form. One flat object of JSON becomes the form that says the same, in UTF-8; anything else stays as
    it is.
    """
    try:
        # As pairs and as text, so that no name and no digit is lost; a line break may stand in a text as it is.
        pairs = json.loads(body, object_pairs_hook=tuple, parse_int=str, parse_float=str, strict=False)
    except (ValueError, RecursionError):
        return body
    if not isinstance(pairs, tuple) or any(isinstance(value, tuple | list) for _, value in pairs):
        return body
    words = [
        (name, value if isinstance(value, str) else json.dumps(value)) for name, value in pairs if value is not None
    ]
    return urlencode([("charset", "utf-8"), *words], quote_via=quote, errors="replace").encode()


def outcome(callback: Callback) -> DeliveryState | None:
    """What a RESULT or REPORT says became of the message; None for other kinds and for words not known."""
    words = callback.status.lower()
    if callback.kind is CallbackKind.RESULT:
        if words.startswith(("sent", "send", "success")):
            return DeliveryState.SENT
        return DeliveryState.FAILED if words.startswith("fail") else None
    if callback.kind is CallbackKind.REPORT:
        if words.startswith(("message received", "success")):
            return DeliveryState.DELIVERED
        if not words.startswith(("message not received", "fail")):
            return None
        cause = of_status(callback.cause)
        # A network that tries on, or that passed it on, has it: it was sent.
        return DeliveryState.SENT if cause is not None and (cause.trying or cause.forwarded) else DeliveryState.FAILED
    return None


def _pairs(query: bytes, configured: Mapping[str, str]) -> list[_Pair]:
    """Names, in lower case, and values, undecoded, in order.

    Every parameter that a gateway writes has a `=`. A piece without one, behind a text, is therefore the rest of a text
    that was pasted with an `&` in it. Only an `&` at the very end is none.
    """
    pairs: list[_Pair] = []
    held: list[bytes] = []
    for piece in query.split(b"&", MAX_PARAMETERS):
        name, equals, value = piece.partition(b"=")
        if not equals:
            held.append(piece)
            continue
        _give_back(held, pairs, configured)
        pairs.append((_known_name(name) if len(name) <= _LONGEST_NAME else _name(name), value))
    while held and not held[-1]:
        held.pop()
    _give_back(held, pairs, configured)
    return pairs


def _give_back(held: list[bytes], pairs: list[_Pair], configured: Mapping[str, str]) -> None:
    """Pieces to the text that they are the rest of, if they stand behind one."""
    if held and pairs and _meaning(pairs[-1][0], configured) == "text":
        text_name, text = pairs[-1]
        pairs[-1] = (text_name, b"&".join([text, *held]))
    held.clear()


def _name(written: bytes) -> str:
    return unquote_to_bytes(written).decode("utf-8", "replace").lstrip("\ufeff").strip().lower()


_known_name = lru_cache(256)(_name)


def _meaning(name: str, configured: Mapping[str, str]) -> str | None:
    return configured.get(name) or MEANINGS.get(name)


def _values(pairs: Sequence[_Pair], configured: Mapping[str, str]) -> dict[str, bytes]:
    """Meaning to undecoded value. A configured name wins; then the first, as the gateway's own stand before
    any tail.
    """
    usual: dict[str, bytes] = {}
    own: dict[str, bytes] = {}
    for name, value in pairs:
        if name in configured:
            own.setdefault(configured[name], value)
        elif name in MEANINGS:
            usual.setdefault(MEANINGS[name], value)
    return usual | own if own else usual


def _charsets(named: bytes, declared: str) -> tuple[str, ...]:
    """Codecs to try, the likeliest first. A callback names only what is on the list, for anybody may write one."""
    if not named and declared == "utf-8":
        return _UTF8_ALONE
    name = named.decode("ascii", "replace").strip().lower()
    found = (charset_name(name) if name in _CHARSETS else "", charset_name(declared), "utf-8")
    return tuple(dict.fromkeys(filter(None, found)))


def _decode(value: bytes, *, plus: bool, charsets: Sequence[str] = _UTF8_ALONE, is_figure: bool = False) -> str:
    if plus:
        value = value.replace(b"+", b" ")
    if b"%" in value:
        value = unquote_to_bytes(octets.unsigned(value))
    if charsets is _UTF8_ALONE:
        return octets.read(value)
    if is_figure and value.isascii() and b"\0" not in value:
        return value.decode("ascii")
    if value.startswith(_UTF8_MARK):
        charsets = ("utf-8", *charsets)
    for charset in charsets:
        try:
            return octets.without_marks(value.decode(_in_order(value, charset)))
        except UnicodeError:
            continue
    return octets.without_marks(value.decode(_in_order(value, charsets[0]), "backslashreplace"))


def _in_order(value: bytes, charset: str) -> str:
    """UTF-16 with the order of its bytes; other charsets as they are."""
    if charset != "utf-16":
        return charset
    return "utf-16-le" if value.startswith(_LITTLE_MARK) else "utf-16-be"


def _number(text: str) -> str:
    text = _LOST_PLUS.sub("+", text, count=1).strip() if text[:1] == " " else text.strip()
    return text[:-1] if _NAME_OF_SEVEN.fullmatch(text) else text


def _why_unreadable(query: bytes, pairs: Sequence[_Pair], fields: Mapping[str, str]) -> str:
    """Empty when it is an SMS: it has a number's parameter and a text's, and not both are blank."""
    if "number" in fields and "text" in fields:
        if fields["number"].strip() or fields["text"]:
            return ""
        return "The number and the text are both empty."
    for body, why in _NO_FORMS:
        if body.search(query):
            return why
    names = [name for name, _ in pairs]
    if names.count(_UNTOUCHED) > 1:
        return (
            "The parameter names were never set: the gateway's page SMS > SMS Settings > SMS to HTTP still "
            "says `key`. Type phonenumber, port, portname, message, time and imsi there."
        )
    if names.count("") > 1:
        return (
            "The parameter names are blank on the gateway's page SMS > SMS Settings > SMS to HTTP. "
            "Type phonenumber, port, portname, message, time and imsi there."
        )
    if "text" in fields and "code" in fields:
        return "This looks like the answer to a USSD request: it has a text and a code, but no number."
    if not pairs:
        return "The request has no parameters."
    missing = [word for word in ("number", "text") if word not in fields]
    return (
        f"No parameter for the {' and no parameter for the '.join(missing)} has a known name. "
        "Set the gateway's names in the configuration, under `parameter_names`."
    )
