"""How often a value occurs, and the search for those that have it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from console.domain.messages import CallbackKind, DeliveryState, Via
from console.protocol.query.alarms import ALARMS
from console.protocol.query.counting import count, countable, narrowed
from console.protocol.query.fields import Asker, Time
from console.protocol.query.inbox import INBOX, Searched
from console.protocol.query.outbox import OUTBOX, Sent

if TYPE_CHECKING:
    from console.protocol.query.table import Table

SMS = Searched("gw1", 0.0, CallbackKind.SMS, "+4915112345678", "hello", "3", "", b"", read=False)
MESSAGE = Sent(
    *(7, "+4915112345678", DeliveryState.FAILED, "hello", "+CMS ERROR: 38", "bob", Via.AMI, "gw1", 3, None),
    *(0.0, False),
)


def test_the_most_come_first_and_those_without_a_value_are_told() -> None:
    entries = [SMS, replace(SMS, port="1"), SMS, replace(SMS, port="")]
    field = INBOX.field("port")
    assert field is not None
    assert count(field, entries) == ([("3", 2), ("", 1), ("1", 1)], 4)
    assert count(field, []) == ([], 0)


def test_a_record_counts_for_each_of_its_values() -> None:
    field = OUTBOX.field("is")
    assert field is not None
    assert count(field, [MESSAGE]).values == [("ours", 1), ("troubled", 1)]


def test_neither_times_nor_ids_are_counted() -> None:
    tables: tuple[Table[Any], ...] = (INBOX, OUTBOX, ALARMS)
    for table in tables:
        names = [field.name for field in countable(table)]
        assert "id" not in names
        assert not [field for field in countable(table) if isinstance(field, Time)]
        assert "port" in names


@pytest.mark.parametrize(("table", "record"), [(INBOX, SMS), (OUTBOX, MESSAGE)])
@pytest.mark.parametrize("line", ["", "hello", "hello OR bye", "gw:gw1 port:1-3", "gw:gw1 OR hello"])
def test_what_is_counted_is_what_the_narrowed_search_finds(table: Table[Any], record: object, line: str) -> None:
    asker = Asker(operator="bob")
    odd = replace(record, gateway='a "b", c:d -e')  # type: ignore[type-var]
    shown = table.ask(line, asker)
    for one in filter(shown.matches, (record, odd)):
        for field in countable(table):
            for value in field.told(one):
                query = table.ask(narrowed(shown, field, value), asker)
                assert query.matches(one)
                for other in filter(query.matches, (record, odd)):
                    assert shown.matches(other)
                    assert field.holds(other, field.read(value, asker))
