"""Records of the AMI log as lines of a file: one JSON object each, ASCII, without secrets.

    {"at": 1795348800.102, "gateway": "gw1", "flow": "in", "kind": "event", "raw": "Event: SMSSendStatus\\r\\n…"}

`at` is in Unix seconds UTC. `raw` is what was received, in UTF-8; a byte that is no UTF-8 is written as a lone
surrogate, U+DC80 to U+DCFF, and so comes back as it was. `cut` says that it was not received whole.
"""

from __future__ import annotations

import json
import math
from typing import Any

from console.domain.ami import AmiKind
from console.domain.link import Flow, LogRecord
from console.protocol.ami.frames import AmiBlock
from console.protocol.text.redact import redact

_BYTES = "surrogateescape"


def write_record(record: LogRecord) -> str:
    """The record as one line, without a line end. Its number is not written: it is one of a run."""
    fields: dict[str, object] = {"at": record.at, "gateway": record.gateway, "flow": record.flow.value}
    if record.session:
        fields["session"] = record.session
    message = record.message
    if message is not None:
        fields["kind"] = message.kind.value
        if not message.complete:
            fields["cut"] = True
        fields["raw"] = redact(message.raw.decode("utf-8", _BYTES))
    if record.text:
        fields["text"] = redact(record.text)
    return json.dumps(fields, allow_nan=False)


def read_record(line: bytes | str, seq: int = 0) -> LogRecord | None:
    """The record of a line, with this number; None where the line is none."""
    try:
        fields = json.loads(line)
        return _record(fields, seq)
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _record(fields: dict[str, Any], seq: int) -> LogRecord:
    at = float(fields["at"])
    if not math.isfinite(at) or not 0 <= at < 1e11:
        raise ValueError(at)
    message = None
    if "raw" in fields:
        raw = _text(fields["raw"]).encode("utf-8", _BYTES)
        message = AmiBlock(AmiKind(fields["kind"]), raw, complete=fields.get("cut") is not True)
    return LogRecord(
        seq,
        at,
        _text(fields["gateway"]),
        Flow(fields["flow"]),
        _text(fields.get("text", "")),
        message,
        _text(fields.get("session", "")),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value
