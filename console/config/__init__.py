"""The configuration: typed TOML, secrets from the file, the environment or a file of their own.

    config = load(None, os.environ)     # the platform's usual place
    config.gateways[0].ami.secret       # prints as ***; `.reveal()` is the only way to the words

`records` says what there is, with units and defaults; `reader` turns a file into records or refuses, naming
file and key; `example` is the commented file that `gsm-console config init` writes.
"""

from __future__ import annotations

from console.config.example import EXAMPLE
from console.config.reader import default_database, default_path, has_default, is_loopback, load, open_warnings, parse
from console.config.records import (
    NO_REGIONS,
    AlarmConfig,
    AmiConfig,
    AmiLogConfig,
    BasicConfig,
    Config,
    GatewayConfig,
    HttpConfig,
    InboxConfig,
    Network,
    PortOrder,
    PortSet,
    PortStyle,
    ReceiverConfig,
    Regions,
    Scheme,
    Secret,
    SendingConfig,
    SimLimits,
)
from console.config.rule_records import RuleConfig, RulesConfig, ScreenConfig

__all__ = [
    "EXAMPLE",
    "NO_REGIONS",
    "AlarmConfig",
    "AmiConfig",
    "AmiLogConfig",
    "BasicConfig",
    "Config",
    "GatewayConfig",
    "HttpConfig",
    "InboxConfig",
    "Network",
    "PortOrder",
    "PortSet",
    "PortStyle",
    "ReceiverConfig",
    "Regions",
    "RuleConfig",
    "RulesConfig",
    "Scheme",
    "ScreenConfig",
    "Secret",
    "SendingConfig",
    "SimLimits",
    "default_database",
    "default_path",
    "has_default",
    "is_loopback",
    "load",
    "open_warnings",
    "parse",
]
