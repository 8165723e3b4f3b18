"""What each port did since its database counts: it only rises, and misses nothing."""

from __future__ import annotations

import contextlib
import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.domain.messages import DeliveryState as S
from console.domain.messages import Evidence, Via
from console.domain.ports import OTHERS, OURS, Total
from console.store import Store
from console.store.engine.opening import open_database
from console.store.engine.schema import MIGRATIONS
from tests.support.air import Story, database
from tests.support.backend import OPERATOR, FixedClock
from tests.support.messages import draft, report, result, sms

if TYPE_CHECKING:
    from pathlib import Path

DAY = 86_400.0


def totals(store: Store) -> dict[tuple[str, int, str, str], float]:
    """By gateway, port, name and label."""
    return {(one.gateway, one.port, one.name, one.label): one.value for one in store.port_totals.all()}


def of_port(store: Store, port: int = 3, gateway: str = "gw1") -> dict[str, float]:
    """Of what is no time, `sent console`."""
    timed = (Total.SENDING.value, Total.DELIVERY.value)
    found = totals(store).items()
    return {
        f"{name} {label}".strip(): value
        for (*place, name, label), value in found
        if place == [gateway, port] and name not in timed
    }


def send(
    store: Store, clock: FixedClock, *states: S, port: int | None = 3, via: Via = Via.AMI, wait: float = 4.0
) -> int:
    message = store.add_outbox(draft(port=port, via=via), 1).result(10)
    for state in states:
        store.add_evidence(Evidence(message.id, 0, clock.now, state, "console", "")).result(10)
        clock.now += wait
    return message.id


def test_each_fate_counts_for_the_port_once(store: Store, clock: FixedClock) -> None:
    send(store, clock, S.SUBMITTING, S.ACCEPTED, S.SENT, S.DELIVERED, S.DELIVERED)
    send(store, clock, S.SUBMITTING, S.DELIVERED)
    send(store, clock, S.SUBMITTING, S.QUEUED, S.SUBMITTING, S.FAILED)
    send(store, clock, S.SUBMITTING, S.UNKNOWN)
    send(store, clock, S.SUBMITTING, S.SENT, S.FAILED, port=4)
    send(store, clock, S.CANCELLED)
    assert of_port(store) == {"sent console": 2, "delivered console": 2, "failed console": 1, "unknown console": 1}
    assert of_port(store, 4) == {"sent console": 1, "failed console": 1}


def test_one_that_was_unknown_counts_as_what_it_is_found_to_be_too(store: Store, clock: FixedClock) -> None:
    message = send(store, clock, S.SUBMITTING, S.UNKNOWN)
    store.sending.settle(message, S.SENT, OPERATOR).result(10)
    assert of_port(store) == {"unknown console": 1, "sent console": 1}
    assert not [key for key in totals(store) if key[2] == "sending"]  # nobody knows how long it took


def test_it_counts_for_the_port_that_its_result_names(store: Store, clock: FixedClock) -> None:
    message = send(store, clock, S.SUBMITTING, S.ACCEPTED, port=None, via=Via.HTTP)
    store.add_callback("gw1", result(store.wire_id(message), port="gsm-1.4"), b"/?result").result(10)
    send(store, clock, S.SUBMITTING, S.FAILED, port=None, via=Via.HTTP)
    assert of_port(store, 4) == {"sent console": 1}
    assert of_port(store, 0) == {"failed console": 1}


def test_what_others_send_is_told_apart_and_a_part_that_fails_takes_nothing_back(store: Store) -> None:
    for status in ("Sent", "Fail", "Sent"):
        store.add_callback("gw1", replace(result("crm-1", status), imsi="460001"), b"Event: " + status.encode()).result(
            10
        )
    assert of_port(store) == {f"sent {OTHERS}": 1, f"failed {OTHERS}": 1}


