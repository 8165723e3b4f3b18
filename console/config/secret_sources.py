"""Secrets from one of their three places: the configuration file, the environment, a file of their own."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from console.config.records import Secret
from console.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.config.table import Table

DOCKER_SECRETS = "/run/secrets"
"""Where Docker and Podman mount them, readable by everybody in the container."""


class Secrets:
    """Finds a secret in one of its three places. No error of it ever shows the secret or a part of it."""

    def __init__(self, environ: Mapping[str, str]) -> None:
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
        if place.endswith("_env"):
            return self._from_environ(table, place, table.text(place))
        return self._from_file(table, place, table.file(place))

    def _from_environ(self, table: Table, key: str, name: str) -> str:
        if name not in self._environ:
            table.refuse(key, f"{name}, which is not set", "the name of an environment variable that is")
        return self._environ[name]

    def _from_file(self, table: Table, key: str, path: Path) -> str:
        """The file's text without its line end. One that other users can read is refused, as ssh does."""
        try:
            if remedy := how_to_hide(path, self._environ):
                raise ConfigError(
                    f"{table.path}: {table.place(key)} is {path}, which other users can read.", hint=remedy
                )
            text = path.read_bytes().decode("utf-8-sig")  # Windows begins text files with a BOM
        except OSError as error:
            table.refuse(key, f"{path}, which can't be read ({error.strerror})", "a file that holds the secret")
        except UnicodeDecodeError:
            table.refuse(key, f"{path}, which is not UTF-8", "a text file that holds the secret")
        return text.removesuffix("\n").removesuffix("\r")


def how_to_hide(path: Path, environ: Mapping[str, str]) -> str:
    """What to do so that no other user reads a file with secrets; empty where none does. Raises OSError.

    What is ours is to be for us alone. What is root's may be for a group as well, as Kubernetes has it with fsGroup:
    who is in it is root's to know. systemd's credentials are guarded by ACLs, which look like a group's rights, and
    Docker's secrets by the walls of the container.
    """
    handed_over = [Path(place) for place in (environ.get("CREDENTIALS_DIRECTORY"), DOCKER_SECRETS) if place]
    owner, rights = owner_of(path), stat.S_IMODE(path.stat().st_mode)
    if any(path.resolve().is_relative_to(place.resolve()) for place in handed_over) and not rights & 0o022:
        return ""
    ours = owner == os.geteuid()
    if not rights & (0o026 if owner == 0 and not ours else 0o044):
        return ""
    if is_read_only(path):
        return "Of a container: give its volume `defaultMode: 0440` and the pod an fsGroup, or use Docker's secrets."
    if ours:
        return f"chmod 600 {path}"
    return f"As root: chown {os.geteuid()} {path} && chmod 600 {path}"


def owner_of(path: Path) -> int:
    """The uid whose file it is. Raises OSError."""
    return path.stat().st_uid


def is_read_only(path: Path) -> bool:
    """Whether it lies where nothing can be changed. Raises OSError."""
    return bool(os.statvfs(path).f_flag & os.ST_RDONLY)


def _places(key: str) -> tuple[str, str, str]:
    return key, f"{key}_env", f"{key}_file"


def _secret(table: Table, place: str, words: str) -> Secret:
    if not words:
        table.refuse(place, "empty", "a secret of one character or more")
    if words[0] in " \t" or any(char < " " or char == "\x7f" for char in words):
        table.refuse(
            place, "a secret that begins with a space or contains a control character", "a secret without them"
        )
    return Secret(words)
