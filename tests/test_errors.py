"""Errors as they are told."""

from __future__ import annotations

from console.errors import CannotSend, ConsoleError


def test_in_full_it_says_what_is_wrong_and_then_what_to_do() -> None:
    assert CannotSend("Port 3 is down.", hint="Choose another.").in_full == "Port 3 is down. Choose another."


def test_an_error_without_a_hint_says_what_is_wrong_and_nothing_after_it() -> None:
    assert ConsoleError("Port 3 is down.").in_full == "Port 3 is down."


def test_a_hint_stays_out_of_the_message() -> None:
    assert str(CannotSend("Port 3 is down.", hint="Choose another.")) == "Port 3 is down."
