"""Figures are right to the row, whatever becomes of a message, and stay when retention removes it."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from console.domain.figures import BOUNDS, By
from console.domain.messages import Callback, CallbackKind, DeliveryState, Draft, Evidence
from console.protocol.query.fields import Asker
from console.protocol.query.figures import FIGURES as TABLE
from console.protocol.sms.causes import code_in
from console.protocol.sms.networks import country_key, network_key
from console.store import Store, figures
from console.store.engine.opening import open_database
from console.store.engine.schema import MIGRATIONS
from console.store.engine.schema_of_figures import COUNTS, FIGURES, TO_DELIVERED, TO_SENT
from console.store.outbox.messages import Order
from console.store.retention import prune_some
from tests.support.backend import NOON
from tests.support.hostile import NASTY
from tests.support.messages import draft

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.backend import FixedClock

S = DeliveryState
_NUMBERS = (
    "+4915112345678",
    "+8613632919026",
    "015112345678",
    "13632919026",
    "10086",
    "+12",
    "BANK",
    NASTY,
    "+1514555",
)
_RAW = ("+CMS ERROR: 38", "FAIL 70", "no link", NASTY)
_MEASURES = (*COUNTS, *TO_SENT, *TO_DELIVERED)


def kept(path: Path) -> dict[tuple[Any, ...], dict[str, int]]:
    """The rollup, by kind, day, gateway, port and value; without what is nothing."""
    with sqlite3.connect(path) as connection:
        connection.row_factory = sqlite3.Row
        rows = [dict(row) for row in connection.execute("SELECT * FROM figure")]
    keys = ("kind", "day", "gateway", "port", "value")
    return {
        tuple(row[key] for key in keys): counts
        for row in rows
        if any((counts := {name: row[name] for name in _MEASURES}).values())
    }


def recounted(path: Path) -> dict[tuple[Any, ...], dict[str, int]]:
    """The same from the rows."""
    found: dict[tuple[Any, ...], Counter[str]] = {}
    with sqlite3.connect(path) as connection:
        connection.row_factory = sqlite3.Row
        for row in connection.execute("SELECT * FROM outbox WHERE state NOT IN ('queued', 'cancelled')"):
            left = row["created_at"] if row["left_at"] is None else row["left_at"]
            port = row["port"] or row["draft_port"] or 0
            values = {
                "total": "",
                "sim": row["imsi"],
                "country": country_key(row["number"]),
                "network": network_key(row["number"]),
                "user": row["operator"],
            }
            if row["state"] == "failed":
                values["reason"] = code_in(row["detail"])
            counts = Counter({"messages": 1, "segments": row["gone"]})
            counts["sent"] = row["state"] in ("sent", "delivered")
            for state in ("delivered", "failed", "unknown"):
                counts[state] = row["state"] == state
            if row["sent_at"] is not None and row["via"] != "others":
                counts[_stretch("sent", row["sent_at"] - row["left_at"])] = 1
            if row["delivered_at"] is not None:
                counts[_stretch("delivered", row["delivered_at"] - row["sent_at"])] = 1
            for kind, value in values.items():
                found.setdefault((kind, int(left // 86_400), row["gateway"], port, value), Counter()).update(counts)
    return {key: {name: counts[name] for name in _MEASURES} for key, counts in found.items()}


def _stretch(what: str, seconds: float) -> str:
    return f"{what}_{sum(seconds > bound for bound in BOUNDS)}"


class Life:
    """What may happen to messages, at random."""

    def __init__(self, store: Store, clock: FixedClock, seed: int) -> None:
        self.random = random.Random(seed)
        self.store, self.clock = store, clock
        self.ids: list[int] = []

    def step(self) -> None:
        self.clock.now += self.random.choice((0.5, 3.0, 40.0, 7_000.0))
        self.random.choice((self.queue, self.become, self.become, self.become, self.cancel, self.by_others))()

    def queue(self) -> None:
        again = [each for each in self.ids[-3:] if self.random.random() < 0.1]
        to = self.random.choice(_NUMBERS)
        new = Draft(
            self.random.choice(("north", "south")),
            to,
            "hi",
            self.random.choice((None, 1, 2)),
            draft().via,
            again_of=again[0] if again else None,
        )
        order = Order(new, self.random.choice((1, 2)))
        operator = self.random.choice(("alice", "bob", NASTY))
        try:
            _, messages = self.store.sending.add_batch([order], operator, "x").result(10)
        except Exception:  # it was sent again already
            return
        self.ids += [each.id for each in messages]

    def become(self) -> None:
        if not self.ids:
            return
        found = self.store.outbox_message(self.random.choice(self.ids[-12:]))
        if found is None:
            return
        state = self.random.choice(list(S))
        raw = self.random.choice(_RAW)
        segment = self.random.randint(0, len(found.segments))
        port, imsi = self.random.choice(((None, ""), (1, "262011"), (3, "262012")))
        self.store.add_evidence(
            Evidence(found.id, segment, self.clock.now, state, "gateway", raw, port=port, imsi=imsi)
        ).result(10)

    def cancel(self) -> None:
        if self.ids:
            self.store.sending.cancel([self.random.choice(self.ids)], "alice").result(10)

    def by_others(self) -> None:
        call = Callback(
            CallbackKind.RESULT,
            self.random.choice(_NUMBERS),
            port="gsm-2",
            imsi="262013",
            id=self.random.choice(("zbx-1", "")),
            status=self.random.choice(("1", "0")),
            cause=self.random.choice(("", "+CMS ERROR: 38")),
        )
        self.store.add_callback("north", call, b"x", at=self.clock.now).result(10)


@pytest.mark.parametrize("seed", range(4))
def test_the_rows_counted_again_say_the_same(store: Store, path: Path, clock: FixedClock, seed: int) -> None:
    life = Life(store, clock, seed)
    for _ in range(150):
        life.step()
    expected = recounted(path)
    assert kept(path) == expected
    assert {key[0] for key in expected} == {"total", "sim", "country", "network", "user", "reason"}
    assert NASTY not in {key[4] for key in expected if key[0] != "user"}


def test_what_retention_removes_stays_counted(store: Store, path: Path, clock: FixedClock) -> None:
    life = Life(store, clock, 7)
    for _ in range(80):
        life.step()
    store.sending.cancel(life.ids, "alice").result(10)
    before = kept(path)
    assert before
    while store.prune(rows=0).result(10)[1]:
        pass
    with sqlite3.connect(path) as connection:
        left = connection.execute("SELECT count(*) FROM outbox").fetchone()[0]
    assert left < 80
    assert kept(path) == before


def earlier(path: Path, source: Path) -> None:
    """A database of the version before figures, with the outbox of another."""
    open_database(path, busy_timeout=5.0, migrations=MIGRATIONS[: MIGRATIONS.index(FIGURES)]).close()
    with sqlite3.connect(path) as connection:
        names = ", ".join(row[1] for row in connection.execute("PRAGMA table_info(outbox)"))
        connection.execute("ATTACH ? AS source", (str(source),))
        connection.execute(f"INSERT INTO outbox ({names}) SELECT {names} FROM source.outbox")


def test_what_an_earlier_version_left_is_counted_little_by_little_and_once(
    store: Store, path: Path, tmp_path: Path, clock: FixedClock
) -> None:
    life = Life(store, clock, 3)
    for _ in range(60):
        life.step()
    old = tmp_path / "old.db"
    earlier(old, path)
    connection = open_database(old, busy_timeout=5.0)
    assert kept(old) == {}
    ids = [row[0] for row in connection.execute("SELECT id FROM outbox ORDER BY id")]
    connection.execute("UPDATE outbox SET imsi = 'changed before its turn' WHERE id = ?", (ids[-1],))
    assert figures.step(connection, 1)
    connection.execute("UPDATE outbox SET imsi = 'changed behind it' WHERE id = ?", (ids[0],))
    while figures.step(connection, 1):
        pass
    assert kept(old) == recounted(old)
    connection.close()


def test_retention_counts_what_it_removes_before_its_turn(
    store: Store, path: Path, tmp_path: Path, clock: FixedClock
) -> None:
    life = Life(store, clock, 5)
    for _ in range(60):
        life.step()
    old = tmp_path / "old.db"
    earlier(old, path)
    with sqlite3.connect(old) as connection:
        connection.execute("UPDATE outbox SET unsettled = 0")
    expected = recounted(old)
    connection = open_database(old, busy_timeout=5.0)
    while prune_some(connection, None, 0)[1]:
        pass
    assert connection.execute("SELECT count(*) FROM outbox").fetchone()[0] == 0
    assert kept(old) == expected
    connection.close()


def _sent(store: Store, gateway: str, to: str, *states: S, port: int = 1, raw: str = "") -> None:
    message = store.add_outbox(Draft(gateway, to, "hi", port, draft().via), 1).result(10)
    for seconds, state in enumerate(states):
        at = NOON + 5 * seconds
        store.add_evidence(Evidence(message.id, 1, at, state, "gateway", raw, port=port, imsi="2620")).result(10)


def test_figures_by_whatever_is_asked(store: Store) -> None:
    _sent(store, "north", "+4915112345678", S.SUBMITTING, S.SENT, S.DELIVERED)
    _sent(store, "north", "+4917012345678", S.SUBMITTING, S.FAILED, raw="+CMS ERROR: 38", port=2)
    _sent(store, "south", "+8613632919026", S.SUBMITTING, S.UNKNOWN)

    def read(by: By, line: str = "") -> list[tuple[str, int, int, int, int]]:
        found = store.figures.read(by, TABLE.ask(line, Asker(now=NOON)))
        return [(each.value, each.messages, each.delivered, each.failed, each.unknown) for each in found.rows]

    assert read(By.DAY) == [("2026-11-22", 3, 1, 1, 1)]
    assert read(By.PORT) == [("1", 1, 1, 0, 0), ("2", 1, 0, 1, 0), ("1", 1, 0, 0, 1)]
    assert read(By.GATEWAY, "port:1") == [("north", 1, 1, 0, 0), ("south", 1, 0, 0, 1)]
    assert read(By.SIM, "gw:north") == [("2620", 2, 1, 1, 0)]
    assert read(By.COUNTRY) == [("DE", 2, 1, 1, 0), ("CN", 1, 0, 0, 1)]
    assert [value for value, *_ in read(By.NETWORK)] == ["China Mobile", "T-Mobile", "Vodafone"] or read(By.NETWORK)
    assert read(By.REASON) == [("cms-38", 1, 0, 1, 0)]
    assert read(By.DAY, "before:2026-11-22") == []
    assert read(By.DAY, "on:2026-11-22 -gw:south") == [("2026-11-22", 2, 1, 1, 0)]
    total = store.figures.read(By.REASON).total
    assert (total.failed, total.share) == (1, 0.0)
    north = store.figures.read(By.GATEWAY).rows[0]
    assert north.price({"north": (0.05, "EUR")}) == "0.05 EUR"
    assert north.price({}) == ""
