"""Reading the configuration: what loads, and how each refusal names file and key."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING, NoReturn

import pytest

from console.config import (
    EXAMPLE,
    BasicConfig,
    Config,
    InboxConfig,
    Secret,
    default_database,
    default_path,
    has_default,
    load,
    secret_sources,
)
from console.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

MINIMAL = """
[[gateways]]
name = "gw1"
host = "192.168.0.10"
"""

AMI = MINIMAL + '[gateways.ami]\nusername = "admin"\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text)
    path.chmod(0o600)
    return path


def read(folder: Path, text: str, environ: dict[str, str] | None = None) -> Config:
    return load(write(folder, text), environ or {})


def refusal(folder: Path, text: str, environ: dict[str, str] | None = None) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        read(folder, text, environ)
    assert caught.value.hint
    return caught.value


def test_the_example_loads_and_says_the_defaults(tmp_path: Path) -> None:
    config = read(tmp_path, EXAMPLE)
    gateway = config.gateways[0]
    assert (gateway.name, gateway.host) == ("gw1", "192.168.0.10")
    assert gateway.ami is not None
    assert gateway.ami.secret.reveal() == "change-me"
    assert gateway.ami.sync_timeout == 30
    assert gateway.http is not None
    assert gateway.http.send_timeout is None
    assert config.receiver.tcp_port == 8080
    assert config.database == default_database()
    assert config.path == tmp_path / "config.toml"


def test_the_example_loads_with_every_remark_that_shows_a_setting_taken_as_one(tmp_path: Path) -> None:
    lines = [
        line[2:] if line.startswith("# ") and (" = " in line or line.startswith("# [")) else line
        for line in EXAMPLE.splitlines()
    ]
    text = "\n".join(line for line in lines if not line.startswith(("  ", "true checks")))
    gateway = read(tmp_path, text).gateways[0]
    assert gateway.http is not None
    assert gateway.http.send_timeout == 20
    assert gateway.parameter_names == {"sender": "number", "body": "text", "content": "text"}
    assert gateway.callers == (ip_network("192.168.0.10"), ip_network("10.0.0.0/8"))
    assert gateway.tokens == (Secret("change-me-to-a-long-random-word"),)
    assert gateway.basic == BasicConfig("gw1", Secret("change-me"))


def test_defaults_without_any_optional_table(tmp_path: Path) -> None:
    gateway = read(tmp_path, MINIMAL).gateways[0]
    assert gateway.ami is None
    assert gateway.http is None
    assert gateway.parameter_names == {}


def test_https_moves_the_default_tcp_port(tmp_path: Path) -> None:
    text = MINIMAL + '[gateways.http]\nscheme = "https"\nusername = "u"\npassword = "p"\n'
    http = read(tmp_path, text).gateways[0].http
    assert http is not None
    assert http.tcp_port == 443


def test_the_database_starts_at_the_file_s_folder(tmp_path: Path) -> None:
    assert read(tmp_path, 'database = "data/x.db"\n' + MINIMAL).database == tmp_path / "data/x.db"


def test_no_file_says_so_and_offers_demo_and_init(tmp_path: Path) -> None:
    path = tmp_path / "absent.toml"
    with pytest.raises(ConfigError) as caught:
        load(path, {})
    assert str(caught.value) == f"There is no configuration file at {path}."
    assert "`gsm-console demo`" in caught.value.hint
    assert f"`gsm-console config init --path {path}`" in caught.value.hint


def test_no_path_means_the_platform_s_usual_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    path = default_path()
    assert path.name == "config.toml"
    assert path.parent.name == "gsm-console"
    with pytest.raises(ConfigError) as caught:
        load(None, {})
    assert str(path) in str(caught.value)
    assert "`gsm-console config init`" in caught.value.hint


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be read"):
        load(tmp_path, {})


def test_bytes_that_are_no_utf8(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b'database = "\xff"')
    with pytest.raises(ConfigError, match="not UTF-8: byte 12"):
        load(path, {})


def test_text_that_is_no_toml_names_the_line(tmp_path: Path) -> None:
    assert "line 2" in str(refusal(tmp_path, '\nname "x"\n'))


def test_the_time_of_the_escape_key_is_the_line_s_unless_given(tmp_path: Path) -> None:
    assert read(tmp_path, MINIMAL).escape_seconds is None
    assert read(tmp_path, "escape_seconds = 0.25\n" + MINIMAL).escape_seconds == 0.25


def test_an_unknown_key_names_file_key_and_the_nearest(tmp_path: Path) -> None:
    error = refusal(tmp_path, AMI + 'secret = "s"\nping_perod = 3\n')
    assert str(tmp_path / "config.toml") in str(error)
    assert "gateways[1].ami.ping_perod" in str(error)
    assert "ping_period" in str(error)
    assert error.hint == "Did you mean ping_period?"


def test_an_unknown_key_like_no_other_lists_what_is_allowed(tmp_path: Path) -> None:
    error = refusal(tmp_path, "zzz = 1\n" + MINIMAL)
    allowed = (
        "database, escape_seconds, receiver, inbox, sending, templates, alarms, rules, screen, ami_log, keys, aliases, "
        "gateways"
    )
    assert f"Allowed at the top: {allowed}." in str(error)
    assert "Remove zzz" in error.hint


@pytest.mark.parametrize(
    ("text", "key", "got", "expected"),
    [
        ("receiver = 3\n" + MINIMAL, "receiver", "the number 3", "[receiver]"),
        (MINIMAL + "[receiver]\ntcp_port = 70000\n", "receiver.tcp_port", "the number 70000", "0 to 65535"),
        (MINIMAL + "[receiver]\ntcp_port = true\n", "receiver.tcp_port", "true", "a whole number"),
        (MINIMAL + '[receiver]\nhost = ""\n', "receiver.host", '""', "not empty"),
        (MINIMAL + '[receiver]\nhost = "http://x/"\n', "receiver.host", '"http://x/"', "without scheme"),
        ('gateways = "x"\n', "gateways", '"x"', "[[gateways]]"),
        ("gateways = [1]\n", "gateways", "a list", "[[gateways]]"),
        (MINIMAL.replace("gw1", "gw 1"), "gateways[1].name", '"gw 1"', "1 to 32"),
        (MINIMAL.replace('"gw1"', "2026-01-02"), "gateways[1].name", "a date or time", "a string"),
        (MINIMAL.replace("gw1", "a\\u001b"), "gateways[1].name", "a control character", "plain text"),
        (AMI + 'secret = "s"\nping_period = "x"\n', "gateways[1].ami.ping_period", '"x"', "seconds"),
        (AMI + 'secret = "s"\nping_period = nan\n', "gateways[1].ami.ping_period", "nan", "seconds"),
        (AMI + "secret = 12345\n", "gateways[1].ami.secret", "not a string", "quotes"),
        (AMI + 'secret = ""\n', "gateways[1].ami.secret", "empty", "one character"),
        (MINIMAL + "[gateways.parameter_names]\ntext = []\n", "text", "a list", "not empty"),
        (
            MINIMAL + '[gateways.parameter_names]\nnumber = "a"\ntext = "a"\n',
            "gateways[1].parameter_names.text",
            '"a"',
            "number already has that one",
        ),
        (
            MINIMAL + '[gateways.http]\nusername = "u"\npassword = "p"\nscheme = "ftp"\n',
            "gateways[1].http.scheme",
            '"ftp"',
            '"http" or "https"',
        ),
        (
            MINIMAL + '[gateways.http]\nusername = "u"\npassword = "p"\nverify_tls = "no"\n',
            "gateways[1].http.verify_tls",
            '"no"',
            "true or false",
        ),
        (MINIMAL + 'callers = "gw1.example"\n', "gateways[1].callers", '"gw1.example"', "IP addresses or networks"),
        (MINIMAL + 'callers = ["192.0.2.1/24"]\n', "gateways[1].callers", '"192.0.2.1/24"', "192.0.2.0/24"),
        (MINIMAL + "callers = []\n", "gateways[1].callers", "a list", "not empty"),
        (MINIMAL + "tokens = [1]\n", "gateways[1].tokens", "not that", "in quotes"),
        (MINIMAL + "tokens = []\n", "gateways[1].tokens", "not that", "in quotes"),
        (MINIMAL + 'tokens = "hidden"\n', "gateways[1].tokens", "an invalid word", "16 to 128"),
        (MINIMAL + f"tokens = {['t' * 16] * 3}\n", "gateways[1].tokens", "a list of 3", "2 at most"),
        (MINIMAL + '[gateways.basic]\nusername = "a:b"\npassword = "p"\n', "basic.username", "a colon", "without"),
        (MINIMAL + "[receiver]\nmax_rate = -1\n", "receiver.max_rate", "the number -1", "0 to 1000000"),
        (MINIMAL + '[receiver]\nmonitors = "x"\n', "receiver.monitors", '"x"', "IP addresses"),
        (MINIMAL + '[receiver]\nkeep_after_hangup = "x"\n', "receiver.keep_after_hangup", '"x"', "true or false"),
        (MINIMAL + "[inbox]\nkeep_days = 0\n", "inbox.keep_days", "the number 0", "1 to 1000000000"),
        (MINIMAL + MINIMAL, "gateways[2].name", '"gw1"', "gateways[1] already has that one"),
    ],
)
def test_a_bad_value_names_key_what_came_and_what_may(
    tmp_path: Path, text: str, key: str, got: str, expected: str
) -> None:
    error = str(refusal(tmp_path, text))
    assert error.startswith(f"{tmp_path / 'config.toml'}: ")
    assert key in error
    assert got in error
    assert expected in error


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    assert "gateways[1].host is missing" in str(refusal(tmp_path, '[[gateways]]\nname = "a"\n'))
    assert "no gateway is configured" in str(refusal(tmp_path, ""))
    assert "has no secret; expected exactly one of secret, secret_env, secret_file" in str(refusal(tmp_path, AMI))


def test_a_secret_from_the_environment(tmp_path: Path) -> None:
    ami = read(tmp_path, AMI + 'secret_env = "GW1"\n', {"GW1": "hidden"}).gateways[0].ami
    assert ami is not None
    assert ami.secret.reveal() == "hidden"
    assert "GW1, which is not set" in str(refusal(tmp_path, AMI + 'secret_env = "GW1"\n'))


def test_a_secret_from_a_file_of_one_s_own(tmp_path: Path) -> None:
    secret = tmp_path / "gw1.secret"
    secret.write_text("hidden words\r\n")
    secret.chmod(0o600)
    ami = read(tmp_path, AMI + 'secret_file = "gw1.secret"\n').gateways[0].ami
    assert ami is not None
    assert ami.secret == Secret("hidden words")


def test_a_byte_order_mark_is_no_part_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "gw1.secret").write_text("\ufeffhidden", encoding="utf-8")
    (tmp_path / "gw1.secret").chmod(0o600)
    ami = read(tmp_path, "\ufeff" + AMI + 'secret_file = "gw1.secret"\n').gateways[0].ami
    assert ami is not None
    assert ami.secret == Secret("hidden")


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_secret_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    secret = tmp_path / "gw1.secret"
    secret.write_text("hidden")
    secret.chmod(mode)
    error = refusal(tmp_path, AMI + 'secret_file = "gw1.secret"\n')
    assert error.hint == f"chmod 600 {secret}"
    assert "hidden" not in str(error)


def test_what_is_root_s_may_be_for_a_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Kubernetes has it with fsGroup; whoever may not change its mode is told what root can do."""
    secret = tmp_path / "gw1.secret"
    secret.write_text("hidden")
    monkeypatch.setattr("os.geteuid", lambda: 12345)
    monkeypatch.setattr(secret_sources, "owner_of", lambda _: 0)
    secret.chmod(0o440)
    assert read(tmp_path, AMI + 'secret_file = "gw1.secret"\n').gateways
    for mode in (0o460, 0o444, 0o442):
        secret.chmod(mode)
        error = refusal(tmp_path, AMI + 'secret_file = "gw1.secret"\n')
        assert error.hint == f"As root: chown 12345 {secret} && chmod 600 {secret}"
    monkeypatch.setattr(secret_sources, "owner_of", lambda _: 54321)
    secret.chmod(0o440)
    refusal(tmp_path, AMI + 'secret_file = "gw1.secret"\n')


