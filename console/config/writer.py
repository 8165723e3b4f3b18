"""Writing a configuration: values as TOML, into a file that only its owner reads and that was not there before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from console.config.private_file import private_file
from console.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f-\x9f\u2028\u2029]')


def as_toml(values: Mapping[str, Any]) -> str:
    """Values as TOML 1.0: strings, whole numbers, floats, true and false, lists of them, tables, lists of tables.

    What `tomllib` reads from it equals what was given. Raises TypeError for anything else.
    """
    return "\n".join(_table(values, ())).strip() + "\n"


def _table(values: Mapping[str, Any], place: tuple[str, ...]) -> Iterator[str]:
    """Plain values first: behind a table's head everything belongs to that table."""
    tables = {key: value for key, value in values.items() if _is_tables(value)}
    for key, value in values.items():
        if key not in tables:
            yield f"{_key(key)} = {_value(value)}"
    for key, value in tables.items():
        name = ".".join(_key(part) for part in (*place, key))
        for each in value if isinstance(value, list) else [value]:
            yield ""
            yield f"[[{name}]]" if isinstance(value, list) else f"[{name}]"
            yield from _table(each, (*place, key))


def _is_tables(value: object) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)
    )


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)  # inf and nan read the same in TOML
        case str():
            return _string(value)
        case list():
            return f"[{', '.join(_value(each) for each in value)}]"
    raise TypeError(f"{type(value).__name__} has no place in a configuration")


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _string(key)


def _string(words: str) -> str:
    return f'"{_ESCAPED.sub(_escape, words)}"'


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    return f"\\{char}" if char in '"\\' else f"\\u{ord(char):04X}"


def write_private(path: Path, text: str, *, replace: bool = False) -> None:
    """Create `path` with mode 0600 and its folders with 0700, whole or not at all. What is there already is left as it
    is, or with `replace` replaced at once. Raises ConfigError.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with private_file(path, replace=replace) as file:
            file.write(text)
    except OSError as error:
        if path.is_file() and not replace:
            raise ConfigError(
                f"There is already a file at {path}; it was not changed.",
                hint="Edit it, choose another place with --path, or replace it with --force.",
            ) from None
        raise ConfigError(
            f"{path} can't be written: {error.strerror}.", hint="Choose another place with --path."
        ) from error
