"""Reading HTTP/1.x requests of a gateway as they come in, and writing the answers.

The gateway pastes results, reports and USSD answers into its URLs as they are, so a request target may hold
spaces, line breaks and any byte. A strict parser loses such a callback; so the request line is read here (the
target is what stands between the method and the first ` HTTP/1.x` that ends a line), and only the header fields go
through llhttp.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

import httptools

TARGET_LIMIT = 192 * 1024
"""Bytes of a request line. The longest SMS is 255 parts of 67 characters; percent-encoded CJK takes 9 bytes
each,
153,765 in all, and there must be room for the rest."""

HEADERS_LIMIT = 16 * 1024
"""Bytes of header fields. wget sends about 150."""

BODY_LIMIT = 256 * 1024
"""Bytes of a body. Gateways send none; a hand-made POST may carry the longest SMS in one."""

_METHOD = re.compile(rb"[A-Za-z]{1,16} ")
_REQUEST_LINE = re.compile(rb"([A-Za-z]{1,16}) +(.*?)(?: +HTTP/(\d\.\d))?[ \t]*", re.DOTALL)
_END_OF_LINE = re.compile(rb" HTTP/\d\.\d[ \t]*\r?\n")
_CALL = re.compile(rb"(?:GET|POST) +/[^\r\n]*\?", re.IGNORECASE)
_NEXT_CALL = re.compile(rb"\n(?:GET|POST|HEAD) +/", re.IGNORECASE)
_LONGEST_END = 32
"""Bytes of it, as far as one is looked for again that may have been cut in two."""
_FIELDS = re.compile(rb"(?:[!-9;-~]+:[^\r\n]*\r?\n)*\r?\n?")
"""Header fields, and the empty line behind them."""
_CHUNK_SIZE = re.compile(rb"0{0,16}[0-9A-Fa-f]{1,8}")
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_TLS_HANDSHAKE = b"\x16\x03"
_NO_METHOD = "This is not an HTTP request: it does not begin with a method such as GET."
_TLS_REASON = "This is TLS: the gateway is set to https, and this receiver speaks http. Set the gateway to http."

_PLAIN = "Content-Type: text/plain; charset=utf-8\r\n"
_PHRASES = {
    200: "OK",
    204: "No Content",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    413: "Content Too Large",
    414: "URI Too Long",
    431: "Request Header Fields Too Large",
    503: "Service Unavailable",
}


CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
"""Asks for a body that is held back."""


@dataclass(frozen=True, slots=True)
class Request:
    """A whole request."""

    method: str
    """In upper case."""
    target: bytes
    """As it came, undecoded."""
    body: bytes
    keep_alive: bool
    """Whether another request may follow on the connection."""
    authorization: bytes = field(default=b"", repr=False)
    """The field of that name. It holds a secret."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """No HTTP request. Nothing after it can be read."""

    raw: bytes
    """All bytes of it that came so far."""
    reason: str
    """In words for the operator."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that is not taken: answer `status` and close. Nothing after it can be read."""

    status: int
    reason: str


Incoming = Request | Unreadable | Refused


