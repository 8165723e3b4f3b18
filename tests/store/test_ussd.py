from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.domain.ussd import UssdRecord, UssdState
from console.errors import StoreError
from console.store import Reader, Store
from console.store.ussd import LEFT_AFTER
from tests.support.backend import NOON

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.backend import FixedClock


def ask(store: Store, code: str = "*100#", *, gateway: str = "gw1", port: int = 3) -> UssdRecord:
    return store.ussd.ask(gateway, port, "alice", code).result(10)


def test_what_is_asked_is_kept_with_who_asked_it(store: Store) -> None:
    record = ask(store)
    assert record == UssdRecord(1, NOON, "gw1", 3, "alice", "*100#", UssdState.ASKED, "", None)
    assert store.ussd.history("gw1", 3, 10) == [record]


def test_the_audit_tells_of_it(store: Store) -> None:
    ask(store)
    (entry,) = store.audit.newest(10)
    assert (entry.at, entry.operator, entry.action) == (NOON, "alice", "ussd")
    assert (entry.target, entry.detail) == ("gw1 port 3", "*100#")


def test_an_answer_is_kept_with_its_time(store: Store, clock: FixedClock) -> None:
    record = ask(store)
    clock.now += 4
    answered = store.ussd.answer(record.id, UssdState.ANSWERED, "Balance\n12").result(10)
    assert (answered.state, answered.answer, answered.answered_at) == (UssdState.ANSWERED, "Balance\n12", NOON + 4)
    assert store.ussd.history("gw1", 3, 1) == [answered]


def test_what_is_settled_stays(store: Store) -> None:
    record = ask(store)
    first = store.ussd.answer(record.id, UssdState.FAILED, "no").result(10)
    assert store.ussd.answer(record.id, UssdState.ANSWERED, "yes").result(10) == first


def test_an_answer_to_what_was_thought_unknown_is_kept(store: Store) -> None:
    record = ask(store)
    store.ussd.answer(record.id, UssdState.UNKNOWN, "nothing heard").result(10)
    assert store.ussd.answer(record.id, UssdState.ANSWERED, "yes").result(10).answer == "yes"


def test_there_is_no_answer_to_what_was_never_asked(store: Store) -> None:
    with pytest.raises(StoreError, match="no USSD request 7"):
        store.ussd.answer(7, UssdState.ANSWERED, "").result(10)


def test_the_history_is_of_one_port_newest_first(store: Store) -> None:
    for code, gateway, port in (("1", "gw1", 3), ("2", "gw1", 4), ("3", "gw2", 3), ("4", "gw1", 3)):
        ask(store, code, gateway=gateway, port=port)

    def codes(gateway: str | None, port: int | None, count: int = 9) -> list[str]:
        return [record.code for record in store.ussd.history(gateway, port, count)]

    assert codes("gw1", 3) == ["4", "1"]
    assert codes("gw1", 3, 1) == ["4"]
    assert codes("gw1", None) == ["4", "2", "1"]
    assert codes(None, 3) == ["4", "3", "1"]
    assert codes(None, None) == ["4", "3", "2", "1"]


def test_what_was_left_behind_is_unknown_once_no_answer_can_come(store: Store, clock: FixedClock) -> None:
    old, mine, done = ask(store), ask(store), ask(store)
    store.ussd.answer(done.id, UssdState.MENU, "1 more").result(10)
    clock.now += LEFT_AFTER
    young = ask(store)
    assert store.ussd.settle_left().result(10) == 0
    clock.now += 1
    assert store.ussd.settle_left(under_way=[mine.id]).result(10) == 1
    states = {record.id: record.state for record in store.ussd.history(None, None, 9)}
    assert states == {
        old.id: UssdState.UNKNOWN,
        mine.id: UssdState.ASKED,
        done.id: UssdState.MENU,
        young.id: UssdState.ASKED,
    }
    assert "stopped" in store.ussd.history(None, None, 9)[-1].answer


def test_another_process_may_read_it(store: Store, path: Path) -> None:
    record = ask(store)
    reader = Reader.open_existing(path)
    try:
        assert reader.ussd.history(None, None, 9) == [record]
    finally:
        reader.close()
