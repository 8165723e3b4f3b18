"""The pages that take and answer SMS over HTTP: `/sendsms` in both generations, `/smsstatus`, `/simstatus`,
`/smsremain`.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote_to_bytes

from console.simulator.http.web import HttpReply
from console.simulator.options import Pace, SimulatorOptions, gateway_time
from console.simulator.radio.queue import QueuedSms, SmsQueue
from console.simulator.radio.splitter import escape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.simulator.radio.network import Network


Shape = Literal["JSON", "String", "no"]


@dataclass(frozen=True, slots=True)
class HttpRecord:
    """What became of one recipient."""

    port: str
    phonenumber: str
    time: str
    id: str
    result: str


def _new_report(shape: Shape, escaped: str, records: Sequence[HttpRecord], *, message_line: bool = True) -> str:
    """The 2019 shapes; records count from 1. With reports off the bare words stand side by side."""
    if shape == "no":
        return "".join(record.result for record in records)
    if shape == "String":
        head = f"message:{escaped}\n\n" if message_line else ""
        return head + "".join(_new_text(number, record) for number, record in enumerate(records, start=1))
    shown = ",\n".join(_new_json(number, record) for number, record in enumerate(records, start=1))
    return f'\t{{\n\t\t"message":"{escaped}",\n\t\t"report":[{{\n{shown}\n\t\t}}]\n\t}}'


def _old_report(shape: Shape, text: str, records: Sequence[HttpRecord]) -> str:
    """The 2014 shapes: one line of JSON counting from 0 with nothing escaped, or text; no ids.

    Reports off: nothing.
    """
    if shape == "no":
        return ""
    if shape == "String":
        rows = "".join(
            f"port: {record.port}\nphonenumber: {record.phonenumber}\ntime: {record.time}\nresult: {record.result}\n"
            for record in records
        )
        return f"message: {text}\nrecord start\n{rows}record end\n"
    shown = ",".join(
        f'"{number}":[{{"port":"{record.port}","phonenumber":"{record.phonenumber}",'
        f'"time":"{record.time}","result":"{record.result}"}}]'
        for number, record in enumerate(records)
    )
    return f'{{"message":"{text}","report":[{{{shown}}}]}}'


def _new_json(number: int, record: HttpRecord) -> str:
    return (
        f'\t\t\t"{number}":[{{\n'
        f'\t\t\t\t"port":"{record.port}",\n'
        f'\t\t\t\t"phonenumber":"{record.phonenumber}",\n'
        f'\t\t\t\t"time":"{record.time}",\n'
        f'\t\t\t\t"id":"{record.id}",\n'
        f'\t\t\t\t"result":"{record.result}"\n'
        "\t\t\t}]"
    )


def _new_text(number: int, record: HttpRecord) -> str:
    return (
        f"--record {number} start--\n"
        f"port: {record.port}\n"
        f"phonenumber: {record.phonenumber}\n"
        f"time: {record.time}\n"
        f"id: {record.id}\n"
        f"result: {record.result}\n"
        f"--record {number} end--\n\n"
    )


MESSAGE_LIMIT = 1000
"""Bytes of escaped UTF-8 that the 2019 CGI takes."""

_OLD_WAIT = 20.0
"""Seconds that the old CGI waits for a result when the request does not say."""

_NEED_LOGIN = "Authentication Failed: Need valid username and password\n"
_NEED_NUMBER = "Send SMS Fail: Need valid sms receiver number [phonenumer?]\n"
_DISABLED = "Function is disable!\n"
_NO_FREE_PORT = '{"error":"No free port to send sms, please try later"}'

_USAGE = """
Usage: /sendsms?username=xxx&password=xxx&phonenumber=xxx&message=xxx&[port=xxx&][report=xxx&][timeout=xxx&]
[id=xxx]

