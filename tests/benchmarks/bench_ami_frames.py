"""How fast AMI bytes become messages, and which parser reads the awkward ones right.

    uv run --with panoramisk --with pyst2 python -m tests.benchmarks.bench_ami_frames [MESSAGES]

One run replays the same mixed stream, made of the captures of both servers, through this console's framer, through
panoramisk and pyst2 where they are installed, and through the floor of plain Python: split into blocks, partition
each line into a dict. Then it feeds each an endless stream and looks at its peak memory.
"""

from __future__ import annotations

import importlib
import importlib.util
import io
import sys
import time
import tracemalloc
import warnings
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from console.domain.ami import AmiKind
from console.protocol.ami.frames import AmiFramer
from tests.support.ami_server import CAPTURES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHUNK = 65_536
BANNER = b"Asterisk Call Manager/1.1\r\n"
SOURCES = ("newexten-sms", "command-assorted", "list-actions", "userevent", "pipelined", "ping")


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as a parser tells it."""

    kind: str
    name: str
    headers: tuple[tuple[str, str], ...]
    output: tuple[str, ...] | None = None


def stream(messages: int) -> bytes:
    """A banner, then this many messages of all kinds, in turn from both servers."""
    blocks: list[bytes] = []
    for source in SOURCES:
        for server in ("ast18", "ast22"):
            data = (CAPTURES / f"{server}-{source}.bin").read_bytes()
            blocks += [block.raw for block in AmiFramer().feed(data) if block.kind is not AmiKind.BANNER]
    return BANNER + b"".join(blocks[number % len(blocks)] for number in range(messages))


def ours(*, headers: bool = False, name: bool = False) -> Callable[[bytes], list[Any]]:
    """Our framer; optionally everything in each message is read too."""
    framer = AmiFramer()

    def feed(data: bytes) -> list[Any]:
        messages = framer.feed(data)
        if name:
            deque((message.name for message in messages), maxlen=0)
        if headers:
            deque(((message.headers, message.output) for message in messages), maxlen=0)
        return messages

    return feed


def floor() -> Callable[[bytes], list[Any]]:
    """Split and partition, no more: wrong on every awkward case, but a measure of what Python costs."""
    rest = b""

    def feed(data: bytes) -> list[Any]:
        nonlocal rest
        *blocks, rest = (rest + data).split(b"\r\n\r\n")
        messages = []
        for block in blocks:
            pairs = (line.partition(":") for line in block.decode("utf-8", "replace").split("\r\n"))
            messages.append({name: value for name, _, value in pairs})
        return messages

    return feed


def panoramisk() -> Callable[[bytes], list[Any]]:
    """Its protocol, with the messages taken where it would look for who waits for them."""
    protocol = importlib.import_module("panoramisk.ami_protocol").AMIProtocol()
    protocol.connection_made(None)
    protocol.encoding = "utf8"
    messages: list[Any] = []
    protocol.handle_message = messages.append

    def feed(data: bytes) -> list[Any]:
        messages.clear()
        protocol.data_received(data)
        return messages

    return feed


def pyst2() -> Callable[[bytes], list[Any]]:
    """Its reading loop over what is there, and its parser on each message, without its threads."""
    module = importlib.import_module("asterisk.manager")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        manager = module.Manager()
    manager.close = lambda: None  # it would join threads that were never started
    messages: list[Any] = []

    class Sink:
        def put(self, lines: list[str] | None) -> None:
            if lines:
                messages.append(module.ManagerMsg(lines))

    manager._message_queue = Sink()
    rest = b""

    def feed(data: bytes) -> list[Any]:
        nonlocal rest
        messages.clear()
        whole, mark, rest = (rest + data).rpartition(b"\r\n\r\n")
        manager._sock = io.BytesIO(whole + mark)
        manager._running.set()
        manager._connected.set()
        manager._receive_data()
        return messages

    return feed


def rate(feed: Callable[[bytes], list[Any]], data: bytes) -> tuple[int, float]:
    """Messages found and seconds taken, best of three after the first (the parser keeps its state)."""
    best = float("inf")
    found = 0
    for _ in range(3):
        began = time.perf_counter()
        found = sum(len(feed(data[at : at + CHUNK])) for at in range(0, len(data), CHUNK))
        best = min(best, time.perf_counter() - began)
    return found, best


def peak(feed: Callable[[bytes], list[Any]], data: bytes) -> int:
    """Most bytes allocated at a time while the stream goes by and nobody keeps anything."""
    tracemalloc.start()
    for at in range(0, len(data), CHUNK):
        feed(data[at : at + CHUNK])
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def see_ours(chunks: list[bytes]) -> list[Seen]:
    framer = AmiFramer()
    messages = [message for chunk in chunks for message in framer.feed(chunk)]
    return [
        Seen(message.kind, message.name, message.headers[1:] if message.name else message.headers, message.output)
        for message in messages
        if message.kind is not AmiKind.BANNER
    ]


def see_panoramisk(chunks: list[bytes]) -> list[Seen]:
    feed = panoramisk()
    seen = []
    for chunk in chunks:
        for message in feed(chunk):
            pairs = [
                (name, value)
                for name, values in message.items()
                if name.lower() not in {"event", "response", "content"}
                for value in (values if isinstance(values, list) else [values])
            ]
            kind = "event" if "event" in message else "response"
            output = [value for name, value in pairs if name.lower() == "output"]
            if message.content:
                output = message.content.removesuffix("--END COMMAND--").removesuffix("\n").split("\n")
            headers = tuple((name, value) for name, value in pairs if name.lower() != "output")
            name = message["event"] if kind == "event" else message["response"]
            seen.append(Seen(kind, name, headers, tuple(output) if output else None))
    return seen


def _old(output: str) -> bytes:
    return f"Response: Follows\r\nPrivilege: Command\r\nActionID: 1\r\n{output}--END COMMAND--\r\n\r\n".encode()


def _followed(output: tuple[str, ...]) -> list[Seen]:
    return [Seen("response", "Follows", (("Privilege", "Command"), ("ActionID", "1")), output)]


def awkward() -> Iterator[tuple[str, list[bytes], list[Seen]]]:
    """What it is, the chunks as they arrive behind a banner, and what they mean."""
    letter = "Event: X\r\nA: é\r\n\r\n".encode()
    cut = letter.index(b"\xc3") + 1
    yield "a letter cut between two reads", [letter[:cut], letter[cut:]], [Seen("event", "X", (("A", "é"),))]
    block = b"Event: OriginateResponse\r\nActionID: 1\r\nResponse: Failure\r\n\r\n"
    inside = (("ActionID", "1"), ("Response", "Failure"))
    yield "a Response header inside an event", [block], [Seen("event", "OriginateResponse", inside)]
    new = b"Response: Success\r\nActionID: 1\r\nOutput: a\r\nOutput:   b\r\nOutput: \r\nOutput: c\r\n\r\n"
    lines = ("a", "  b", "", "c")
    yield "new form, columns and blank lines", [new], [Seen("response", "Success", (("ActionID", "1"),), lines)]
    yield "old form, lines that look like headers", [_old("Status: up\nx\n")], _followed(("Status: up", "x"))
    yield "old form, CR LF CR LF in the output", [_old("a\r\n\r\nb\n")], _followed(("a\r", "\r", "b"))
    yield "old form, end mark glued", [_old("3")], _followed(("3",))
    yield "old form, no output", [_old("")], _followed(())
    yield "old form, first line blank", [_old("\n user\n")], _followed(("", " user"))
    many = b"Event: X\r\nChanVariable: A=1\r\nChanVariable: B=2\r\nC: 3\r\n\r\n"
    order = (("ChanVariable", "A=1"), ("ChanVariable", "B=2"), ("C", "3"))
    yield "a header that comes twice", [many], [Seen("event", "X", order)]
    again = (("A", "1"), ("A", "2"), ("A", "3"))
    yield "a header that comes three times", [b"Event: X\r\nA: 1\r\nA: 2\r\nA: 3\r\n\r\n"], [Seen("event", "X", again)]
    yield "no blank behind the colon", [b"Event: X\r\nA:b\r\n\r\n"], [Seen("event", "X", (("A", "b"),))]
    yield "an empty last value", [b"Event: X\r\nA: \r\n\r\n"], [Seen("event", "X", (("A", ""),))]
    yield "blanks behind a value", [b"Event: X\r\nA: b  \r\n\r\n"], [Seen("event", "X", (("A", "b  "),))]
    yield "a line feed in a value", [b"Event: X\r\nA: b\n\nc\r\n\r\n"], [Seen("event", "X", (("A", "b\n\nc"),))]
    yield "a byte that is no UTF-8", [b"Event: X\r\nA: \xe9\r\n\r\n"], [Seen("event", "X", (("A", "\\xe9"),))]
    yield "a block of neither kind", [b"A: b\r\n\r\n"], [Seen("other", "", (("A", "b"),))]
    quoted = b"Event: X\r\nResult: a%20b\r\n\r\n"
    yield "a value with percent signs", [quoted], [Seen("event", "X", (("Result", "a%20b"),))]


def table(data: bytes, messages: int) -> None:
    parsers: list[tuple[str, Callable[[], Callable[[bytes], list[Any]]]]] = [
        ("ours, framed", ours),
        ("ours, names read", lambda: ours(name=True)),
        ("ours, all headers read", lambda: ours(headers=True)),
        ("split and partition", floor),
        ("panoramisk", panoramisk),
        ("pyst2", pyst2),
    ]
    print(f"{messages:,} messages, {len(data) / 1e6:.0f} MB in reads of {CHUNK // 1024} KiB\n")
    print(f"{'parser':<24}{'messages/s':>12}{'MB/s':>8}{'found':>10}{'peak MB':>9}")
    for name, make in parsers:
        try:
            feed = make()
        except ImportError:
            print(f"{name:<24}{'not installed':>12}")
            continue
        found, seconds = rate(feed, data)
        most = peak(make(), data[: len(data) // 4]) / 1e6
        print(f"{name:<24}{messages / seconds:>12,.0f}{len(data) / seconds / 1e6:>8.1f}{found:>10,}{most:>9.2f}")


def cases() -> None:
    readers: list[tuple[str, Callable[[list[bytes]], list[Seen]]]] = [("ours", see_ours)]
    if importlib.util.find_spec("panoramisk") is not None:
        readers.append(("panoramisk", see_panoramisk))
    print(f"\n{'awkward case':<42}" + "".join(f"{name:>12}" for name, _ in readers))
    right = [0] * len(readers)
    for what, chunks, expected in awkward():
        told = [read([BANNER, *chunks]) == expected for _, read in readers]
        right = [count + ok for count, ok in zip(right, told, strict=True)]
        print(f"{what:<42}" + "".join(f"{'right' if ok else 'wrong':>12}" for ok in told))
    print(f"{'right':<42}" + "".join(f"{count:>12}" for count in right))


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    table(stream(count), count)
    cases()
