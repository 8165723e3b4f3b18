from __future__ import annotations

import argparse
import json

import pytest

from console.cli.gateway import check
from console.cli.gateway.terminal_check import Finding, Seen, findings, verdict

GOOD = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}


def look(
    *, is_terminal: bool = True, size: tuple[int, int] = (120, 40), utf8: bool = True, **environ: str
) -> list[Finding]:
    return list(findings(Seen({**GOOD, **environ}, is_terminal, size, utf8)))


def look_in(environ: dict[str, str]) -> list[Finding]:
    return list(findings(Seen({**GOOD, **environ}, is_terminal=True, size=(120, 40), utf8=True)))


def of(found: list[Finding], subject: str) -> Finding:
    return next(finding for finding in found if finding.subject == subject)


def test_a_good_terminal() -> None:
    found = look()
    assert verdict(found) == "ok"
    assert of(found, "colours").words == "16 million"
    assert of(found, "size").words == "120x40: all panes side by side"


@pytest.mark.parametrize("term", ["", "dumb"])
def test_a_terminal_that_can_do_nothing_fails_and_is_told_what_to_do(term: str) -> None:
    finding = of(look(TERM=term), "terminal")
    assert finding.verdict == "failed"
    assert "TERM=xterm-256color" in finding.hint


def test_a_pipe_is_pointed_to_plain() -> None:
    finding = of(look(is_terminal=False), "terminal")
    assert finding.verdict == "failed"
    assert "--plain" in finding.hint


@pytest.mark.parametrize(
    ("size", "expected"), [((40, 10), "failed"), ((60, 20), "warning"), ((80, 24), "ok"), ((200, 60), "ok")]
)
def test_sizes(size: tuple[int, int], expected: str) -> None:
    assert of(look(size=size), "size").verdict == expected


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"NO_COLOR": "1"}, "none, because of NO_COLOR: states are words and glyphs"),
        ({"COLORTERM": ""}, "256"),
        ({"COLORTERM": "", "TERM": "xterm"}, "16"),
        ({"TERM": "screen-256color", "STY": "1.a"}, "256: screen has no more"),
    ],
)
def test_colours(environ: dict[str, str], words: str) -> None:
    assert of(look_in(environ), "colours").words == words


def test_colours_that_were_asked_for() -> None:
    environ = {**GOOD, "TERM": "screen", "STY": "1.a"}
    found = list(findings(Seen(environ, is_terminal=True, size=(120, 40), utf8=True, asked="truecolor")))
    assert of(found, "colours").words == "16 million, because of --colours"


def test_a_locale_without_utf8_is_told() -> None:
    finding = of(look(utf8=False), "characters")
    assert finding.verdict == "warning"
    assert "LANG=C.UTF-8" in finding.hint


def test_ambiguous_widths_in_east_asian_locales() -> None:
    assert of(look(LANG="zh_CN.UTF-8"), "widths").verdict == "warning"
    assert of(look(LANG="de_DE.UTF-8"), "widths").verdict == "ok"


def test_inside_tmux_and_screen() -> None:
    inside = look(TMUX="/tmp/tmux-0/default,1,0", TERM="tmux-256color")
    assert of(inside, "tmux").verdict == "ok"
    assert "set-clipboard" in of(inside, "clipboard").hint
    assert of(look(TMUX="x", TERM="xterm-256color"), "tmux").verdict == "warning"
    assert "term screen-256color" in of(look(STY="1.a", TERM="screen"), "screen").hint
    assert of(look(STY="1.a", TERM="screen"), "clipboard").verdict == "warning"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"TERM_PROGRAM": "iTerm.app"}, "ok"),
        ({"TERM_PROGRAM": "Apple_Terminal"}, "warning"),
        ({"VTE_VERSION": "7003"}, "warning"),
        ({"TERM": "linux"}, "warning"),
    ],
)
def test_copies(environ: dict[str, str], expected: str) -> None:
    assert of(look_in(environ), "clipboard").verdict == expected


def test_over_ssh_tmux_is_recommended() -> None:
    assert "tmux new" in of(look(SSH_CONNECTION="192.0.2.7 22 192.0.2.8 22"), "line").hint
    assert all(finding.subject != "line" for finding in look())


def test_the_command_reads_no_configuration(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    check.add_parser(parser.add_subparsers())
    for name in ("TMUX", "STY", "SSH_CONNECTION", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)
    args = parser.parse_args(["check", "--terminal", "--json"])
    assert args.run(args) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is False
    assert report["terminal"][0] == {
        "subject": "terminal",
        "verdict": "failed",
        "words": "this is not a terminal",
        "hint": "Start it in a terminal, or use --plain for pipes.",
    }