def test_what_a_platform_hands_over_is_taken_as_it_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """systemd's ACL looks like a group's right, and Docker's secrets are for everybody in the container."""
    handed = tmp_path / "handed"
    handed.mkdir()
    secret = handed / "ami"
    secret.write_text("hidden")
    words = AMI + 'secret_file = "handed/ami"\n'
    environ = {"CREDENTIALS_DIRECTORY": str(handed)}
    secret.chmod(0o440)
    refusal(tmp_path, words)
    assert read(tmp_path, words, environ).gateways
    secret.chmod(0o444)
    monkeypatch.setattr(secret_sources, "DOCKER_SECRETS", str(handed))
    assert read(tmp_path, words).gateways
    outside = tmp_path / "gw1.secret"
    outside.write_text("hidden")
    outside.chmod(0o440)
    refusal(tmp_path, AMI + 'secret_file = "handed/../gw1.secret"\n', environ)


def test_a_mode_that_nobody_can_change_is_the_platform_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "gw1.secret"
    secret.write_text("hidden")
    secret.chmod(0o444)
    monkeypatch.setattr(secret_sources, "is_read_only", lambda _: True)
    assert "defaultMode: 0440" in refusal(tmp_path, AMI + 'secret_file = "gw1.secret"\n').hint


def test_a_user_without_a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(uid: int) -> NoReturn:
        raise KeyError(uid)

    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", nobody)
    monkeypatch.chdir(tmp_path)
    for usual in (default_path, default_database):
        with pytest.raises(ConfigError, match="has no home folder") as caught:
            usual()
        assert "set HOME" in caught.value.hint
    assert not has_default()
    assert "that home folder is unknown" in str(refusal(tmp_path, AMI + 'secret_file = "~/gw1"\n'))
    assert read(tmp_path, 'database = "here.db"\n' + MINIMAL).database == tmp_path / "here.db"
    there = tmp_path / "there.db"
    assert load(write(tmp_path, MINIMAL), {}, database=there).database == there
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


