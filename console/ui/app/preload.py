"""What the first frame does not need, loaded beside it: no key waits for a dialog's modules.

A module of its own, for it stands between the runtime, which calls it in a thread, and the screen.
"""

from __future__ import annotations

from importlib import import_module

UNDER_A_KEY = (
    "console.protocol.sms.codes",
    "console.protocol.sms.fate_rows",
    "console.ui.alarms.screen",
    "console.ui.app.command_line",
    "console.ui.app.help",
    "console.ui.compose.recipients",
    "console.ui.compose.send_off",
    "console.ui.compose.summary",
    "console.ui.compose.templates",
    "console.ui.context.counting",
    "console.ui.context.detail",
    "console.ui.context.views",
    "console.ui.figures.screen",
    "console.ui.kit.dialogs",
    "console.ui.outbox.audit",
    "console.ui.outbox.batch",
    "console.ui.outbox.batches",
    "console.ui.outbox.message_way",
    "console.ui.outbox.resend",
    "console.ui.ports.screen",
    "console.ui.ports.ussd",
    "console.ui.rules.screen",
    "console.ui.thread.screen",
    "phonenumbers",
)
"""Dialogs and the like: what functions of the screen import, and what these ask."""


def preload() -> None:
    """Load them; from any thread."""
    for name in UNDER_A_KEY:
        import_module(name)
