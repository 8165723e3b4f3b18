"""What can be configured: frozen records, with units and defaults under each field."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING, Literal, NamedTuple

from console.config.rule_records import RulesConfig, ScreenConfig
from console.domain.ports import STALE_AFTER, SUSPECT_AFTER

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Scheme = Literal["http", "https"]
Network = IPv4Network | IPv6Network
PortStyle = Literal["number", "board.span"]
DialectName = Literal["openvox", "openvox-2014", "openvox-2013", "yeastar"]
"""Make and firmware of a gateway, see `console.protocol.dialects`."""


class Secret:
    """A password or AMI secret. Prints as `***` everywhere; only `reveal()` gives the words."""

    __slots__ = ("_words",)

    def __init__(self, words: str) -> None:
        self._words = words

    def reveal(self) -> str:
        """The words themselves, for the wire only: never for a screen, a log or an error."""
        return self._words

    def __repr__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._words == other._words

    def __hash__(self) -> int:
        return hash(self._words)


@dataclass(frozen=True, slots=True)
class AmiConfig:
    """The gateway's Asterisk Manager Interface: events, port status, and sending by AMI."""

    username: str
    secret: Secret
    tcp_port: int = 5038
    ping_period: float = 15.0
    """Seconds between two keep-alive Pings."""
    answer_timeout: float = 10.0
    """Seconds an action waits for its answer. A `gsm send sync` waits `sync_timeout` longer."""
    connect_timeout: float = 5.0
    """Seconds to connect and log in, each."""
    status_period: float = 10.0
    """Seconds for one round of `gsm show span N` over all ports."""
    sync_timeout: int = 30
    """Seconds the gateway waits for its module: the `timeout` argument of `gsm send sync sms` and `csms`."""
    send_sessions: int = 4
    """Sending sessions at most, beside the one for events; each carries one send at a time."""
    segment_sizes: tuple[int, int, int, int] | None = None
    """What one segment holds: GSM-7 alone, GSM-7 in a part, UCS-2 alone, UCS-2 in a part; septets and UTF-16 units.
    None: the vendor's 160, 152, 70, 67."""


@dataclass(frozen=True, slots=True)
class HttpConfig:
    """The gateway's "HTTP to SMS" interface, `/sendsms`."""

    username: str
    password: Secret
    scheme: Scheme = "http"
    tcp_port: int = 80
    connect_timeout: float = 5.0
    """Seconds to connect. Nothing has left before that: the message is reported as not sent."""
    answer_timeout: float = 20.0
    """Seconds to wait for the answer once the request is written. Past it the outcome is unknown."""
    send_timeout: int | None = None
    """The `timeout` parameter of `/sendsms`, in seconds; None leaves it out. New firmware ignores it."""
    verify_tls: bool = False
    """Check the certificate (https). Gateways come with a self-made one, so the default is not to."""
    port_style: PortStyle | None = None
    """How `port` is written: `number` (new firmware, `3`) or `board.span` (old firmware, `gsm-1.3`). None: by the
    gateway's dialect."""
    segment_sizes: tuple[int, int, int, int] | None = None
    """As of AMI, for the gateway's own splitter, which counts characters. None: 160, 140, 67, 67."""


@dataclass(frozen=True, slots=True)
class BasicConfig:
    """The user and password that a caller must give (HTTP Basic, RFC 7617)."""

    username: str
    password: Secret


RESULT_WAIT = 150.0
"""Seconds that the vendor's own programs wait for the result of a send."""

PortOrder = Literal["ascending", "descending"]


@dataclass(frozen=True, slots=True)
class Regions:
    """The countries (ISO 3166, such as `DE`) that numbers without `+` belong to; empty: not known."""

    default: str = ""
    """Of a number that no gateway brought or is to take, and where a gateway has none of its own."""
    own: Mapping[str, str] = field(default_factory=dict)
    """Gateway -> region, of those that have one of their own."""

    def of(self, gateway: str) -> str:
        """The region of a gateway; empty: not known."""
        return self.own.get(gateway, self.default)

    @property
    def all(self) -> frozenset[str]:
        """Each region by which some number is read."""
        return frozenset((self.default, *self.own.values()))


NO_REGIONS = Regions()
"""Nobody said where numbers are from."""


@dataclass(frozen=True, slots=True)
class PortSet:
    """Ports with a name, gone through in turn."""

    name: str
    ports: tuple[int, ...]
    order: PortOrder = "ascending"

    @property
    def words(self) -> str:
        """The ports in the order they are gone through: `5 > 2 > 1`."""
        return " > ".join(str(port) for port in sorted(self.ports, reverse=self.order == "descending"))