def test_a_secret_file_that_can_t_be_read(tmp_path: Path) -> None:
    assert "No such file" in str(refusal(tmp_path, AMI + 'secret_file = "absent"\n'))
    secret = tmp_path / "bytes"
    secret.write_bytes(b"\xff")
    secret.chmod(0o600)
    assert "not UTF-8" in str(refusal(tmp_path, AMI + 'secret_file = "bytes"\n'))


@pytest.mark.parametrize("words", ["two\nlines", "sesame\r\nAction: Command", " leading", "nul\0"])
def test_a_secret_that_can_t_travel_is_refused_without_showing_it(tmp_path: Path, words: str) -> None:
    error = refusal(tmp_path, AMI + 'secret_env = "GW1"\n', {"GW1": words})
    assert words.strip() not in str(error)
    assert words.split()[0] not in str(error)


def test_two_places_for_one_secret_are_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path, AMI + 'secret = "s"\nsecret_env = "GW1"\n', {"GW1": "x"})
    assert "secret and secret_env" in str(error)


def test_secrets_in_a_file_that_others_can_read_are_warned_of(tmp_path: Path) -> None:
    path = write(tmp_path, AMI + 'secret = "s"\n')
    assert load(path, {}).warnings == ()
    path.chmod(0o644)
    assert load(path, {}).warnings == (f"{path} holds secrets and can be read by other users: chmod 600 {path}",)


