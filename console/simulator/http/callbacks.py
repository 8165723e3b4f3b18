"""The box calling the operator's web server: "SMS to HTTP", send results, delivery reports; as wget would.

URLs are built byte for byte by hand: what is percent-encoded and what is not is the point.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from console.simulator.options import Pace, ParameterNames, SimulatorOptions, gateway_time
from console.simulator.tasks import Tasks

if TYPE_CHECKING:
    from console.simulator.radio.driver import ShortMessage
    from console.simulator.radio.network import Port
    from console.simulator.radio.receiving import DriverSms

_KEPT = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()")
"""Bytes that Asterisk's URIENCODE leaves as they are."""

WGET_TRIES = 20
"""A connection that timed out or ended without an answer is tried again this often in all."""

_CONNECT_TIMEOUT = 20.0
_READ_TIMEOUT = 900.0
"""Seconds wget waits for an answer."""

_PROCESSES = 256
"""wgets that run at once; a real box has memory for no more."""


def uriencode(text: str, *, signed_char: bool = False) -> str:
    """Asterisk's URIENCODE of the text's UTF-8 bytes; with `signed_char` a byte above 0x7F comes as
    `%FFFFFFC3`.
    """
    prefix = "FFFFFF" if signed_char else ""
    return "".join(
        chr(byte) if byte in _KEPT else f"%{prefix if byte > 0x7F else ''}{byte:02X}"
        for byte in text.encode(errors="surrogateescape")
    )


@dataclass(frozen=True, slots=True)
class InboundSms:
    """One SMS as the dialplan has it: all values already as they go into the URL."""

    number: str
    port: str
    port_name: str
    text: str
    time: str
    imsi: str


def encode_inbound(sms: DriverSms, port: str, port_name: str, *, signed_char: bool = False) -> InboundSms:
    """URIENCODE every value, as the dialplan's Set steps do."""
    values = (sms.number, port, port_name, sms.text, sms.time, sms.imsi)
    return InboundSms(*(uriencode(value, signed_char=signed_char) for value in values))


def inbound_query(names: ParameterNames, sms: InboundSms, tail: str = "") -> str:
    """`{A}=..&{B}=..&{C}=..&{D}=..&{E}=..&{F}=..&{user-defined}`: without a tail it ends in `&`."""
    return (
        f"{names.number}={sms.number}&{names.port}={sms.port}&{names.port_name}={sms.port_name}"
        f"&{names.text}={sms.text}&{names.time}={sms.time}&{names.imsi}={sms.imsi}&{tail}"
    )


def result_query(names: ParameterNames, message: ShortMessage, imsi: str, at: float, *, success: bool) -> str:
    """A send result. Nothing is percent-encoded but blanks, so a `+` in the number stands raw."""
    query = (
        f"{names.number}={message.to}&{names.port}={message.port}&id={message.id or 'null'}"
        f"&{names.imsi}={imsi}&{names.text}=&{names.time}={gateway_time(at)}&type=SMS-Status-Result"
        f"&{names.status}={'Sent' if success else 'Fail'}&"
    )
    return query.replace(" ", "%20")


def report_query(
    names: ParameterNames, message: ShortMessage, imsi: str, stamp: str, *, success: bool, cause: str
) -> str:
    """A delivery report; it carries no id."""
    status = "Message received on handset" if success else "Message not received on handset"
    query = (
        f"{names.number}={message.to}&{names.port}={message.port}&{names.imsi}={imsi}&{names.text}="
        f"&{names.time}={stamp}&type=SMS-Status-Report"
        f"&{names.status}={status}&cause={cause}&"
    )
    return query.replace(" ", "%20")


class NoAnswer(Exception):
    """The server closed, or kept silent, without an answer: wget tries again."""


@dataclass(frozen=True, slots=True)
class _Server:
    host: str
    tcp_port: int
    tls: bool
    path: str
    tail: str


