"""`gsm-console decode`."""

from __future__ import annotations

import argparse
import io
import json
from typing import TYPE_CHECKING

import pytest

from console.cli.gateway import decode
from console.errors import ConsoleError
from tests.support.ami_server import CAPTURES

if TYPE_CHECKING:
    from pathlib import Path


def run(*argv: str) -> int:
    parser = argparse.ArgumentParser()
    decode.add_parser(parser.add_subparsers())
    args = parser.parse_args(["decode", *argv])
    code = args.run(args)
    assert isinstance(code, int)
    return code


def test_a_capture_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("ami", str(CAPTURES / "ast18-command-version.bin"), "--json") == 0
    objects = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert objects[0] == {"kind": "banner", "name": "Asterisk Call Manager/1.1", "headers": [], "output": None}
    assert objects[1]["headers"] == [["Response", "Success"], ["Message", "Authentication accepted"]]
    assert objects[3]["kind"] == "response"
    assert objects[3]["headers"] == [["Response", "Follows"], ["Privilege", "Command"], ["ActionID", "v1"]]
    assert objects[3]["output"] == [
        "Asterisk 1.8.32.3 built by root @ vm on a x86_64 running Linux on 2026-11-22 13:32:56 UTC"
    ]
    assert list(objects[3]) == ["kind", "name", "headers", "output"]


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    data = b"Event: X\r\nA: \x1b[31m\xc2\x9b\r\n\r\n"
    for argv in (["ami"], ["ami", "-", "--json"]):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
        assert run(*argv) == 0
        out = capsys.readouterr().out
        assert "\x1b" not in out
        assert "\x9b" not in out
        assert "X" in out


def test_a_cut_capture_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("ami", str(CAPTURES / "ast18-stop-now-operator.bin")) == 0
    assert "cut" in capsys.readouterr().err


def test_output_is_shown_line_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "x.bin"
    file.write_bytes(b"Response: Follows\r\nPrivilege: Command\r\na\n b--END COMMAND--\r\n\r\nstray\r\n\r\n")
    run("ami", str(file))
    assert capsys.readouterr().out.splitlines() == [
        "response  Follows", "    Privilege: Command", "  | a", "  |  b", "other  ", "    stray: ",
    ]  # fmt: skip


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConsoleError, match="can't be read: No such file"):
        run("ami", str(tmp_path / "none.bin"))


def test_a_callback_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    query = "phonenumber=+8613632919026&port=3&portname=a&message=a%20b%1b&time=2014/09/11+09:36:47&imsi=1&"
    assert run("callback", query, "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert list(shown) == [
        "kind", "number", "text", "port", "port_name", "gateway_time", "imsi", "id", "status", "cause", "reason",
    ]  # fmt: skip
    assert (shown["kind"], shown["number"], shown["text"]) == ("sms", "+8613632919026", "a b\x1b")


def test_a_callback_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("callback", "/sms?phonenumber=10086&port=3&message=%1b%5B31m") == 0
    assert capsys.readouterr().out.splitlines() == ["kind: sms", "number: 10086", "text: ␛[31m", "port: 3"]


def test_an_unreadable_callback_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("callback", "", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["kind"] == "unreadable"
    assert shown["reason"]


def test_a_callback_in_a_charset_of_its_gateway(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("callback", "num=1&message=%C4%FA%BA%C3", "--charset", "gbk") == 0
    assert "text: 您好" in capsys.readouterr().out.splitlines()


def test_a_charset_that_is_none() -> None:
    with pytest.raises(ConsoleError, match=r"--charset is 'rot13', which is not a known character set"):
        run("callback", "num=1&message=a", "--charset", "rot13")
