"""The AMI server held against what real Asterisk servers sent (`tests/captures/ami/`), byte for byte.

Each recording is played again: the client's side is written to the simulator, and its side must be the same once what
can't be the same (times, ids, addresses) is one word on both sides.
"""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from console.simulator.ami.asterisk_cli import Cli, CliAnswer, CliCommand, CommandFailed, WrongUsage
from console.simulator.ami.dialplan import SmsChannel
from console.simulator.gateway import Gateway
from console.simulator.options import ALL_READ_CLASSES, ALL_WRITE_CLASSES, SimulatorOptions
from tests.simulator.support import FastPace, probe
from tests.support.ami_server import CAPTURES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.simulator.options import CommandForm

SERVERS: dict[str, CommandForm] = {"ast18": "old", "ast22": "new"}
WRITES = {one["file"]: one["client"] for one in json.loads((CAPTURES / "index.json").read_text())["files"]}

WHOLE = [
    "actionids",
    "command-assorted",
    "command-errors",
    "command-no-final-newline",
    "command-no-permission",
    "command-spacing",
    "command-version",
    "dribble",
    "login-events-off",
    "login-fail",
    "login-md5",
    "login-ok",
    "login-vendor-style",
    "long-lines",
    "ping",
    "pipelined",
    "userevent",
]
STOPS = ["events-call", "no-read", "operator", "unauthenticated", "watcher"]
IN_PART = {
    "list-actions": "of these actions clients of a gateway use CoreStatus and CoreSettings only",
    "newexten-sms": "Originate and its Local channels are not a gateway's; the channel that runs extension sms is",
}

LEFT_OUT = {
    "cli show aliases": "res_clialiases was loaded to try quoting; a gateway does not load it",
    "manager show user event": "the simulator has one account; its own is held against this answer in test_commands",
    "manager show connected": "a table of file descriptors",
    "core show threads": "addresses of one run",
}
"""Command -> why the simulator does not know it; its answer is taken out of the recording."""

DIFFERS = [
    (rb"Timestamp: \d+\.\d+", b"Timestamp: T"),
    (rb"Challenge: \d+", b"Challenge: N"),
    (rb" built by [^\r\n]* UTC", b" built by B"),
    (rb"(?:\d+ minutes, )?\d+ seconds", b"M"),
    (rb"(System uptime|Last reload): \d+(?=[\r\n])", rb"\1: S"),
    (rb"(Uptime|LastReload): \d+", rb"\1: S"),
    (rb"\d+ calls processed", b"N calls processed"),
    (rb"(EventTV|SessionTV|AccountID|SessionID|LocalAddress|RemoteAddress): [^\r\n]+", rb"\1: V"),
    (rb"(Core(?:Startup|Reload)(?:Date|Time)): [-:\d]+", rb"\1: D"),
    (rb"(Core\w+Calls): \d+", rb"\1: N"),
    (rb"(CoreRun\w+): \w*", rb"\1: W"),
]

DATABASE_PUT = (
    "database put <family> <key> <value>\n       Adds or updates an entry in the Asterisk database for\n"
    "       a given family, key, and value."
)
MATCHES = "s set set " + "show " * 29 + "stop stop stop _EOF_"
PRINTED: dict[str, CliAnswer | Exception] = {
    "core show application": CommandFailed("Your application(s) is (are) not registered"),
    "core show hint": CliAnswer("There are no registered dialplan hints\n"),
    "database deltree": CliAnswer("Database entries do not exist.\n"),
    "database get": CliAnswer("Database entry not found.\n"),
    "database put": WrongUsage(),
    "dialplan show": CommandFailed("There is no existence of 'nosuch' context"),
    "logger mute": CliAnswer("Couldn't find remote console.\n"),
    "manager show command": CliAnswer(""),
}
"""What commands printed that a gateway's clients have no use for. Finding them, failing, and the frame around it all
is the simulator's.
"""
PRINTED_BY = {
    "ast18": {
        "_command complete": CliAnswer("set"),
        "_command matchesarray": CliAnswer(MATCHES),
        "_command nummatches": CliAnswer("3"),
        "core set verbose": CliAnswer(""),
    },
    "ast22": {
        "_command matchesarray": CliAnswer("s set show stop _EOF_"),
        "core set verbose": CliAnswer("Console verbose is still OFF.\n"),
    },
}


