"""The steps of setting up a first gateway: what each asks for, and the configuration that the answers make. Pure."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from console.config import is_loopback, parse
from console.errors import ConfigError
from console.protocol.dialects.known import DIALECTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from console.config import Config

StepName = Literal["gateway", "ami", "http", "receiver"]

_PAGES = DIALECTS["openvox"].pages
"""The first setup writes a gateway of this dialect."""


@dataclass(frozen=True, slots=True)
class Field:
    """One line to fill in."""

    id: str
    label: str
    initial: str = ""
    placeholder: str = ""
    is_secret: bool = False
    options: tuple[str, ...] = ()
    """It is one of these; empty: whatever is typed."""

    @property
    def key(self) -> str:
        """Its name in the configuration, behind that of the gateway."""
        return self.id.replace("-", ".", 1).replace("-", "_")


@dataclass(frozen=True, slots=True)
class Step:
    """A few lines about one thing, and what there is to know about it."""

    name: StepName
    title: str
    words: str
    fields: tuple[Field, ...]


STEPS = (
    Step(
        "gateway",
        "The gateway",
        "A short name for it, shown on the screen, and its address.",
        (
            Field("name", "Name", "gw1"),
            Field("host", "Address", placeholder="192.168.0.10 or a host name"),
        ),
    ),
    Step(
        "ami",
        "AMI: port status, events, sending",
        f"The account of the gateway's page {_PAGES.account}: write class command, read classes system and call "
        "(and dialplan to see inbound SMS). Permit this machine's address there. No AMI? Leave the account empty.",
        (
            Field("ami-tcp-port", "TCP port", "5038"),
            Field("ami-username", "Account"),
            Field("ami-secret", "Secret", is_secret=True),
        ),
    ),
    Step(
        "http",
        "HTTP: sending by /sendsms",
        f"User and password of the gateway's page {_PAGES.http}, which must be enabled there. "
        "No HTTP? Leave the user empty.",
        (
            Field("http-tcp-port", "TCP port", "80"),
            Field("http-username", "User"),
            Field("http-password", "Password", is_secret=True),
            Field("http-scheme", "Scheme", "http", options=("http", "https")),
        ),
    ),
    Step(
        "receiver",
        "Receiving: where the gateway calls this machine",
        "0.0.0.0 listens on every address of this machine; 127.0.0.1 only for what runs here, such as a tunnel. "
        "Only this gateway's calls will be accepted.",
        (
            Field("receiver-host", "Listen on", "0.0.0.0"),  # noqa: S104 - callers are named
            Field("receiver-tcp-port", "TCP port", "8080"),
        ),
    ),
)

_LABELS = {field.key: field.label for step in STEPS for field in step.fields}

Answers = dict[str, str]
"""Id of a field -> what stands in it."""


def initial_answers() -> Answers:
    """As the fields are before anything is typed."""
    return {field.id: field.initial for step in STEPS for field in step.fields}


def values(answers: Mapping[str, str], *, token: str) -> dict[str, Any]:
    """The answers as the tables of a configuration file.

    Where other machines reach the receiver, calls are taken from the gateway's address alone; of a gateway known by a
    host name, whose address may change, with `token`.
    """
    gateway: dict[str, Any] = {"name": answers["name"], "host": answers["host"]}
    if not is_loopback(answers["receiver-host"]):
        if _is_address(answers["host"]):
            gateway["callers"] = [answers["host"]]
        else:
            gateway["tokens"] = [token]
    if answers["ami-username"]:
        gateway["ami"] = {
            "tcp_port": _whole(answers["ami-tcp-port"]),
            "username": answers["ami-username"],
            "secret": answers["ami-secret"],
        }
    if answers["http-username"]:
        gateway["http"] = {
            "scheme": answers["http-scheme"],
            "tcp_port": _whole(answers["http-tcp-port"]),
            "username": answers["http-username"],
            "password": answers["http-password"],
        }
    receiver = {"host": answers["receiver-host"], "tcp_port": _whole(answers["receiver-tcp-port"])}
    return {"receiver": receiver, "gateways": [gateway]}


def read(answers: Mapping[str, str], upto: StepName, path: Path, *, token: str) -> Config:
    """The configuration of the answers up to and with this step, as it will be read from `path`.

    Raises ConfigError, in which a field has the name that an operator sees here.
    """
    names = [step.name for step in STEPS]
    later = [field for step in STEPS[names.index(upto) + 1 :] for field in step.fields]
    given = {**answers, **{field.id: field.initial for field in later}}
    try:
        return parse(values(given, token=token), path, {})
    except ConfigError as error:
        words = str(error).removeprefix(f"{path}: ").replace("gateways[1].", "")
        key, _, rest = words.partition(" ")
        raise ConfigError(f"{_LABELS.get(key, key)} {rest}", hint="") from None


def needs_test(answers: Mapping[str, str], step: StepName) -> bool:
    """Whether there is something to try out: an account that was left empty is not wanted."""
    return step == "receiver" or (step != "gateway" and bool(answers[f"{step}-username"]))


def matters(answers: Mapping[str, str], step: StepName) -> Answers:
    """The answers on which it depends how trying out this step ends."""
    return {field.id: answers[field.id] for each in STEPS if each.name in {"gateway", step} for field in each.fields}


def _whole(words: str) -> int | str:
    """A number as one; anything else as it is, to be refused with its name."""
    return int(words) if words.isascii() and words.isdigit() and len(words) < 10 else words


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