@dataclass(frozen=True, slots=True)
class SimLimits:
    """How many segments may go by the SIM in a port; None: any number."""

    daily: int | None = None
    """From midnight to midnight, local time."""
    monthly: int | None = None
    """From the first of the month, local time."""


@dataclass(frozen=True, slots=True)
class GatewayConfig:
    """One gateway. Without `ami` no status and no sending by AMI; without `http` no sending by HTTP."""

    name: str
    """Short and unique, `[A-Za-z0-9_.-]{1,32}`: on screen, in the database, in the callback's path."""
    host: str
    """Address or host name. Callbacks from this address are this gateway's."""
    ami: AmiConfig | None = None
    http: HttpConfig | None = None
    dialect: DialectName = "openvox"
    """What it says and understands."""
    region: str = ""
    """Country of the numbers without `+` that it brings and takes, as `Regions` has it. Empty: `default_region`."""
    parameter_names: Mapping[str, str] = field(default_factory=dict)
    """Extra names of callback parameters -> meaning: number, port, port_name, text, time, imsi, status."""
    price_per_segment: float | None = None
    """What one segment costs, in whatever currency; None when it is not to be shown."""
    currency: str = ""
    """Written behind the price: `EUR`."""
    callers: tuple[Network, ...] = ()
    """Where this gateway's calls may come from: addresses of the TCP connection. Empty: anywhere."""
    tokens: tuple[Secret, ...] = ()
    """A call must carry one of them, in its path or its query. Two are valid at once, to change them in peace."""
    basic: BasicConfig | None = None
    charset: str = "utf-8"
    """What the text of a callback is written in, by Python's name; UTF-8 is what gateways say and mostly send."""
    result_wait: float = RESULT_WAIT
    """Seconds for which the result of an accepted message is waited for, before it counts as unknown; 0: for ever."""
    pace: float | None = None
    """Seconds from the end of one SMS to the start of the next on the same port. None: by its dialect."""
    pace_after_failure: float = 0.0
    """The same after one that failed."""
    limits: SimLimits = field(default_factory=SimLimits)
    """For each SIM that has none of its own."""
    sims: Mapping[int, SimLimits] = field(default_factory=dict)
    """GSM port -> limits of the SIM in it."""
    port_sets: tuple[PortSet, ...] = ()
    """Named sets of ports, offered beside `auto`."""

    def limits_of(self, port: int) -> SimLimits:
        """The limits of the SIM in a port."""
        return self.sims.get(port, self.limits)

    @property
    def guarded(self) -> bool:
        """Not everybody who reaches the receiver may call for this gateway."""
        return bool(self.callers or self.tokens or self.basic)


@dataclass(frozen=True, slots=True)
class ReceiverConfig:
    """The embedded HTTP server that takes the gateway's "SMS to HTTP" calls."""

    host: str = "127.0.0.1"
    """Address to listen on. The gateway must reach it: `0.0.0.0` listens on every interface."""
    tcp_port: int = 8080
    max_rate: int | None = None
    """Requests a second that one address gets through; what is more waits. None: 1,000, and no limit for this
    machine itself. 0: no limit for anybody.
    """
    monitors: tuple[Network, ...] = ()
    """Who may read `/healthz` and `/metrics`. Empty: whoever reaches the receiver."""
    keep_after_hangup: bool = True
    """A console whose terminal is gone goes on receiving without a screen until another takes over."""


@dataclass(frozen=True, slots=True)
class InboxConfig:
    """What happens to messages once they are kept."""

    join_parts: bool = True
    """Join SMS that look like the pieces of a long one, where the gateway does not number them."""
    keep_days: int | None = None
    """Messages older than so many days are removed for good; None: never."""
    keep_messages: int | None = None
    """Of inbox and outbox each the newest so many stay; None: all."""


class QuietHours(NamedTuple):
    """From one time of the day to another, which may be the next day's; minutes since midnight."""

    begin: int
    end: int

    def __str__(self) -> str:
        return "-".join(f"{minutes // 60:02}:{minutes % 60:02}" for minutes in self)


