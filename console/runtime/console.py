"""The console on real gateways: store, services, screen, in this order; taken down in reverse."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from console.runtime import headless
from console.runtime.services import Services
from console.services.clock import SystemClock
from console.store import Store
from console.store.ami_log import AmiLog

if TYPE_CHECKING:
    from console.config import Config
    from console.domain.clock import Clock


class Ending(NamedTuple):
    """How the screen was left."""

    code: int
    """For the shell."""
    terminal_lost: bool
    """Not by the operator: nobody could see it any more."""


def run(config: Config) -> int:
    """Open the console until the operator leaves; returns the exit code."""
    clock = SystemClock()
    store = Store.open(config.database, clock=clock, join_parts=config.inbox.join_parts)
    log = AmiLog()
    try:
        services = Services(config, store, log, clock)
        services.start()
        try:
            ending = show(services, store, log, clock)
            if ending.terminal_lost and config.receiver.keep_after_hangup and services.receiver().listening:
                headless.stay(services)
            return ending.code
        finally:
            services.stop()
    finally:
        store.close()


def show(
    services: Services,
    store: Store,
    log: AmiLog,
    clock: Clock,
    *,
    label: str = "",
    exit_after: float | None = None,
) -> Ending:
    """The screen, until it is left."""
    from console.ui.app import ConsoleApp
    from console.ui.screens.main import Sources

    app = ConsoleApp(Sources(store, log, services, clock, label), exit_after=exit_after)
    app.run(mouse=False)
    return Ending(app.return_code or 0, app.terminal_lost)
