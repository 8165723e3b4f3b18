"""The tables, version after version."""

from __future__ import annotations

from console.store.engine.schema_of_figures import FIGURES
from console.store.engine.schema_of_rules import RULES

APPLICATION_ID = 0x47534D43
"""`GSMC` in the file's header: tells our file from another program's."""

_CALLBACK_COLUMNS = """
    id INTEGER PRIMARY KEY, gateway TEXT NOT NULL, received_at REAL NOT NULL, kind TEXT NOT NULL, number TEXT NOT NULL,
    text TEXT NOT NULL, port TEXT NOT NULL, port_name TEXT NOT NULL, gateway_time TEXT NOT NULL, imsi TEXT NOT NULL,
    wire_id TEXT NOT NULL, status TEXT NOT NULL, cause TEXT NOT NULL, reason TEXT NOT NULL, raw BLOB NOT NULL
"""

_VERSION_1 = (
    # Ids have no gaps: rows are added at the end and, if ever, removed from the start. A position in the
    # inbox is therefore an id, and any page costs the same. `joined` is what is searched of all parts where there is
    # more than one; `since` is set where `kind` is a gap.
    f"""CREATE TABLE inbox ({_CALLBACK_COLUMNS},
        read INTEGER NOT NULL DEFAULT 0,
        copies INTEGER NOT NULL DEFAULT 1,
        parts INTEGER NOT NULL DEFAULT 1,
        missing INTEGER NOT NULL DEFAULT 0,
        joined TEXT,
        since REAL
    )""",
    "CREATE INDEX inbox_unread ON inbox (id) WHERE read = 0",
    "CREATE INDEX inbox_port ON inbox (gateway, received_at, port) WHERE kind = 'sms'",
    # Callbacks that repeat or continue the entry of the inbox that an earlier one made: its `part` (1 is the
    # entry's own), the how manieth `copy` of it (0 is the part itself).
    f"""CREATE TABLE attached ({_CALLBACK_COLUMNS.replace("KEY", "KEY AUTOINCREMENT", 1)},
        entry INTEGER NOT NULL REFERENCES inbox (id),
        part INTEGER NOT NULL,
        copy INTEGER NOT NULL
    )""",
    "CREATE UNIQUE INDEX attached_entry ON attached (entry, part, copy)",
    # What the gateway and the network say about our own messages. `repeated` is 1 where the same was said by
    # an earlier one.
    f"""CREATE TABLE notice ({_CALLBACK_COLUMNS},
        message_id INTEGER,
        tail TEXT NOT NULL,
        way TEXT NOT NULL,
        repeated INTEGER NOT NULL
    )""",
    "CREATE INDEX notice_report ON notice (tail, id) WHERE kind = 'report'",
    "CREATE INDEX notice_unmatched ON notice (id) WHERE message_id IS NULL",
    "CREATE INDEX notice_message ON notice (message_id) WHERE message_id IS NOT NULL",
    # `segments` are the states of the segments in order, divided by spaces. `tail` are the last eight digits
    # of the number, by which a report finds its message. `unsettled` is 1 while a segment is queued or
    # submitting. `owner` is the running Store that took the message.
    """CREATE TABLE outbox (
        id INTEGER PRIMARY KEY,
        created_at REAL NOT NULL,
        updated_at REAL NOT NULL,
        gateway TEXT NOT NULL,
        number TEXT NOT NULL,
        tail TEXT NOT NULL,
        text TEXT NOT NULL,
        draft_port INTEGER,
        port INTEGER,
        via TEXT NOT NULL,
        state TEXT NOT NULL,
        segments TEXT NOT NULL,
        unsettled INTEGER NOT NULL,
        detail TEXT NOT NULL,
        token TEXT NOT NULL,
        owner TEXT NOT NULL
    )""",
    "CREATE INDEX outbox_state ON outbox (state, id)",
    "CREATE INDEX outbox_unsettled ON outbox (id) WHERE unsettled = 1",
    "CREATE INDEX outbox_report ON outbox (tail, id) WHERE state IN ('accepted', 'sent')",
    "CREATE INDEX outbox_tail ON outbox (tail, id)",
    "CREATE INDEX outbox_port ON outbox (gateway, created_at, port, state)",
    """CREATE TABLE evidence (
        id INTEGER PRIMARY KEY,
        message_id INTEGER NOT NULL REFERENCES outbox (id),
        segment INTEGER NOT NULL,
        at REAL NOT NULL,
        state TEXT NOT NULL,
        source TEXT NOT NULL,
        raw TEXT NOT NULL
    )""",
    "CREATE INDEX evidence_message ON evidence (message_id, id)",
    # One row a role and process; `space` and `started` tell whether `pid` is still that process.
    """CREATE TABLE presence (
        role TEXT NOT NULL,
        owner TEXT NOT NULL,
        pid INTEGER NOT NULL,
        host TEXT NOT NULL,
        address TEXT NOT NULL,
        since REAL NOT NULL,
        at REAL NOT NULL,
        released INTEGER NOT NULL,
        space TEXT NOT NULL,
        started TEXT NOT NULL,
        PRIMARY KEY (role, owner)
    ) WITHOUT ROWID""",
    "CREATE TABLE tally (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
    # `revision` rises with every commit that changes what is shown; `removed` is the last id that retention
    # took; `indexed` is the inbox id up to which `gram` and `day` are filled.
    "INSERT INTO tally VALUES ('revision', 0), ('unread', 0), ('indexed', 0), "
    "('inbox removed', 0), ('outbox removed', 0)",
    # The search index keeps no text and no positions: it names entries worth a look. See `search_index`.
    """CREATE VIRTUAL TABLE gram USING fts5 (
        words, content = '', detail = none, columnsize = 0, tokenize = 'ascii'
    )""",
    # Entries whose text changed since they were indexed, with the words they are indexed by.
    "CREATE TABLE reindex (id INTEGER PRIMARY KEY, words TEXT NOT NULL)",
    # Which ids were received on which day since 1970 (UTC): a clock may be set back, so days may overlap.
    "CREATE TABLE day (day INTEGER PRIMARY KEY, first_id INTEGER NOT NULL, last_id INTEGER NOT NULL)",
)

