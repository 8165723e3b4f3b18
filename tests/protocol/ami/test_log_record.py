from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.ami import AmiKind
from console.domain.link import Flow, LogRecord
from console.protocol.ami.frames import AmiBlock
from console.protocol.ami.log_record import read_record, write_record
from console.protocol.text.redact import redact
from tests.support.ami_records import SENT, heard, told

TIMES = st.floats(min_value=0, max_value=9e10)
MESSAGES = st.builds(AmiBlock, st.sampled_from(AmiKind), st.binary(max_size=200), complete=st.booleans())
RECORDS = st.builds(
    LogRecord,
    st.integers(0, 2**40),
    TIMES,
    st.text(max_size=10),
    st.sampled_from(Flow),
    st.text(max_size=100),
    st.none() | MESSAGES,
    st.sampled_from(["", "send", "mark"]),
)


def without_secrets(record: LogRecord) -> LogRecord:
    message = record.message
    if message is not None:
        raw = redact(message.raw.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        message = AmiBlock(message.kind, raw, complete=getattr(message, "complete", True))
    return replace(record, text=redact(record.text), message=message)


@given(RECORDS)
def test_a_record_comes_back_as_it_was_but_for_secrets(record: LogRecord) -> None:
    line = write_record(record)
    assert line.isascii()
    assert "\n" not in line
    assert read_record(line, record.seq) == without_secrets(record)


def test_a_line_reads_as_what_was_on_the_wire() -> None:
    fields = json.loads(write_record(heard(SENT)))
    assert fields == {"at": 1795348800.0, "gateway": "gw1", "flow": "in", "kind": "event", "raw": SENT.decode()}


def test_secrets_are_not_written() -> None:
    out = write_record(told("Action: Login\nSecret: hunter2"))
    url = write_record(heard(b"Event: X\r\nAppData: http://x/?token=hunter2&b=1\r\n\r\n"))
    assert "hunter2" not in out + url
    assert "***" in out
    assert "token=***&b=1" in url


def test_a_byte_that_is_no_utf8_comes_back() -> None:
    record = heard(b"Event: \xe9\xff\xc3\r\n\r\n")
    back = read_record(write_record(record))
    assert back is not None
    assert back.message is not None
    assert back.message.raw == b"Event: \xe9\xff\xc3\r\n\r\n"


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b"\xff",
        b'{"at": 1}',
        b'{"at": "x", "gateway": "g", "flow": "in"}',
        b'{"at": NaN, "gateway": "g", "flow": "in"}',
        b'{"at": 1e300, "gateway": "g", "flow": "in"}',
        b'{"at": 1, "gateway": 7, "flow": "in"}',
        b'{"at": 1, "gateway": "g", "flow": "up"}',
        b'{"at": 1, "gateway": "g", "flow": "in", "raw": "x", "kind": "none"}',
        b'{"at": 1, "gateway": "g", "flow": "in", "raw": "\\ud800", "kind": "event"}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_record_is_none(line: bytes) -> None:
    assert read_record(line) is None


@given(st.binary(max_size=100))
def test_any_bytes_can_be_looked_at(line: bytes) -> None:
    read_record(line)
