"""Pictures of the first setup on 80x24, judged by eye once and held since."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from console.ui.setup.screen import CheckLine, Setup, SetupApp

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from console.config import Config
    from console.ui.setup.screen import SetupEnding

pytestmark = pytest.mark.slow

Compare = Callable[..., bool]

GATEWAY = ("enter", "enter", *"192.0.2.10", "enter")
AMI = ("enter", *"admin", "enter", *"hush", "enter")
HTTP = ("enter", *"sms", "enter", *"hush", "enter", "enter")
RECEIVER = ("enter", "enter")


class Found:
    """What a gateway in good order, one thing apart, lets the setup find."""

    async def ami(self, config: Config) -> list[CheckLine]:
        lacks = CheckLine(
            "warning", "rights", "dialplan is not among the read classes", "Add it to see inbound SMS by AMI."
        )
        return [CheckLine("ok", "AMI", "logged in, commands run, 8 GSM ports"), lacks]

    async def http(self, config: Config) -> list[CheckLine]:
        return [CheckLine("failed", "/sendsms", "user or password are not those of HTTP to SMS")]

    async def receiver(self, config: Config) -> list[CheckLine]:
        return [CheckLine("ok", "address", "0.0.0.0:8080 is free")]

    async def to_enter(self, config: Config) -> list[tuple[str, str]]:
        return [
            ("Host", "192.0.2.1"),
            ("Port", "8080"),
            ("Path", f"sms/{config.gateways[0].name}"),
            ("Names", "phonenumber, port, portname, message, time, imsi, status"),
            ("User-defined", "(empty)"),
        ]


def keys(*pressed: str) -> Callable[[Pilot[SetupEnding]], Awaitable[None]]:
    """Press them, and after each wait for what it set going."""

    async def go(pilot: Pilot[SetupEnding]) -> None:
        for key in pressed:
            await pilot.press(key)
            await pilot.pause()
            await pilot.app.workers.wait_for_complete()
            await pilot.pause()

    return go


@pytest.mark.parametrize(
    "pressed",
    [
        pytest.param((), id="welcome"),
        pytest.param(("enter",), id="first-step"),
        pytest.param((*GATEWAY, *AMI), id="tried-out"),
        pytest.param((*GATEWAY, *AMI, "enter", *HTTP), id="does-not-work"),
        pytest.param((*GATEWAY, *AMI, "enter", *HTTP, "enter", *RECEIVER), id="values-to-enter"),
    ],
)
def test_first_setup(snap_compare: Compare, pressed: tuple[str, ...]) -> None:
    path = Path("/home/ann/.config/gsm-console/config.toml")
    app = SetupApp(Setup(Found(), path, "a-token-of-16-letters"))
    assert snap_compare(app, terminal_size=(80, 24), run_before=keys(*pressed))