def test_no_secret_is_shown_by_a_record(tmp_path: Path) -> None:
    config = read(tmp_path, EXAMPLE)
    assert "change-me" not in repr(config)
    assert "secret=***" in repr(config)


def test_who_may_call(tmp_path: Path) -> None:
    tokens = tmp_path / "gw1.tokens"
    tokens.write_text("first-of-two-tokens\nsecond-of-two-tokens\n")
    tokens.chmod(0o600)
    extra = 'callers = ["192.0.2.10", "2001:db8::/32"]\ntokens_file = "gw1.tokens"\n'
    gateway = read(tmp_path, MINIMAL + extra).gateways[0]
    assert gateway.callers == (ip_network("192.0.2.10"), ip_network("2001:db8::/32"))
    assert [token.reveal() for token in gateway.tokens] == ["first-of-two-tokens", "second-of-two-tokens"]
    assert gateway.guarded
    assert "first" not in repr(gateway)
    environ = {"GW1": " first-of-two-tokens  second-of-two-tokens "}
    assert read(tmp_path, MINIMAL + 'tokens_env = "GW1"\n', environ).gateways[0].tokens == gateway.tokens
    assert not read(tmp_path, MINIMAL).gateways[0].guarded


def test_a_token_is_never_shown(tmp_path: Path) -> None:
    for text in ('tokens = ["bad token with words"]\n', 'tokens = ["x", 7]\n', 'tokens_env = "GW1"\n'):
        error = refusal(tmp_path, MINIMAL + text, {"GW1": "bad!token!with!words"})
        assert "bad" not in str(error) + error.hint


def test_an_open_door_is_warned_of(tmp_path: Path) -> None:
    wide = MINIMAL + '[receiver]\nhost = "0.0.0.0"\n'
    (warning,) = read(tmp_path, wide).warnings
    assert "gw1 has no callers, tokens or basic" in warning
    assert read(tmp_path, wide.replace('host = "192', 'callers = "192.0.2.1"\nhost = "192')).warnings == ()
    for host in ("127.0.0.1", "::1", "localhost"):
        assert read(tmp_path, MINIMAL + f'[receiver]\nhost = "{host}"\n').warnings == ()


def test_what_is_kept(tmp_path: Path) -> None:
    assert read(tmp_path, MINIMAL).inbox == InboxConfig(join_parts=True, keep_days=None, keep_messages=None)
    text = MINIMAL + "[inbox]\njoin_parts = false\nkeep_days = 30\nkeep_messages = 1000\n"
    assert read(tmp_path, text).inbox == InboxConfig(join_parts=False, keep_days=30, keep_messages=1000)


def test_the_receiver_s_own_settings(tmp_path: Path) -> None:
    assert read(tmp_path, MINIMAL).receiver.keep_after_hangup
    text = MINIMAL + '[receiver]\nmax_rate = 0\nkeep_after_hangup = false\nmonitors = ["127.0.0.1"]\n'
    receiver = read(tmp_path, text).receiver
    assert (receiver.max_rate, receiver.keep_after_hangup) == (0, False)
    assert receiver.monitors == (ip_network("127.0.0.1"),)
