"""What the screen says of alarms by itself: the header, toasts and the bell, a few however many alarms there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from console.domain.alarms import AlarmKind
from console.errors import ConsoleError
from console.ui.rows.alarm_row import cleared_words, header_cells, raised_words

if TYPE_CHECKING:
    from console.config.records import AlarmConfig
    from console.domain.alarms import Alarm
    from console.store import LiveReader
    from console.ui.kit.format import Cells

SPACING = 5.0
"""Seconds between two toasts; what comes in between shares the next."""


class Notice(NamedTuple):
    """Something to say."""

    words: str
    """Safe to show."""
    is_bad: bool
    rings: bool
    """Whether the bell sounds with it."""


class AlarmNotices:
    """Follows the alarms of the store, whichever process raises them. `open` is as of the last look."""

    def __init__(self, store: LiveReader, config: AlarmConfig) -> None:
        self.open: list[Alarm] = []
        self._store = store
        self._config = config
        self._revision = -1
        self._looked_at: float | None = None
        self._told_at = float("-inf")
        self._told: set[int] = set()
        """Ids of open alarms that were told of."""
        self._again: set[int] = set()
        self._over: list[int] = []
        self._gone_to = 0

    def header(self, key: str) -> Cells:
        """For the first line of the screen; empty when nothing is wrong. `key` lists the alarms."""
        return header_cells(self.open, key)

    def suspects(self, gateway: str) -> frozenset[int]:
        """Ports of a gateway whose SIM may be blocked."""
        return frozenset(
            alarm.port for alarm in self.open if alarm.kind is AlarmKind.FAILURES and alarm.gateway == gateway
        )

    def next(self) -> Alarm | None:
        """The alarm after the one that was given last, those that nobody has seen first."""
        ids = [alarm.id for alarm in self.open]
        place = ids.index(self._gone_to) + 1 if self._gone_to in ids else 0
        alarm = self.open[place % len(ids)] if ids else None
        self._gone_to = alarm.id if alarm is not None else 0
        return alarm

    def look(self, now: float) -> list[Notice]:
        """What there is to say now; to be asked at each frame. Trouble with the store is told elsewhere."""
        try:
            self._read()
            self._note_repeats(now)
            return self._notices(now) if not 0 <= now - self._told_at < SPACING else []
        except ConsoleError:
            return []

    def _read(self) -> None:
        revision = self._store.revision
        if revision == self._revision:
            return
        after = self._store.alarms.open()
        ids = {alarm.id for alarm in after}
        self._over += [alarm.id for alarm in self.open if alarm.id not in ids and alarm.id in self._told]
        self._told &= ids
        self._again &= ids
        self.open, self._revision = after, revision

    def _note_repeats(self, now: float) -> None:
        period = self._config.repeat_minutes * 60
        after = now if self._looked_at is None else self._looked_at
        self._again.update(
            alarm.id for alarm in self.open if alarm.id in self._told and alarm.sounds_again(after, now, period)
        )
        self._looked_at = now

    def _notices(self, now: float) -> list[Notice]:
        notices: list[Notice] = []
        unseen = [alarm for alarm in self.open if alarm.acknowledged_at is None]
        for alarms, again in (
            ([alarm for alarm in unseen if alarm.id not in self._told], False),
            ([alarm for alarm in unseen if alarm.id in self._again], True),
        ):
            if alarms:
                notices.append(Notice(raised_words(alarms, again=again), is_bad=True, rings=self._config.bell))
        if self._over:
            over = self._store.alarms.with_ids(self._over)
            notices.append(Notice(cleared_words(over, now), is_bad=False, rings=False))
        self._told |= {alarm.id for alarm in self.open}
        self._again.clear()
        self._over.clear()
        if notices:
            self._told_at = now
        return notices
