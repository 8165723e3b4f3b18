"""What AMI saw, and no callback brought, is in the inbox once."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.messages import Callback, CallbackKind
from console.errors import StoreError
from console.protocol.ami.heard_sms import Came, is_kept
from console.protocol.http.inbound import parse
from console.store import Store
from console.store.inbox import heard_sms
from console.store.inbox.callbacks import callback_of
from console.store.inbox.heard_sms import BEFORE
from tests.support.backend import NOON, FixedClock
from tests.support.heard import Arrival, heard, only

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from console.domain.messages import InboxMessage

LONG = "".join(f"{number} зелёных бутылок на стене; " for number in range(99, 80, -1))[:180]
PARTS = (LONG[:67], LONG[67:134], LONG[134:])


@pytest.fixture
def second(path: Path, store: Store, clock: FixedClock) -> Iterator[Store]:
    """The same database, opened by another console."""
    second = Store.open(path, clock=clock)
    yield second
    second.close()


def call(store: Store, arrival: Arrival, **changes: str) -> int:
    """Its callback comes."""
    callback = replace(parse(arrival.target), **changes)  # type: ignore[arg-type]
    return store.add_callback("gw1", callback, arrival.target).result()


def add(store: Store, arrival: Arrival) -> int | None:
    return store.heard.add("gw1", only(*arrival.events)).result()


def entries(store: Store) -> list[InboxMessage]:
    return store.inbox_slice(0, 100)


def test_one_that_no_callback_brought_is_an_unread_entry_with_its_bytes(store: Store) -> None:
    it = only(*Arrival("余额 12").events)
    assert store.heard.add("gw1", it).result() == 1
    (entry,) = entries(store)
    assert (entry.callback.text, entry.gateway, entry.received_at, entry.raw) == ("余额 12", "gw1", NOON, it.raw)
    assert (entry.by_ami, entry.read, entry.copies) == (True, False, 1)
    assert store.unread_count() == 1


@pytest.mark.parametrize("port", ["3", "gsm-1.3"])
def test_one_that_a_callback_brought_changes_nothing(store: Store, port: str) -> None:
    call(store, Arrival(), port=port)
    revision = store.revision
    assert add(store, Arrival()) is None
    (entry,) = entries(store)
    assert (entry.copies, entry.by_ami) == (1, False)
    assert store.revision == revision


@pytest.mark.parametrize("port", ["3", "gsm-1.3"])
def test_a_callback_that_comes_later_folds_into_the_entry(store: Store, port: str) -> None:
    add(store, Arrival())
    assert call(store, Arrival(), port=port) == 1
    (entry,) = entries(store)
    assert (entry.copies, entry.by_ami) == (2, True)
    assert [row.raw for row in store.callbacks_of(1)] == [entry.raw, Arrival().target]


def test_a_second_look_adds_nothing_whoever_looks(store: Store, second: Store) -> None:
    assert [add(store, Arrival()), add(second, Arrival()), add(store, Arrival())] == [1, None, None]
    assert entries(store)[0].copies == 1


def test_two_consoles_that_look_at_once_add_one(store: Store, second: Store) -> None:
    for number in range(20):
        it = only(*Arrival(f"text {number}", channel=number).events)
        futures = [one.heard.add("gw1", it) for one in (store, second)]
        assert sorted(future.result() is None for future in futures) == [False, True]
    assert [entry.copies for entry in entries(store)] == [1] * 20


def test_a_line_for_one_whose_text_nobody_knows_is_there_once(store: Store, second: Store) -> None:
    first, other = (only(*Arrival(channel=channel).nameless) for channel in (1, 2))
    assert [one.heard.add("gw1", first).result() for one in (store, second)] == [1, None]
    assert second.heard.add("gw1", other).result() == 2
    line = entries(store)[1]
    assert (line.callback.kind, line.callback.port, line.by_ami) == (CallbackKind.UNREADABLE, "3", True)
    assert line.callback.reason.startswith("AMI saw an SMS on port 3 at ")


def test_a_callback_of_the_same_port_brings_one_without_a_name(store: Store) -> None:
    call(store, Arrival())
    assert store.heard.add("gw1", only(*Arrival().nameless)).result() is None


def test_pieces_heard_are_the_pieces_received(store: Store) -> None:
    arrivals = [Arrival(text, channel=number, at=NOON + number) for number, text in enumerate(PARTS)]
    assert [call(store, arrival) for arrival in arrivals] == [1, 1, 1]
    assert [add(store, arrival) for arrival in arrivals] == [None, None, None]
    assert [add(store, Arrival(PARTS[1], at=NOON + 90))] == [2]


def test_a_piece_that_no_callback_brought_joins_the_others(store: Store) -> None:
    arrivals = [Arrival(text, channel=number, at=NOON + number) for number, text in enumerate(PARTS)]
    call(store, arrivals[0])
    assert add(store, arrivals[1]) == 1
    call(store, arrivals[2])
    assert add(store, arrivals[1]) is None
    (entry,) = entries(store)
    assert (entry.callback.text, entry.parts, entry.copies) == (LONG, 3, 1)
    assert call(store, arrivals[1]) == 1
    assert entries(store)[0].copies == 2


def test_inexact_pieces_of_one_second_are_told_apart(store: Store) -> None:
    arrivals = [Arrival(text, channel=number) for number, text in enumerate(PARTS)]
    pieces = heard(*(event for arrival in arrivals for event in arrival.command_only))
    call(store, arrivals[0])
    added = [
        store.heard.add("gw1", piece, [other for other in pieces if other is not piece]).result() for piece in pieces
    ]
    assert added == [None, 1, 1]
    assert entries(store)[0].callback.text == LONG


def test_a_text_that_speaks_of_parts_is_no_part(store: Store) -> None:
    (it,) = heard(*Arrival("win &id=1&index=1&total=3&").command_only)
    store.heard.add("gw1", it).result()
    assert entries(store)[0].missing == 0


def test_another_gateway_s_callback_brings_nothing(store: Store) -> None:
    store.add_callback("gw2", parse(Arrival().target), Arrival().target).result()
    assert add(store, Arrival()) == 2


def test_a_callback_whose_gateway_nobody_knows_brings_it(store: Store) -> None:
    store.add_callback("", parse(Arrival().target), Arrival().target).result()
    assert add(store, Arrival()) is None


def test_an_unreadable_callback_that_holds_it_brings_it(store: Store) -> None:
    target = Arrival().target.replace(b"phonenumber=", b"key=")
    store.add_callback("gw1", parse(target), target).result()
    assert add(store, Arrival()) is None


def test_each_row_is_read_once_however_many_are_heard(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    arrivals = [Arrival(f"text {number}", channel=number, number=f"+4915{number}") for number in range(50)]
    for arrival in arrivals:
        call(store, arrival)
    seen: list[int] = []

    def read(row: Sequence[Any]) -> Callback:
        seen.append(row[0])
        return callback_of(row)

    monkeypatch.setattr(heard_sms, "callback_of", read)
    assert [add(store, arrival) for arrival in arrivals] == [None] * 50
    assert seen == list(range(1, 51))


GATEWAYS, NUMBERS, PORTS, TEXTS = (
    ("gw1", "gw2", ""),
    ("+4915", "4915", "ö", ""),
    ("3", "gsm-1.3", "4", "lte", ""),
    ("a", "ab"),
)


@given(
    came=st.lists(
        st.tuples(
            st.sampled_from(GATEWAYS),
            st.sampled_from([CallbackKind.SMS, CallbackKind.UNREADABLE]),
            st.sampled_from(NUMBERS),
            st.sampled_from(TEXTS),
            st.sampled_from(PORTS),
            st.sampled_from([0.0, 40.0, BEFORE + 1, 2 * BEFORE]),
        ),
        max_size=12,
    ),
    manners=st.lists(st.sampled_from(["events", "command_only", "nameless"]), min_size=1, max_size=4),
    data=st.data(),
)
def test_what_is_looked_at_tells_what_all_rows_would(
    came: list[tuple[str, CallbackKind, str, str, str, float]], manners: list[str], data: st.DataObject
) -> None:
    with TemporaryDirectory() as folder, closing(Store.open(Path(folder) / "console.db", clock=FixedClock())) as store:
        lately, rows = heard_sms._Lately(store._rows), []
        for channel, manner in enumerate(manners):
            for gateway, kind, number, text, port, at in came[channel :: len(manners)]:
                callback = Callback(kind, number, text, port)
                store.add_callback(gateway, callback, text.encode(), at=NOON + at).result()
                rows.append(Came(gateway, NOON + at, callback, text.encode()))
            arrival = Arrival(
                data.draw(st.sampled_from(TEXTS)), number=data.draw(st.sampled_from(NUMBERS)), channel=channel
            )
            it = only(*getattr(arrival, manner), at=NOON + data.draw(st.sampled_from([0.0, BEFORE])))
            every = [row for row in rows if row.gateway in {"gw1", ""} and row.at >= it.at - BEFORE]
            found, _ = lately.of("gw1", it)
            assert is_kept(it, found) == is_kept(it, every)


def test_what_came_long_before_brings_nothing(store: Store) -> None:
    callback = Callback(CallbackKind.SMS, "10086", "ok", "3")
    store.add_callback("gw1", callback, b"/sms", at=NOON - BEFORE - 1).result()
    it = only(*Arrival("ok", number="10086").command_only)
    assert store.heard.add("gw1", it).result() == 2


def test_a_database_that_can_t_be_read_says_so(store: Store) -> None:
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.heard.add("gw1", only(*Arrival().events))