@dataclass(frozen=True, slots=True)
class SendingConfig:
    """Rules for every send, whatever the gateway."""

    default_region: str = ""
    """ISO 3166 code of the country that numbers without `+` belong to: `DE`. Empty: they go as they were typed."""
    confirm_above: int = 20
    """Recipients at once above which the operator types their number to confirm."""
    repeat_minutes: int = 10
    """Minutes in which the same text to the same number is warned about; 0: never."""
    deny: Mapping[str, str] = field(default_factory=dict)
    """Beginning of a number -> why one should not write there."""
    read_only: bool = False
    """Nobody may send or change anything."""
    read_only_users: tuple[str, ...] = ()
    """Unix users who may not."""
    templates: Mapping[str, str] = field(default_factory=dict)
    """Name -> text, with `{fields}` for what a recipient list brings."""
    others: Mapping[str, str] = field(default_factory=dict)
    """How the ids of another program's messages begin -> what it is called."""
    not_after_hours: float = 12.0
    """Hours after which a message that could not leave is not sent any more, unless it has a time of its own; 0: it
    waits for ever.
    """
    quiet_hours: QuietHours | None = None
    """Hours of the recipient's clock in which a message is asked about first."""
    opt_out_words: tuple[str, ...] = ()
    """Whole texts by which people ask for no more messages, in any case. Empty: `guards.OPT_OUT_WORDS`."""


NO_SENDING = SendingConfig()
"""Rules for sending where the configuration has none."""


@dataclass(frozen=True, slots=True)
class AlarmConfig:
    """When something is wrong, and what happens then."""

    unregistered_seconds: float = 60.0
    """Seconds that a port is out of the network before that is an alarm. The same for PIN, SIM and power."""
    low_signal: int = 5
    """Signal (0 to 31) below which it is low."""
    low_signal_seconds: float = 600.0
    """Seconds for which it is low before that is an alarm."""
    failures: int = SUSPECT_AFTER
    """Sends in a row that fail on a registered port, from which it is suspect: to the alarm, on the screen and for the
    choice of a port alike. 0: no such alarm; the other two go by the default then, see `suspect_after`.
    """
    silent_factor: float = 5.0
    """A port that has brought nothing for so many times its usual pause is silent; 0: no such alarm."""
    limit_share: float = 0.9
    """Share of a SIM's limit from which it is near."""
    stale_seconds: float = STALE_AFTER
    """Age from which what is known of a port is old: to the alarm, on the screen and for the choice of a port alike, so
    that nothing is taken for fresh which is called old elsewhere. Six rounds of `status_period` at least.
    """
    down_seconds: float = 15.0
    """Seconds that the AMI link or the receiver is down before that is an alarm."""
    repeat_minutes: float = 15.0
    """Minutes after which an alarm that nobody acknowledged sounds again; 0: never."""
    bell: bool = True
    """Sound the terminal's bell."""
    command: tuple[str, ...] = field(default=(), repr=False)
    """Program and arguments, which may be secret, to run when an alarm is raised or cleared; what it is about comes as
    environment variables and as JSON on standard input, never through a shell. Empty: none."""
    command_timeout: float = 10.0
    """Seconds after which it is killed."""

    @property
    def suspect_after(self) -> int:
        """Failures in a row from which the screen marks a port, and messages that may choose take other ones for a
        while. Never 0: a dead port loses messages, whether or not anybody wants the alarm.
        """
        return self.failures or SUSPECT_AFTER


@dataclass(frozen=True, slots=True)
class AmiLogConfig:
    """The AMI log on disk."""

    directory: Path | None = None
    """Where it is kept; None: beside the database, in `ami-log`."""
    keep: bool = True
    """Whether it is kept at all."""
    file_mebibytes: int = 16
    """Size at which a file is closed and the next begun."""
    files: int = 16
    """So many are kept; the oldest goes."""


@dataclass(frozen=True, slots=True)
class Config:
    """The whole configuration."""

    gateways: tuple[GatewayConfig, ...]
    receiver: ReceiverConfig
    database: Path
    """The SQLite file with the inbox and outbox."""
    path: Path | None = None
    """The file it was read from; None when it was made by the program."""
    warnings: tuple[str, ...] = ()
    """What works but should be put right, in words, e.g. a file with secrets that others can read."""
    inbox: InboxConfig = field(default_factory=InboxConfig)
    sending: SendingConfig = field(default_factory=SendingConfig)
    alarms: AlarmConfig = field(default_factory=AlarmConfig)
    rules: RulesConfig = field(default_factory=RulesConfig)
    screen: ScreenConfig = field(default_factory=ScreenConfig)
    ami_log: AmiLogConfig = field(default_factory=AmiLogConfig)
    keys: Mapping[str, str] = field(default_factory=dict)
    """Id of an action -> its keys as the screen calls them, commas between."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """A word that is typed -> the command that it stands for, as it would be typed."""
    escape_seconds: float | None = None
    """Seconds after which ESC is the Escape key and no longer the beginning of another; None: as the line needs."""

    @property
    def regions(self) -> Regions:
        """By which country each gateway's numbers are read."""
        own = {gateway.name: gateway.region for gateway in self.gateways if gateway.region}
        return Regions(self.sending.default_region, own)