_VERSION_2 = (
    # Who sent it; the batch it was queued in; the set of ports it goes through in turn; the message that it is
    # sent again for; how many parts it becomes on the air; the SIM it went by; for how long its result is waited
    # for (seconds) and until when; when all of it was known to be on the air, and on the handset.
    "ALTER TABLE outbox ADD COLUMN operator TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE outbox ADD COLUMN batch INTEGER",
    "ALTER TABLE outbox ADD COLUMN pool TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE outbox ADD COLUMN again_of INTEGER",
    "ALTER TABLE outbox ADD COLUMN parts INTEGER NOT NULL DEFAULT 0",
    "UPDATE outbox SET parts = 1 + length(segments) - length(replace(segments, ' ', ''))",
    "ALTER TABLE outbox ADD COLUMN imsi TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE outbox ADD COLUMN result_wait REAL NOT NULL DEFAULT 0",
    "ALTER TABLE outbox ADD COLUMN deadline REAL",
    "ALTER TABLE outbox ADD COLUMN sent_at REAL",
    "ALTER TABLE outbox ADD COLUMN delivered_at REAL",
    "CREATE INDEX outbox_deadline ON outbox (deadline) WHERE deadline IS NOT NULL AND state = 'accepted'",
    "CREATE INDEX outbox_batch ON outbox (batch, state) WHERE batch IS NOT NULL",
    # Messages queued with one key press. `state` says whether those not sent yet may go on.
    """CREATE TABLE batch (
        id INTEGER PRIMARY KEY,
        created_at REAL NOT NULL,
        operator TEXT NOT NULL,
        label TEXT NOT NULL,
        state TEXT NOT NULL,
        total INTEGER NOT NULL
    )""",
    # Who did what. Rows are added, never changed and never removed.
    """CREATE TABLE audit (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at REAL NOT NULL,
        operator TEXT NOT NULL,
        action TEXT NOT NULL,
        target TEXT NOT NULL,
        detail TEXT NOT NULL
    )""",
    "CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'the audit is only added to'); END",
    "CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'the audit is only added to'); END",
    # Names for numbers, filed as `console.protocol.sms.numbers` says: numbers of two countries may end alike.
    """CREATE TABLE contact (
        correspondent TEXT NOT NULL,
        number TEXT NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (correspondent, number)
    ) WITHOUT ROWID""",
    # USSD codes sent, and what the network said.
    """CREATE TABLE ussd (
        id INTEGER PRIMARY KEY,
        at REAL NOT NULL,
        gateway TEXT NOT NULL,
        port INTEGER NOT NULL,
        operator TEXT NOT NULL,
        code TEXT NOT NULL,
        state TEXT NOT NULL,
        answer TEXT NOT NULL,
        answered_at REAL
    )""",
    "CREATE INDEX ussd_port ON ussd (gateway, port, id)",
    # Searches of the inbox worth a name.
    "CREATE TABLE view (name TEXT PRIMARY KEY, query TEXT NOT NULL) WITHOUT ROWID",
    # What was wrong, from when to when, and who has seen it. One of a kind is open at a place at a time; `port` is 0
    # where it is about the gateway, `gateway` empty where it is about the console itself.
    """CREATE TABLE alarm (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        gateway TEXT NOT NULL,
        port INTEGER NOT NULL,
        words TEXT NOT NULL,
        raised_at REAL NOT NULL,
        cleared_at REAL,
        acknowledged_at REAL,
        acknowledged_by TEXT NOT NULL DEFAULT ''
    )""",
    "CREATE UNIQUE INDEX alarm_open ON alarm (kind, gateway, port) WHERE cleared_at IS NULL",
    "CREATE INDEX alarm_port ON alarm (gateway, port, id)",
    # What colleagues should know of a port, and whether `auto` leaves it out.
    """CREATE TABLE port_note (
        gateway TEXT NOT NULL,
        port INTEGER NOT NULL,
        note TEXT NOT NULL,
        locked_out INTEGER NOT NULL,
        operator TEXT NOT NULL,
        at REAL NOT NULL,
        PRIMARY KEY (gateway, port)
    ) WITHOUT ROWID""",
    # How a port was, every few minutes: `signal` 0 to 31 or NULL, and the console's word for its health.
    """CREATE TABLE port_sample (
        gateway TEXT NOT NULL,
        port INTEGER NOT NULL,
        at INTEGER NOT NULL,
        signal INTEGER,
        health TEXT NOT NULL,
        PRIMARY KEY (gateway, port, at)
    ) WITHOUT ROWID""",
    # Who looks after a message of the inbox, and when it was done with.
    """CREATE TABLE claim (
        entry INTEGER PRIMARY KEY,
        operator TEXT NOT NULL,
        claimed_at REAL NOT NULL,
        done_at REAL,
        done_by TEXT NOT NULL DEFAULT ''
    )""",
    "CREATE INDEX claim_open ON claim (entry) WHERE done_at IS NULL",
)

