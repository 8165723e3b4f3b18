"""Looks whether a gateway and the receiver are set up so that they will work together. Nothing is sent.

`/sendsms` is asked with the right account and without a recipient: what refuses that for want of a number is
switched on and knows the user.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from console.errors import ActionRefused, ConsoleError
from console.protocol.ami import rights as ami_rights
from console.protocol.dialects.dialect import Lack
from console.protocol.dialects.known import DIALECTS
from console.protocol.http.access import within
from console.protocol.http.send import HttpAnswerKind, read_answer
from console.services.gateway.client import AmiClient
from console.services.gateway.http import error_words, new_client, page_address, read_body, time_limit

if TYPE_CHECKING:
    import httpx

    from console.config import AmiConfig, GatewayConfig, HttpConfig
    from console.domain.ami import AmiMessage
    from console.domain.clock import Clock
    from console.protocol.dialects.dialect import Dialect

CLOCK_TOLERANCE = 5.0
"""Seconds that two clocks may differ before it is worth a word: times in the inbox are the gateway's own."""

_BOOT_TIME = 1.0
"""Seconds to wait for FullyBooted, which an account with read class system gets right after its login."""

_ANSWER_LIMIT = 64 * 1024
_NOT_THERE = frozenset({401, 403, 404})


class Verdict(StrEnum):
    """Of one look."""

    GOOD = "ok"
    WARNING = "warning"
    """It works, and yet a person should look."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One look at one thing. Words may hold text from the gateway."""

    subject: str
    verdict: Verdict
    words: str
    hint: str = ""


async def check_gateway(
    gateway: GatewayConfig,
    clock: Clock,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
) -> list[Finding]:
    """All that can be learnt by asking the gateway. Its trouble is a finding, never an error."""
    findings: list[Finding] = []
    skew = None
    if gateway.ami is not None:
        found, skew = await _check_ami(gateway, gateway.ami, clock)
        findings += found
    lack = DIALECTS[gateway.dialect].http
    if gateway.http is not None and isinstance(lack, Lack):
        findings.append(Finding("/sendsms", Verdict.WARNING, lack.words, lack.instead))
    elif gateway.http is not None:
        finding, http_skew = await _check_http(gateway, gateway.http, clock, transport)
        findings.append(finding)
        skew = http_skew if skew is None else skew
    if skew is not None:
        findings.append(clock_finding(skew))
    return [*findings, *_caller_findings(gateway)]


async def _check_ami(gateway: GatewayConfig, ami: AmiConfig, clock: Clock) -> tuple[list[Finding], float | None]:
    booted = asyncio.Event()

    def on_message(message: AmiMessage) -> None:
        if message.name == "FullyBooted":
            booted.set()

    try:
        client = await AmiClient.connect(
            gateway.host,
            ami.tcp_port,
            ami.username,
            ami.secret,
            events=True,
            clock=clock,
            connect_timeout=ami.connect_timeout,
            answer_timeout=ami.answer_timeout,
            on_message=on_message,
            command_action=DIALECTS[gateway.dialect].action,
        )
    except ConsoleError as error:
        return [Finding("AMI", Verdict.FAILED, str(error), error.hint)], None
    try:
        return await _ask_ami(client, gateway, ami, clock, booted)
    except ConsoleError as error:
        return [Finding("AMI", Verdict.FAILED, str(error), error.hint)], None
    finally:
        await client.close()


async def _ask_ami(
    client: AmiClient, gateway: GatewayConfig, ami: AmiConfig, clock: Clock, booted: asyncio.Event
) -> tuple[list[Finding], float | None]:
    findings = await _check_dialect(client, DIALECTS[gateway.dialect])
    before = clock.time()
    pong = await client.action("Ping")
    skew = _skew(pong.get("Timestamp"), before, clock.time())
    if not DIALECTS[gateway.dialect].tells_rights:
        return findings, skew
    output, refused = None, ""
    try:
        if ami_rights.may_ask(client.banner):
            output = await client.command(ami_rights.question(ami.username))
    except ActionRefused as error:
        refused = str(error)
    if not booted.is_set():
        await asyncio.wait([asyncio.ensure_future(booted.wait())], timeout=_BOOT_TIME)
    rights = ami_rights.assess(ami.username, clock.time(), output=output, refused=refused, booted=booted.is_set())
    findings += [Finding("AMI account", Verdict.WARNING, words) for words in rights.findings]
    if rights.manager_conf and rights.findings:
        findings[-1] = _with_hint(findings[-1], "In manager.conf: " + "  ".join(rights.manager_conf))
    if rights.remark:
        findings.append(Finding("AMI account", Verdict.GOOD, rights.remark))
    return findings, skew


