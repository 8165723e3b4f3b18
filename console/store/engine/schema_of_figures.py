"""Version 11 of the schema: figures of what was sent, kept up by SQLite itself as rows of the outbox come and change.

Whoever writes a message goes through the triggers, so nothing can pass them by. Nothing is taken away when retention
removes a message: figures are what was.
"""

from __future__ import annotations

from itertools import pairwise

from console.domain.figures import BOUNDS

COUNTS = ("messages", "sent", "delivered", "failed", "unknown", "segments")
TO_SENT = tuple(f"sent_{number}" for number in range(len(BOUNDS) + 1))
"""How many took so long from us to the air. What other programs send is seen only then, so it is not among them."""
TO_DELIVERED = tuple(f"delivered_{number}" for number in range(len(BOUNDS) + 1))
"""The same from the air to the handset."""

_MEASURES = (*COUNTS, *TO_SENT, *TO_DELIVERED)
_KEY = ("kind", "day", "gateway", "port", "value")


def _stretches(seconds: str) -> list[str]:
    """Whether a duration is in each stretch, 0 or 1."""
    first, last = f"{seconds} <= {BOUNDS[0]}", f"{seconds} > {BOUNDS[-1]}"
    between = (f"{seconds} > {low} AND {seconds} <= {high}" for low, high in pairwise(BOUNDS))
    return [f"coalesce({each}, 0)" for each in (first, *between, last)]


def _measures(of: str) -> str:
    """What one message counts for; `of` is `NEW`, `OLD` or the table."""
    air = f"CASE WHEN {of}.via <> 'others' THEN {of}.sent_at - {of}.left_at END"
    each = (
        "1",
        f"{of}.state IN ('sent', 'delivered')",
        *(f"{of}.state = '{state}'" for state in ("delivered", "failed", "unknown")),
        f"{of}.gone",
        *_stretches(f"({air})"),
        *_stretches(f"({of}.delivered_at - {of}.sent_at)"),
    )
    return ", ".join(f"{what} AS {name}" for what, name in zip(each, _MEASURES, strict=True))


def _counts(of: str) -> str:
    """Whether a message counts: not before it leaves, nor where it was called off. Thousands may be queued in one
    transaction, for which no callback waits longer.
    """
    return f"{of}.state NOT IN ('queued', 'cancelled')"


def _keys(of: str) -> str:
    """What one message is counted by, a row each. As `console.protocol.sms.networks` says: of a number no more than
    tells its country and its network.
    """
    number = f"{of}.number"
    plain = f"{number} NOT GLOB '*[^0-9+]*' AND substr({number}, 2) NOT GLOB '*[^0-9]*'"
    country = (
        f"CASE WHEN NOT ({plain}) THEN '' WHEN {number} LIKE '+____%' THEN substr({number}, 1, 5) "
        f"WHEN length({number}) > 6 AND {number} NOT LIKE '+%' THEN '0' ELSE '' END"
    )
    network = f"CASE WHEN {plain} AND length({number}) > 10 THEN substr({number}, 1, 8) ELSE '' END"
    kinds = {"total": "''", "sim": f"{of}.imsi", "country": country, "network": network, "user": f"{of}.operator"}
    rows = [f"SELECT '{kind}' AS kind, {value} AS value" for kind, value in kinds.items()]
    rows.append(f"SELECT 'reason', {of}.reason WHERE {of}.state = 'failed'")
    return " UNION ALL ".join(rows)


def _place(of: str) -> str:
    """The day (UTC, since 1970) on which it left, or was queued while it has not; and the way it takes."""
    day = f"CAST(coalesce({of}.left_at, {of}.created_at) / 86400 AS INTEGER)"
    return f"{day} AS day, {of}.gateway AS gateway, coalesce({of}.port, {of}.draft_port, 0) AS port"


def _added(sign: str) -> str:
    changes = ", ".join(f"{name} = {name} {sign} excluded.{name}" for name in _MEASURES)
    return f"ON CONFLICT DO UPDATE SET {changes}"


_INTO = f"INSERT INTO figure ({', '.join((*_KEY, *_MEASURES))})"


def _count(of: str, sign: str) -> str:
    """Add what one message counts for, or take it away."""
    # A row that is not there yet is made by adding; what is taken away was added before.
    rows = f"({_keys(of)}), (SELECT {_place(of)}, {_measures(of)})"
    return f"{_INTO} SELECT {', '.join((*_KEY, *_MEASURES))} FROM {rows} WHERE {_counts(of)} {_added(sign)};"  # noqa: S608


def _fill() -> str:
    """Count the messages between two ids (above the first, up to the second)."""
    sums = ", ".join(f"sum({name})" for name in _MEASURES)
    kinds = _keys("o").split(" UNION ALL ")
    rows = " UNION ALL ".join(
        f"{kind.partition(' WHERE ')[0]}, {_place('o')}, {_measures('o')} FROM outbox o "
        f"WHERE o.id > ?1 AND o.id <= ?2 AND {_counts('o')}"
        + (f" AND {where}" if (where := kind.partition(" WHERE ")[2]) else "")
        for kind in kinds
    )
    key = ", ".join(_KEY)
    return f"{_INTO} SELECT {key}, {sums} FROM ({rows}) GROUP BY {key} {_added('+')}"  # noqa: S608


FILL = _fill()

_LOOKED_AT = (
    *("state", "reason", "gateway", "port", "draft_port", "imsi", "number", "operator", "via"),
    *("gone", "created_at", "left_at", "sent_at", "delivered_at"),
)
_CHANGED = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in _LOOKED_AT)
_COUNTED = (
    "(OLD.id > (SELECT value FROM tally WHERE name = 'figures until') "
    "OR OLD.id <= (SELECT value FROM tally WHERE name = 'figures'))"
)

FIGURES: tuple[str, ...] = (
    # The code of what made it fail, as `console.protocol.sms.causes` reads it; empty where none is known.
    "ALTER TABLE outbox ADD COLUMN reason TEXT NOT NULL DEFAULT ''",
    # One row for each kind (total, sim, country, network, user, reason) and value. `port` is 0 where it is not known.
    f"""CREATE TABLE figure (
        kind TEXT NOT NULL,
        day INTEGER NOT NULL,
        gateway TEXT NOT NULL,
        port INTEGER NOT NULL,
        value TEXT NOT NULL,
        {", ".join(f"{name} INTEGER NOT NULL" for name in _MEASURES)},
        PRIMARY KEY ({", ".join(_KEY)})
    ) WITHOUT ROWID""",
    # What was there before is counted a little at a time, from the oldest on: `figures` is the id up to which that is
    # done, `figures until` the last one of those. Between the two a message is counted when its turn comes.
    """INSERT INTO tally VALUES
        ('figures', (SELECT coalesce(min(id), 1) - 1 FROM outbox)),
        ('figures until', (SELECT coalesce(max(id), 0) FROM outbox))""",
    f"CREATE TRIGGER figure_added AFTER INSERT ON outbox WHEN {_counts('NEW')} BEGIN {_count('NEW', '+')} END",
    f"""CREATE TRIGGER figure_changed AFTER UPDATE OF {", ".join(_LOOKED_AT)} ON outbox
        WHEN ({_CHANGED}) AND {_COUNTED}
        BEGIN {_count("OLD", "-")} {_count("NEW", "+")} END""",
)