_VERSION_3 = (
    # Whether the parts of a long SMS stand apart: 0 or 1 where a person said so, and 1 where another SMS may have been
    # its last part. NULL where nobody doubts.
    "ALTER TABLE inbox ADD COLUMN apart INTEGER",
    # Groups that a contact belongs to, divided by `;`.
    "ALTER TABLE contact ADD COLUMN member_of TEXT NOT NULL DEFAULT ''",
)

_VERSION_4 = (
    # Why a word is one of this message, where no id says so.
    "ALTER TABLE evidence ADD COLUMN why TEXT NOT NULL DEFAULT ''",
    # Ids of the messages that a report may be of, divided by spaces: nobody can tell yet. `answered` is 1 once the
    # caller had its 200, so that it has no reason to call again. `repeated` is 2 where it did call again.
    "ALTER TABLE notice ADD COLUMN asked TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE notice ADD COLUMN answered INTEGER NOT NULL DEFAULT 0",
    *(f"DROP INDEX {name}" for name in ("notice_report", "notice_unmatched", "outbox_report")),
    "CREATE INDEX notice_asked ON notice (gateway, tail, id) WHERE asked <> ''",
    "CREATE INDEX notice_others ON notice (gateway, tail, received_at) WHERE kind = 'result' AND message_id IS NULL",
    "CREATE INDEX notice_report ON notice (gateway, tail, id) WHERE kind = 'report'",
    "CREATE INDEX notice_unmatched ON notice (id) WHERE message_id IS NULL AND asked = '' AND repeated = 0",
    "CREATE INDEX outbox_sent_to ON outbox (gateway, tail, created_at)",
    # By how many seconds the clock that the reports of a SIM are stamped by is ahead of ours: between `low` and `high`
    # at the time `at`; and what the report `doubted_by` said against it. `port` is 0 where the SIM is known.
    """CREATE TABLE network_clock (
        gateway TEXT NOT NULL,
        imsi TEXT NOT NULL,
        port INTEGER NOT NULL,
        low REAL NOT NULL,
        high REAL NOT NULL,
        at REAL NOT NULL,
        doubt_low REAL,
        doubt_high REAL,
        doubted_by INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (gateway, imsi, port)
    ) WITHOUT ROWID""",
)

