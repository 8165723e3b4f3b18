"""What AMI shows of an inbound SMS: a channel that begins, the driver's variables, the dialplan's steps, its end.

Asterisk 1.8 writes the text raw in VarSet and Newexten, line breaks and all. 22 escapes it in VarSet, and puts all it
knows of the channel in front of an event's own headers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from console.simulator.ami.wire import AmiEvent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from console.simulator.http.callbacks import InboundSms
    from console.simulator.options import CommandForm, Dialect
    from console.simulator.radio.receiving import DriverSms

_Headers = tuple[tuple[str, str], ...]

_STATE = (("ChannelState", "4"), ("ChannelStateDesc", "Ring"))
_NOBODY = (
    ("CallerIDNum", "<unknown>"),
    ("CallerIDName", "<unknown>"),
    ("ConnectedLineNum", "<unknown>"),
    ("ConnectedLineName", "<unknown>"),
)
_CAUSE = ("Cause", "16")
_C_ESCAPES = {real: f"\\{written}" for real, written in zip("\a\b\f\n\r\t\v\\'\"?", "abfnrtv\\'\"?", strict=True)}
_FOR_SHELL = re.compile(r'[\\"`]')
_IN_BACKGROUND = "> /dev/null 2>&1 &"


class SmsChannel:
    """The channel that runs extension `sms`: the events that a server of its form writes of it."""

    def __init__(self, name: str, context: str, unique_id: str, form: CommandForm) -> None:
        self._name = ("Channel", name)
        self._context = ("Context", context)
        self._unique_id = ("Uniqueid", unique_id)
        self._new = form == "new"
        self._priority = 0

    @classmethod
    def of_port(cls, port: int, number: int, at: float, form: CommandForm) -> SmsChannel:
        """The `number`th of the box, which begins on a port at a Unix time."""
        return cls(f"EXTRA/{2 * port - 1}-{number}", f"gsm-{port}", f"{int(at)}.{number}", form)

    def begin(self) -> AmiEvent:
        """It is made."""
        caller = (("CallerIDNum", ""), ("CallerIDName", ""), ("AccountCode", ""))
        old = (*_STATE, *caller, ("Exten", "sms"), self._context, self._unique_id)
        return AmiEvent("Newchannel", "call", self._snapshot() if self._new else (self._name, *old))

    def variable(self, name: str, value: str) -> AmiEvent:
        """One of its variables is set."""
        if self._new:
            escaped = "".join(_C_ESCAPES.get(char, char) for char in value)
            headers: _Headers = (*self._snapshot(), ("Variable", name), ("Value", escaped))
        else:
            headers = (self._name, ("Variable", name), ("Value", value), self._unique_id)
        return AmiEvent("VarSet", "dialplan", headers)

    def step(self, application: str, data: str) -> AmiEvent:
        """The dialplan's next step."""
        self._priority += 1
        what: _Headers = (("Application", application), ("AppData", data))
        if self._new:
            headers: _Headers = (*self._snapshot(), ("Extension", "sms"), *what)
        else:
            place = (("Extension", "sms"), ("Priority", str(self._priority)))
            headers = (self._name, self._context, *place, *what, self._unique_id)
        return AmiEvent("Newexten", "dialplan", headers)

    def set(self, name: str, value: str) -> Iterator[AmiEvent]:
        """A step that sets a variable. A function, such as `CURLOPT(httptimeout)`, is none, and no VarSet follows."""
        yield self.step("Set", f"{name}={value}")
        if not name.endswith(")"):
            yield self.variable(name, value)

    def system(self, command: str) -> Iterator[AmiEvent]:
        """A step that runs a shell command, in the background, so that it always succeeds."""
        yield self.step("System", f"{command} {_IN_BACKGROUND}")
        yield self.variable("SYSTEMSTATUS", "SUCCESS")

    def hang_up(self) -> Iterator[AmiEvent]:
        """The last step, and the channel's end."""
        yield self.step("Hangup", "")
        text = ("Cause-txt", "Normal Clearing")
        if self._new:
            yield AmiEvent("SoftHangupRequest", "call", (*self._snapshot(), _CAUSE))
            yield AmiEvent("Hangup", "call", (*self._snapshot(), _CAUSE, text))
        else:
            yield AmiEvent("Hangup", "call", (self._name, self._unique_id, *_NOBODY, _CAUSE, text))

    def _snapshot(self) -> _Headers:
        what = (("Language", "en"), ("AccountCode", ""), self._context, ("Exten", "sms"))
        ids = (("Priority", str(max(1, self._priority))), self._unique_id, ("Linkedid", self._unique_id[1]))
        return (self._name, *_STATE, *_NOBODY, *what, *ids)


def sms_events(
    channel: SmsChannel, sms: DriverSms, port: int, values: InboundSms, url: str, dialect: Dialect
) -> Iterator[AmiEvent]:
    """One SMS where "SMS Received" is on. `values` are the encoded ones of SMS to HTTP, which without `url` is off."""
    yield from _arrival(channel, sms)
    if url:
        yield from _sms_to_http(channel, values, url, dialect)
    for command in _commands(sms, port, dialect):
        yield from channel.system(command)
    yield from channel.hang_up()


def _sms_to_http(channel: SmsChannel, values: InboundSms, url: str, dialect: Dialect) -> Iterator[AmiEvent]:
    if dialect == "openvox":
        yield channel.step("NoOp", "SMS CURL")
        for option, value in (("conntimeout", "5"), ("httptimeout", "5"), ("ssl_verifypeer", "0")):
            yield from channel.set(f"CURLOPT({option})", value)
    for name, value in (
        ("phonenumber", values.number),
        ("port", values.port),
        ("portname", values.port_name),
        ("message", values.text),
        ("time", values.time),
        ("imsi", values.imsi),
    ):
        yield from channel.set(name, value)
    yield from channel.system(f'wget --no-check-certificate "{url}" -O -')


def bare_sms_events(channel: SmsChannel, sms: DriverSms) -> Iterator[AmiEvent]:
    """One SMS where "SMS Received" is off."""
    yield from _arrival(channel, sms)
    yield from channel.hang_up()


def _arrival(channel: SmsChannel, sms: DriverSms) -> Iterator[AmiEvent]:
    """The driver sets its variables before the dialplan begins."""
    yield channel.begin()
    yield channel.variable("SMSSRC", sms.number)
    yield channel.variable("SMSTXT", for_shell(sms.text))
    yield channel.variable("SMSORITXT", sms.text)
    yield channel.variable("SMSTIME", sms.time)
    yield channel.variable("SMSC", sms.smsc)
    yield channel.variable("SIMIMSI", sms.imsi)
    yield channel.step("NoOp", "SMS In")


def _commands(sms: DriverSms, port: int, dialect: Dialect) -> Iterator[str]:
    """The shell commands that keep the SMS on the gateway."""
    values = f'"{port}" "{sms.number}" "{sms.time}" "{for_shell(sms.text)}"'
    if dialect == "openvox":
        yield f'cd /my_tools/lua/sms_receive/ && lua sms_receive.lua {values} "{sms.smsc}"'
        yield f'cd /my_tools/lua/sms_routing && lua dialplan2redis.lua {values} "{sms.smsc}"'
    else:
        yield f"/my_tools/process_sms {values}"


def for_shell(text: str) -> str:
    """As the driver writes SMSTXT, to stand between quotes of a shell command: line breaks stay as they are."""
    return _FOR_SHELL.sub(lambda found: "\\\\\\\\" if found[0] == "\\" else f"\\\\\\{found[0]}", text)
