from __future__ import annotations

import csv
import json

from console.domain.messages import DeliveryState as S
from console.domain.messages import OutboxMessage
from console.protocol.sms.fate_rows import COLUMNS, csv_lines, fate, json_lines, reason_of
from tests.support.backend import NOON
from tests.support.messages import draft


def message(state: S, detail: str = "") -> OutboxMessage:
    return OutboxMessage(7, NOON - 60, NOON, draft(to="+491511", text="=hi"), state, (state,), detail, 3, "ann", 2)


def test_a_message_is_a_flat_row_with_its_reason_in_words() -> None:
    failed = fate(message(S.FAILED, "FAIL\r\n70"))
    assert tuple(failed) == COLUMNS
    assert (failed["number"], failed["state"], failed["port"], failed["text"]) == ("+491511", "failed", 3, "=hi")
    assert failed["at"] == "2026-11-22T12:00:00.000Z"


def test_a_reason_is_told_where_it_did_not_get_there() -> None:
    assert reason_of(message(S.CANCELLED, "cancelled by bob")) == "cancelled by bob"
    assert reason_of(message(S.UNKNOWN, "no answer\nin 40 s")) == "no answer in 40 s"
    assert "phone" in reason_of(message(S.FAILED, "FAIL 70"))
    assert reason_of(message(S.DELIVERED, "FAIL 70")) == ""


def test_for_a_spreadsheet_and_for_programs() -> None:
    heading, row = csv.reader(csv_lines([message(S.SENT)]))
    assert (tuple(heading), row[6]) == (COLUMNS, "'=hi")
    assert json.loads(next(json_lines([message(S.SENT)])))["text"] == "=hi"
