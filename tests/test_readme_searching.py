"""The README's table of fields against the tables that every search is read by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.protocol.query.alarms import ALARMS
from console.protocol.query.inbox import INBOX
from console.protocol.query.log import LOG
from console.protocol.query.outbox import OUTBOX
from console.ui.ports.query import PORTS
from tests.support.terminal import REPOSITORY

if TYPE_CHECKING:
    from console.protocol.query.table import Table

EVERY: tuple[tuple[str, Table[Any]], ...] = (
    ("Inbox", INBOX),
    ("Outbox", OUTBOX),
    ("Ports", PORTS),
    ("AMI log", LOG),
    ("Alarms", ALARMS),
)


def written() -> str:
    """The table as it is to stand there: print it to renew it."""
    lines = ["| field | values | what it means |", "|---|---|---|"]
    for name, table in EVERY:
        lines.append(f"| **{name}** | | |")
        for field in table.fields:
            values = ", ".join(f"`{word}`" for word in field.words) or field.kind
            lines.append(f"| `{field.example}` | {values} | {field.says} |")
    return "\n".join(lines)


def test_every_field_is_told() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert readme.partition("<!-- fields -->\n")[2].partition("\n<!-- fields end -->")[0] == written()
