from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.config import Secret, load
from console.config.writer import as_toml, write_private
from console.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

# TOML is UTF-8, and that knows no half of a surrogate pair.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
PLAIN = TEXT | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.booleans()
VALUES = st.recursive(
    st.dictionaries(TEXT, PLAIN | st.lists(PLAIN, max_size=3), max_size=4),
    lambda tables: st.dictionaries(TEXT, PLAIN | tables | st.lists(tables, min_size=1, max_size=3), max_size=4),
    max_leaves=12,
)
SECRETS = st.text(st.characters(exclude_categories=["Cs"], min_codepoint=0x20), min_size=1, max_size=40).filter(
    lambda words: words[0] != " " and "\x7f" not in words
)


@given(VALUES)
def test_what_is_written_is_read_again(values: dict[str, Any]) -> None:
    assert tomllib.loads(as_toml(values)) == values


@given(secret=SECRETS, password=SECRETS, tcp_port=st.integers(1, 65535))
def test_a_configuration_is_loaded_as_it_was_given(
    tmp_path_factory: pytest.TempPathFactory, secret: str, password: str, tcp_port: int
) -> None:
    path = tmp_path_factory.mktemp("config") / "config.toml"
    ami = {"tcp_port": tcp_port, "username": "admin", "secret": secret}
    http = {"scheme": "https", "username": "sms user", "password": password}
    gateway = {"name": "gw1", "host": "192.0.2.10", "callers": ["192.0.2.10"], "ami": ami, "http": http}
    write_private(path, as_toml({"receiver": {"host": "0.0.0.0", "tcp_port": tcp_port}, "gateways": [gateway]}))
    config = load(path, {})
    assert config.warnings == ()
    assert (config.receiver.host, config.receiver.tcp_port) == ("0.0.0.0", tcp_port)
    read = config.gateways[0]
    assert read.ami is not None
    assert read.http is not None
    assert (read.ami.tcp_port, read.ami.secret) == (tcp_port, Secret(secret))
    assert (read.http.scheme, read.http.password) == ("https", Secret(password))
    assert [str(caller) for caller in read.callers] == ["192.0.2.10/32"]


def test_tables_stand_behind_plain_values() -> None:
    text = as_toml({"gateways": [{"ami": {"secret": 'a"b'}, "name": "gw1"}], "receiver": {}, "database": "x.db"})
    expected = [
        'database = "x.db"',
        "",
        "[[gateways]]",
        'name = "gw1"',
        "",
        "[gateways.ami]",
        'secret = "a\\"b"',
        "",
        "[receiver]",
    ]
    assert text.splitlines() == expected


def test_what_has_no_place_is_refused() -> None:
    with pytest.raises(TypeError, match="NoneType"):
        as_toml({"name": None})


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    write_private(path, "one\n")
    assert path.read_text() == "one\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_what_is_there_is_left_as_it_is_unless_it_is_to_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    write_private(path, "one\n")
    with pytest.raises(ConfigError, match="already a file"):
        write_private(path, "two\n")
    assert path.read_text() == "one\n"
    write_private(path, "two\n", replace=True)
    assert path.read_text() == "two\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_can_not_be_had_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="can't be written"):
        write_private(tmp_path / "file" / "config.toml", "one\n")
