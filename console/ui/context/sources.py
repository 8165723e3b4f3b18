"""What the screens read from and speak to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from console.config.records import AlarmConfig, SendingConfig
from console.config.rule_records import RulesConfig, ScreenConfig
from console.errors import ConfigError
from console.terminal.line_pace import LinePace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from console.config.reload import Changes
    from console.domain.backend import Backend
    from console.domain.clock import Clock
    from console.domain.messages import InboxMessage
    from console.store import LiveReader
    from console.store.ami.log import AmiLog
    from console.ui.context.lessons import PageValues


def _nothing_to_reload() -> Changes:
    raise ConfigError("There is no configuration file here to reload.")


@dataclass(frozen=True, slots=True)
class Sources:
    """All of it, for one application."""

    store: LiveReader
    log: AmiLog
    backend: Backend
    clock: Clock
    label: str = ""
    """Shown in the header: `demo`."""
    sending: SendingConfig = field(default_factory=SendingConfig)
    """Rules and templates for writing messages."""
    alarms: AlarmConfig = field(default_factory=AlarmConfig)
    """How alarms sound."""
    rules: RulesConfig = field(default_factory=RulesConfig)
    """What colours, rings and notifies here."""
    screen: ScreenConfig = field(default_factory=ScreenConfig)
    """How the terminal notifies."""
    line: LinePace = field(default_factory=LinePace)
    """What the terminal takes."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """The operator's own: id of an action -> its keys."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """The operator's own commands: a word -> what it stands for."""
    reload: Callable[[], Changes] = _nothing_to_reload
    """Reads the configuration again, and may take its time. Raises ConfigError, StoreError."""
    page_values: Callable[[], PageValues] = tuple
    """Says what to type on the gateway's page SMS to HTTP; may take its time."""

    def mark_read(self, *messages: InboxMessage) -> None:
        """They were shown to the operator. Nobody waits for it: where it is refused they stay unread for the others."""
        if unread := [message.id for message in messages if not message.read]:
            self.backend.read_marks.mark_read(unread)