@dataclass(frozen=True)
class Account:
    """A user of the recorded server."""

    read: frozenset[str]
    write: frozenset[str]


EVERYTHING = frozenset({"security", "user"}) | ALL_READ_CLASSES
ACCOUNTS = {
    "admin": Account(EVERYTHING, ALL_WRITE_CLASSES),
    "event": Account(frozenset({"system", "call"}), frozenset()),
    "send": Account(frozenset(), frozenset({"command"})),
}


def printing(answer: CliAnswer | Exception) -> CliAnswer:
    if isinstance(answer, Exception):
        raise answer
    return answer


def command(name: str, answer: CliAnswer | Exception) -> CliCommand:
    """It prints that; the one that is used wrongly shows its usage."""

    async def run(_words: Sequence[str]) -> CliAnswer:
        return printing(answer)

    return CliCommand(tuple(name.split()), DATABASE_PUT, run)


def recorded_server(server: str, user: str) -> Gateway:
    """A gateway with that account, and the commands of the recorded server."""
    options = SimulatorOptions(
        user=user,
        password=user,
        read_classes=ACCOUNTS[user].read,
        write_classes=ACCOUNTS[user].write,
        command_form=SERVERS[server],
    )
    gateway = Gateway(options, pace=FastPace())
    printed = {**PRINTED, **PRINTED_BY[server]}
    gateway.ami.cli = Cli([*gateway.ami.cli._commands, *(command(*one) for one in printed.items())])
    return gateway


def written(recording: str) -> list[bytes]:
    """What the client wrote, write by write; the index cuts the two long ones."""
    if recording.endswith("dribble.bin"):
        line = "Action: Command\\r\\nActionID: drib\\r\\nCommand: core show uptime\\r\\n\\r\\n"
        return [meant(WRITES[recording][0]), *(bytes([octet]) for octet in meant(line))]
    writes = [meant(words) for words in WRITES[recording]]
    if recording.endswith("pipelined.bin"):
        one = "Action: Command\\r\\nActionID: q{}\\r\\nCommand: core show uptime\\r\\n\\r\\n"
        writes[2] = b"".join(meant(one.format(number)) for number in range(20))
    return writes


def meant(words: str) -> bytes:
    """The bytes of a write as the index spells it: `\\r`, `\\x09`, and `{i*1000}` for a thousand."""
    octets = words.encode("latin-1", "backslashreplace").decode("unicode_escape").encode("latin-1")
    return re.sub(rb"\{(.)\*(\d+)\}", lambda found: found[1] * int(found[2]), octets)


def same(octets: bytes) -> bytes:
    for pattern, word in DIFFERS:
        octets = re.sub(pattern, word, octets)
    return octets


def without(octets: bytes, action_id: bytes) -> bytes:
    """All but the answer to one Command."""
    head = rb"Response: \w+\r\n(?:Privilege: Command\r\n)?ActionID: " + action_id + rb"\r\n"
    return re.sub(head + rb"(?:(?:Output: |Message: )[^\n]*\n)*(?:[^\r]*--END COMMAND--\r\n)?\r\n", b"", octets)


