"""The console on real gateways: store, screen, services, in this order; the store is closed last."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from console.config import load
from console.config.reload import InForce
from console.protocol.rules.judging import check_rules
from console.runtime import memory
from console.runtime.backend import ServicesBackend
from console.runtime.coming import Coming
from console.services.clock import SystemClock
from console.services.reloading import Reloading
from console.services.who import operator_now, read_only_reason
from console.store import Store
from console.store.ami.log import AmiLog
from console.terminal.line_pace import LinePace
from console.ui.context.sources import Sources
from console.ui.keys.commands import check_own

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from console.config import Config
    from console.runtime.services import Services
    from console.terminal.appearance import Appearance
    from console.ui.context.lessons import PageValues


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
    check_own(config)
    check_rules(config)
    in_force = InForce(config)
    config = in_force.live
    clock = SystemClock()
    operator = operator_now(os.environ)
    log = AmiLog()
    reason = read_only_reason(config.sending, operator, asked=read_only)
    with ExitStack() as stack:
        store = Store.open(
            config.database,
            clock=clock,
            join_parts=config.inbox.join_parts,
            regions=config.regions,
            senders=config.sending.others,
        )
        stack.callback(store.close)

        def start() -> Services:
            from console.runtime.services import Services

            services = Services(config, store, log, clock, operator=str(operator), only_looks=bool(reason))
            services.start()
            stack.callback(services.stop)
            return services

        def values() -> PageValues:
            from console.runtime.page_values import page_values

            return page_values(config)

        coming = Coming(start, config.gateways, config.receiver, clock.time())
        backend = ServicesBackend(coming, store, operator=str(operator), read_only=reason)
        if plain:
            return _stream(store, coming, backend)
        sources = Sources(
            store,
            log,
            backend,
            clock,
            sending=config.sending,
            alarms=config.alarms,
            rules=config.rules,
            screen=config.screen,
            keys=config.keys,
            aliases=config.aliases,
            page_values=values,
            reload=Reloading(in_force, partial(_read, config.path), store.audit, operator=str(operator)).reload,
        )
        if appearance is not None:
            appearance = replace(appearance, escape_time=config.escape_seconds)
        ending = show(sources, coming.begin, appearance=appearance)
        if ending.terminal_lost and config.receiver.keep_after_hangup:
            _stay(coming)
        return ending.code


def _read(path: Path | None) -> Config:
    """As it was read at the start. Raises ConfigError."""
    config = load(path, os.environ)
    check_own(config)
    check_rules(config)
    return config


def _stay(coming: Coming) -> None:
    """Go on receiving without a screen, where this process receives."""
    from console.runtime import headless

    services = coming.services
    if services is not None and services.receiver().listening:
        headless.stay(services)


def _stream(store: Store, coming: Coming, backend: ServicesBackend) -> int:
    """Lines instead of a screen."""
    from console.runtime.plain import stream

    coming.begin()
    memory.look_again()
    return stream(store, backend)


def show(
    sources: Sources,
    begin: Callable[[], object],
    *,
    exit_after: float | None = None,
    appearance: Appearance | None = None,
) -> Ending:
    """The screen, until it is left. `begin` is called beside it once its first frame stands; what it raises ends the
    screen, and is raised here.
    """
    from console.ui.app.app import ConsoleApp
    from console.ui.app.preload import preload

    def begin_all() -> None:
        try:
            begin()
            preload()
        finally:
            memory.look_again()

    if appearance is not None and appearance.slow:
        sources = replace(sources, line=LinePace(slow=True))
    app = ConsoleApp(sources, begin=begin_all, exit_after=exit_after, appearance=appearance)
    app.run_until_left()
    return Ending(app.return_code or 0, app.terminal_lost)