async def _check_dialect(client: AmiClient, dialect: Dialect) -> list[Finding]:
    """Whether commands run, and whether the gateway seems to be of the configured make. What another one may be is a
    guess, by its answers to questions that change nothing.
    """
    refused = ""
    ports: tuple[tuple[int, str], ...] = ()
    try:
        ports = dialect.read_ports(await client.command(dialect.list_ports))
    except ActionRefused as error:
        refused = str(error)
    if ports:
        report = await client.command(dialect.show_port(ports[0][0]))
        others = [] if dialect.fits(report) else [other for other in DIALECTS.values() if other.fits(report)]
        runs = Finding("AMI", Verdict.GOOD, f"logged in, commands run, {len(ports)} GSM ports")
        return [runs, *(_guess(dialect, other) for other in others[:1])]
    if refused:
        words = f"logged in, but commands are not permitted: {refused}"
        right = f"write class {dialect.action.lower()}"
        hint = f"Give the account {right}, on the gateway's page {dialect.pages.account}."
        findings = [Finding("AMI", Verdict.FAILED, words, hint)]
    else:
        hint = f"`{dialect.list_ports}` named no port. Is this a gateway of {dialect.title}?"
        findings = [Finding("AMI", Verdict.WARNING, "logged in, commands run, 0 GSM ports", hint)]
    with suppress(ConsoleError):  # who does not answer such a question is no reason to say less
        for other in DIALECTS.values():
            if other.action != dialect.action:
                answer = await client.action(other.action, [("Command", other.list_ports)])
                if other.read_ports(answer.output or ()):
                    return [*findings, _guess(dialect, other)]
    return findings


def _guess(dialect: Dialect, other: Dialect) -> Finding:
    words = f"a guess: it answers as {other.title} does, and the configuration says {dialect.title}"
    return Finding("dialect", Verdict.WARNING, words, f'Set dialect = "{other.name}" for it, and check again.')


def _with_hint(finding: Finding, hint: str) -> Finding:
    return Finding(finding.subject, finding.verdict, finding.words, hint)


def _skew(timestamp: str | None, before: float, after: float) -> float | None:
    """Seconds that the gateway's clock is ahead of ours; None when it did not say."""
    try:
        return float(timestamp or "") - (before + after) / 2
    except ValueError:
        return None


async def _check_http(
    gateway: GatewayConfig, http: HttpConfig, clock: Clock, transport: httpx.AsyncBaseTransport | None
) -> tuple[Finding, float | None]:
    from email.utils import parsedate_to_datetime  # here, for the console takes this module for its words alone

    import httpx

    try:
        async with time_limit(http):
            status, date, body = await _ask_http(gateway, http, transport)
    except (httpx.HTTPError, TimeoutError) as error:
        words = f"no answer ({error_words(error)})"
        return Finding("/sendsms", Verdict.FAILED, words, "Check host, scheme and tcp_port of [gateways.http]."), None
    now = clock.time()
    try:
        skew = parsedate_to_datetime(date).timestamp() - now + 0.5  # cut to whole seconds
    except ValueError:
        skew = None
    return sendsms_finding(status, body), skew


async def _ask_http(
    gateway: GatewayConfig, http: HttpConfig, transport: httpx.AsyncBaseTransport | None
) -> tuple[int, str, bytes]:
    """Status, Date and the beginning of the body of a request that can send nothing: it has no recipient."""
    # An absent `message` is said to crash the gateway's program where it is looked at first.
    query = urlencode({"username": http.username, "password": http.password.reveal(), "message": "", "report": "JSON"})
    async with (
        new_client(http, transport) as client,
        client.stream("GET", f"{page_address(gateway, http, 'sendsms')}?{query}") as response,
    ):
        body = await read_body(response, _ANSWER_LIMIT)
        return response.status_code, response.headers.get("Date", ""), body


def sendsms_finding(status: int, body: bytes) -> Finding:
    """What an answer to the request without a recipient tells."""
    page = f"On the gateway: {DIALECTS['openvox'].pages.http}."
    if status in _NOT_THERE:
        return Finding("/sendsms", Verdict.FAILED, f"not offered (HTTP {status}): HTTP to SMS is disabled", page)
    answer = read_answer(body)
    words = " ".join(answer.words)
    match answer.kind:
        case HttpAnswerKind.ERROR if "number" in words.lower():
            return Finding("/sendsms", Verdict.GOOD, "enabled, and it accepts the user")
        case HttpAnswerKind.AUTH_FAILED:
            return Finding("/sendsms", Verdict.FAILED, "enabled, but it does not accept the user or password", page)
        case HttpAnswerKind.DISABLED:
            return Finding("/sendsms", Verdict.FAILED, f"disabled: {words}", page)
    shown = words or body[:120].decode("utf-8", "replace").strip() or "nothing"
    return Finding("/sendsms", Verdict.WARNING, f"answered, but not as expected (HTTP {status}): {shown}")


def clock_finding(skew: float) -> Finding:
    """`skew`: seconds that the gateway's clock is ahead."""
    if abs(skew) <= CLOCK_TOLERANCE:
        return Finding("clock", Verdict.GOOD, f"agrees with ours ({skew:+.1f} s)")
    way = "ahead of" if skew > 0 else "behind"
    hint = "Set the gateway's time (NTP); its times in the inbox are off by that much."
    return Finding("clock", Verdict.WARNING, f"{abs(skew):.0f} s {way} ours", hint)


def _caller_findings(gateway: GatewayConfig) -> list[Finding]:
    if gateway.callers and not within(gateway.host, gateway.callers) and _is_address(gateway.host):
        words = f"{gateway.host} is not among the callers: its own calls are refused"
        return [Finding("callers", Verdict.WARNING, words, "Correct only if a proxy calls in its place.")]
    return []


def _is_address(host: str) -> bool:
    return bool(host) and (":" in host or host.replace(".", "").isdigit())
