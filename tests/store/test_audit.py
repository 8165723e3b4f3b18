"""Who did what: added to, and nothing else."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

import pytest

from console.domain.audit import AuditEntry
from console.store import Reader, Store
from tests.support.backend import NOON, OPERATOR
from tests.support.messages import NUMBER, draft

if TYPE_CHECKING:
    from pathlib import Path


def test_an_act_is_written_down_with_its_time(store: Store) -> None:
    store.audit.add(OPERATOR, "ussd", "gw1 port 3", "*100#").result(10)
    assert store.audit.newest(10) == [AuditEntry(1, NOON, OPERATOR, "ussd", "gw1 port 3", "*100#")]


def test_a_send_is_in_the_audit_in_the_same_commit_and_its_text_is_not(store: Store) -> None:
    message = store.add_outbox(draft(text="my secret plan"), 1, operator=OPERATOR).result(10)
    (entry,) = store.audit.newest(10)
    assert (entry.operator, entry.action, entry.target) == (OPERATOR, "send", f"message {message.id}")
    assert entry.detail == f"to {NUMBER} by gw1 port 3 AMI"
    assert "secret" not in repr(entry)


def test_newest_first_by_page_and_all_oldest_first(store: Store, path: Path) -> None:
    for number in range(1200):
        last = store.audit.add(OPERATOR, "act", str(number))
    last.result(10)
    assert [entry.target for entry in store.audit.newest(2)] == ["1199", "1198"]
    assert [entry.target for entry in store.audit.newest(2, first=1199)] == ["0"]
    reader = Reader.open_existing(path)
    assert [entry.target for entry in reader.audit.all()] == [str(number) for number in range(1200)]
    assert reader.audit.count() == 1200
    reader.close()


@pytest.mark.parametrize("sql", ["UPDATE audit SET operator = 'bob'", "DELETE FROM audit"])
def test_the_database_itself_refuses_to_change_it(store: Store, path: Path, sql: str) -> None:
    store.audit.add(OPERATOR, "act", "x").result(10)
    with (
        contextlib.closing(sqlite3.connect(path)) as connection,
        pytest.raises(sqlite3.IntegrityError, match="only added to"),
    ):
        connection.execute(sql)
    assert store.audit.newest(1)[0].operator == OPERATOR
