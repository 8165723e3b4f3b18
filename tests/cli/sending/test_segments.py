"""`gsm-console segments` from arguments to output."""

from __future__ import annotations

import argparse
import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cli.sending import segments
from console.protocol.sms.segments import plan
from tests.support.texts import any_text, hard_texts

if TYPE_CHECKING:
    from console.domain.plan import SplitPath


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    def call(*args: str, stdin: bytes = b"") -> str:
        parser = argparse.ArgumentParser()
        segments.add_parser(parser.add_subparsers())
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        parsed = parser.parse_args(["segments", *args])
        assert parsed.run(parsed) == 0
        return capsys.readouterr().out

    return call


def test_json_holds_the_whole_plan(run: Any) -> None:
    assert json.loads(run("--json", "Don’t")) == {
        "text": "Don’t",
        "path": "3gpp",
        "encoding": "UCS-2",
        "reference_bits": 8,
        "segments": [{"text": "Don’t", "units": 5}],
        "units": 5,
        "left": 65,
        "forced_by": [
            {"char": "’", "index": 3, "name": "RIGHT SINGLE QUOTATION MARK", "suggestion": "'"},
        ],
        "warnings": [],
    }


@pytest.mark.parametrize(("path", "units"), [("3gpp", [153, 8]), ("ami", [152, 9]), ("http", [140, 21])])
def test_paths(run: Any, path: str, units: list[int]) -> None:
    made = json.loads(run("--path", path, "--json", "a" * 161))
    assert [segment["units"] for segment in made["segments"]] == units


def test_reference_bits(run: Any) -> None:
    made = json.loads(run("--reference-bits", "16", "--json", "a" * 161))
    assert (made["reference_bits"], made["segments"][0]["units"]) == (16, 152)


def test_standard_input_less_the_shells_line_end(run: Any) -> None:
    assert json.loads(run("--json", stdin="één\n\n".encode()))["text"] == "één\n"


def test_lines_are_a_text_each(run: Any) -> None:
    lines = run("--lines", stdin=b"one\r\n\ntwo").splitlines()
    assert [json.loads(line)["text"] for line in lines] == ["one", "", "two"]
    assert [json.loads(line)["text"] for line in run("--lines", "a\nb").splitlines()] == ["a", "b"]


def test_the_empty_text_is_one_empty_segment(run: Any) -> None:
    assert run(stdin=b"") == "GSM-7 · 1 segment · 0 septets · 160 left\n1  0\n"


def test_readable_output(run: Any) -> None:
    assert run("--path", "http", "я" * 66 + "\x1b[2J") == (
        "UCS-2 · 2 segments · 70 UTF-16 units · 64 left\n"
        + "".join(f"because of я at {at} (CYRILLIC SMALL LETTER YA)\n" for at in range(5))
        + f"and of 62 more\n1  67  {'я' * 66}␛\n2   3  [2J\n"
    )


def test_suggestions_and_warnings_are_printed(run: Any) -> None:
    printed = run("--path", "ami", "a\nb’")
    assert 'because of ’ at 3 (RIGHT SINGLE QUOTATION MARK), instead: "\'"\n' in printed
    assert "\nwarning: AMI can't carry a line break or NUL: send this by HTTP.\n" in printed


def test_a_byte_order_mark_is_no_text_and_letters_are_composed(run: Any) -> None:
    assert run(stdin="\ufeffMu\u0308ller".encode()).startswith("GSM-7 · 1 segment · 6 septets")


@pytest.mark.parametrize(
    ("args", "stdin", "words"),
    [
        (["--json"], b"caf\xe9", "byte 3 is 0xE9"),
        (["--lines"], b"ok\n\xff\n", "Line 2"),
        (["\udce9"], b"", "not UTF-8"),
    ],
)
def test_what_is_not_utf_8_is_refused(run: Any, args: list[str], stdin: bytes, words: str) -> None:
    with pytest.raises(segments.InputError, match=words) as caught:
        run(*args, stdin=stdin)
    assert caught.value.exit_code == 2


@given(path=st.sampled_from(["3gpp", "ami", "http"]), text=any_text | hard_texts)
def test_nothing_printed_acts_on_a_terminal(path: SplitPath, text: str) -> None:
    made = plan(text, path)
    for line in [*segments.report(made), segments.as_json(made)]:
        assert not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in line)
        assert not any(char in "\u202a\u202e\u2028\u200f\ufeff" for char in line)
