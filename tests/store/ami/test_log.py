"""The bounded AMI log."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from console.domain.ami import AmiKind
from console.domain.link import Flow, LogRecord
from console.protocol.ami.frames import AmiBlock
from console.store.ami.log import AmiLog


def filled(count: int, *, capacity: int = 5, max_bytes: int = 1 << 20) -> AmiLog:
    log = AmiLog(capacity, max_bytes)
    for number in range(1, count + 1):
        log.append(float(number), "gw1", Flow.NOTE, f"line {number}")
    return log


def texts(log: AmiLog) -> list[str]:
    return [record.text for record in log.window(log.first_seq, 1000)]


def test_an_empty_log() -> None:
    log = AmiLog()
    assert (log.revision, log.first_seq, log.last_seq) == (0, 1, 0)
    assert log.since(0, 10) == []
    assert log.window(1, 10) == []


def test_the_oldest_go_first() -> None:
    log = filled(8)
    assert (log.revision, log.first_seq, log.last_seq) == (8, 4, 8)
    assert texts(log) == ["line 4", "line 5", "line 6", "line 7", "line 8"]


def test_reading_on_from_a_number() -> None:
    log = filled(8)
    assert [record.seq for record in log.since(6, 10)] == [7, 8]
    assert [record.seq for record in log.since(0, 2)] == [4, 5]
    assert [record.seq for record in log.window(4, 2)] == [4, 5]
    assert [record.seq for record in log.window(8, 5)] == [8]
    assert log.since(8, 5) == []


def test_size_counts_and_the_newest_is_kept() -> None:
    log = AmiLog(100, max_bytes=5000)
    for _ in range(3):
        message = AmiBlock(AmiKind.EVENT, b"Event: X\r\nA: " + b"y" * 1900 + b"\r\n\r\n")
        log.append(0.0, "gw1", Flow.IN, "", message)
    assert [record.seq for record in log.window(1, 10)] == [2, 3]
    log.append(0.0, "gw1", Flow.IN, "", AmiBlock(AmiKind.EVENT, b"z" * 9000))
    assert [record.seq for record in log.window(1, 10)] == [4]


@given(st.integers(1, 8), st.integers(0, 40), st.integers(-5, 50), st.integers(0, 20))
def test_a_window_is_a_slice_of_what_is_kept(capacity: int, count: int, first: int, size: int) -> None:
    log = filled(count, capacity=capacity)
    kept = range(max(1, count - capacity + 1), count + 1)
    assert [record.seq for record in log.window(first, size)] == [seq for seq in kept if first <= seq < first + size]


def test_one_thread_writes_while_another_reads() -> None:
    log = AmiLog(50)
    seen: list[int] = []

    def read() -> None:
        while not seen or seen[-1] < 3000:
            seen.extend(record.seq for record in log.since(seen[-1] if seen else 0, 10))

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    for number in range(3000):
        log.append(float(number), "gw1", Flow.NOTE, "x")
    reader.join(timeout=60)
    assert not reader.is_alive()
    assert seen == sorted(set(seen))


def test_a_record_says_of_which_session_it_is() -> None:
    log = filled(1)
    log.append(2.0, "gw1", Flow.OUT, "Action: Command", session="send")
    assert [record.session for record in log.window(1, 2)] == ["", "send"]


MESSAGES = st.builds(AmiBlock, st.sampled_from(AmiKind), st.binary(min_size=1, max_size=40), st.booleans())
RECORDS = st.tuples(
    st.floats(0, 2e9),
    st.sampled_from(["", "gw1", "gw2"]),
    st.sampled_from(Flow),
    st.sampled_from(["", "send", "mark"]),
    st.text(max_size=20) | MESSAGES,
)


@given(st.lists(RECORDS, max_size=30))
def test_records_come_out_as_they_went_in(records: list[tuple[float, str, Flow, str, str | AmiBlock]]) -> None:
    log = AmiLog(20)
    expected = []
    for seq, (at, gateway, flow, session, said) in enumerate(records, 1):
        text, message = (said, None) if isinstance(said, str) else ("", said)
        log.append(at, gateway, flow, text, message, session=session)
        expected.append(LogRecord(seq, at, gateway, flow, text, message, session))
    assert log.window(1, 100) == expected[-20:]


def test_what_was_dropped_takes_no_memory() -> None:
    log = AmiLog(1_000, max_bytes=5_000)
    for number in range(2_000):
        log.append(0.0, "gw1", Flow.IN, "", AmiBlock(AmiKind.EVENT, b"Event: X\r\nN: %d\r\n\r\n" % number))
    assert sum(said != "" for said in log._said) == log.last_seq - log.first_seq + 1 < 50
    assert len(log._heads) == 1