def test_times_are_counted_by_class(store: Store, clock: FixedClock) -> None:
    send(store, clock, S.SUBMITTING, S.SENT, S.DELIVERED)
    send(store, clock, S.SUBMITTING, S.SENT, S.DELIVERED, wait=400.0)
    send(store, clock, S.SUBMITTING, S.SENT, S.DELIVERED, wait=-5.0)
    send(store, clock, S.SUBMITTING, S.DELIVERED)  # when it was on the air, nobody said
    found = {(name, label): value for (_, _, name, label), value in totals(store).items()}
    timed = {key: value for key, value in found.items() if key[0] in ("sending", "delivery")}
    assert timed == {
        ("sending", "1.0"): 1,
        ("sending", "5.0"): 1,
        ("sending", "inf"): 1,
        ("sending", "sum"): 404,
        ("delivery", "2.5"): 1,
        ("delivery", "5.0"): 1,
        ("delivery", "900.0"): 1,
        ("delivery", "sum"): 404,
    }


def test_sms_count_by_port_as_the_inbox_has_them(store: Store, clock: FixedClock) -> None:
    for text, port in (
        ("one", "3"),
        ("one", "3"),
        ("two", "lte-3"),
        ("three", "gsm-1.4"),
        ("four", "\x1b[31m"),
        ("five", "257"),
    ):
        store.add_callback("gw1", sms(text, port=port), b"").result(10)
    store.add_callback("gw1", sms("x" * 153, port="5"), b"/?part=1").result(10)
    clock.now += 1
    store.add_callback("gw1", sms("rest", port="5"), b"/?part=2").result(10)
    store.add_callback("", sms("elsewhere"), b"").result(10)
    assert [of_port(store, port) for port in (3, 4, 5, 0)] == [{"received": number} for number in (2, 1, 1, 2)]
    assert of_port(store, 3, "") == {"received": 1}
    assert store.inbox_count() == 7


def test_they_stay_over_retention_and_a_new_start(store: Store, path: Path, clock: FixedClock) -> None:
    store.add_callback("gw1", sms(), b"").result(10)
    send(store, clock, S.SUBMITTING, S.SENT, S.DELIVERED)
    before = totals(store)
    clock.now += 2 * DAY
    store.prune(days=1).result(10)
    assert store.inbox_count() == store.outbox_count() == 0
    assert totals(store) == before
    store.close()
    with contextlib.closing(Store.open(path, clock=clock)) as again:
        assert totals(again) == before
        send(again, clock, S.SUBMITTING, S.SENT)
        assert totals(again)["gw1", 3, "sent", OURS] == before["gw1", 3, "sent", OURS] + 1


def test_a_database_from_before_begins_at_nothing(path: Path, clock: FixedClock) -> None:
    before = next(number for number, statements in enumerate(MIGRATIONS) if "port_total" in statements[0])
    open_database(path, busy_timeout=1, migrations=MIGRATIONS[:before]).close()
    with contextlib.closing(Store.open(path, clock=clock)) as store:
        assert totals(store) == {}
        store.add_callback("gw1", sms(), b"").result(10)
        assert of_port(store) == {"received": 1}


@pytest.mark.parametrize("seed", range(20))
def test_whatever_comes_in_which_order_they_agree_with_the_outbox(seed: int) -> None:
    with contextlib.closing(database()) as connection:
        Story(random.Random(seed), "gw1").write().play(connection)

        def counted(name: Total, label: str) -> dict[int, float]:
            sql = "SELECT port, value FROM port_total WHERE name = ? AND label = ?"
            return dict(connection.execute(sql, (name, label)).fetchall())

        def there(condition: str) -> dict[int, float]:
            sql = f"SELECT coalesce(port, 0), count(*) FROM outbox WHERE {condition} GROUP BY 1"
            return dict(connection.execute(sql).fetchall())

        assert counted(Total.SENT, OURS) == there("via <> 'others' AND sent_at IS NOT NULL")
        assert counted(Total.DELIVERED, OURS) == there("via <> 'others' AND delivered_at IS NOT NULL")
        for name in (Total.FAILED, Total.UNKNOWN):
            for label, whose in ((OURS, "<>"), (OTHERS, "=")):
                now, ever = there(f"via {whose} 'others' AND state = '{name}'"), counted(name, label)
                assert all(ever.get(port, 0) >= number for port, number in now.items())


def test_reports_count_for_the_port_of_their_message(store: Store, clock: FixedClock) -> None:
    send(store, clock, S.SUBMITTING, S.SENT)
    store.add_callback("gw1", report(), b"/?report").result(10)
    assert of_port(store) == {"sent console": 1, "delivered console": 1}
