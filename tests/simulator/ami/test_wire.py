"""How the server reads lines and writes blocks: the limits and the quirks measured on Asterisk 1.8.32.3."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.simulator.ami.wire import (
    AmiEvent,
    ClientMessage,
    ClientReader,
    Damage,
    follows_body,
    follows_head,
    output_headers,
    response,
)


def read(data: bytes) -> list[ClientMessage]:
    return ClientReader().feed(data)


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_a_message_ends_with_an_empty_line(end: bytes) -> None:
    messages = read(b"Action: Ping" + end + b"ActionID: a" + end + end)
    assert messages == [ClientMessage(("Action: Ping", "ActionID: a"))]


def test_a_stray_empty_line_is_a_message_of_its_own() -> None:
    assert read(b"Action: Ping\r\n\r\n\r\n") == [ClientMessage(("Action: Ping",)), ClientMessage(())]


def test_a_bare_cr_is_data_and_nul_cuts_its_line() -> None:
    assert read(b"A: b\rc\r\r\nD: e\0f\r\n\0x\r\n") == [ClientMessage(("A: b\rc\r", "D: e"))]


@given(st.lists(st.integers(1, 9)))
def test_fragments_change_nothing(cuts: list[int]) -> None:
    data = b"action:Login\r\nusername:admin\r\n\r\nAction: Ping\n\n\r\nAction: x\r\n\r\n"
    reader = ClientReader()
    messages: list[ClientMessage] = []
    for cut in cuts:
        messages += reader.feed(data[:cut])
        data = data[cut:]
    messages += reader.feed(data)
    assert messages == read(b"action:Login\r\nusername:admin\r\n\r\nAction: Ping\n\n\r\nAction: x\r\n\r\n")


def answers_to_line(length: int) -> list[Damage | None]:
    head = b"Action: Ping\r\n"
    return [message.damage for message in read(head + b"X" * length + b"\r\n\r\n")]


def test_the_longest_line_is_1022_bytes() -> None:
    assert answers_to_line(1022) == [None]
    assert answers_to_line(1100) == [Damage.LINE_TOO_LONG]


@pytest.mark.parametrize("length", [1023, 1024, 2047, 2048])
def test_some_lengths_are_taken_apart_at_their_line_end(length: int) -> None:
    assert answers_to_line(length) == [Damage.LINE_TOO_LONG, None]


def test_128_headers_fit() -> None:
    assert read(b"A: b\r\n" * 128 + b"\r\n")[0].damage is None
    assert read(b"A: b\r\n" * 129 + b"\r\n")[0].damage is Damage.TOO_MANY_LINES


def test_headers_are_found_as_the_server_does() -> None:
    message = ClientMessage(("Action :x", " Action: y", "ACTION:\t z ", "Action: second", "Empty:", "Empty: full"))
    assert message.get("Action") == "z "
    assert message.get("empty") == ""
    assert ClientMessage(("Action:", "action: later")).get("Action") == "later"


def test_blocks() -> None:
    assert b"".join(response("Success", "id 1", [("Ping", "Pong")])) == (
        b"Response: Success\r\nActionID: id 1\r\nPing: Pong\r\n\r\n"
    )
    assert AmiEvent("Newexten", "dialplan", (("AppData", "a\r\nb"),)).encode() == (
        b"Event: Newexten\r\nPrivilege: dialplan,all\r\nAppData: a\r\nb\r\n\r\n"
    )


def test_every_response_header_is_a_write_of_its_own() -> None:
    assert response("Success", "a", [("Ping", "Pong")]) == [
        b"Response: Success\r\n",
        b"ActionID: a\r\n",
        b"Ping: Pong\r\n",
        b"\r\n",
    ]


def test_old_form_glues_its_end_to_an_unfinished_line() -> None:
    assert b"".join([*follows_head(""), *follows_body("Last send AT: ")]) == (
        b"Response: Follows\r\nPrivilege: Command\r\nLast send AT: --END COMMAND--\r\n\r\n"
    )
    assert b"".join(follows_body("")) == b"--END COMMAND--\r\n\r\n"


def test_new_form_has_a_header_a_line() -> None:
    assert b"".join(output_headers("7", "a\n\n b\n", failed=False)) == (
        b"Response: Success\r\nActionID: 7\r\nMessage: Command output follows\r\n"
        b"Output: a\r\nOutput: \r\nOutput:  b\r\n\r\n"
    )
    assert output_headers("", "", failed=True)[0] == b"Response: Error\r\n"
