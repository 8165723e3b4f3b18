"""Ids that go through the gateway and come back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.protocol.driver.arguments import check_id
from console.store.outbox.wire_id import LONGEST, WireId, new_token


@given(st.integers(1, 10**10 - 1), st.integers(0, 999))
def test_comes_back_as_it_went(message_id: int, segment: int) -> None:
    wire_id = WireId(new_token(), message_id, segment)
    assert WireId.parse(str(wire_id)) == wire_id
    assert len(str(wire_id)) <= len(str(LONGEST))
    assert check_id(str(LONGEST)), "the gateway carries it"


@pytest.mark.parametrize("text", ["", "null", "12", "00000000000-1", "000000000000-", "000000000000-1-2-3", " "])
def test_what_is_none_of_ours(text: str) -> None:
    assert WireId.parse(text) is None


def test_tokens_differ() -> None:
    assert len({new_token() for _ in range(1_000)}) == 1_000
