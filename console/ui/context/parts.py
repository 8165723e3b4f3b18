"""Taking the parts of a long SMS apart, where they were joined wrongly; and joining them again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from console.domain.messages import InboxMessage, Joined
from console.ui.context.copying import CopyKeys
from console.ui.kit.explain import explained

if TYPE_CHECKING:
    from console.domain.backend import Backend


class PartKeys(CopyKeys):
    """The key J, for a pane or a screen that says what is looked at."""

    _backend: Backend

    def action_join_parts(self) -> None:
        long = [message for message in self.looked_at if isinstance(message, InboxMessage) and message.joined]
        if long:
            # The application's own work, as with claims: a screen that is left takes its workers with it.
            self.app.run_worker(self._turn(long[-1]), exit_on_error=False)
        else:
            self.notify("There is nothing to split: it is a single SMS.", severity="warning")

    async def _turn(self, message: InboxMessage) -> None:
        apart = message.joined is not Joined.APART
        with explained(self):
            act = self._backend.parts.set_apart(message.id, self._backend.operator(), apart=apart)
            await asyncio.wrap_future(act)