class RequestReader:
    """Bytes of one connection in, requests out. Pieces may be of any size; several requests may come in
    one.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0
        """Bytes of the buffer in which no end of a head begins."""
        self._line_end = -1
        """Where the request line ends; -1 before its end came."""
        self._head: _Head | None = None
        self._chunks: _Chunks | None = None
        self._ended = False
        self.expects = False
        """Whether the caller holds its body back until it is told to go on (RFC 9110 10.1.1). True for one feed."""

    @property
    def waiting(self) -> bool:
        """Part of a request has come, and its end has not."""
        return bool(self._buffer or self._head) and not self._ended

    @property
    def unfinished(self) -> bytes:
        """What has come of it."""
        if not self.waiting:
            return b""
        so_far = self._chunks.so_far if self._chunks is not None else b""
        return (self._head.raw if self._head is not None else b"") + so_far + bytes(self._buffer)

    def feed(self, data: bytes) -> list[Incoming]:
        """The requests that these bytes complete. After an Unreadable or a Refused nothing more comes."""
        incoming: list[Incoming] = []
        if self._ended:
            return incoming
        self.expects = False
        self._buffer += data
        while (item := self._next()) is not None:
            incoming.append(item)
            if not isinstance(item, Request):
                self._ended = True
                self._buffer.clear()
                break
        return incoming

    def _next(self) -> Incoming | None:
        if self._head is None:
            head = self._next_head()
            if isinstance(head, Unreadable):
                return replace(head, raw=head.raw + bytes(self._buffer))
            if not isinstance(head, _Head):
                return head
            self._head = head
            self._chunks = _Chunks() if head.chunked else None
            self.expects = head.expects and not self._buffer
        head = self._head
        body = self._length(head) if self._chunks is None else self._chunks.take(self._buffer)
        if body is None:
            return None
        self._head = None
        if isinstance(body, Refused):
            return body
        if isinstance(body, str):
            assert self._chunks is not None
            return Unreadable(head.raw + self._chunks.so_far + bytes(self._buffer), body)
        return Request(head.method, head.target, body, head.keep_alive, head.authorization)

    def _length(self, head: _Head) -> bytes | None:
        """The body of a length that was told, once it is there."""
        if len(self._buffer) < head.body_length:
            return None
        body = bytes(self._buffer[: head.body_length])
        del self._buffer[: head.body_length]
        return body

    def _next_head(self) -> _Head | Unreadable | Refused | None:
        buffer = self._buffer
        while buffer and buffer[0] in b"\r\n":  # Blank lines between requests are to be skipped (RFC 9112 2.2).
            del buffer[:1]
        if not buffer:
            return None
        if buffer.startswith(_TLS_HANDSHAKE):
            return Refused(400, _TLS_REASON)
        if not _may_be_request(buffer):
            return Unreadable(b"", _NO_METHOD)
        if self._line_end < 0:
            self._line_end = self._find_line_end()
        end = _END_OF_HEAD.search(buffer, max(self._searched, self._line_end - 1))
        line_length = self._line_end if self._line_end >= 0 else len(buffer)
        if line_length > TARGET_LIMIT:
            return Refused(414, f"The request line is longer than {TARGET_LIMIT} bytes.")
        if (end.start() if end else len(buffer)) - line_length > HEADERS_LIMIT:
            return Refused(431, f"The header fields are longer than {HEADERS_LIMIT} bytes.")
        if end is None:
            self._searched = max(0, len(buffer) - 3)
            return None
        raw = bytes(buffer[: end.end()])
        del buffer[: end.end()]
        line_end = self._line_end if self._line_end >= 0 else raw.find(b"\n")
        self._searched, self._line_end = 0, -1
        return _read_head(raw, line_end)

    def _find_line_end(self) -> int:
        """Where the request line ends, -1 where that did not come. A line without a version ends where the head does,
        unless it is a text with an empty line in it.
        """
        buffer = self._buffer
        version = _END_OF_LINE.search(buffer, max(0, self._searched - _LONGEST_END))
        if version is None:
            return -1
        empty = _END_OF_HEAD.search(buffer, 0, version.start())
        if empty and (not _CALL.match(buffer) or _NEXT_CALL.search(buffer, 0, version.start())):
            return -1
        return version.end() - 1


class _Chunks:
    """A body that comes in chunks (RFC 9112 7.1), taken out of a buffer as it fills."""

    def __init__(self) -> None:
        self._body = bytearray()
        self._left = 0
        """Bytes of the chunk that is being read, its line end included."""
        self._in_trailers = False

    @property
    def so_far(self) -> bytes:
        """What came of it."""
        return bytes(self._body)

    def take(self, buffer: bytearray) -> bytes | Refused | str | None:
        """The body once it is whole; None while it is not. A str says why it can't be read."""
        while True:
            if self._left:
                piece = bytes(buffer[: self._left])
                del buffer[: len(piece)]
                self._left -= len(piece)
                self._body += piece
                if self._left:
                    return None
                if not self._body.endswith(b"\r\n"):
                    return "A chunk of the body is longer than it says."
                del self._body[-2:]
            end = buffer.find(b"\n")
            if end < 0:
                return None if len(buffer) <= HEADERS_LIMIT else Refused(431, "A line of a chunk has no end.")
            line = bytes(buffer[:end]).strip()
            del buffer[: end + 1]
            if self._in_trailers:
                if not line:
                    return self.so_far
                continue
            size = line.partition(b";")[0].strip()
            if not _CHUNK_SIZE.fullmatch(size):
                return "The size of a chunk of the body can't be read."
            if len(self._body) + int(size, 16) > BODY_LIMIT:
                return Refused(413, f"The body is longer than {BODY_LIMIT} bytes.")
            self._in_trailers = int(size, 16) == 0
            self._left = 0 if self._in_trailers else int(size, 16) + 2


def half_target(raw: bytes) -> bytes:
    """The target of a request that did not come to its end, as far as it came; empty where no parameters came."""
    method, _, rest = raw.partition(b" ")
    _, _, body = raw.partition(b"\r\n\r\n")
    is_form = method.upper() == b"POST" and b"=" in body
    return rest.lstrip().partition(b" HTTP/")[0] if is_form or _CALL.match(raw) else b""


