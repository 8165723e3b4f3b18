"""`gsm-console config`: init, check, path."""

from __future__ import annotations

import argparse
import tomllib
from pathlib import Path

import pytest

from console.cli import config as command
from console.config import EXAMPLE, default_path, load
from console.errors import ConfigError


def run(*words: str | Path) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", type=Path)
    command.add_parser(parser.add_subparsers())
    args = parser.parse_args([str(word) for word in words])
    code: int = args.run(args)
    return code


def test_init_writes_the_example_for_the_owner_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "new folder" / "config.toml"
    assert run("config", "init", "--path", path) == 0
    assert path.read_text() == EXAMPLE
    assert path.stat().st_mode & 0o777 == 0o600
    assert str(path) in capsys.readouterr().out


def test_init_leaves_a_file_alone_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("mine")
    path.chmod(0o644)
    with pytest.raises(ConfigError, match="already a file") as caught:
        run("config", "init", "--path", path)
    assert "--force" in caught.value.hint
    assert path.read_text() == "mine"
    assert run("config", "init", "--path", path, "--force") == 0
    assert path.read_text() == EXAMPLE
    assert path.stat().st_mode & 0o777 == 0o600


def test_init_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="can't be written"):
        run("config", "init", "--path", tmp_path / "file" / "config.toml")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ConfigError, match="can't be written"):
        run("config", "init", "--path", tmp_path / "folder", "--force")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["file", "folder"]


def test_check_prints_what_was_understood_without_secrets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.toml"
    run("config", "init", "--path", path)
    path.write_text(EXAMPLE + '[gateways.parameter_names]\ntext = ["body"]\n')
    capsys.readouterr()
    assert run("config", "check", "--path", path) == 0
    out = capsys.readouterr().out
    assert f"{path}: understood." in out
    assert "name = gw1" in out
    assert "ami.secret = ***" in out
    assert "http.password = ***" in out
    assert "http.send_timeout: none" in out
    assert "parameter_names: body means text" in out
    assert "change-me" not in out
    assert "Warning" not in out


def test_check_warns_of_a_file_that_others_can_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.toml"
    path.write_text(EXAMPLE)
    path.chmod(0o644)
    assert run("--config", path, "config", "check") == 0
    assert f"Warning: {path} holds secrets" in capsys.readouterr().out


def test_check_refuses_what_load_refuses(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="There is no configuration file"):
        run("config", "check", "--path", tmp_path / "absent.toml")


def test_path_prints_where_it_is_looked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("config", "path") == 0
    assert run("--config", tmp_path / "x.toml", "config", "path") == 0
    assert capsys.readouterr().out.splitlines() == [str(default_path()), str(tmp_path / "x.toml")]


def test_a_command_is_required(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run("config")
    assert "COMMAND" in capsys.readouterr().err


def test_check_prints_every_table_each_value_on_a_line_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        '[sending]\ndeny = {"+882" = "satellite"}\n[templates]\nlate = "Sorry,\\n\\u001b[31m{name}"\n'
        '[[gateways]]\nname = "gw1"\nhost = "192.0.2.1"\n'
        "[[gateways.sims]]\nport = 3\ndaily_limit = 20\n"
        '[[gateways.port_sets]]\nname = "night"\nports = [1, 2]\norder = "descending"\n'
        '[[rules]]\nname = "night"\nwhen = "port:3"\nanswer = "At eight."\nmay_answer = true\n'
        'run = ["/opt/ticket", "--token", "sesame"]\nwebhook = "https://h.example/token"\nnotify = "mailto://me:sesame@h"\n'
    )
    assert run("config", "check", "--path", path) == 0
    lines = capsys.readouterr().out.splitlines()
    for line in (
        "[sending]",
        "deny: +882 = satellite",
        "default_region: none",
        "opt_out_words: STOP and others, in several languages",
        "templates: late = Sorry,␊␛[31m{name}",
        "[alarms]",
        "bell = true",
        "[ami_log]",
        "sims[3].daily = 20",
        "port_sets = night (2 > 1)",
        "[[rules]]",
        "when = port:3",
        "run = /opt/ticket, ***, ***",
        "webhook = ***",
        "notify = ***",
        "answer = At eight.",
        "answer_limit = 5 in 10 minutes",
    ):
        assert line in lines, line


def test_keys_prints_a_table_that_loads_as_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("config", "keys") == 0
    keys = tomllib.loads(capsys.readouterr().out)["keys"]
    assert keys["inbox.reply"] == "r"
    assert keys["gateway.previous"] == "left_square_bracket"


def test_arguments_of_the_alarm_command_are_not_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[[gateways]]\nname = "gw1"\nhost = "h"\n[alarms]\ncommand = ["/opt/page", "--token", "sesame"]\n')
    assert run("config", "check", "--path", path) == 0
    out = capsys.readouterr().out
    assert "command = /opt/page, ***, ***\n" in out
    assert "sesame" not in out
    assert "sesame" not in repr(load(path, {}))
