"""Framing, against what real servers sent and against what they could send."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.domain.ami import AmiKind, AmiMessage
from console.protocol.ami.frames import AmiBlock, AmiFramer
from tests.support.ami_server import CAPTURES

FILES = sorted(path.name for path in CAPTURES.glob("*.bin"))
STREAMS = {name: (CAPTURES / name).read_bytes() for name in FILES}
BANNER = b"Asterisk Call Manager/1.1\r\n"
FOLLOWS = b"Response: Follows\r\nPrivilege: Command\r\nActionID: a1\r\n"
END = b"--END COMMAND--\r\n\r\n"


def frames(data: bytes, *sizes: int, max_message: int = 1024 * 1024) -> list[AmiBlock]:
    """The messages of a whole stream, fed in pieces of these sizes (the last repeats) or at once."""
    framer = AmiFramer(max_message=max_message)
    messages: list[AmiBlock] = []
    at = 0
    for turn in range(len(data)):
        if at >= len(data):
            break
        size = sizes[min(turn, len(sizes) - 1)] if sizes else len(data)
        messages += framer.feed(data[at : at + size])
        at += size
    return messages + framer.close()


def only(data: bytes) -> AmiBlock:
    """The one message behind a banner."""
    banner, message = frames(BANNER + data)
    assert banner.kind is AmiKind.BANNER
    return message


def test_every_capture_is_here() -> None:
    listed = json.loads((CAPTURES / "index.json").read_text())["files"]
    assert {entry["file"]: entry["bytes"] for entry in listed} == {name: len(data) for name, data in STREAMS.items()}


@pytest.mark.parametrize("name", FILES)
def test_a_capture_gives_the_same_messages_whole_and_byte_by_byte(name: str) -> None:
    whole = frames(STREAMS[name])
    assert frames(STREAMS[name], 1) == whole
    assert b"".join(message.raw for message in whole) == STREAMS[name]
    assert all(message.kind is not AmiKind.OTHER for message in whole)


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=20)  # of each of fifty files
@given(sizes=st.lists(st.integers(1, 300), min_size=1, max_size=40))
def test_a_capture_gives_the_same_messages_cut_anywhere(name: str, sizes: list[int]) -> None:
    assert frames(STREAMS[name], *sizes) == frames(STREAMS[name])


_PIECES = [
    b"Event: A\r\n", b"Response: Success\r\n", FOLLOWS, END, b"\r\n", b"\r", b"\n", b"Output: x\r\n",
    b"C\r\n", b"Response: Follows\r\n", b"Privilege: Command\r\n", b"ActionID: 1\r\n", b"ActionID: 1",
    b"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy", b"\xe4\xb8",
]  # fmt: skip


@given(
    pieces=st.lists(st.sampled_from(_PIECES), max_size=30),
    sizes=st.lists(st.integers(1, 30), min_size=1, max_size=20),
    limit=st.sampled_from([64, 100, 1 << 20]),
)
def test_any_stream_gives_the_same_messages_cut_anywhere(pieces: list[bytes], sizes: list[int], limit: int) -> None:
    data = b"".join(pieces)
    whole = frames(data, max_message=limit)
    assert frames(data, *sizes, max_message=limit) == whole
    assert all(len(message.raw) <= limit for message in whole)
    for message in whole:
        assert isinstance(message.headers, tuple)
        assert message.output is None or message.kind is AmiKind.RESPONSE


@given(st.binary(max_size=400), st.integers(1, 50))
def test_no_bytes_raise_and_none_are_lost(data: bytes, size: int) -> None:
    messages = frames(data, size)
    assert messages == frames(data)
    kept = b"".join(message.raw for message in messages)
    assert len(kept) + 2 * data.count(b"\r\n") >= len(data)  # only stray empty lines are left out


def test_the_banner_is_the_first_line_only() -> None:
    first, second = frames(b"OpenVox Manager 9\r\nno colon\r\n\r\n")
    assert (first.kind, first.name, first.headers) == (AmiKind.BANNER, "OpenVox Manager 9", ())
    assert (second.kind, second.name, second.headers) == (AmiKind.OTHER, "", (("no colon", ""),))


def test_a_stream_that_begins_with_a_block_has_no_banner() -> None:
    (message,) = frames(b"Event: Reload\r\n\r\n")
    assert (message.kind, message.name) == (AmiKind.EVENT, "Reload")


def test_the_first_line_decides_the_kind() -> None:
    message = only(b"Event: OriginateResponse\r\nActionID: o-1\r\nResponse: Failure\r\n\r\n")
    assert (message.kind, message.name, message.get("response")) == (
        AmiKind.EVENT,
        "OriginateResponse",
        "Failure",
    )


def test_headers_keep_order_repetition_and_blanks() -> None:
    message = only(b"Event: X\r\nA:b\r\nC\r\nE:  two \r\nA: again\r\nF: a: b\r\nG: \r\n\r\n")
    assert message.headers == (
        ("Event", "X"), ("A", "b"), ("C", ""), ("E", " two "), ("A", "again"), ("F", "a: b"), ("G", ""),
    )  # fmt: skip
    assert (message.get("a"), message.get("g", "?"), message.get("none", "?")) == ("b", "", "?")


def test_lone_line_feeds_and_carriage_returns_are_data() -> None:
    message = only(b"Event: UserEvent\r\nV: a\n\nb: c\rd\r\r\nW: e\r\n\r\n")
    assert message.headers[1:] == (("V", "a\n\nb: c\rd\r"), ("W", "e"))


def test_bytes_that_are_no_utf8_are_shown_and_kept() -> None:
    message = only(b"Event: X\r\nA: \xe4\xb8\xad latin \xe9\r\n\r\n")
    assert message.get("A") == "中 latin \\xe9"
    assert b"latin \xe9" in message.raw


def test_both_command_forms_give_the_same_output() -> None:
    old = only(FOLLOWS + b"  two\n\nlast\n" + END)
    new = only(
        b"Response: Success\r\nActionID: a1\r\nMessage: Command output follows\r\n"
        b"Output:   two\r\nOutput: \r\nOutput: last\r\n\r\n"
    )
    assert old.output == new.output == ("  two", "", "last")
    assert old.headers == (("Response", "Follows"), ("Privilege", "Command"), ("ActionID", "a1"))
    assert [name for name, _ in new.headers] == ["Response", "ActionID", "Message"]
    assert old.get("ActionID") == new.get("ActionID") == "a1"


def by_id(name: str) -> dict[str, AmiBlock]:
    return {message.get("ActionID"): message for message in frames(STREAMS[name])}


def test_the_two_servers_say_the_same_to_the_same_commands() -> None:
    for name in ("command-spacing", "command-errors", "command-no-final-newline", "command-assorted"):
        old, new = by_id(f"ast18-{name}.bin"), by_id(f"ast22-{name}.bin")
        assert old.keys() == new.keys()
        for action_id in old:
            assert (old[action_id].output is None) == (new[action_id].output is None), action_id
    assert by_id("ast18-command-assorted.bin")["e3"].output == by_id("ast22-command-assorted.bin")["e3"].output
    assert by_id("ast18-command-assorted.bin")["e0"].output == by_id("ast22-command-assorted.bin")["e0"].output == ()


def test_the_end_mark_may_be_glued_to_the_output() -> None:
    messages = by_id("ast18-command-no-final-newline.bin")
    assert messages["gl1"].output == ("3",)
    assert messages["gl3"].output == ("set",)
    assert messages["after"].get("Ping") == "Pong"


def test_output_that_looks_like_headers_is_output() -> None:
    message = only(FOLLOWS + b"ActionID: zzz\nStatus: up\n\nValue: Response: Success\n" + END)
    assert message.get("ActionID") == "a1"
    assert message.get("Status") == ""
    assert message.output == ("ActionID: zzz", "Status: up", "", "Value: Response: Success")


def test_an_old_answer_without_an_action_id_keeps_its_output() -> None:
    message = only(b"Response: Follows\r\nPrivilege: Command\r\nActionID: in the output\nx\n" + END)
    assert message.output == ("ActionID: in the output", "x")
    glued = only(b"Response: Follows\r\nPrivilege: Command\r\nActionID: 7" + END)
    assert glued.output == ("ActionID: 7",)


def test_an_action_that_fails_has_no_output() -> None:
    errors = by_id("ast22-command-errors.bin")
    assert (errors["2"].output, errors["2"].get("Message")) == (None, "No command provided")
    unknown = errors["1"]
    assert unknown.name == "Error"
    assert unknown.output is not None
    assert unknown.output[0].startswith("No such command 'nosuch command here'")


def test_an_answer_cut_by_the_end_is_marked() -> None:
    *_, last = frames(STREAMS["ast18-stop-now-operator.bin"])
    assert (last.name, last.get("ActionID"), last.output, last.complete) == ("Follows", "stop", (), False)
    (banner, cut) = frames(BANNER + FOLLOWS + b"half a li")
    assert (banner.complete, cut.complete, cut.output) == (True, False, ("half a li",))


def test_a_value_that_splits_a_block_costs_nothing_behind_it() -> None:
    messages = frames(
        BANNER
        + b"Event: Newexten\r\nAppData: X=a\n\nb: c\n--END COMMAND--\r\n\r\n"
        + b"Event: Fake\r\nd\r\nUniqueid: 1\r\n\r\n"
        + b"b: stray\r\nmore\r\n\r\n"
        + b"Response: Success\r\nActionID: 9\r\n\r\n"
    )
    assert [(message.kind, message.name) for message in messages[1:]] == [
        (AmiKind.EVENT, "Newexten"),
        (AmiKind.EVENT, "Fake"),
        (AmiKind.OTHER, ""),
        (AmiKind.RESPONSE, "Success"),
    ]
    assert messages[1].get("AppData") == "X=a\n\nb: c\n--END COMMAND--"
    assert messages[3].headers == (("b", "stray"), ("more", ""))


def test_stray_empty_lines_are_no_messages() -> None:
    assert len(frames(BANNER + b"\r\n\r\n\r\nEvent: X\r\n\r\n\r\n\r\n")) == 2


@pytest.mark.parametrize("head", [b"Event: Big\r\nA: ", FOLLOWS, b"Response: Success\r\nOutput: ", b"x: "])
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_an_oversized_message_is_cut_and_what_follows_is_whole(head: bytes, size: int) -> None:
    end = END if head is FOLLOWS else b"\r\n\r\n"
    data = BANNER + head + b"z" * 500 + end + b"Event: Next\r\nB: c\r\n\r\n"
    _, big, following = frames(data, size, max_message=200)
    assert (big.raw, big.complete) == ((head + b"z" * 500)[:200], False)
    assert following.get("B") == "c"


def test_a_line_without_end_fills_no_memory() -> None:
    framer = AmiFramer(max_message=4096)
    messages = [message for _ in range(2000) for message in framer.feed(b"q" * 1000)]
    assert [(message.kind, message.complete) for message in messages] == [(AmiKind.BANNER, False)]
    assert len(framer._buffer) <= 4096 + 1000
    assert framer.close() == []


def test_an_answer_without_end_in_small_pieces_is_not_searched_over_and_over() -> None:
    framer = AmiFramer()
    framer.feed(BANNER + FOLLOWS)
    for _ in range(10_000):
        framer.feed(b"a line of output of a slow command\n")
    (message,) = framer.feed(END)
    assert len(message.output or ()) == 10_000


def test_a_message_is_what_the_other_layers_expect() -> None:
    message: AmiMessage = only(b"Event: X\r\n\r\n")
    assert message.raw == b"Event: X\r\n\r\n"
    with pytest.raises(AttributeError):
        message.raw = b""  # type: ignore[misc]