class Given(random.Random):
    """Chance that has the recorded challenge for us, to which the recorded key fits."""

    def __init__(self, challenge: int) -> None:
        super().__init__()
        self.challenge = challenge

    def randrange(self, *_bounds: int) -> int:  # type: ignore[override]
        return self.challenge


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("recording", WHOLE)
async def test_it_says_what_a_real_server_said(server: str, recording: str) -> None:
    real = (CAPTURES / f"{server}-{recording}.bin").read_bytes()
    writes = written(f"{server}-{recording}.bin")
    for line in LEFT_OUT:
        for octets in [one for one in writes if line.encode() in one]:
            writes.remove(octets)
            (action_id,) = re.findall(rb"ActionID: (\w+)", octets)
            shorter = without(real, action_id)
            assert len(shorter) < len(real)
            real = shorter
    user = "event" if recording == "command-no-permission" else "admin"
    async with recorded_server(server, user) as gateway, probe(gateway, log_in=False) as client:
        if recording == "login-md5":
            gateway.ami.challenges = Given(int(re.findall(rb"Challenge: (\d+)", real)[0]))
        for octets in writes:
            client.send(octets)
        client.half_close()
        assert same(await client.rest()) == same(real)


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("who", STOPS)
async def test_each_session_sees_the_end_that_a_real_server_made(server: str, who: str) -> None:
    name = f"{server}-stop-now-{who}.bin"
    real = (CAPTURES / name).read_bytes()
    if (server, who) == ("ast22", "watcher"):
        # timestampevents had been switched on and off again, and left this line.
        real = re.sub(rb"Timestamp: [^\n]+\n", b"", real)
    user = {"events-call": "event", "no-read": "send"}.get(who, "admin")
    async with recorded_server(server, user) as gateway, probe(gateway, log_in=False) as client:
        for octets in written(name):
            client.send(octets)
        if who == "watcher":
            await client.until(b"Fully Booted\r\n\r\n")
            for _ in range(3):
                async with probe(gateway):
                    pass
        elif who == "unauthenticated":
            await client.until(b"\r\n")
        elif who != "operator":
            await client.until(b"Authentication accepted\r\n\r\n")
        if who != "operator":
            gateway.ami.begin_to_leave(back_after=None)
        await client.rest()
        assert same(client.received) == same(real)


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("action", [b"CoreStatus", b"CoreSettings"])
async def test_what_a_server_tells_of_itself(server: str, action: bytes) -> None:
    real = (CAPTURES / f"{server}-list-actions.bin").read_bytes()
    wanted = re.search(rb"Response: Success\r\nActionID: id-" + action + rb"\r\n(?:[^\r]+\r\n)+\r\n", real)
    assert wanted is not None
    async with recorded_server(server, "admin") as gateway, probe(gateway, log_in=False) as client:
        client.send(meant(WRITES[f"{server}-list-actions.bin"][0]))
        client.send(b"Action: " + action + b"\r\nActionID: id-" + action + b"\r\n\r\n")
        client.half_close()
        assert same(await client.rest()).endswith(same(wanted[0]))


@pytest.mark.parametrize("server", SERVERS)
def test_the_channel_of_an_sms(server: str) -> None:
    real = (CAPTURES / f"{server}-newexten-sms.bin").read_bytes()
    real = re.sub(rb"(CallerIDNum|CallerIDName|ConnectedLineNum|ConnectedLineName): [^\r]*", rb"\1: C", real)
    # Its other half is the channel that rang first.
    real = real.replace(b"Linkedid: 1795355017.6", b"Linkedid: 1795355017.7")
    unique_id = {"ast18": "1795355016.7", "ast22": "1795355017.7"}[server]
    channel = SmsChannel("Local/sms@gsm-00000003;2", "gsm", unique_id, SERVERS[server])
    text = "Hi; a b=c 100%"
    events = [
        channel.begin(),
        channel.step("NoOp", "SMS In"),
        channel.step("NoOp", "from 13800138000 on span 2"),
        *channel.set("X", "a%20b"),
        *channel.set("SMSSRC", "+8613800138000"),
        *channel.set("SMSTXT", text),
        *channel.set("SMSENC", "Hi%3B%20a%20b%3Dc%20100%25"),
        channel.step("UserEvent", "ReceivedSMS,Sender: +8613800138000,Content: Hi%3B%20a%20b%3Dc%20100%25"),
        channel.step("UserEvent", f"RawSMS,Content: {text}"),
        *channel.hang_up(),
    ]
    at = 0
    for event in events:
        octets = re.sub(
            rb"(CallerIDNum|CallerIDName|ConnectedLineNum|ConnectedLineName): [^\r]*", rb"\1: C", event.encode()
        )
        found = real.find(octets, at)
        assert found >= at, octets.decode()
        at = found + len(octets)


def test_every_recording_is_accounted_for() -> None:
    names = {re.sub(r"^ast\d+-", "", one.stem) for one in CAPTURES.glob("*.bin")}
    assert names == {*WHOLE, *IN_PART, *(f"stop-now-{who}" for who in STOPS)}
