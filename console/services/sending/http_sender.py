"""Sends by the gateway's "HTTP to SMS": one GET of `/sendsms` for each message, with an id of its own."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from console.domain.link import HttpTrouble
from console.domain.messages import DeliveryState, Draft, OutboxMessage
from console.domain.sending import ANYTHING, Allowance, Held
from console.errors import CannotSend
from console.protocol.dialects.dialect import Lack
from console.protocol.dialects.known import DIALECTS
from console.protocol.http import send as http_send
from console.protocol.http.send import HttpAnswerKind
from console.protocol.sms import segments
from console.services.gateway.http import error_words, new_client, page_address, read_body, time_limit

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

    from console.config import GatewayConfig, HttpConfig, PortStyle
    from console.domain.clock import Clock
    from console.domain.plan import SegmentPlan
    from console.services.sending.outbox import Outbox

REQUESTS_AT_ONCE = 4
"""The gateway runs at most six CGI processes and lets one address hold twenty connections."""
ANSWER_LIMIT = 256 * 1024
"""Bytes read of an answer. The gateway's own buffer is 64 KiB, and ours is one recipient's."""

_ANSWER = "http answer"
_NOT_THERE = frozenset({401, 403, 404})
"""Said by the web server before the sending program runs: `HTTP to SMS` is off, or the address blocked."""
_CHINA_TELECOM = frozenset({"CHINA TELECOM", "CHN-CT"})
"""Network names for which the gateway's splitter has sizes of its own."""

_RESULTS = {
    **dict.fromkeys(http_send.ACCEPTED, DeliveryState.ACCEPTED),
    **dict.fromkeys(http_send.SENT, DeliveryState.SENT),
    **dict.fromkeys(http_send.REFUSED, DeliveryState.FAILED),
}


class _Outcome(NamedTuple):
    state: DeliveryState
    source: str
    raw: str
    unreached: bool = False
    """There was no connection, so nothing left."""

    @property
    def answered(self) -> bool:
        """The gateway's own program answered, and could be understood."""
        return self.source == _ANSWER and self.state is not DeliveryState.UNKNOWN and not self.raw.startswith("HTTP ")


