"""Requests whole, in pieces, several at once, and broken."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.protocol.http.request import (
    BODY_LIMIT,
    HEADERS_LIMIT,
    TARGET_LIMIT,
    Incoming,
    Refused,
    Request,
    RequestReader,
    Unreadable,
    answer,
)

CAPTURES = sorted((Path(__file__).parents[2] / "captures" / "http").glob("*.bin"))
GET = b"GET /sms?num=1&message=a HTTP/1.1\r\nHost: x\r\n\r\n"
CHUNKED = b"POST /sms HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
POST = b"POST /sms HTTP/1.1\r\nContent-Length: 15\r\n\r\nnum=1&message=b"


def read(data: bytes, size: int | None = None) -> list[Incoming]:
    """What comes of the bytes, fed in pieces of `size`."""
    reader = RequestReader()
    incoming: list[Incoming] = []
    for start in range(0, len(data), size or max(1, len(data))):
        incoming += reader.feed(data[start : start + (size or len(data))])
    return incoming


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda path: path.stem)
def test_captured_requests_whole_and_byte_by_byte(capture: Path) -> None:
    data = capture.read_bytes()
    (request,) = read(data)
    assert isinstance(request, Request)
    assert request.method == "GET"
    assert request.target == data.split(b" ")[1]
    assert request.keep_alive
    assert read(data, 1) == [request]
    assert read(data * 3) == read(data * 3, 7) == [request] * 3


@pytest.mark.parametrize(
    ("line", "target"),
    [
        (b"GET /a?message=two words &time=1 HTTP/1.1", b"/a?message=two words &time=1"),
        ("GET /a?message=Ваш баланс HTTP/1.0".encode(), "/a?message=Ваш баланс".encode()),
        (b"GET /a?message=\x01\xff\x7f# HTTP/1.1", b"/a?message=\x01\xff\x7f#"),
        (b"GET /a?message=say HTTP/1.1 aloud HTTP/1.1", b"/a?message=say HTTP/1.1 aloud"),
        (b"GET /a?message=x", b"/a?message=x"),
        (
            b"GET /a?message=two\nlines: HTTP/1.1 and\r\n more&time=1 HTTP/1.1",
            b"/a?message=two\nlines: HTTP/1.1 and\r\n more&time=1",
        ),
        (b"get  /a?message=x  HTTP/1.1  ", b"/a?message=x"),
    ],
)
def test_a_target_that_no_strict_parser_takes(line: bytes, target: bytes) -> None:
    for size in (None, 1):
        (request,) = read(line + b"\r\nHost: x\r\n\r\n", size)
        assert isinstance(request, Request)
        assert request.target == target


def test_a_text_with_an_empty_line_is_whole_where_it_comes_at_once() -> None:
    requests = read(b"GET /a?message=two\n\nlines HTTP/1.1\r\nHost: x\r\n\r\n" + GET)
    assert [request.target for request in requests if isinstance(request, Request)] == [
        b"/a?message=two\n\nlines",
        b"/sms?num=1&message=a",
    ]


def test_a_target_of_several_lines_is_whole_where_its_version_is_spoilt() -> None:
    [request] = read(b"GET /sms?phonenumber=1&message=one\r\ntwo words HTTP/1,1\r\nHost: console\r\n\r\n")
    assert isinstance(request, Request)
    assert request.target == b"/sms?phonenumber=1&message=one\r\ntwo words HTTP/1,1\r\nHost: console"
    [request] = read(b"GET /sms?phonenumber=1&message=one\r\nAuthorization: Basic c2VjcmV0\r\n\r\n")
    assert isinstance(request, Request)
    assert request.target == b"/sms?phonenumber=1&message=one", "header fields are kept nowhere"


def test_a_call_without_a_version_ends_before_the_next() -> None:
    first, *_ = read(b"GET /a?message=x\r\n\r\n" + GET)
    assert isinstance(first, Request)
    assert (first.target, first.keep_alive) == (b"/a?message=x", False)


def test_lines_that_end_in_a_bare_line_feed() -> None:
    (request,) = read(b"\n\r\nGET /a?b=c HTTP/1.1\nHost: x\n\n")
    assert isinstance(request, Request)
    assert request.keep_alive


def test_a_body_and_what_follows_it() -> None:
    for size in (None, 1, 5):
        first, second = read(POST + GET, size)
        assert isinstance(first, Request)
        assert first.body == b"num=1&message=b"
        assert isinstance(second, Request)
        assert second.target == b"/sms?num=1&message=a"


@pytest.mark.parametrize(
    ("fields", "version", "keep_alive"),
    [
        (b"", b"1.1", True),
        (b"", b"1.0", False),
        (b"Connection: close\r\n", b"1.1", False),
        (b"Connection: Keep-Alive\r\n", b"1.0", True),
        (b"Connection: upgrade\r\nUpgrade: h2c\r\n", b"1.1", False),
    ],
)
def test_keep_alive(fields: bytes, version: bytes, keep_alive: bool) -> None:
    (request,) = read(b"GET /a?b HTTP/" + version + b"\r\n" + fields + b"\r\n")
    assert isinstance(request, Request)
    assert request.keep_alive is keep_alive


def test_a_get_with_broken_fields_is_taken_and_ends_the_connection() -> None:
    (request,) = read(b"GET /sms?num=1&message=a HTTP/1.1\r\nno colon here\r\n\r\n")
    assert request == Request("GET", b"/sms?num=1&message=a", b"", keep_alive=False)


@pytest.mark.parametrize(
    "data",
    [
        b"hello\r\n",
        b"\x00\x01\x02",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"this is quite a long line without a method\r\n\r\n",
        b"GET \r\n\r\n",
        b"POST /a HTTP/1.1\r\nno colon here\r\n\r\n",
        b"POST /a HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /a HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    ],
)
def test_what_is_no_request_is_kept_as_it_came(data: bytes) -> None:
    (incoming,) = read(data + GET)
    assert isinstance(incoming, Unreadable)
    assert (data + GET).startswith(incoming.raw)
    assert data.startswith(incoming.raw[: len(data)])
    assert incoming.reason


def test_tls_is_refused_with_what_to_do() -> None:
    hello = b"\x16\x03\x01\x02\x00\x01\x00"
    for size in (None, 1):
        (incoming,) = read(hello, size)
        assert isinstance(incoming, Refused)
        assert "http" in incoming.reason


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET /" + b"a" * (TARGET_LIMIT + 1), 414),
        (b"GET /" + b"a" * (TARGET_LIMIT + 1) + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET /a HTTP/1.1\r\nX: " + b"a" * (HEADERS_LIMIT + 1), 431),
        (b"GET /a HTTP/1.1\r\nX: " + b"a" * (HEADERS_LIMIT + 1) + b"\r\n\r\n", 431),
        (b"POST /a HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (BODY_LIMIT + 1), 413),
        (b"POST /a HTTP/1.1\r\nContent-Length: " + b"9" * 18 + b"\r\n\r\n", 413),
        (CHUNKED + b"%x\r\n" % (BODY_LIMIT + 1), 413),
        (CHUNKED + b"1;" + b"a" * (HEADERS_LIMIT + 1), 431),
    ],
)
def test_limits(data: bytes, status: int) -> None:
    for size in (None, 4096):
        (incoming,) = read(data, size)
        assert isinstance(incoming, Refused)
        assert incoming.status == status


def test_the_longest_sms_there_can_be_is_taken() -> None:
    target = b"/sms/gw1?num=%2B8613632919026&message=" + b"%E6%82%A8" * (255 * 67)
    (request,) = read(b"GET " + target + b" HTTP/1.1\r\n\r\n", 65536)
    assert isinstance(request, Request)
    assert request.target == target


@given(
    st.lists(st.binary(min_size=1, max_size=40), max_size=5), st.integers(1, 60), st.sampled_from([b"", b"A: b\r\n"])
)
def test_a_body_in_chunks_and_what_follows_it(chunks: list[bytes], size: int, trailer: bytes) -> None:
    sent = b"".join(b"%X ;name=value\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    first, second = read(CHUNKED + sent + b"0\r\n" + trailer + b"\r\n" + GET, size)
    assert isinstance(first, Request)
    assert (first.target, first.body) == (b"/sms", b"".join(chunks))
    assert isinstance(second, Request)
    assert second.target == b"/sms?num=1&message=a"


@pytest.mark.parametrize("rest", [b"5\r\nnum=1&message", b"x\r\nnum=1", b"-1\r\n", b"123456789\r\n"])
def test_chunks_that_can_not_be_read_are_kept(rest: bytes) -> None:
    for size in (None, 1):
        (incoming,) = read(CHUNKED + b"2\r\nhi\r\n" + rest, size)
        assert isinstance(incoming, Unreadable)
        assert incoming.raw.startswith(CHUNKED + b"hi")
        assert "chunk" in incoming.reason


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        (b"Content-Length: 5 \r\n", b"num=1"),
        (b"Content-Length:\t5\t\r\n", b"num=1"),
        (b"Transfer-Encoding: chunked \r\n", b"5\r\nnum=1\r\n0\r\n\r\n"),
        (b"Transfer-Encoding: gzip, Chunked\r\n", b"0000000005\r\nnum=1\r\n0\r\n\r\n"),
    ],
)
def test_fields_of_a_body_as_others_write_them(fields: bytes, body: bytes) -> None:
    for size in (None, 1):
        first, second = read(b"POST /sms HTTP/1.1\r\n" + fields + b"\r\n" + body + GET, size)
        assert isinstance(first, Request)
        assert first.body == b"num=1"
        assert isinstance(second, Request)


def test_what_came_behind_fields_that_can_not_be_read_is_kept_with_them() -> None:
    sent = b"POST /sms HTTP/1.1\r\nContent-Length: 5, 5\r\n\r\nnum=1"
    (incoming,) = read(sent)
    assert isinstance(incoming, Unreadable)
    assert incoming.raw == sent


def test_a_length_beside_chunks_ends_the_connection() -> None:
    """Who reads by the length sees other requests: nothing that follows may count."""
    head = b"POST /a HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
    (incoming, *_) = read(head + b"5\r\nnum=1\r\n0\r\n\r\n")
    assert not (isinstance(incoming, Request) and incoming.keep_alive)


def test_a_body_that_is_held_back_is_asked_for_once() -> None:
    reader = RequestReader()
    head, body = b"POST /sms HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n", b"num=1"
    seen = []
    for piece in (head, body[:2], body[2:], head + body):
        requests = reader.feed(piece)
        seen.append((reader.expects, [request.body for request in requests if isinstance(request, Request)]))
    assert seen == [(True, []), (False, []), (False, [body]), (False, [body])]


def test_nothing_is_read_after_the_end() -> None:
    reader = RequestReader()
    assert len(reader.feed(b"\x00" + GET)) == 1
    assert reader.feed(GET) == []
    assert not reader.waiting


def test_waiting_says_whether_a_request_is_half_there() -> None:
    reader = RequestReader()
    seen = [reader.waiting]
    for piece in (POST[:3], POST[3:50], POST[50:-1], POST[-1:], b"\r\n", GET):
        reader.feed(piece)
        seen.append(reader.waiting)
    assert seen == [False, True, True, True, False, False, False]


@given(st.binary(max_size=400), st.integers(1, 9))
def test_any_bytes_in_any_pieces(data: bytes, size: int) -> None:
    """Never raises; pieces change nothing but how much of an unreadable one had come."""
    whole, pieces = read(data), read(data, size)
    assert [type(item) for item in whole] == [type(item) for item in pieces]
    assert [item for item in whole if isinstance(item, Request)] == [
        item for item in pieces if isinstance(item, Request)
    ]


@given(st.lists(st.sampled_from([GET, POST, GET.replace(b"\r", b"")]), max_size=5), st.integers(1, 60))
def test_pipelined_requests_in_any_pieces(requests: list[bytes], size: int) -> None:
    assert len(read(b"".join(requests), size)) == len(requests)


def test_answers() -> None:
    assert answer(200, keep_alive=True) == (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\n"
        b"Connection: keep-alive\r\n\r\nOK\n"
    )
    assert b"Connection: close\r\n" in answer(503)
    assert answer(404, "Nothing here.").endswith(b"\r\n\r\nNothing here.\n")
