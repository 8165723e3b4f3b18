"""From a TOML file to `Config`, or a ConfigError that says which file, which key and what is allowed."""

from __future__ import annotations

import re
import stat
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from console.config.records import AmiConfig, Config, GatewayConfig, HttpConfig, ReceiverConfig, Secret
from console.config.table import Table
from console.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

_APP = "gsm-console"
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,32}")
_HOST = re.compile(r"[A-Za-z0-9_.:%-]{1,253}")
_MEANINGS = ("number", "port", "port_name", "text", "time", "imsi", "status")

_TOP = ("database", "receiver", "gateways")
_RECEIVER = ("host", "tcp_port")
_GATEWAY = ("name", "host", "ami", "http", "parameter_names", "price_per_segment", "currency")
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
    """Where the configuration is looked for without `--config`, e.g. `~/.config/gsm-console/config.toml`."""
    return platformdirs.user_config_path(_APP, appauthor=False) / "config.toml"


def default_database() -> Path:
    """Where messages are kept unless `database` says otherwise: `~/.local/share/gsm-console/console.db`."""
    return platformdirs.user_data_path(_APP, appauthor=False) / "console.db"


def load(path: Path | None, environ: Mapping[str, str]) -> Config:
    """Read the configuration; `path` None means `default_path()`, `environ` answers `secret_env`.

    Relative paths inside it start at the file's own folder. Raises ConfigError: no file, no TOML, an unknown
    key, a bad value, a secret that is missing or lies in a file that others can read.
    """
    given = path is not None
    path = path if path is not None else default_path()
    top = Table(_read_toml(path, given=given), path=path, name="", allowed=_TOP)
    secrets = _Secrets(path.parent, environ)
    gateways = tuple(_gateway(table, secrets) for table in top.children("gateways", _GATEWAY))
    if not gateways:
        raise ConfigError(
            f"{path}: there is no gateway.",
            hint="Add a [[gateways]] table with name and host; `gsm-console demo` needs none.",
        )
    _refuse_same_names(gateways, path)
    receiver = top.child("receiver", _RECEIVER)
    return Config(
        gateways=gateways,
        receiver=_receiver(receiver) if receiver is not None else ReceiverConfig(),
        database=_database(top),
        path=path,
        warnings=_warnings(path, secrets),
    )


def _read_toml(path: Path, *, given: bool) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode())
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
        raise ConfigError(f"{path} is not TOML: {error}.", hint="Correct that line.") from None


def _receiver(table: Table) -> ReceiverConfig:
    default = ReceiverConfig()
    return ReceiverConfig(
        host=_host(table, default.host),
        tcp_port=table.whole("tcp_port", default.tcp_port, low=0, high=65535),
    )


def _host(table: Table, default: str | None = None) -> str:
    host = table.text("host", default)
    if not _HOST.fullmatch(host):
        table.refuse("host", f'"{host}"', "a host name or an IP address, without scheme, TCP port or path")
    return host


def _gateway(table: Table, secrets: _Secrets) -> GatewayConfig:
    table.require("name", "host")
    name = table.text("name")
    if not _NAME.fullmatch(name):
        table.refuse("name", f'"{name}"', "1 to 32 of the characters A-Z a-z 0-9 _ . -")
    ami, http = table.child("ami", _AMI), table.child("http", _HTTP)
    return GatewayConfig(
        name=name,
        host=_host(table),
        ami=_ami(ami, secrets) if ami is not None else None,
        http=_http(http, secrets) if http is not None else None,
        parameter_names=_parameter_names(table),
        price_per_segment=table.number("price_per_segment", low=0, high=1e6) if "price_per_segment" in table else None,
        currency=table.text("currency", "") if "currency" in table else "",
    )


def _ami(table: Table, secrets: _Secrets) -> AmiConfig:
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


def _http(table: Table, secrets: _Secrets) -> HttpConfig:
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
        port_style=table.choice("port_style", ("number", "board.span"), default.port_style),
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
                table.refuse(meaning, f'"{name}"', f"a name of its own: {names[name]} has that one already")
            names[name] = meaning
    return names


def _database(top: Table) -> Path:
    if "database" not in top:
        return default_database()
    return top.path.parent / Path(top.text("database")).expanduser()


def _refuse_same_names(gateways: tuple[GatewayConfig, ...], path: Path) -> None:
    first: dict[str, int] = {}
    for number, gateway in enumerate(gateways, 1):
        if gateway.name in first:
            raise ConfigError(
                f'{path}: gateways[{number}].name is "{gateway.name}"; expected a name of its own, '
                f"gateways[{first[gateway.name]}] has that one already.",
                hint="Give every gateway a different name.",
            )
        first[gateway.name] = number


def _warnings(path: Path, secrets: _Secrets) -> tuple[str, ...]:
    if secrets.inline and _readable_by_others(path):
        return (f"{path} holds secrets and can be read by other users: chmod 600 {path}",)
    return ()


def _readable_by_others(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o044)


class _Secrets:
    """Finds a secret in one of its three places. No error of it ever shows the secret or a part of it."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self._folder = folder
        self._environ = environ
        self.inline = False
        """Whether any secret stood in the configuration file itself."""

    def read(self, table: Table, key: str) -> Secret:
        """From `key`, `key_env` or `key_file`: exactly one of them."""
        places = (key, f"{key}_env", f"{key}_file")
        given = [place for place in places if place in table]
        if len(given) != 1:
            raise ConfigError(
                f"{table.path}: {table.name} has {' and '.join(given) if given else f'no {key}'}; "
                f"expected exactly one of {', '.join(places)}.",
                hint=f"Keep one of them in [{table.name}].",
            )
        place = given[0]
        if place == key:
            self.inline = True
            words = table.secret_text(key)
        else:
            source = table.text(place)
            words = (
                self._from_environ(table, place, source)
                if place.endswith("_env")
                else self._from_file(table, place, source)
            )
        if not words:
            table.refuse(place, "empty", "a secret of one character or more")
        if words[0] in " \t" or any(char < " " or char == "\x7f" for char in words):
            table.refuse(place, "a secret that begins with a blank or holds a control character", "one that can travel")
        return Secret(words)

    def _from_environ(self, table: Table, key: str, name: str) -> str:
        if name not in self._environ:
            table.refuse(key, f"{name}, which is not set", "the name of an environment variable that is")
        return self._environ[name]

    def _from_file(self, table: Table, key: str, name: str) -> str:
        """The file's text without its line end. One that group or others can read is refused, as ssh does."""
        path = self._folder / Path(name).expanduser()
        try:
            if _readable_by_others(path):
                raise ConfigError(
                    f"{table.path}: {table.place(key)} is {path}, which other users can read; expected mode 0600.",
                    hint=f"chmod 600 {path}",
                )
            text = path.read_bytes().decode()
        except OSError as error:
            table.refuse(key, f"{path}, which can't be read ({error.strerror})", "a file that holds the secret")
        except UnicodeDecodeError:
            table.refuse(key, f"{path}, which is not UTF-8", "a text file that holds the secret")
        return text.removesuffix("\n").removesuffix("\r")
