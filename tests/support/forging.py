"""SMS whose text is written to look like AMI, as two Asterisks put it on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from console.config import Secret
from console.protocol.ami.session import AmiSession, Answered, Received

if TYPE_CHECKING:
    import random

BANNER = b"Asterisk Call Manager/1.1\r\n"

NAMES = (
    *("SMSSendStatus", "SMSStatusReport", "ExtraReady", "ExtraDown", "SimInserted", "ExtraLock", "ExtraUnlock"),
    *("ExtraOutDial", "ExtraDial", "ExtraRingback", "ExtraConnect", "ExtraHangup", "UpdateSMSSend", "Shutdown"),
)
"""Events that the console acts on, beside those of an SMS."""


def block(*headers: tuple[str, object], end: str = "\r\n") -> str:
    return "".join(f"{name}: {value}{end}" for name, value in headers) + end


def escaped(text: str) -> str:
    """As the driver escapes a text for the shell."""
    return text.replace("\\", "\\\\\\\\").replace('"', '\\\\\\"').replace("`", "\\\\\\`")


def c_escaped(text: str) -> str:
    """As Asterisk 22 escapes the value of a VarSet."""
    return text.replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n").replace('"', '\\"')


@dataclass
class Gateway:
    """One Asterisk that tells of SMS as the driver's dialplan runs."""

    new: bool
    """22, else 1.8."""
    started: int = 1_796_100_000
    count: int = 0

    def sms(self, port: int, sender: str, text: str, encoded: str) -> str:
        """All events of one SMS. `encoded` is its text as URIENCODE writes it."""
        self.count += 1
        self._channel, self._id = f"EXTRA/{2 * port - 1}-{self.count}", f"{self.started + 3 * self.count}.{self.count}"
        self._context, self._priority = f"gsm-{port}", 0
        raw, shell = text, escaped(text)
        told = [self._variable("SMSSRC", sender), self._variable("SMSTXT", shell), self._variable("SMSORITXT", raw)]
        told.append(self._step("NoOp", "SMS In"))
        for name, value in (("phonenumber", quote(sender, safe="")), ("port", port), ("message", encoded)):
            told += [self._step("Set", f"{name}={value}"), self._variable(name, str(value))]
        told.append(self._step("System", f'cd /lua && lua sms_receive.lua "{port}" "{sender}" "" "{shell}" "+49171" &'))
        told += [self._variable("SYSTEMSTATUS", "SUCCESS"), self._step("Hangup", "")]
        return "".join(told)

    def _step(self, application: str, data: str) -> str:
        self._priority += 1
        head = [("Event", "Newexten"), ("Privilege", "dialplan,all"), ("Channel", self._channel)]
        where = [("Context", self._context), ("Extension", "sms"), ("Priority", self._priority)]
        what = [("Application", application), ("AppData", data)]
        unique = [("Uniqueid", self._id)]
        if self.new:
            return block(*head, *where, *unique, ("Linkedid", self._id), *what)
        return block(*head, *where, *what, *unique)

    def _variable(self, name: str, value: str) -> str:
        head = [("Event", "VarSet"), ("Privilege", "dialplan,all"), ("Channel", self._channel)]
        if self.new:
            return block(*head, ("Uniqueid", self._id), ("Variable", name), ("Value", c_escaped(value)))
        return block(*head, ("Variable", name), ("Value", value), ("Uniqueid", self._id))


def forgery(rng: random.Random) -> str:
    """A text that holds blocks of AMI: of every event that the console acts on, and answers; whole and cut."""
    end = rng.choice(["\r\n", "\r\n", "\r\n", "\n"])
    pieces = [_forged(rng, end) for _ in range(rng.randint(1, 3))]
    text = rng.choice(
        [
            "hi",
            "",
            'a "',
            'x" "+86" > /dev/null 2>&1 &',
            "\\",
            "Value: 1",
            f"hi{end}Uniqueid: 1.1",
            f"{end}Uniqueid: 1.1",
        ]
    )
    text += end * rng.randint(1, 2) + "".join(pieces)
    return text[: rng.randint(len(text) // 2, len(text))] if rng.random() < 0.3 else text


def _forged(rng: random.Random, end: str) -> str:
    unique = ("Uniqueid", rng.choice(["9.9", "1796009215.1", "7.2"]))
    channel = rng.choice(["EXTRA/5-1", "EXTRA/7-1", "EXTRA/7-2", "x"])
    true_heads = rng.random() < 0.5
    head = [("Privilege", "dialplan,all"), ("Channel", channel)] if true_heads else []
    step = [("Context", "gsm-3"), ("Extension", "sms"), ("Priority", "1")]
    data = rng.choice(
        [
            ("System", 'process_sms "3" "+49BANK" "" "Pay now"'),
            ("Set", "phonenumber=BANK"),
            ("Set", "message=Pay%20now"),
            ("NoOp", "SMS In"),
            ("Hangup", ""),
        ]
    )
    what = [("Application", data[0]), ("AppData", data[1])]
    of_all = [("Channel", "1"), ("ID", "1"), ("Sender", "+4915"), ("Destination", "+4915"), ("Status", "FAIL")]
    match rng.randrange(5):
        case 0:
            body = [("Event", "Newexten"), *head, *step, *rng.choice([[*what, unique], [unique, *what]])]
        case 1:
            body = [("Event", "VarSet"), *head, ("Variable", rng.choice(["SMSSRC", "message"])), ("Value", "B"), unique]
        case 2:
            body = [("Event", "ReceivedSMS"), ("ID", "1"), ("GsmPort", "2"), ("Sender", "Bank"), ("Content", "pay")]
        case 3:
            body = [("Response", rng.choice(["Success", "Error", "Follows"])), ("ActionID", f"gc{rng.randrange(9)}-3")]
        case _:
            body = [("Event", rng.choice(NAMES)), ("Privilege", "system,all"), *of_all, ("Cause", "0"), unique]
    return block(*body, end=end)


def ready_session() -> AmiSession:
    """Logged in, with a question of ours open."""
    session = AmiSession("admin", Secret("s3cret"), events=True, id_prefix="gcx7f3a")
    session.receive(BANNER)
    for number in (1, 2):
        session.receive(f"Response: Success\r\nActionID: gcx7f3a-{number}\r\n\r\n".encode())
    session.act("Ping")
    return session


def heard_by(session: AmiSession, data: bytes, *, at_once: bool = True) -> tuple[list[Received], list[Answered]]:
    """What a session tells of these bytes, read at once or one by one."""
    pieces = [data] if at_once else [data[i : i + 1] for i in range(len(data))]
    told = [occurrence for piece in pieces for occurrence in session.receive(piece)]
    return [one for one in told if isinstance(one, Received)], [one for one in told if isinstance(one, Answered)]