class HttpSender:
    """Carries the messages of one gateway that go by HTTP. It splits a long text itself and answers once."""

    def __init__(
        self,
        gateway: GatewayConfig,
        http: HttpConfig,
        outbox: Outbox,
        clock: Clock,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._address = page_address(gateway, http, "sendsms")
        self._gateway = gateway
        self._http = http
        self._outbox = outbox
        self._clock = clock
        self._transport = transport
        self._client: httpx.AsyncClient | None = None
        self._places = asyncio.Semaphore(REQUESTS_AT_ONCE)
        self.trouble: HttpTrouble | None = None
        """Of the last request; None where it got a readable answer, or there was none. For any thread."""

    async def send(
        self,
        message: OutboxMessage,
        port: int | None,
        wire_id: str,
        *,
        imsi: str = "",
        rule: Allowance = ANYTHING,
        patient: bool = False,
    ) -> DeliveryState | Held:
        """Ask the gateway to send it through `port`, with the SIM `imsi` in it, and record the answer; None lets the
        gateway choose. Returns the state it came to, CANCELLED where it waits no longer or is another process's, and
        Held where it has to wait. Its trouble is evidence; raises StoreError.

        A `patient` message stays QUEUED, and that is returned, where no connection comes about.
        """
        query = query_for(replace(message.draft, port=port), self._gateway, wire_id)
        async with self._places:
            begun = await self._outbox.begin(message.id, 0, port=port, imsi=imsi, rule=rule)
            if begun is not True:
                return begun or DeliveryState.CANCELLED
            outcome = await self._ask(query, message.draft.to)
            self.trouble = None if outcome.answered else HttpTrouble(self._clock.time(), outcome.raw)
            if patient and outcome.unreached:
                outcome = outcome._replace(state=DeliveryState.QUEUED)
            recorded = await self._outbox.record_surely(message.id, 0, outcome.state, outcome.source, outcome.raw)
            return recorded.state

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _ask(self, query: str, to: str) -> _Outcome:
        import httpx

        try:
            async with time_limit(self._http):
                return await self._get(query, to)
        except (
            httpx.ConnectError,
            httpx.ConnectTimeout,
            httpx.PoolTimeout,
            httpx.UnsupportedProtocol,
        ) as error:
            raw = f"not sent: no connection ({error_words(error)})"
            return _Outcome(DeliveryState.FAILED, "console", raw, unreached=True)
        except (httpx.HTTPError, TimeoutError) as error:
            return _Outcome(DeliveryState.UNKNOWN, "console", f"no readable answer ({error_words(error)})")

    async def _get(self, query: str, to: str) -> _Outcome:
        client = self._client = self._client or new_client(self._http, self._transport)
        async with client.stream("GET", f"{self._address}?{query}") as response:
            body = await read_body(response, ANSWER_LIMIT)
        if len(body) > ANSWER_LIMIT:
            return _Outcome(DeliveryState.UNKNOWN, _ANSWER, f"the answer is longer than {ANSWER_LIMIT} bytes")
        return read_outcome(response.status_code, body, to, response.headers.get("Location", ""))


def plan_of(text: str, http: HttpConfig, operator: str = "") -> SegmentPlan:
    """How the gateway itself will cut a text. It has sizes of its own for ports on China Telecom."""
    sizes = segments.Sizes(*http.segment_sizes) if http.segment_sizes else None
    if sizes is None and operator.strip().upper() in _CHINA_TELECOM:
        sizes = segments.HTTP_CHINA_TELECOM
    return segments.plan(text, "http", sizes=sizes)


def query_for(draft: Draft, gateway: GatewayConfig, wire_id: str, *, masked: bool = False) -> str:
    """The query that sends `draft`; it holds the password unless `masked`. Raises CannotSend for what the
    gateway can't take.
    """
    http, style = gateway.http, DIALECTS[gateway.dialect].http
    assert http is not None, "it goes by HTTP"
    if isinstance(style, Lack):
        raise CannotSend(style.words, hint=style.instead)
    return http_send.build_query(
        username=http.username,
        password="***" if masked else http.password.reveal(),
        to=draft.to,
        text=draft.text,
        port=port_words(draft.port, http.port_style or style),
        id=wire_id,
        timeout=http.send_timeout,
    )


def port_words(port: int | None, style: PortStyle) -> str | None:
    """`3`, or `gsm-1.3` for old firmware: board 1, which is the only one of a gateway on its own."""
    if port is None:
        return None
    return str(port) if style == "number" else f"gsm-1.{port}"


def read_outcome(status: int, body: bytes, to: str, location: str = "") -> _Outcome:
    """What an answer says of the one recipient: ACCEPTED, SENT, FAILED, or UNKNOWN when it says nothing
    readable, or something of another number. `location` is where it redirects to.
    """
    text = body.decode("utf-8", "backslashreplace").strip()
    if status in _NOT_THERE:
        raw = f"HTTP {status}: the gateway does not offer /sendsms. Is HTTP to SMS enabled? {text}"
        return _Outcome(DeliveryState.FAILED, _ANSWER, raw)
    if 300 <= status < 400:
        # Said by the web server before the sending program runs. The address holds the password: it is not repeated.
        where = "https: set scheme" if location.lower().startswith("https:") else "another address: check host, scheme"
        raw = f"HTTP {status}: not sent: the gateway answers with a redirect to {where} and tcp_port of [gateways.http]"
        return _Outcome(DeliveryState.FAILED, _ANSWER, raw)
    if status != 200:
        return _Outcome(DeliveryState.UNKNOWN, _ANSWER, f"HTTP {status} {text}")
    answer = http_send.read_answer(body)
    match answer.kind:
        case HttpAnswerKind.REPORT if others := [one for one in answer.records if not one.may_be_of(to)]:
            raw = f"the answer is about another number, {others[0].phonenumber[:40]}, not about this message: {text}"
            return _Outcome(DeliveryState.UNKNOWN, _ANSWER, raw)
        case HttpAnswerKind.REPORT:
            state = _state_of([record.result for record in answer.records])
        case HttpAnswerKind.WORDS:
            state = _state_of(answer.words)
        case HttpAnswerKind.UNREADABLE:
            state = DeliveryState.UNKNOWN
        case _:
            return _Outcome(DeliveryState.FAILED, _ANSWER, " ".join(answer.words) or text)
    return _Outcome(state, _ANSWER, text or "the answer was empty")


def _state_of(results: Sequence[str]) -> DeliveryState:
    """The state that all result words agree on; UNKNOWN when they do not, or are not known."""
    states = {_RESULTS.get(result.strip().lower(), DeliveryState.UNKNOWN) for result in results}
    return states.pop() if len(states) == 1 else DeliveryState.UNKNOWN
