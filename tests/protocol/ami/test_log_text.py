from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from console.protocol.ami.log_text import text_line, told
from tests.support.ami_records import SENT, heard, note
from tests.support.ami_records import told as sent


def test_a_line_has_the_time_the_gateway_the_direction_and_the_facts() -> None:
    line = text_line(heard(SENT, session="send"))
    assert line == (
        "2026-11-22 12:00:00.000Z  gw1  <- SMSSendStatus (send)  Channel 3 · Destination 10086 · SUCCESS · ID 7f3a"
    )


def test_notes_and_actions_too() -> None:
    assert text_line(note("AMI up")) == "2026-11-22 12:00:00.000Z  -- AMI up"
    assert text_line(sent("Action: Command\nCommand: gsm show spans")).endswith("-> Command  gsm show spans")


def test_no_secret_is_told() -> None:
    assert told(sent("Action: Login\nSecret: hunter2")) == ("Login", "Secret ***")


@given(st.text(max_size=40))
def test_nothing_in_it_acts(words: str) -> None:
    line = text_line(note(words))
    assert not {char for char in line if ord(char) < 32 or 0x7F <= ord(char) <= 0x9F or char in "\u202e\u200b"}
