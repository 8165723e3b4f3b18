"""One table of the configuration file, read key by key. Each refusal names file, key, what came, what may."""

from __future__ import annotations

import difflib
import ipaddress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from console.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from console.config.records import Network

Choice = TypeVar("Choice", bound=str)


class Table:
    """A TOML table with its place in the file. Unknown keys are refused when it is made.

    `name` is the dotted place (`gateways[1].ami`), empty for the file itself.
    """

    def __init__(self, values: Mapping[str, Any], *, path: Path, name: str, allowed: Sequence[str]) -> None:
        self.path = path
        self.name = name
        self._values = values
        for key in values:
            if key not in allowed:
                self._refuse_unknown(key, allowed)

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def place(self, key: str) -> str:
        """The key with its table: `gateways[1].ami.tcp_port`."""
        return f"{self.name}.{key}" if self.name else key

    def refuse(self, key: str, got: str, expected: str) -> NoReturn:
        """Raise ConfigError for a value of a known key."""
        raise ConfigError(
            f"{self.path}: {self.place(key)} is {got}; expected {expected}.",
            hint=f"Change {self.place(key)} in {self.path}.",
        )

    def require(self, *keys: str) -> None:
        """Raise ConfigError unless every one of `keys` is there."""
        for key in keys:
            if key not in self._values:
                where = f"[{self.name}]" if self.name else "the file"
                raise ConfigError(
                    f"{self.path}: {self.place(key)} is missing.",
                    hint=f"Add {key} = … to {where}. `gsm-console config init --path FILE` writes one.",
                )

    def text(self, key: str, default: str | None = None) -> str:
        """A string without control characters, not empty. Missing is refused when there is no default."""
        if key not in self._values and default is not None:
            return default
        self.require(key)
        value = self._values[key]
        if not isinstance(value, str) or not value:
            self.refuse(key, describe(value), "a string, not empty")
        if any(char < " " or char == "\x7f" for char in value):
            self.refuse(key, "a string with a control character", "plain text on one line")
        return value

    def file(self, key: str) -> Path:
        """A path: `~` is the home folder, and what is relative starts at the folder of the configuration."""
        try:
            return self.path.parent / Path(self.text(key)).expanduser()
        except RuntimeError:
            self.refuse(key, f"{self.text(key)}, but that home folder is unknown", "an absolute path")

    def texts(self, key: str) -> list[str]:
        """A string or a list of strings, none empty."""
        values = self._values[key]
        for value in values if isinstance(values, list) and values else [values]:
            if not isinstance(value, str) or not value or not value.isprintable():
                self.refuse(key, describe(value), "a string or a list of strings, not empty")
        return values if isinstance(values, list) else [values]

    def networks(self, key: str) -> tuple[Network, ...]:
        """Addresses and networks, `192.0.2.10` or `192.0.2.0/24`, none when the key is not there."""
        if key not in self._values:
            return ()
        found = []
        for text in self.texts(key):
            try:
                found.append(ipaddress.ip_network(text))
            except ValueError:
                self.refuse(key, f'"{text[:60]}"', 'IP addresses or networks such as "192.0.2.10", "192.0.2.0/24"')
        return tuple(found)

    def secret_texts(self, key: str) -> list[str]:
        """A string or a list of strings that no error may show."""
        value = self._values[key]
        values = value if isinstance(value, list) else [value]
        if not values or not all(isinstance(each, str) for each in values):
            self.refuse(key, "not that", "a string or a list of strings, in quotes")
        return values

    def secret_text(self, key: str) -> str:
        """A string that no error may show."""
        value = self._values[key]
        if not isinstance(value, str):
            self.refuse(key, "not a string", "a string in quotes")
        return value

    def choice(self, key: str, choices: Sequence[Choice], default: Choice) -> Choice:
        """One of a few words."""
        value = self._values.get(key, default)
        if value not in choices:
            self.refuse(key, describe(value), " or ".join(f'"{choice}"' for choice in choices))
        return choices[choices.index(value)]

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self._values.get(key, default)
        if not isinstance(value, bool):
            self.refuse(key, describe(value), "true or false")
        return value

    def whole(self, key: str, default: int, *, low: int, high: int, unit: str = "") -> int:
        """A whole number from `low` to `high`."""
        value = self._values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.refuse(key, describe(value), f"a whole number{unit and f' of {unit}'} from {low} to {high}")
        return value

    def wholes(self, key: str, *, count: int, low: int, high: int) -> list[int]:
        """A list of `count` whole numbers from `low` to `high`."""
        values = self._values[key]
        if not isinstance(values, list) or len(values) != count or not all(type(value) is int for value in values):
            self.refuse(key, describe(values), f"a list of {count} whole numbers")
        if not all(low <= value <= high for value in values):
            self.refuse(key, str(values), f"{count} whole numbers from {low} to {high}")
        return values

    def some_wholes(self, key: str, *, low: int, high: int) -> list[int]:
        """A list of whole numbers from `low` to `high`, one at least."""
        values = self._values[key]
        if not isinstance(values, list) or not values:
            self.refuse(key, describe(values), f"a list of whole numbers from {low} to {high}")
        return self.wholes(key, count=len(values), low=low, high=high)

    def number(self, key: str, *, low: float, high: float) -> float:
        """A number from `low` to `high`."""
        value = self._values[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self.refuse(key, describe(value), f"a number from {low:g} to {high:g}")
        return float(value)

    def seconds(self, key: str, default: float, *, low: float, high: float) -> float:
        """A number of seconds from `low` to `high`."""
        value = self._values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self.refuse(key, describe(value), f"a number of seconds from {low:g} to {high:g}")
        return float(value)

    def child(self, key: str, allowed: Sequence[str]) -> Table | None:
        """The table of that name, or None when it is not there."""
        if key not in self._values:
            return None
        value = self._values[key]
        if not isinstance(value, dict):
            self.refuse(key, describe(value), f"a table: [{self.place(key)}]")
        return Table(value, path=self.path, name=self.place(key), allowed=allowed)

    def free_child(self, key: str) -> dict[str, Any]:
        """The values of a table whose keys the user makes up; empty when it is not there."""
        value = self._values.get(key, {})
        if not isinstance(value, dict):
            self.refuse(key, describe(value), f"a table: [{self.place(key)}]")
        return value

    def children(self, key: str, allowed: Sequence[str]) -> list[Table]:
        """The tables of a list `[[key]]`, named `key[1]`, `key[2]`, …; empty when it is not there."""
        values = self._values.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            self.refuse(key, describe(values), f"a list of tables: [[{self.place(key)}]]")
        return [
            Table(value, path=self.path, name=f"{self.place(key)}[{number}]", allowed=allowed)
            for number, value in enumerate(values, 1)
        ]

    def _refuse_unknown(self, key: str, allowed: Sequence[str]) -> NoReturn:
        shown = key if key.isprintable() else ascii(key)
        close = difflib.get_close_matches(key, allowed, n=1)
        raise ConfigError(
            f"{self.path}: {self.place(shown)} is not a known key. "
            f"Allowed {'in ' + self.name if self.name else 'at the top'}: {', '.join(allowed)}.",
            hint=f"Did you mean {close[0]}?" if close else f"Remove {self.place(shown)} from {self.path}.",
        )


def describe(value: object) -> str:
    """A value as an error shows it: short, with its type in TOML's words."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value}"' if len(value) <= 40 and value.isprintable() else f"a string of {len(value)} characters"
        case int() | float():
            return f"the number {value}"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return "a date or time"
