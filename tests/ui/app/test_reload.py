"""The configuration read again while somebody works."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Button

from console.config import Config, GatewayConfig, ReceiverConfig
from console.config.records import SendingConfig
from console.config.reload import Changes, InForce, changes
from console.errors import ConfigError
from console.store import Store
from console.store.ami.log import AmiLog
from console.ui.app.app import ConsoleApp
from console.ui.app.main import MainScreen
from console.ui.context.sources import Sources
from tests.support.backend import FakeBackend, FixedClock
from tests.support.operator import Operator, built

OLD = Config((GatewayConfig("gw1", "192.0.2.10"),), ReceiverConfig(), Path("x.db"))


class Files:
    """What the file says, and what is in force of it."""

    def __init__(self) -> None:
        self.in_force = InForce(OLD)
        self.says: Config | None = OLD

    def reload(self) -> Changes:
        if self.says is None:
            raise ConfigError("config.toml is not TOML: Invalid value (at line 3).", hint="Fix that line.")
        found = changes(self.in_force.now, self.says)
        self.in_force.now = found.config
        return found


async def test_it_takes_effect_beside_a_draft_which_stays(tmp_path: Path) -> None:
    clock, files = FixedClock(), Files()
    store = Store.open(tmp_path / "console.db", clock=clock)
    backend = FakeBackend(store)
    backend.read_only_because = "read_only_users"  # who may only look may ask for it, too
    sources = Sources(
        store, AmiLog(), backend, clock, sending=files.in_force.live.sending, keys={}, reload=files.reload
    )
    app = ConsoleApp(sources)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        console = Operator(app, pilot, sources, backend, clock)
        await console.until(lambda: built(app))
        main = app.screen_stack[0]
        assert isinstance(main, MainScreen)
        form, send = main.compose_pane.form, main.compose_pane.query_one("#send", Button)

        # A wrong file changes nothing and says what is wrong, where.
        files.says = None
        await console.press("C")
        await console.sees("not TOML", "at line 3", "Nothing was changed.")
        app.clear_notifications()

        # A right one takes effect while something is written, by name: letters are text there.
        await console.press("3")
        await console.types("+4915112345678")
        await console.press("enter")
        await console.types("hello C")
        files.says = replace(
            OLD,
            keys={"compose.send": "alt+s", "pane.outbox": "6", "app.reload": "K"},
            aliases={"nightly": "template"},
            sending=SendingConfig(templates={"night": "the night shift"}),
            receiver=ReceiverConfig(tcp_port=9),
        )
        backend.snapshots = tuple(replace(one, price_per_segment=0.25, currency="EUR") for one in backend.snapshots)
        await console.press("ctrl+p")
        await console.types("reload")
        await console.press("enter")
        await console.sees("Reloaded: keys, aliases, templates; restart to apply", "receiver.tcp_port", "0.25 EUR")
        app.clear_notifications()
        assert (form.recipients.value, form.area.text) == ("+4915112345678", "hello C")
        assert str(send.label) == "Send alt+s"
        await console.sees("Send alt+s")
        await console.press("ctrl+p")
        await console.types("nightly")
        await console.press("enter")
        await console.sees("the night shift")
        await console.press("escape")

        # By its new key, from wherever letters are keys; nothing else has that one now.
        await console.press("escape")
        await console.sees("6 Outbox")
        await console.press("K")
        await console.sees("nothing takes effect now")
        app.clear_notifications()
        files.says = OLD
        await console.press("K")
        await console.sees("5 Outbox", "Reloaded: keys, aliases, templates.")
    store.close()


def test_where_there_is_no_file_it_says_so(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "console.db", clock=FixedClock())
    sources = Sources(store, AmiLog(), FakeBackend(store), FixedClock())
    with pytest.raises(ConfigError, match="no configuration file"):
        sources.reload()
    store.close()
