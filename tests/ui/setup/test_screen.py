from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from console.config import load
from console.ui.kit.choice import Choice
from console.ui.setup.screen import CheckLine, Setup, SetupApp, SetupEnding, SetupScreen
from tests.support.settling import press
from tests.support.waiting import DEADLINE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from textual.pilot import Pilot

    from console.config import Config

GOOD = CheckLine("ok", "AMI", "logged in, commands run, 8 GSM ports")


class FakeChecks:
    """Finds what it was told to; `gate` holds the answer back until it is set."""

    def __init__(self) -> None:
        self.found = {"ami": [GOOD], "http": [CheckLine("ok", "/sendsms", "switched on")]}
        self.asked: list[tuple[str, Config]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def _look(self, what: str, config: Config) -> list[CheckLine]:
        self.asked.append((what, config))
        await self.gate.wait()
        return self.found.get(what, [CheckLine("ok", "address", "0.0.0.0:8080 is free")])

    async def ami(self, config: Config) -> list[CheckLine]:
        return await self._look("ami", config)

    async def http(self, config: Config) -> list[CheckLine]:
        return await self._look("http", config)

    async def receiver(self, config: Config) -> list[CheckLine]:
        return await self._look("receiver", config)

    async def to_enter(self, config: Config) -> list[tuple[str, str]]:
        return [("Host", "192.0.2.1"), ("Path", f"sms/{config.gateways[0].name}")]


class Newcomer:
    """Somebody who sets up a first gateway."""

    def __init__(self, app: SetupApp, pilot: Pilot[SetupEnding], checks: FakeChecks) -> None:
        self.app = app
        self.pilot = pilot
        self.checks = checks

    @property
    def screen(self) -> str:
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())

    async def press(self, *keys: str) -> None:
        await press(self.app, *keys)

    async def fills(self, *texts: str) -> None:
        """One text a line, each ended with Enter; None leaves what stands there."""
        for text in texts:
            if text:
                line = self.app.focused
                assert isinstance(line, Input)
                line.clear()
                await press(self.app, *text)
            await press(self.app, "enter")

    async def until(self, holds: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + DEADLINE
        while not holds():
            assert time.monotonic() < end, f"never: {what}\n{self.screen}"
            await self.pilot.pause()

    async def sees(self, *texts: str) -> None:
        for text in texts:
            await self.until(lambda text=text: text in self.screen, text)  # type: ignore[misc]

    def value(self, name: str) -> str:
        return self.app.screen.query_one(f"#{name}", Input).value


@asynccontextmanager
async def newcomer(folder: Path, *, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Newcomer]:
    checks = FakeChecks()
    app = SetupApp(Setup(checks, folder / "new" / "config.toml", "a-token-of-16-letters"))
    async with app.run_test(size=size, notifications=True) as pilot:
        person = Newcomer(app, pilot, checks)
        await person.sees("There is no configuration yet")
        yield person


async def to_the_end(person: Newcomer) -> None:
    await person.press("enter")
    await person.fills("gw1", "192.0.2.10")
    await person.sees("2 of 4")
    await person.fills("", "admin", "top secret")
    await person.sees("✓ AMI  logged in", "3 of 4")
    await person.fills("", "sms", "password", "")
    await person.sees("✓ /sendsms", "4 of 4")
    await person.fills("", "")
    await person.sees("the gateway's own page", "192.0.2.1", "sms/gw1")


async def test_a_gateway_is_set_up_by_plain_keys_on_a_small_screen(tmp_path: Path) -> None:
    async with newcomer(tmp_path) as person:
        await to_the_end(person)
        await person.press("enter")
        await person.until(lambda: not person.app.is_running or person.app.return_value is not None, "the end")
    assert person.app.return_value == SetupEnding(wrote=True)
    path = tmp_path / "new" / "config.toml"
    assert path.stat().st_mode & 0o777 == 0o600
    config = load(path, {})
    assert config.warnings == ()
    gateway = config.gateways[0]
    assert (gateway.name, gateway.host) == ("gw1", "192.0.2.10")
    assert gateway.ami is not None
    assert gateway.ami.secret.reveal() == "top secret"
    assert gateway.http is not None
    assert gateway.http.username == "sms"


async def test_secrets_are_never_shown(tmp_path: Path) -> None:
    async with newcomer(tmp_path) as person:
        await person.press("enter")
        await person.fills("gw1", "192.0.2.10", "", "admin")
        await person.press(*"hush")
        await person.until(lambda: person.value("ami-secret") == "hush", "the secret")
        assert "hush" not in person.screen
        assert "••••" in person.screen


async def test_esc_goes_back_a_step_and_loses_nothing(tmp_path: Path) -> None:
    async with newcomer(tmp_path) as person:
        await to_the_end(person)
        for title in ("4 of 4", "3 of 4", "2 of 4", "1 of 4", "Welcome"):
            await person.press("escape")
            await person.sees(title)
        await person.press("escape", "enter")
        await person.sees("1 of 4")
        assert (person.value("host"), person.value("ami-secret")) == ("192.0.2.10", "top secret")
        asked = len(person.checks.asked)
        for lines, title in ((2, "2 of 4"), (3, "3 of 4"), (4, "4 of 4"), (2, "the gateway's own page")):
            await person.press(*["enter"] * lines)
            await person.sees(title)
        assert len(person.checks.asked) == asked, "what was tried out is not tried again"


async def test_what_does_not_work_is_told_and_can_be_gone_past(tmp_path: Path) -> None:
    async with newcomer(tmp_path) as person:
        hint = "Look at the account on the gateway."
        person.checks.found["ami"] = [CheckLine("failed", "AMI", "Login refused [red]\x1b[31m\u202e", hint)]
        await person.press("enter")
        await person.fills("gw1", "192.0.2.10", "", "admin", "wrong")
        await person.sees("✗ AMI  Login refused [red]␛[31m‹202E›", hint, "Fix it")
        await person.fills("right")
        await person.until(lambda: len(person.checks.asked) == 2, "tried again")
        await person.sees("continue anyway")
        await person.press("enter")
        await person.sees("3 of 4")


async def test_a_bad_answer_is_told_where_it_stands(tmp_path: Path) -> None:
    async with newcomer(tmp_path) as person:
        await person.press("enter")
        await person.fills("my gateway", "192.0.2.10")
        await person.sees('✗ Name is "my gateway"; expected 1 to 32')
        assert "continue anyway" not in person.screen
        await person.press("up")
        await person.fills("gw1", "")
        await person.sees("2 of 4")


async def test_a_warning_is_read_before_it_goes_on(tmp_path: Path) -> None:
    async with newcomer(tmp_path) as person:
        person.checks.found["ami"] = [GOOD, CheckLine("warning", "rights", "no dialplan")]
        await person.press("enter")
        await person.fills("gw1", "192.0.2.10", "", "admin", "right")
        await person.sees("! rights  no dialplan", "enter continues.", "2 of 4")
        await person.press("enter")
        await person.sees("3 of 4")
        await person.press("up", "right")
        assert person.app.screen.query_one("#http-scheme", Choice).value == "https"


async def test_an_answer_that_is_changed_while_it_is_tried_out_counts(tmp_path: Path) -> None:
    async with newcomer(tmp_path) as person:
        person.checks.gate.clear()
        await person.press("enter")
        await person.fills("gw1", "192.0.2.10", "", "admin", "one")
        await person.sees("… testing")
        await person.press("2")
        await person.until(lambda: "… testing" not in person.screen, "what is asked is of no use any more")
        person.checks.gate.set()
        await person.press("enter")
        await person.sees("✓ AMI")
        ami = person.checks.asked[-1][1].gateways[0].ami
        assert ami is not None
        assert ami.secret.reveal() == "2"


@pytest.mark.parametrize(
    ("key", "ending"), [("d", SetupEnding(wants_demo=True)), ("q", SetupEnding()), ("ctrl+c", SetupEnding())]
)
async def test_one_key_opens_the_demo_or_leaves(tmp_path: Path, key: str, ending: SetupEnding) -> None:
    async with newcomer(tmp_path) as person:
        await person.press(key)
        await person.until(lambda: person.app.return_value is not None, "the end")
    assert person.app.return_value == ending
    assert not (tmp_path / "new").exists()


async def test_letters_are_text_in_a_line(tmp_path: Path) -> None:
    async with newcomer(tmp_path) as person:
        await person.press("enter")
        await person.fills("dq?")
        assert person.value("name") == "dq?"
        assert person.app.return_value is None


async def test_a_file_that_came_meanwhile_is_left_as_it_is(tmp_path: Path) -> None:
    async with newcomer(tmp_path) as person:
        await to_the_end(person)
        path = tmp_path / "new" / "config.toml"
        path.parent.mkdir()
        path.write_text("mine")
        await person.press("enter")
        await person.sees("There is already a file")
        assert path.read_text() == "mine"
        assert isinstance(person.app.screen, SetupScreen)
