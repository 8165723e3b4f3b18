"""J takes a long SMS apart and joins it again, in the inbox and in a conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.messages import Joined
from tests.support.operator import console
from tests.support.threads import opened

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.operator import Operator

FIRST, LAST = "я" * 67, "конец"


def receives_long(operator: Operator) -> int:
    operator.receives(FIRST)
    return operator.receives(LAST)


def joined(operator: Operator, entry: int) -> Joined | None:
    (message,) = operator.store.inbox_messages([entry])
    return message.joined


async def test_in_the_inbox(tmp_path: Path) -> None:
    async with console(tmp_path, size=(160, 40)) as operator:
        entry = receives_long(operator)
        await operator.sees("2 parts, guessed яяя", f"┊{LAST}")
        await operator.press("J")
        await operator.sees("2 parts, apart яяя", f"│ ┊ {LAST}")
        assert joined(operator, entry) is Joined.APART
        assert operator.store.audit.newest(1)[0].action == "take apart"
        await operator.press("J")
        await operator.sees("2 parts, guessed яяя")
        assert joined(operator, entry) is Joined.GUESSED


async def test_in_a_conversation_it_is_the_last_in_sight(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        entry = receives_long(operator)
        operator.clock.now += 60
        operator.receives("short", port=2)
        await operator.sees("short")
        await opened(operator)
        await operator.sees("2 parts, guessed", "┊")
        await operator.press("J")
        await operator.sees("2 parts, apart")
        assert joined(operator, entry) is Joined.APART


async def test_what_came_in_one_piece_is_left_alone(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("short")
        await operator.sees("short")
        await operator.press("J")
        await operator.sees("There is nothing to split")


async def test_who_may_only_look_takes_nothing_apart(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        entry = receives_long(operator)
        await operator.sees("2 parts, guessed")
        operator.backend.read_only_because = "you may only look"
        await operator.press("J")
        await operator.sees("Read only")
        assert joined(operator, entry) is Joined.GUESSED
