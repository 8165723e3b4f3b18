from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from console.domain.link import AccountRights, Holding
from tests.support.backend import NOON
from tests.support.operator import console

if TYPE_CHECKING:
    from pathlib import Path


async def test_the_account_names_what_is_missing_and_what_to_ask_for(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        rights = AccountRights(
            NOON,
            read={"system": Holding.HELD},
            write={"command": Holding.MISSING},
            findings=("No `command`: no port status, and nothing can be sent by AMI.",),
            manager_conf=("[admin]", "write = command"),
        )
        await operator.press("4")
        await operator.says("account")
        await operator.sees("Not known yet")
        await operator.press("escape")
        operator.backend.snapshots = (replace(operator.backend.snapshots[0], rights=rights),)
        await operator.says("account")
        await operator.sees("! No `command`", "Permissions to request, in manager.conf:", "[admin]", "write = command")


async def test_a_detail_scrolls_to_its_ends(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        operator.receives("line " * 400)
        await operator.sees("line line")
        await operator.press("enter", "G")
        await operator.until(lambda: "0000  2f" not in operator.screen and "imsi=&" in operator.screen)
        await operator.press("g")
        await operator.sees("+8613632919026  port 1")
