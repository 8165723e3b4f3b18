"""`gsm-console check` against the simulated gateway."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from console.cli.gateway import check
from tests.support.shell import simulated

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from console.simulator.gateway import Gateway

TOKEN = "a-token-of-some-length"


def run(folder: Path, gateway: Gateway, *words: str, more: str = "") -> int:
    path = folder / "config.toml"
    path.write_text(
        f"""
database = "console.db"
[receiver]
tcp_port = 0
[[gateways]]
name = "gw1"
host = "127.0.0.1"
tokens = ["{TOKEN}"]
[gateways.ami]
tcp_port = {gateway.ami_address[1]}
username = "admin"
secret = "admin"
[gateways.http]
tcp_port = {gateway.http_address[1]}
username = "smsuser"
password = "smspwd"
{more}
""",
        encoding="utf-8",
    )
    path.chmod(0o600)
    parser = argparse.ArgumentParser()
    check.add_parser(parser.add_subparsers())
    args = parser.parse_args(["check", "--config", str(path), *words])
    code: int = args.run(args)
    return code


def test_all_is_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with simulated() as gateway:
        assert run(tmp_path, gateway) == 0
        assert list(gateway.air) == []
    shown = capsys.readouterr().out
    assert "✗" not in shown
    assert "✓ AMI         logged in, commands run, 8 GSM ports" in shown
    assert "✓ /sendsms    enabled, and it accepts the user" in shown
    assert "✓ address     127.0.0.1:0 is free" in shown
    assert "path                  sms/gw1/***" in shown
    assert "name of message       message" in shown
    assert "user-defined          (empty)" in shown
    assert "--show-tokens" in shown
    for secret in (TOKEN, "smspwd"):
        assert secret not in shown
    assert not (tmp_path / "console.db").exists()


def test_what_does_not_work_is_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with simulated(http_to_sms="off", password="another") as gateway:
        assert run(tmp_path, gateway) == 1
    shown = capsys.readouterr().out
    assert "✗ AMI" in shown
    assert "✗ /sendsms" in shown


def test_json_is_one_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with simulated(http_to_sms="stale") as gateway:
        assert run(tmp_path, gateway, "--json", "--show-tokens") == 1
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is False
    (box,) = report["gateways"]
    assert {finding["subject"]: finding["verdict"] for finding in box["findings"]} == {
        "AMI": "ok",
        "AMI account": "ok",
        "/sendsms": "failed",
        "clock": "ok",
    }
    assert box["sms_to_http"]["path"] == f"sms/gw1/{TOKEN}"
    assert box["sms_to_http"]["names"]["number"] == "phonenumber"
    assert report["receiver"]["findings"][0]["verdict"] == "ok"


def test_a_user_and_password_that_a_call_must_bring(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    basic = '[gateways.basic]\nusername = "gate"\npassword = "hush-hush-hush"'
    with simulated() as gateway:
        assert run(tmp_path, gateway, more=basic) == 0
        hidden = capsys.readouterr().out
        assert run(tmp_path, gateway, "--show-tokens", more=basic) == 0
    assert "! login       calls for gw1 must carry a user and password (HTTP Basic)" in hidden
    assert "host                  gate:***@127.0.0.1" in hidden
    assert ":*** before the @ is the password; --show-tokens shows it" in hidden
    assert "hush" not in hidden
    shown = capsys.readouterr().out
    assert "host                  gate:hush-hush-hush@127.0.0.1" in shown
    assert "--show-tokens" not in shown
