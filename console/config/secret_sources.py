"""Secrets from one of their three places: the configuration file, the environment, a file of their own."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING

from console.config.records import Secret
from console.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.config.table import Table


class Secrets:
    """Finds a secret in one of its three places. No error of it ever shows the secret or a part of it."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self._folder = folder
        self._environ = environ
        self.inline = False
        """Whether any secret stood in the configuration file itself."""

    def read(self, table: Table, key: str) -> Secret:
        """From `key`, `key_env` or `key_file`: exactly one of them."""
        place = self._place(table, key)
        if place is None:
            raise ConfigError(
                f"{table.path}: {table.name} has no {key}; expected exactly one of {', '.join(_places(key))}.",
                hint=f"Keep one of them in [{table.name}].",
            )
        words = table.secret_text(place) if place == key else self._elsewhere(table, place)
        return _secret(table, place, words)

    def read_all(self, table: Table, key: str) -> tuple[Secret, ...]:
        """A list in `key`, or words divided by blanks or lines in `key_env` or `key_file`; none is allowed."""
        place = self._place(table, key)
        if place is None:
            return ()
        all_words = table.secret_texts(place) if place == key else self._elsewhere(table, place).split()
        if not all_words:
            table.refuse(place, "empty", "a secret of one character or more")
        return tuple(_secret(table, place, words) for words in all_words)

    def _place(self, table: Table, key: str) -> str | None:
        given = [place for place in _places(key) if place in table]
        if len(given) > 1:
            raise ConfigError(
                f"{table.path}: {table.name} has {' and '.join(given)}; "
                f"expected exactly one of {', '.join(_places(key))}.",
                hint=f"Keep one of them in [{table.name}].",
            )
        if given == [key]:
            self.inline = True
        return given[0] if given else None

    def _elsewhere(self, table: Table, place: str) -> str:
        source = table.text(place)
        if place.endswith("_env"):
            return self._from_environ(table, place, source)
        return self._from_file(table, place, source)

    def _from_environ(self, table: Table, key: str, name: str) -> str:
        if name not in self._environ:
            table.refuse(key, f"{name}, which is not set", "the name of an environment variable that is")
        return self._environ[name]

    def _from_file(self, table: Table, key: str, name: str) -> str:
        """The file's text without its line end. One that group or others can read is refused, as ssh does."""
        path = self._folder / Path(name).expanduser()
        try:
            if readable_by_others(path):
                raise ConfigError(
                    f"{table.path}: {table.place(key)} is {path}, which other users can read; expected mode 0600.",
                    hint=f"chmod 600 {path}",
                )
            text = path.read_bytes().decode("utf-8-sig")  # Windows begins text files with a BOM
        except OSError as error:
            table.refuse(key, f"{path}, which can't be read ({error.strerror})", "a file that holds the secret")
        except UnicodeDecodeError:
            table.refuse(key, f"{path}, which is not UTF-8", "a text file that holds the secret")
        return text.removesuffix("\n").removesuffix("\r")


def readable_by_others(path: Path) -> bool:
    """Whether group or others may read the file. Raises OSError."""
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o044)


def _places(key: str) -> tuple[str, str, str]:
    return key, f"{key}_env", f"{key}_file"


def _secret(table: Table, place: str, words: str) -> Secret:
    if not words:
        table.refuse(place, "empty", "a secret of one character or more")
    if words[0] in " \t" or any(char < " " or char == "\x7f" for char in words):
        table.refuse(place, "a secret that begins with a blank or holds a control character", "one that can travel")
    return Secret(words)
