"""Version 8 of the schema: rules, and the changes that they may be about."""

from __future__ import annotations

RULES: tuple[str, ...] = (
    # How far each rule has come: `cursor` is an id of the inbox, or of `happened` where it is not about SMS. `armed` is
    # 0 of one that is not in the configuration any more.
    """CREATE TABLE rule (
        name TEXT PRIMARY KEY,
        about TEXT NOT NULL,
        cursor INTEGER NOT NULL,
        armed INTEGER NOT NULL,
        hits INTEGER NOT NULL DEFAULT 0,
        hit_at REAL,
        failure TEXT NOT NULL DEFAULT '',
        failed_at REAL
    ) WITHOUT ROWID""",
    # SMS that the cursor has passed, and that may go on.
    """CREATE TABLE rule_wait (
        rule TEXT NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY (rule, entry)
    ) WITHOUT ROWID""",
    # What rules matched. `steps` are still to be done.
    """CREATE TABLE rule_hit (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        rule TEXT NOT NULL,
        about TEXT NOT NULL,
        thing INTEGER NOT NULL,
        happened_at REAL NOT NULL,
        news TEXT NOT NULL,
        gateway TEXT NOT NULL,
        before TEXT NOT NULL,
        at REAL NOT NULL,
        steps TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        due_at REAL NOT NULL,
        state TEXT NOT NULL,
        failure TEXT NOT NULL DEFAULT ''
    )""",
    "CREATE INDEX rule_hit_state ON rule_hit (rule, state, id)",
    # What was answered by itself: one answer of a rule to an entry at most.
    """CREATE TABLE rule_answer (
        rule TEXT NOT NULL,
        entry INTEGER NOT NULL,
        tail TEXT NOT NULL,
        at REAL NOT NULL,
        message_id INTEGER NOT NULL,
        PRIMARY KEY (rule, entry)
    ) WITHOUT ROWID""",
    "CREATE INDEX rule_answer_tail ON rule_answer (tail, at)",
    # Changes in the order of their commits, while there are rules about such.
    """CREATE TABLE happened (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        about TEXT NOT NULL,
        thing INTEGER NOT NULL,
        at REAL NOT NULL,
        news TEXT NOT NULL,
        gateway TEXT NOT NULL DEFAULT '',
        before TEXT NOT NULL DEFAULT ''
    )""",
    """CREATE TRIGGER result_happened AFTER UPDATE OF state ON outbox
        WHEN new.state <> old.state AND new.state IN ('sent', 'delivered', 'failed', 'unknown')
        AND new.via <> 'others'
        AND EXISTS (SELECT 1 FROM rule WHERE armed = 1 AND about = 'result')
        BEGIN INSERT INTO happened (about, thing, at, news)
        VALUES ('result', new.id, new.updated_at, new.state); END""",
    """CREATE TRIGGER alarm_raised AFTER INSERT ON alarm
        WHEN new.cleared_at IS NULL
        AND EXISTS (SELECT 1 FROM rule WHERE armed = 1 AND about = 'alarm')
        BEGIN INSERT INTO happened (about, thing, at, news)
        VALUES ('alarm', new.id, new.raised_at, 'raised'); END""",
    """CREATE TRIGGER alarm_cleared AFTER UPDATE OF cleared_at ON alarm
        WHEN old.cleared_at IS NULL AND new.cleared_at IS NOT NULL
        AND EXISTS (SELECT 1 FROM rule WHERE armed = 1 AND about = 'alarm')
        BEGIN INSERT INTO happened (about, thing, at, news)
        VALUES ('alarm', new.id, new.cleared_at, 'cleared'); END""",
    """CREATE TRIGGER sim_changed AFTER UPDATE OF seen ON port_sim
        WHEN new.seen <> old.seen
        AND EXISTS (SELECT 1 FROM rule WHERE armed = 1 AND about = 'sim')
        BEGIN INSERT INTO happened (about, thing, at, news, gateway, before)
        VALUES ('sim', new.port, new.seen_at, new.seen, new.gateway, old.seen); END""",
)