_VERSION_5 = (
    # When it began to leave, and how many of its parts count as gone by its SIM; `messages.gone` says which do.
    "ALTER TABLE outbox ADD COLUMN left_at REAL",
    "ALTER TABLE outbox ADD COLUMN gone INTEGER NOT NULL DEFAULT 0",
    """UPDATE outbox SET left_at = coalesce(sent_at, updated_at), gone = CASE WHEN state = 'failed' AND sent_at IS NULL
        THEN (length(segments) - length(replace(segments, 'sent', ''))) / 4
            + (length(segments) - length(replace(segments, 'delivered', ''))) / 9
        ELSE parts END
        WHERE state NOT IN ('queued', 'cancelled')""",
    "CREATE INDEX outbox_gone ON outbox (gateway, imsi, left_at, port, gone) WHERE gone > 0",
    "CREATE INDEX outbox_leaving ON outbox (gateway, port) WHERE state = 'submitting'",
    # When the last message by a SIM ended, and whether it failed: pauses are kept from then on. `sim` is the IMSI, or
    # the port where that is not known.
    """CREATE TABLE sim_rest (
        gateway TEXT NOT NULL,
        sim TEXT NOT NULL,
        ended_at REAL NOT NULL,
        failed INTEGER NOT NULL,
        PRIMARY KEY (gateway, sim)
    ) WITHOUT ROWID""",
    # What other programs sent (`via` is 'others'), and what is ours.
    "CREATE INDEX outbox_others ON outbox (gateway, created_at, port) WHERE via = 'others'",
    "CREATE INDEX outbox_by_others ON outbox (id) WHERE via = 'others'",
    "CREATE INDEX outbox_ours ON outbox (state, id) WHERE via <> 'others'",
    "DROP INDEX notice_others",
    "CREATE INDEX notice_result ON notice (gateway, tail, received_at) WHERE kind = 'result'",
    # The SIM that is known to belong in a port, and the one that was seen there last.
    """CREATE TABLE port_sim (
        gateway TEXT NOT NULL,
        port INTEGER NOT NULL,
        imsi TEXT NOT NULL,
        seen TEXT NOT NULL,
        seen_at REAL NOT NULL,
        PRIMARY KEY (gateway, port)
    ) WITHOUT ROWID""",
)

_VERSION_6 = (
    # A report is of what left a short while ago, and a day's figures are of what left on it, whenever it was written.
    "DROP INDEX outbox_sent_to",
    "CREATE INDEX outbox_sent_to ON outbox (gateway, tail, left_at)",
    "DROP INDEX outbox_port",
    "CREATE INDEX outbox_port ON outbox (gateway, coalesce(left_at, created_at), port, state)",
    # The message that was sent in the place of this one: one at most, whoever sends it.
    "ALTER TABLE outbox ADD COLUMN again_as INTEGER",
    """UPDATE outbox SET again_as = later.id
        FROM (SELECT again_of, max(id) AS id FROM outbox WHERE again_of IS NOT NULL GROUP BY again_of) AS later
        WHERE outbox.id = later.again_of""",
    # What needs a person; the whole answer is in the index.
    "CREATE INDEX outbox_troubled ON outbox (state, id, updated_at, batch) "
    "WHERE state IN ('failed', 'unknown') AND again_as IS NULL AND via <> 'others'",
    # When a message may leave, Unix seconds UTC. Until its time comes it is nobody's: `owner` is empty.
    "ALTER TABLE outbox ADD COLUMN not_before REAL",
    "ALTER TABLE outbox ADD COLUMN not_after REAL",
    "CREATE INDEX outbox_planned ON outbox (not_before) WHERE not_before IS NOT NULL",
    "CREATE INDEX outbox_of_nobody ON outbox (id) WHERE owner = '' AND state = 'queued'",
    "CREATE INDEX outbox_end ON outbox (not_after) WHERE not_after IS NOT NULL AND state = 'queued'",
)

_VERSION_7 = (
    # The list that a view is a search of: two lists may have a view of the same name.
    """CREATE TABLE view_of_list (
        list TEXT NOT NULL, name TEXT NOT NULL, query TEXT NOT NULL, PRIMARY KEY (list, name)
    ) WITHOUT ROWID""",
    "INSERT INTO view_of_list (list, name, query) SELECT 'inbox', name, query FROM view",
    "DROP TABLE view",
    "ALTER TABLE view_of_list RENAME TO view",
)

_VERSION_9 = (
    # Who asked for no more messages, filed as `contact` is.
    """CREATE TABLE opt_out (
        correspondent TEXT NOT NULL,
        number TEXT NOT NULL,
        operator TEXT NOT NULL,
        at REAL NOT NULL,
        words TEXT NOT NULL,
        PRIMARY KEY (correspondent, number)
    ) WITHOUT ROWID""",
)

_VERSION_10 = (
    # What each port did since then, as `console.store.ports.totals` counts it: numbers that only rise. `port` is 0
    # where it is not known.
    """CREATE TABLE port_total (
        gateway TEXT NOT NULL,
        port INTEGER NOT NULL,
        name TEXT NOT NULL,
        label TEXT NOT NULL,
        value REAL NOT NULL,
        PRIMARY KEY (gateway, port, name, label)
    ) WITHOUT ROWID""",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    _VERSION_1,
    _VERSION_2,
    _VERSION_3,
    _VERSION_4,
    _VERSION_5,
    _VERSION_6,
    _VERSION_7,
    RULES,
    _VERSION_9,
    _VERSION_10,
    FIGURES,
)
"""Statements that bring a database of version N (its index) to version N + 1."""