username     user name of HTTP to SMS
password     password of HTTP to SMS
phonenumber  receiver, several separated by ','
message      text, UTF-8
port         port to send from, several separated by ','
report       JSON, String or no
timeout      seconds, default 0
id           your own id, default null
"""


class SendSms:
    """Takes requests by their raw target, queues what is to be sent, answers in the dialect's shape."""

    def __init__(self, options: SimulatorOptions, network: Network, queue: SmsQueue, pace: Pace) -> None:
        self._options = options
        self._network = network
        self._queue = queue
        self._pace = pace
        self._rng = random.Random(f"{options.seed}:http")  # noqa: S311

    async def page(self, target: bytes) -> HttpReply:
        """Answer one request target."""
        if self._options.dialect == "yeastar":
            return HttpReply("404 Not Found\n", 404)
        path, question, query = target.partition(b"?")
        parameters = form_decode(query)
        if path == b"/sendsms" and question and self._options.http_to_sms != "off":
            return await self._send(parameters)
        if path == b"/smsstatus":
            return self._sms_status(parameters)
        if path == b"/simstatus":
            return self._sim_status(parameters)
        if path == b"/smsremain":
            remain = ",".join(f'"{port.number}":"{self._queue.waiting(port.number)}"' for port in self._network)
            return HttpReply(f'{{"Total_channel":"{len(self._network.ports)}", "Smsremain":[{{{remain}}}]}}')
        return self._digest_wall()

    async def _send(self, parameters: dict[str, str]) -> HttpReply:
        if self._options.http_to_sms == "stale":
            return HttpReply(_DISABLED + _USAGE)
        if not self._knows(parameters.get("username", ""), parameters.get("password", "")):
            return HttpReply(_NEED_LOGIN + _USAGE)
        if "url" in parameters:
            return HttpReply("Enable CORS Switch is disbale; function is disable!\n" + _USAGE)
        if not parameters.get("phonenumber"):
            return HttpReply(_NEED_NUMBER + _USAGE)
        if "message" not in parameters:
            return HttpReply("", 500)
        numbers = parameters["phonenumber"].replace(" ", "+").split(",")
        if self._options.dialect != "openvox":
            return await self._send_2014(parameters, numbers)
        return self._send_2019(parameters, numbers)

    def _send_2019(self, parameters: dict[str, str], numbers: Sequence[str]) -> HttpReply:
        """Queue and answer at once: `sending` is all it can say."""
        text = escape(parameters["message"])
        id_ = parameters.get("id", "null")
        shape = self._shape(parameters)
        if len(text.encode(errors="surrogateescape")) > MESSAGE_LIMIT:
            record = HttpRecord(
                parameters.get("port") or "(null)",
                parameters["phonenumber"].replace(" ", "+"),
                self._now(),
                id_,
                "message too long",
            )
            return HttpReply(_new_report(shape, text, [record], message_line=False))
        wanted = [_atoi(port) for port in parameters.get("port", "").split(",") if port]
        records = []
        for index, number in enumerate(numbers):
            port = self._choose(wanted[index % len(wanted)] if wanted else None)
            if port is None:
                shown = str(wanted[index % len(wanted)]) if wanted else "nil"
                records.append(HttpRecord(shown, number, self._now(), id_, "not ready"))
                continue
            self._queue.push(QueuedSms(port, number, text, id_))
            records.append(HttpRecord(str(port), number, self._now(), id_, "sending"))
        return HttpReply(_new_report(shape, text, records))

    async def _send_2014(self, parameters: dict[str, str], numbers: Sequence[str]) -> HttpReply:
        """Send and wait for each result, `timeout` seconds in all (20 when 0 or absent)."""
        ports = [_old_port(port) for port in parameters.get("port", "").split(",") if port]
        timeout = float(_atoi(parameters.get("timeout", "")) or _OLD_WAIT)
        records = []
        for index, number in enumerate(numbers):
            port = self._choose(ports[index % len(ports)] if ports else None)
            if port is None:
                return HttpReply(_NO_FREE_PORT)
            word = await self._result_2014(QueuedSms(port, number, parameters["message"], ""), timeout)
            records.append(HttpRecord(f"gsm-1.{port}", number, self._now(), "", word))
        shape = self._shape(parameters, no_known=True)
        return HttpReply(_old_report(shape, parameters["message"], records))

    async def _result_2014(self, sms: QueuedSms, wait: float) -> str:
        work = asyncio.ensure_future(self._queue.send(sms))
        done, _ = await asyncio.wait({work}, timeout=wait)
        if not done:
            return "sending"
        return "success" if work.result() else "fail"

    def _choose(self, wanted: int | None) -> int | None:
        """The port asked for when its SIM is ready; without one, a ready port with the shortest queue, ties
        by chance.
        """
        if wanted is not None:
            port = self._network.get(wanted)
            return port.number if port is not None and port.usable else None
        ready = [port.number for port in self._network.usable()]
        self._rng.shuffle(ready)
        return min(ready, key=self._queue.waiting, default=None)

    def _shape(self, parameters: dict[str, str], *, no_known: bool = False) -> Shape:
        asked = parameters.get("report", "").lower()
        if asked == "json":
            return "JSON"
        if asked == "string":
            return "String"
        return "no" if no_known and asked == "no" else self._options.default_report

    def _knows(self, user: str, password: str) -> bool:
        good_user = hmac.compare_digest(_bytes(user), _bytes(self._options.http_user))
        good_password = hmac.compare_digest(_bytes(password), _bytes(self._options.http_password))
        return good_user and good_password

    def _now(self) -> str:
        return gateway_time(self._pace.time())

    def _sms_status(self, parameters: dict[str, str]) -> HttpReply:
        """The newest outbox row of exactly that number."""
        number = parameters.get("phonenumber", "").replace(" ", "+")
        if not number:
            return HttpReply("phonenum is not valild", content_type="text/html")
        for row in reversed(self._queue.outbox):
            if row.sms.to == number and parameters.get("id", row.sms.id) == row.sms.id:
                names = self._options.parameter_names
                shown = {
                    "id": row.sms.id,
                    names.number: number,
                    names.imsi: row.imsi,
                    names.port: str(row.sms.port),
                    names.time: gateway_time(row.at),
                    names.status: "SEND" if row.sent else "FAILED",
                    "cause": "",
                }
                return HttpReply(json.dumps(shown, ensure_ascii=False), content_type="text/html")
        return HttpReply("This SMS is not exist", content_type="text/html")

    def _sim_status(self, parameters: dict[str, str]) -> HttpReply:
        wanted = parameters.get("port", "")
        if not wanted.isdigit():
            return HttpReply("Invalid parameter port\n")
        if int(wanted) > len(self._network.ports):
            return HttpReply("Invalid parameter port, out of range\n")
        rows = []
        for port in self._network:
            if int(wanted) in {0, port.number}:
                status = str(port.registration) if port.sim else "Undetected SIM Card"
                imsi = port.sim.imsi if port.sim else ""
                rows.append(f'\t\t\t"{port.number}":[{{ "imsi":"{imsi}", "status":"{status}" }}]')
        return HttpReply("\t\t{\n" + ",\n".join(rows) + "\n\t\t}\n")

    def _digest_wall(self) -> HttpReply:
        """Everything else belongs to the site behind HTTP digest."""
        nonce = f"{self._rng.getrandbits(128):032x}"
        challenge = f'Digest realm="Wireless-Gateway", nonce="{nonce}", qop="auth"'
        title = "401 - Unauthorized"
        body = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
        return HttpReply(body, 401, "text/html", (("WWW-Authenticate", challenge),))


def form_decode(query: bytes) -> dict[str, str]:
    """`+` is a blank, %XX a byte, UTF-8 with bad bytes kept; the last of equal names counts."""
    parameters: dict[str, str] = {}
    for pair in query.split(b"&"):
        name, equals, value = pair.partition(b"=")
        if equals or name:
            parameters[_form_text(name)] = _form_text(value)
    return parameters


def _form_text(value: bytes) -> str:
    return unquote_to_bytes(value.replace(b"+", b" ")).decode(errors="surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape")


def _atoi(text: str) -> int:
    """C's atoi, for what is no number too: 0."""
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0


def _old_port(text: str) -> int:
    """`gsm-1.2` is board 1, port 2; a plain number is taken too."""
    return _atoi(text.rpartition(".")[2])