def answer(
    status: int, text: str = "", *, keep_alive: bool = False, fields: str = "", without_body: bool = False
) -> bytes:
    """A whole response with text as its body. `fields` are header fields, each with its line end. `without_body` is for
    HEAD: all but the body.
    """
    phrase = _PHRASES[status]
    body = b"" if status == 204 else f"{text or phrase}\n".encode()
    connection = "keep-alive" if keep_alive else "close"
    length = f"Content-Length: {len(body)}\r\n" if status != 204 else ""
    head = f"HTTP/1.1 {status} {phrase}\r\n{fields or _PLAIN}{length}Connection: {connection}\r\n\r\n".encode()
    return head if without_body else head + body


@dataclass(frozen=True, slots=True)
class _Head:
    method: str
    target: bytes
    body_length: int
    keep_alive: bool
    authorization: bytes = b""
    chunked: bool = False
    expects: bool = False
    """Whether the caller waits to be told to send its body."""
    raw: bytes = b""


def _may_be_request(buffer: bytearray) -> bool:
    if _METHOD.match(buffer):
        return True
    is_short = len(buffer) <= 16
    return is_short and (buffer.isalpha() or buffer == _TLS_HANDSHAKE[:1])


def _read_head(raw: bytes, line_end: int) -> _Head | Unreadable | Refused:
    """`line_end` is where its request line ends."""
    line, fields = raw[:line_end], raw[line_end + 1 :]
    match = _REQUEST_LINE.fullmatch(line.rstrip(b"\r"))
    if match is not None and match[3] is None and not _FIELDS.fullmatch(fields):
        # A target with line breaks, and a version that was spoilt: all of it is the call, and nobody knows of a body.
        if match[1].upper() == b"POST":
            return Unreadable(raw, "The request line has no version, and the header fields can't be read.")
        fields, match = b"\r\n", _REQUEST_LINE.fullmatch(raw.rstrip(b"\r\n"))
    if match is None or not match[2]:
        return Unreadable(raw, "The request line has no target.")
    if match[3] is None and match[1].upper() not in (b"GET", b"POST"):
        return Unreadable(raw, _NO_METHOD)
    if b"\r\n\r\n" not in raw:
        # Typed by hand: llhttp wants the carriage returns.
        fields = fields.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    method, target, version = match[1].upper().decode(), match[2], match[3] or b"1.0"
    reading = _Fields()
    try:
        reading.read(b"GET / HTTP/%s\r\n" % version + fields)
    except httptools.HttpParserError as error:
        if method == "GET":
            # All that matters has been read; what follows on this connection can't be.
            return _Head(method, target, 0, keep_alive=False)
        return Unreadable(raw, f"The header fields can't be read: {error}.")
    if reading.chunked and reading.body_length:
        # One of the two is wrong, and who reads the other sees other requests (RFC 9112 6.3).
        reading.keep_alive = False
    if reading.body_length > BODY_LIMIT:
        return Refused(413, f"The body is longer than {BODY_LIMIT} bytes.")
    expects = reading.expects and bool(reading.body_length or reading.chunked)
    return _Head(
        *(method, target, reading.body_length, reading.keep_alive, reading.authorization, reading.chunked, expects, raw)
    )


class _Fields:
    """What matters of the header fields. llhttp calls the `on_` methods."""

    def __init__(self) -> None:
        self._parser = httptools.HttpRequestParser(self)
        self.body_length = 0
        self.chunked = False
        self.expects = False
        self.keep_alive = False
        self.authorization = b""

    def read(self, head: bytes) -> None:
        """Raises httptools.HttpParserError."""
        try:
            self._parser.feed_data(head)
        except httptools.HttpParserUpgrade:
            # Another protocol was offered; it is not taken up.
            self.keep_alive = False

    def on_header(self, name: bytes, value: bytes) -> None:
        key, value = name.lower(), value.strip()  # llhttp leaves the blanks behind a value
        if key == b"content-length" and value.isdigit():
            # The number of digits is bounded so that a huge number costs nothing.
            self.body_length = int(value[:12])
        elif key == b"transfer-encoding":
            self.chunked = value.lower().endswith(b"chunked")
        elif key == b"expect":
            self.expects = value.lower() == b"100-continue"
        elif key == b"authorization":
            self.authorization = value

    def on_headers_complete(self) -> None:
        self.keep_alive = self._parser.should_keep_alive()
