"""From a TOML file to `Config`, or a ConfigError that says which file, which key and what is allowed."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
import tomllib
from typing import TYPE_CHECKING, Any, get_args

import platformdirs

from console.config.charsets import charset_name
from console.config.keys import read_keys
from console.config.records import (
    RESULT_WAIT,
    AmiConfig,
    BasicConfig,
    Config,
    DialectName,
    GatewayConfig,
    HttpConfig,
    InboxConfig,
    PortStyle,
    ReceiverConfig,
    Secret,
)
from console.config.rules import read_rules
from console.config.secret_sources import Secrets, how_to_hide
from console.config.sections import (
    read_alarms,
    read_aliases,
    read_ami_log,
    read_limits,
    read_port_sets,
    read_region,
    read_screen,
    read_sending,
    read_sims,
)
from console.config.table import Table
from console.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_APP = "gsm-console"
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,32}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,128}")
_HOST = re.compile(r"[A-Za-z0-9_.:%-]{1,253}")
_MEANINGS = ("number", "port", "port_name", "text", "time", "imsi", "status")

MOST_TOKENS = 2
"""Valid at once for a gateway: the new one is put in beside the old one, then the gateway is told, then the old
one goes.
"""

_TOP = (
    "database",
    "escape_seconds",
    "receiver",
    "inbox",
    "sending",
    "templates",
    "alarms",
    "rules",
    "screen",
    "ami_log",
    "keys",
    "aliases",
    "gateways",
)
_INBOX = ("join_parts", "keep_days", "keep_messages")
_RECEIVER = ("host", "tcp_port", "max_rate", "monitors", "keep_after_hangup")
_GATEWAY = (
    *("name", "host", "dialect", "ami", "http", "region", "parameter_names", "price_per_segment", "currency"),
    *("callers", "tokens", "tokens_env", "tokens_file", "basic", "charset"),
    *("result_wait", "pace", "pace_after_failure", "daily_limit", "monthly_limit", "sims", "port_sets"),
)
_BASIC = ("username", "password", "password_env", "password_file")
_AMI = (
    *("tcp_port", "username", "secret", "secret_env", "secret_file"),
    *("connect_timeout", "answer_timeout", "ping_period", "status_period", "sync_timeout", "send_sessions"),
    "segment_sizes",
)
_HTTP = (
    *("scheme", "tcp_port", "username", "password", "password_env", "password_file"),
    *("connect_timeout", "answer_timeout", "send_timeout", "verify_tls", "port_style"),
    "segment_sizes",
)


def default_path() -> Path:
    """Where the configuration is looked for without `--config`, e.g. `~/.config/gsm-console/config.toml`. Raises
    ConfigError for a user without a home.
    """
    return _at_home(platformdirs.user_config_path, "Give the file with --config") / "config.toml"


def has_default() -> bool:
    """Whether there is a configuration in the usual place."""
    try:
        return default_path().exists()
    except ConfigError:
        return False


def default_database() -> Path:
    """Where messages are kept unless `database` says otherwise: `~/.local/share/gsm-console/console.db`. Raises
    ConfigError for a user without a home.
    """
    return _at_home(platformdirs.user_data_path, "Set `database` in the configuration") / "console.db"


def _at_home(find: Callable[..., Path], hint: str) -> Path:
    with contextlib.suppress(RuntimeError):
        folder = find(_APP, appauthor=False)
        if folder.is_absolute():  # earlier versions of platformdirs give `~/.config` as it stands
            return folder
    raise ConfigError(
        f"This user has no home folder: HOME is not set, and uid {os.getuid()} has no account.",
        hint=f"{hint}, or set HOME.",
    )


def load(path: Path | None, environ: Mapping[str, str], *, database: Path | None = None) -> Config:
    """Read the configuration; `path` None means `default_path()`, `environ` answers `secret_env`; `database` takes the
    place of the one it names.

    Relative paths inside it start at the file's own folder. Raises ConfigError: no file, no TOML, an unknown
    key, a bad value, a secret that is missing or lies in a file that others can read.
    """
    given = path is not None
    path = path if path is not None else default_path()
    return parse(_read_toml(path, given=given), path, environ, database=database)


def parse(values: Mapping[str, Any], path: Path, environ: Mapping[str, str], *, database: Path | None = None) -> Config:
    """The same of values that were read already; `path` is where they come from, or will be. Raises ConfigError."""
    top = Table(values, path=path, name="", allowed=_TOP)
    secrets = Secrets(environ)
    gateways = tuple(_gateway(table, secrets) for table in top.children("gateways", _GATEWAY))
    if not gateways:
        raise ConfigError(
            f"{path}: no gateway is configured.",
            hint="Add a [[gateways]] table with name and host; `gsm-console demo` needs none.",
        )
    _refuse_same_names(gateways, path)
    table = top.child("receiver", _RECEIVER)
    receiver = _receiver(table) if table is not None else ReceiverConfig()
    return Config(
        gateways=gateways,
        receiver=receiver,
        database=database or _database(top),
        path=path,
        inbox=_inbox(top.child("inbox", _INBOX)),
        sending=read_sending(top),
        alarms=read_alarms(top),
        rules=read_rules(top, secrets),
        screen=read_screen(top),
        ami_log=read_ami_log(top),
        keys=read_keys(top),
        aliases=read_aliases(top),
        escape_seconds=top.seconds("escape_seconds", 0, low=0.01, high=5) if "escape_seconds" in top else None,
        warnings=(*_secret_warnings(path, secrets, environ), *open_warnings(gateways, receiver)),
    )


def _read_toml(path: Path, *, given: bool) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        target = f" --path {path}" if given else ""
        raise ConfigError(
            f"There is no configuration file at {path}.",
            hint=f"Try the console without one: `gsm-console demo`. "
            f"Write an example to fill in: `gsm-console config init{target}`.",
        ) from None
    except OSError as error:
        raise ConfigError(
            f"{path} can't be read: {error.strerror}.", hint="Check the path and its permissions."
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{path} is not UTF-8: byte {error.start} can't be read.", hint="Save the file as UTF-8."
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}.", hint="Fix that line.") from None


def _receiver(table: Table) -> ReceiverConfig:
    default = ReceiverConfig()
    return ReceiverConfig(
        host=_host(table, default.host),
        tcp_port=table.whole("tcp_port", default.tcp_port, low=0, high=65535),
        max_rate=table.whole("max_rate", 0, low=0, high=1_000_000) if "max_rate" in table else None,
        monitors=table.networks("monitors"),
        keep_after_hangup=table.flag("keep_after_hangup", default.keep_after_hangup),
    )


def _inbox(table: Table | None) -> InboxConfig:
    if table is None:
        return InboxConfig()

    def limit(key: str) -> int | None:
        return table.whole(key, 1, low=1, high=1_000_000_000) if key in table else None

    return InboxConfig(table.flag("join_parts", True), limit("keep_days"), limit("keep_messages"))


def _host(table: Table, default: str | None = None) -> str:
    host = table.text("host", default)
    if not _HOST.fullmatch(host):
        table.refuse("host", f'"{host}"', "a host name or an IP address, without scheme, TCP port or path")
    return host


def _gateway(table: Table, secrets: Secrets) -> GatewayConfig:
    table.require("name", "host")
    name = table.text("name")
    if not _NAME.fullmatch(name):
        table.refuse("name", f'"{name}"', "1 to 32 of the characters A-Z a-z 0-9 _ . -")
    ami, http = table.child("ami", _AMI), table.child("http", _HTTP)
    limits = read_limits(table)
    return GatewayConfig(
        name=name,
        host=_host(table),
        ami=_ami(ami, secrets) if ami is not None else None,
        http=_http(http, secrets) if http is not None else None,
        dialect=table.choice("dialect", get_args(DialectName), "openvox"),
        region=read_region(table, "region"),
        parameter_names=_parameter_names(table),
        price_per_segment=table.number("price_per_segment", low=0, high=1e6) if "price_per_segment" in table else None,
        currency=table.text("currency", "") if "currency" in table else "",
        callers=table.networks("callers"),
        tokens=_tokens(table, secrets),
        basic=_basic(table.child("basic", _BASIC), secrets),
        charset=_charset(table),
        result_wait=table.seconds("result_wait", RESULT_WAIT, low=0, high=86_400),
        pace=table.seconds("pace", 0.0, low=0, high=3600) if "pace" in table else None,
        pace_after_failure=table.seconds("pace_after_failure", 0.0, low=0, high=3600),
        limits=limits,
        sims=read_sims(table, limits),
        port_sets=read_port_sets(table),
    )


def _charset(table: Table) -> str:
    name = table.text("charset", "utf-8")
    found = charset_name(name)
    if not found:
        expected = 'a character set that Python knows, such as "utf-8", "gb18030", "cp1251"'
        table.refuse("charset", f'"{name[:40]}"', expected)
    return found


def _tokens(table: Table, secrets: Secrets) -> tuple[Secret, ...]:
    tokens = secrets.read_all(table, "tokens")
    if len(tokens) > MOST_TOKENS:
        table.refuse("tokens", f"a list of {len(tokens)}", f"{MOST_TOKENS} at most: the current one and its successor")
    if not all(_TOKEN.fullmatch(token.reveal()) for token in tokens):
        table.refuse("tokens", "an invalid word", "16 to 128 of the characters A-Z a-z 0-9 _ -")
    return tokens


def _basic(table: Table | None, secrets: Secrets) -> BasicConfig | None:
    if table is None:
        return None
    username = table.text("username")
    if ":" in username:
        table.refuse("username", "a name with a colon", "a name without a colon, which ends it in HTTP Basic")
    return BasicConfig(username, secrets.read(table, "password"))


def _ami(table: Table, secrets: Secrets) -> AmiConfig:
    default = AmiConfig(username="", secret=Secret(""))
    return AmiConfig(
        username=table.text("username"),
        secret=secrets.read(table, "secret"),
        tcp_port=table.whole("tcp_port", default.tcp_port, low=1, high=65535),
        ping_period=table.seconds("ping_period", default.ping_period, low=1, high=3600),
        answer_timeout=table.seconds("answer_timeout", default.answer_timeout, low=0.1, high=600),
        connect_timeout=table.seconds("connect_timeout", default.connect_timeout, low=0.1, high=600),
        status_period=table.seconds("status_period", default.status_period, low=1, high=3600),
        sync_timeout=table.whole("sync_timeout", default.sync_timeout, low=1, high=600, unit="seconds"),
        send_sessions=table.whole("send_sessions", default.send_sessions, low=1, high=20),
        segment_sizes=_segment_sizes(table),
    )


def _http(table: Table, secrets: Secrets) -> HttpConfig:
    default = HttpConfig(username="", password=Secret(""))
    scheme = table.choice("scheme", ("http", "https"), default.scheme)
    return HttpConfig(
        username=table.text("username"),
        password=secrets.read(table, "password"),
        scheme=scheme,
        tcp_port=table.whole("tcp_port", 443 if scheme == "https" else 80, low=1, high=65535),
        connect_timeout=table.seconds("connect_timeout", default.connect_timeout, low=0.1, high=600),
        answer_timeout=table.seconds("answer_timeout", default.answer_timeout, low=0.1, high=600),
        send_timeout=table.whole("send_timeout", 0, low=0, high=3600, unit="seconds")
        if "send_timeout" in table
        else None,
        verify_tls=table.flag("verify_tls", default.verify_tls),
        port_style=table.choice("port_style", get_args(PortStyle), "number") if "port_style" in table else None,
        segment_sizes=_segment_sizes(table),
    )


def _segment_sizes(table: Table) -> tuple[int, int, int, int] | None:
    """`[160, 152, 70, 67]`: GSM-7 alone and in a part, UCS-2 alone and in a part. None when not given."""
    if "segment_sizes" not in table:
        return None
    gsm7, gsm7_part, ucs2, ucs2_part = table.wholes("segment_sizes", count=4, low=2, high=1000)
    return gsm7, gsm7_part, ucs2, ucs2_part


def _parameter_names(gateway: Table) -> dict[str, str]:
    """The table is written meaning = "name" or meaning = ["name", …]; the record maps the other way round."""
    table = gateway.child("parameter_names", _MEANINGS)
    if table is None:
        return {}
    names: dict[str, str] = {}
    for meaning in _MEANINGS:
        if meaning not in table:
            continue
        for name in table.texts(meaning):
            if name in names:
                table.refuse(meaning, f'"{name}"', f"a name of its own: {names[name]} already has that one")
            names[name] = meaning
    return names


def _database(top: Table) -> Path:
    if "database" not in top:
        return default_database()
    return top.file("database")


def _refuse_same_names(gateways: tuple[GatewayConfig, ...], path: Path) -> None:
    first: dict[str, int] = {}
    for number, gateway in enumerate(gateways, 1):
        if gateway.name in first:
            raise ConfigError(
                f'{path}: gateways[{number}].name is "{gateway.name}"; expected a name of its own, '
                f"gateways[{first[gateway.name]}] already has that one.",
                hint="Give every gateway a different name.",
            )
        first[gateway.name] = number


def open_warnings(gateways: tuple[GatewayConfig, ...], receiver: ReceiverConfig) -> tuple[str, ...]:
    """A receiver that other machines reach, for gateways that do not say who may call."""
    if is_loopback(receiver.host):
        return ()
    if not gateways:
        return (f"the receiver listens on {receiver.host}: anyone who reaches it can put messages into the inbox",)
    return tuple(
        f"the receiver listens on {receiver.host}, and {gateway.name} has no callers, tokens or basic: "
        f"anyone who reaches it can put messages into the inbox"
        for gateway in gateways
        if not gateway.guarded
    )


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own, reached by nobody else."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _secret_warnings(path: Path, secrets: Secrets, environ: Mapping[str, str]) -> tuple[str, ...]:
    if secrets.inline and path.exists() and (remedy := how_to_hide(path, environ)):
        return (f"{path} holds secrets and can be read by other users: {remedy}",)
    return ()
