"""The console on real gateways: store, services, screen, in this order; taken down in reverse."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from console.runtime import headless
from console.runtime.backend import ServicesBackend
from console.runtime.page_values import page_values
from console.runtime.plain import stream
from console.runtime.services import Services
from console.services.clock import SystemClock
from console.services.who import operator_now, read_only_reason
from console.store import Store
from console.store.ami_log import AmiLog
from console.ui.keymap import check_keys
from console.ui.line_pace import LinePace
from console.ui.screens.main import Sources

if TYPE_CHECKING:
    from console.config import Config
    from console.ui.appearance import Appearance


class Ending(NamedTuple):
    """How the screen was left."""

    code: int
    """For the shell."""
    terminal_lost: bool
    """Not by the operator: nobody could see it any more."""


def run(config: Config, *, read_only: bool = False, appearance: Appearance | None = None, plain: bool = False) -> int:
    """Open the console until the operator leaves; returns the exit code. `read_only`: they want to look only.
    `plain`: lines instead of a screen.
    """
    check_keys(config)
    clock = SystemClock()
    operator = operator_now(os.environ)
    store = Store.open(config.database, clock=clock, join_parts=config.inbox.join_parts)
    log = AmiLog()
    try:
        services = Services(config, store, log, clock, operator=str(operator))
        services.start()
        try:
            backend = ServicesBackend(
                services,
                operator=str(operator),
                read_only=read_only_reason(config.sending, operator, asked=read_only),
            )
            if plain:
                return stream(store, backend)
            sources = Sources(
                store,
                log,
                backend,
                clock,
                sending=config.sending,
                alarms=config.alarms,
                keys=config.keys,
                page_values=partial(page_values, config),
            )
            ending = show(sources, appearance=appearance)
            if ending.terminal_lost and config.receiver.keep_after_hangup and services.receiver().listening:
                headless.stay(services)
            return ending.code
        finally:
            services.stop()
    finally:
        store.close()


def show(sources: Sources, *, exit_after: float | None = None, appearance: Appearance | None = None) -> Ending:
    """The screen, until it is left."""
    from console.ui.app import ConsoleApp

    if appearance is not None and appearance.slow:
        sources = replace(sources, line=LinePace(slow=True))
    app = ConsoleApp(sources, exit_after=exit_after, appearance=appearance)
    app.run(mouse=False)
    return Ending(app.return_code or 0, app.terminal_lost)