class Callbacks:
    """Fire and forget: an answer's body and status are ignored, what could not be delivered is counted and
    gone.
    """

    def __init__(self, options: SimulatorOptions, pace: Pace) -> None:
        self._options = options
        self._pace = pace
        self._server = _parse(options.deliver_to) if options.deliver_to else None
        self._processes = asyncio.Semaphore(_PROCESSES)
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._tasks = Tasks()
        self._queue_task: asyncio.Task[None] | None = None
        self.delivered = 0
        """Calls that got any answer below 400."""
        self.lost = 0
        """Calls given up."""
        self.times = 1
        """How often each result and report is told."""
        self._losing = 0.0
        self._owed = 0.0
        """Losses that are due, whole ones and a part."""

    def deliver(self, sms: InboundSms) -> str:
        """Call with an inbound SMS, in a process of its own: several run at once and overtake each other.

        The URL, or ''.
        """
        if self._server is None:
            return ""
        target = f"{self._server.path}?{inbound_query(self._options.parameter_names, sms, self._server.tail)}"
        if not self._loses():
            self._tasks.begin(self._wget(target))
        return self._url(target)

    def sent(self, port: Port, message: ShortMessage, *, success: bool) -> None:
        """ "AsyncSMS Result to HTTP"."""
        if self._options.send_results:
            names, imsi = self._options.parameter_names, port.sim.imsi if port.sim else ""
            self._enqueue(result_query(names, message, imsi, self._pace.time(), success=success))

    def reported(self, port: Port, message: ShortMessage, stamp: str, *, success: bool, cause: str) -> None:
        """ "SMS Reports to HTTP"; `stamp` is the network's time."""
        if self._options.reports:
            names, imsi = self._options.parameter_names, port.sim.imsi if port.sim else ""
            self._enqueue(report_query(names, message, imsi, stamp, success=success, cause=cause))

    def lose(self, share: float) -> None:
        """Lose that share of all further calls, evenly: of a half every second one, the second first."""
        self._losing, self._owed = share, 0.0

    async def idle(self) -> None:
        """Until every call made so far is delivered or lost."""
        await self._queue.join()
        await self._tasks.done()

    async def close(self) -> None:
        """Kill what still runs."""
        await self._tasks.close()
        if self._queue_task is not None:
            self._queue_task.cancel()
            await asyncio.gather(self._queue_task, return_exceptions=True)

    def _loses(self) -> bool:
        """Whether the call that is due now is lost; it counts as that."""
        self._owed += self._losing
        if self._owed < 1:
            return False
        self._owed -= 1
        self.lost += 1
        return True

    def _url(self, target: str) -> str:
        assert self._server is not None
        scheme = "https" if self._server.tls else "http"
        return f"{scheme}://{self._server.host}:{self._server.tcp_port}{target}"

    def _enqueue(self, query: str) -> None:
        """Results and reports go one after another: a receiver that hangs holds up the rest."""
        if self._server is None or self._loses():
            return
        for _ in range(self.times):
            self._queue.put_nowait(f"{self._server.path}?{query}")
        if self._queue_task is None:
            self._queue_task = asyncio.get_running_loop().create_task(self._drain())

    async def _drain(self) -> None:
        while True:
            target = await self._queue.get()
            await self._wget(target)
            self._queue.task_done()

    async def _wget(self, target: str) -> None:
        async with self._processes:
            for tries in range(WGET_TRIES):
                if tries:
                    await self._pace.sleep(min(tries, 10))
                try:
                    status = await self._fetch(target)
                except NoAnswer:
                    continue
                except OSError:
                    break
                if status < 400:
                    self.delivered += 1
                    return
                break
            self.lost += 1

    async def _fetch(self, target: str) -> int:
        """One GET; the status. Raises OSError when refused, NoAnswer when it broke off."""
        assert self._server is not None
        server = self._server
        try:
            # Not wait_for, which on Python 3.11 may swallow the cancellation that `close` ends it by.
            async with asyncio.timeout(_CONNECT_TIMEOUT):
                reader, writer = await asyncio.open_connection(
                    server.host, server.tcp_port, ssl=_no_questions() if server.tls else None
                )
        except TimeoutError as error:
            raise NoAnswer from error
        try:
            writer.write(_request(server, target))
            async with asyncio.timeout(_READ_TIMEOUT):
                line = await reader.readline()
            words = line.split()
            if len(words) < 2 or not words[1].isdigit():
                raise NoAnswer
            return int(words[1])
        except (ConnectionError, TimeoutError, ValueError) as error:
            raise NoAnswer from error
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


def _request(server: _Server, target: str) -> bytes:
    host = server.host if server.tcp_port in {80, 443} else f"{server.host}:{server.tcp_port}"
    head = (
        f"GET {target} HTTP/1.1\r\nUser-Agent: Wget/1.12 (linux-gnueabi)\r\nAccept: */*\r\n"
        f"Host: {host}\r\nConnection: Keep-Alive\r\n\r\n"
    )
    return head.encode(errors="surrogateescape")


def _no_questions() -> ssl.SSLContext:
    """`--no-check-certificate`."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _parse(url: str) -> _Server:
    """Raises ValueError when it is no http or https URL."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"not an http URL: {url!r}")
    tls = parts.scheme == "https"
    tcp_port = parts.port or (443 if tls else 80)
    return _Server(parts.hostname, tcp_port, tls, parts.path or "/", parts.query)
