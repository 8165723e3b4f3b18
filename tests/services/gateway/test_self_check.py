"""The self-check at work: asked once, harmless when it fails, told when it is news."""

from __future__ import annotations

import asyncio

from console.domain.link import Holding
from console.errors import ActionRefused, NotConnected, OutcomeUnknown
from console.protocol.ami.frames import AmiBlock, AmiFramer
from console.services.gateway.link import AmiSelfCheck
from tests.support.ami_server import ALL_ALLOWED, OLD_BANNER
from tests.support.backend import NOON, FixedClock
from tests.support.waiting import until

GOOD = tuple(ALL_ALLOWED.splitlines())
POOR = ("      read perm: system", "     write perm: command")


def event(name: str) -> AmiBlock:
    return AmiFramer().feed(f"Event: {name}\r\nPrivilege: system,all\r\n\r\n".encode())[0]


BOOTED = event("FullyBooted")


class Gateway:
    """Answers as told, in turn; the last answer for ever."""

    def __init__(self, *answers: tuple[str, ...] | Exception) -> None:
        self.answers = list(answers)
        self.lines: list[str] = []
        self.notes: list[str] = []
        self.check = AmiSelfCheck("admin", FixedClock(), command=self.command, note=self.notes.append)

    async def command(self, line: str) -> tuple[str, ...]:
        self.lines.append(line)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def login(self, *, banner: str = OLD_BANNER) -> None:
        """A session in which FullyBooted came before the check."""
        self.check.begin()
        self.check.heard(BOOTED)
        await self.check.run(banner)


async def test_nothing_is_said_when_nothing_is_missing() -> None:
    gateway = Gateway(GOOD)
    await gateway.login()
    assert gateway.lines == ['manager show user "admin"']
    assert gateway.notes == []
    assert gateway.check.rights is not None
    assert gateway.check.rights.at == NOON


async def test_findings_are_noted_once_and_again_when_they_change() -> None:
    gateway = Gateway(POOR, POOR, ActionRefused("Permission denied"), GOOD)
    await gateway.login()
    first = [
        "AMI account: no read class call: some send results, delivery reports, SIM or port events may not come",
        "AMI account: permissions to request, in manager.conf: [admin]  read = system,call  write = command",
    ]
    assert gateway.notes == first
    await gateway.login()
    assert gateway.notes == first
    await gateway.login()
    assert "no write class command" in gateway.notes[2]
    await gateway.login()
    assert gateway.notes[-1] == "AMI account: no permission is missing any more"


async def test_a_check_that_fails_leaves_what_was_known() -> None:
    gateway = Gateway(POOR, OutcomeUnknown("no answer"), NotConnected("down"))
    await gateway.login()
    known = gateway.check.rights
    await gateway.login()
    await gateway.login()
    assert gateway.check.rights is known
    assert len(gateway.notes) == 2


async def test_a_gateway_that_is_still_starting_is_asked_again_once_it_has_booted() -> None:
    gateway = Gateway((), GOOD)
    gateway.check.begin()
    running = asyncio.create_task(gateway.check.run(OLD_BANNER))
    await until(lambda: gateway.check.rights)
    assert gateway.check.rights is not None
    assert gateway.check.rights.read["system"] is Holding.UNKNOWN
    gateway.check.heard(event("Reload"))
    gateway.check.heard(BOOTED)
    await running
    assert len(gateway.lines) == 2
    assert gateway.check.rights.findings == ()


async def test_booted_is_of_one_connection_only() -> None:
    gateway = Gateway(GOOD)
    await gateway.login()
    gateway.check.begin()
    running = asyncio.create_task(gateway.check.run(OLD_BANNER))
    await until(lambda: len(gateway.lines) == 2)
    assert not running.done()
    running.cancel()


async def test_a_server_that_would_print_the_secret_is_not_asked() -> None:
    gateway = Gateway(GOOD)
    await gateway.login(banner="Asterisk Call Manager/1.0")
    assert gateway.lines == []
    assert gateway.check.rights is not None
    assert gateway.check.rights.write == {"command": Holding.UNKNOWN}
