"""`gsm-console send`, against the simulated gateway over real sockets."""

from __future__ import annotations

import asyncio
import json
import signal
import sqlite3
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from console.cli import main, outcomes
from console.domain.messages import Callback, CallbackKind, DeliveryState, Draft, Via
from console.services.clock import SystemClock
from console.store import Store
from tests.cli.test_check import simulated
from tests.support.terminal import REPOSITORY
from tests.support.waiting import until

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Iterator, Sequence
    from pathlib import Path

    from console.simulator.gateway import Gateway

ALICE, BOB = "+8613632919026", "+8613632919027"
SECRETS = ("ami-sesame", "http-sesame")
OPTIONS = {"ports": 3, "password": SECRETS[0], "http_password": SECRETS[1], "sync_delay": 0.0}


class Shell:
    """Runs `gsm-console send` on a configuration in a folder, and looks at what the store has then."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.database = folder / "console.db"
        self.out = self.err = ""
        self._capsys = capsys
        self.configure(http=1)

    def configure(self, gateway: Gateway | None = None, *, ami: int = 0, http: int = 0, more: str = "") -> None:
        """Point it at a gateway, or at TCP ports; `more` stands in the gateway's table, or begins others."""
        if gateway is not None:
            ami, http = gateway.ami_address[1], gateway.http_address[1]
        gateway_ami = f'[gateways.ami]\ntcp_port = {ami}\nusername = "admin"\nsecret = "{SECRETS[0]}"\n' if ami else ""
        gateway_http = f'[gateways.http]\ntcp_port = {http}\nusername = "smsuser"\npassword = "{SECRETS[1]}"\n'
        tables = more.partition("[")
        self.path.write_text(
            f'database = "console.db"\n[[gateways]]\nname = "gw1"\nhost = "127.0.0.1"\n{tables[0]}\n'
            f"{gateway_ami}{gateway_http if http else ''}{tables[1]}{tables[2]}",
            encoding="utf-8",
        )
        self.path.chmod(0o600)

    @property
    def path(self) -> Path:
        return self.folder / "config.toml"

    def command(self, *words: str) -> list[str]:
        return ["--config", str(self.path), "send", *words]

    def send(self, *words: str) -> int:
        """Run it; the exit code. What it wrote is in `out` and `err`, and holds no secret."""
        code = main(self.command(*words))
        self.out, self.err = self._capsys.readouterr()
        self.check()
        return code

    def check(self) -> None:
        assert not any(secret in self.out + self.err for secret in SECRETS)
        assert "\x1b" not in self.out + self.err

    def rows(self, table: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.database) as connection:
            return connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


@pytest.fixture
def gateway(shell: Shell) -> Iterator[Gateway]:
    with simulated(**OPTIONS) as gateway:
        shell.configure(gateway)
        yield gateway


def on_air(gateway: Gateway) -> list[tuple[str, str]]:
    return [(sms.to, sms.text) for sms in gateway.air]


# ---- sending ------------------------------------------------------------------------------------------------


def test_a_message_by_ami_is_sent_and_told_in_a_line(shell: Shell, gateway: Gateway) -> None:
    assert shell.send("--to", ALICE, "hello") == outcomes.SENT
    assert on_air(gateway) == [(ALICE, "hello")]
    assert shell.out.startswith(f"1  {ALICE}  sent  port 1  ")
    assert shell.out.count("\n") == 1
    assert shell.err == ""


def test_a_message_by_http_is_not_done_until_its_result_is_heard(shell: Shell, gateway: Gateway) -> None:
    assert shell.send("--to", ALICE, "--via", "http", "--port", "2", "hello") == outcomes.SENT
    assert on_air(gateway) == [(ALICE, "hello")]
    assert shell.out.startswith(f"1  {ALICE}  sent  port 2  ")


def test_json_is_one_ascii_object(shell: Shell, gateway: Gateway) -> None:
    assert shell.send("--to", f"{ALICE},{BOB}", "--json", "привет\x1b[31m") == outcomes.SENT
    assert shell.out.isascii()
    assert shell.out.count("\n") == 1
    told = json.loads(shell.out)
    assert (told["outcome"], told["exit_code"], told["ending"]) == ("done", 0, "done")
    first, second = told["messages"]
    assert (first["to"], first["state"], first["segments"], first["batch"]) == (ALICE, "sent", ["sent"], 1)
    assert second["to"] == BOB
    assert {first["port"], second["port"]} <= {1, 2, 3}
    assert first["sent_at"].endswith("Z")


def test_it_stands_in_outbox_and_audit_as_any_send_of_the_console(shell: Shell, gateway: Gateway) -> None:
    shell.send("--to", ALICE, "hello")
    ((_, _, operator, action, target, detail),) = shell.rows("audit")
    assert (action, target) == ("send", "message 1")
    assert ALICE in str(detail)
    assert operator
    assert "hello" not in str(detail)


def test_delivered_is_waited_for_where_it_is_asked_for(shell: Shell) -> None:
    with simulated(**OPTIONS, reports=True) as gateway:
        shell.configure(gateway)
        assert shell.send("--to", ALICE, "--wait", "delivered", "hello") == outcomes.SENT
    assert shell.out.startswith(f"1  {ALICE}  delivered  port 1  ")


def test_sent_is_not_delivered(shell: Shell, gateway: Gateway) -> None:
    words = ("--to", ALICE, "--wait", "delivered", "--timeout", "0.2", "hello")
    assert shell.send(*words) == outcomes.WAITING
    assert shell.out.startswith(f"1  {ALICE}  sent  port 1  ")


def test_the_text_may_come_from_standard_input(
    shell: Shell, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source = tmp_path / "text"
    source.write_bytes("two\nlines, привет\n".encode())
    with source.open(encoding="utf-8") as file:
        monkeypatch.setattr(sys, "stdin", file)
        assert shell.send("--to", ALICE, "--via", "http", "-") == outcomes.SENT
    assert on_air(gateway) == [(ALICE, "two\nlines, привет")]


def test_a_list_fills_the_fields_of_the_text(shell: Shell, gateway: Gateway, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text(f"name,number\nAlice,{ALICE}\nBob,{BOB}\n", encoding="utf-8")
    assert shell.send("--csv", str(people), "Dear {name}") == outcomes.SENT
    assert sorted(on_air(gateway)) == [(ALICE, "Dear Alice"), (BOB, "Dear Bob")]
    assert shell.rows("batch")[0][3] == "people.csv"


def test_a_named_set_of_ports(shell: Shell, gateway: Gateway) -> None:
    shell.configure(gateway, more='[[gateways.port_sets]]\nname = "west"\nports = [2]\n')
    assert shell.send("--to", ALICE, "--port", "west", "hello") == outcomes.SENT
    assert "  port 2  " in shell.out


def test_braces_are_plain_text_without_a_list(shell: Shell, gateway: Gateway) -> None:
    shell.send("--to", ALICE, '{"state": "{name}"}')
    assert on_air(gateway) == [(ALICE, '{"state": "{name}"}')]


def test_a_message_that_fails(shell: Shell, gateway: Gateway) -> None:
    gateway.fail_port(1)
    assert shell.send("--to", ALICE, "--port", "1", "hello") == outcomes.FAILED
    assert shell.out.startswith(f"1  {ALICE}  failed  port 1  ")


def test_the_worst_of_several_decides(shell: Shell, gateway: Gateway) -> None:
    gateway.fail_port(1)
    shell.configure(gateway, more='[[gateways.port_sets]]\nname = "both"\nports = [1, 2]\n')
    assert shell.send("--to", f"{ALICE},{BOB}", "--port", "both", "hello") == outcomes.FAILED
    assert sorted(line.split("  ")[2] for line in shell.out.splitlines()) == ["failed", "sent"]


# ---- waiting ------------------------------------------------------------------------------------------------


def test_no_wait_leaves_once_the_gateway_has_it_and_not_before(shell: Shell) -> None:
    with simulated(**OPTIONS | {"sync_delay": 60.0}) as gateway:
        shell.configure(http=gateway.http_address[1])
        assert shell.send("--to", ALICE, "--no-wait", "hello") == outcomes.SENT
    assert "  accepted  " in shell.out


def test_a_result_that_does_not_come_in_time_is_waited_for_no_longer(shell: Shell) -> None:
    with simulated(**OPTIONS) as gateway:
        shell.configure(http=gateway.http_address[1])
        assert shell.send("--to", ALICE, "--timeout", "0.2", "hello") == outcomes.WAITING
    assert "  accepted  " in shell.out
    assert "nobody is there to hear results" in shell.err
    assert "Nothing is sent again" in shell.err


def test_what_has_not_left_when_time_is_up_is_called_off(shell: Shell, gateway: Gateway) -> None:
    shell.configure(gateway, more="pace = 3600.0\n")
    words = ("--to", f"{ALICE},{BOB}", "--port", "1", "--timeout", "1", "hello")
    assert shell.send(*words) == outcomes.FAILED
    assert [line.split("  ")[1:3] for line in shell.out.splitlines()] == [[ALICE, "sent"], [BOB, "cancelled"]]
    assert "time is up" in shell.err
    assert on_air(gateway) == [(ALICE, "hello")]


def test_result_wait_is_how_long_a_result_is_waited_for(shell: Shell) -> None:
    with simulated(**OPTIONS) as gateway:
        shell.configure(http=gateway.http_address[1], more="result_wait = 1\n")
        assert shell.send("--to", ALICE, "hello") == outcomes.UNKNOWN
    assert "  unknown  " in shell.out
    assert "sent or not, nobody can tell yet" in shell.err


# ---- refusals -----------------------------------------------------------------------------------------------


def refused(shell: Shell, *words: str) -> str:
    """Nothing was queued; why."""
    assert shell.send(*words) == outcomes.REFUSED
    assert shell.out == ""
    assert not shell.database.exists() or shell.rows("outbox") == []
    return shell.err


def test_a_remark_needs_a_yes(shell: Shell, gateway: Gateway) -> None:
    shell.configure(gateway, more=f'[sending.deny]\n"{ALICE[:4]}" = "too dear"\n')
    said = refused(shell, "--to", ALICE, "hello")
    assert "deny list: " in said
    assert "too dear" in said
    assert "--yes" in said
    assert shell.send("--to", ALICE, "--yes", "hello") == outcomes.SENT
    assert "too dear" in shell.err


def test_the_same_again_needs_a_yes(shell: Shell, gateway: Gateway) -> None:
    shell.send("--to", ALICE, "hello")
    assert shell.send("--to", ALICE, "--json", "hello") == outcomes.REFUSED
    told = json.loads(shell.out)
    assert (told["refused"], told["dry_run"], told["remarks"][0]["guard"]) == (True, False, "repetition")
    assert len(on_air(gateway)) == 1


def test_many_need_a_yes(shell: Shell) -> None:
    shell.configure(http=1, more="[sending]\nconfirm_above = 1\n")
    assert "2 recipients" in refused(shell, "--to", f"{ALICE},{BOB}", "hello")


def test_who_can_not_be_sent_to_is_named_and_needs_a_yes(shell: Shell, gateway: Gateway) -> None:
    said = refused(shell, "--to", f"{ALICE},DHL\x1b[31m", "hello")
    assert "no number: entry 2: DHL␛[31m: letters can't be dialled" in said
    assert shell.send("--to", f"{ALICE},DHL", "--yes", "hello") == outcomes.SENT
    assert on_air(gateway) == [(ALICE, "hello")]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--to", "DHL", "hello"], "letters can't be dialled"),
        (["hello"], "nobody to send to"),
        (["--to", ALICE, " \n"], "The text is empty"),
        (["--to", ALICE, "--gateway", "gw9", "hello"], "no gateway named 'gw9'. The configuration has gw1"),
        (["--to", ALICE, "--via", "ami", "hello"], "has no AMI in the configuration"),
        (["--to", ALICE, "--port", "0", "hello"], "There is no port 0"),
        (["--to", ALICE, "--port", "west", "hello"], "no set of ports named 'west'"),
        (["--to", ALICE, "x" * 1001], "1000 bytes"),
    ],
)
def test_what_can_not_be_sent(shell: Shell, words: Sequence[str], why: str) -> None:
    assert why in " ".join(refused(shell, *words).split())


def test_of_several_gateways_one_is_named(shell: Shell) -> None:
    second = '[[gateways]]\nname = "gw2"\nhost = "192.0.2.2"\n[gateways.http]\nusername = "u"\npassword = "p"\n'
    shell.configure(http=1, more=second)
    assert "--gateway gw1, gw2" in refused(shell, "--to", ALICE, "hello")


@pytest.mark.parametrize("more", ["[sending]\nread_only = true\n", '[sending]\nread_only_users = ["{user}"]\n'])
def test_whoever_may_only_look_may_not_send(shell: Shell, more: str) -> None:
    from console.services.who import operator_now

    shell.configure(http=1, more=more.format(user=operator_now({}).user))
    assert "read_only" in refused(shell, "--to", ALICE, "hello")
    assert shell.send("--to", ALICE, "--dry-run", "hello") == outcomes.SENT


def test_the_console_s_own_read_only_counts_too(shell: Shell) -> None:
    assert main(["--read-only", *shell.command("--to", ALICE, "hello")]) == outcomes.REFUSED


def test_no_ami_is_told_before_anything_is_queued(shell: Shell) -> None:
    shell.configure(ami=1)
    assert shell.send("--to", ALICE, "hello") == outcomes.ERROR
    assert "AMI of gw1 is waiting" in shell.err
    assert "--via http" in shell.err
    assert shell.rows("outbox") == []


def test_a_list_that_can_not_be_read_is_named(shell: Shell, tmp_path: Path) -> None:
    assert shell.send("--csv", str(tmp_path / "none.csv"), "hello") == outcomes.USAGE
    assert "none.csv can't be read: No such file" in shell.err
    (tmp_path / "binary.csv").write_bytes(b"PK\x03\x04")
    assert shell.send("--csv", str(tmp_path / "binary.csv"), "hello") == outcomes.USAGE
    assert "binary.csv: This is a spreadsheet" in shell.err


def test_a_field_that_the_list_does_not_have_is_refused(shell: Shell, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text(f"name,number\nAlice,{ALICE}\n", encoding="utf-8")
    assert "{place}" in refused(shell, "--csv", str(people), "Dear {name} of {place}")


@pytest.mark.parametrize(
    "words", [["--timeout", "0"], ["--timeout", "nan"], ["--wait", "read"], ["--wait", "sent", "--no-wait"]]
)
def test_arguments_that_make_no_sense(shell: Shell, words: Sequence[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        shell.send("--to", ALICE, *words, "hello")
    assert raised.value.code == outcomes.USAGE


# ---- a dry run ----------------------------------------------------------------------------------------------


def test_a_dry_run_shows_what_would_go_with_secrets_masked(shell: Shell, gateway: Gateway) -> None:
    shell.configure(gateway, more='price_per_segment = 0.05\ncurrency = "EUR"\n')
    assert shell.send("--to", ALICE, "--via", "http", "--port", "2", "--dry-run", "x" * 161) == outcomes.SENT
    summary, plan, wire = shell.out.splitlines()
    assert summary == "gw1 by HTTP · port 2 · 1 message · 2 segments · 0.10 EUR · time unknown"
    assert plan.startswith(f"{ALICE}  GSM-7, 2 segments (")
    assert wire.strip().startswith("GET /sendsms?username=smsuser&password=***&phonenumber=")
    assert on_air(gateway) == []


def test_a_dry_run_as_json(shell: Shell, gateway: Gateway) -> None:
    assert shell.send("--to", f"{ALICE},{ALICE},{BOB}", "--dry-run", "--json", "hello") == outcomes.SENT
    told = json.loads(shell.out)
    assert told["ports"] == [1, 2, 3]
    assert told["segments"] == 2
    assert told["duplicates"] == [ALICE]
    assert told["drafts"][0]["segments"] == [{"text": "hello", "units": 5}]
    assert told["drafts"][0]["wire"] == [f'gsm send sync sms 1 {ALICE} "hello" 30 0 ID']


def test_a_dry_run_makes_no_database(shell: Shell) -> None:
    shell.send("--to", ALICE, "--dry-run", "hello")
    assert not shell.database.exists()


def test_a_dry_run_writes_nothing_and_says_what_a_send_would_be_refused_for(shell: Shell, gateway: Gateway) -> None:
    shell.send("--to", ALICE, "hello")
    tables = ("outbox", "evidence", "audit", "batch", "notice", "inbox")
    before = [shell.rows(table) for table in tables]
    assert shell.send("--to", ALICE, "--dry-run", "hello") == outcomes.REFUSED
    assert "repetition: " in shell.err
    assert "would not be sent" in shell.err
    assert shell.send("--to", ALICE, "--dry-run", "--yes", "hello") == outcomes.SENT
    assert [shell.rows(table) for table in tables] == before
    assert len(on_air(gateway)) == 1


# ---- as a program of its own --------------------------------------------------------------------------------


@asynccontextmanager
async def running(shell: Shell, *words: str) -> AsyncIterator[tuple[Process, Store]]:
    """The command, and the store as another process has it."""
    store = Store.open(shell.database, clock=SystemClock())
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "console",
        *shell.command(*words),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=REPOSITORY,
    )
    try:
        yield process, store
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        store.close()


async def ended(shell: Shell, process: Process) -> int:
    out, err = await asyncio.wait_for(process.communicate(), 30)
    shell.out, shell.err = out.decode(), err.decode()
    shell.check()
    assert process.returncode is not None
    return process.returncode


def states(store: Store) -> list[DeliveryState]:
    return [message.state for message in reversed(store.outbox_slice(0, 9))]


async def test_a_result_may_reach_the_store_through_another_process(shell: Shell) -> None:
    with simulated(**OPTIONS) as gateway:
        shell.configure(http=gateway.http_address[1])
        async with running(shell, "--to", ALICE, "hello") as (process, store):
            await until(lambda: states(store) == [DeliveryState.ACCEPTED], within=30)
            result = Callback(CallbackKind.RESULT, number=ALICE, port="2", id=store.wire_id(1), status="Sent")
            await asyncio.wrap_future(store.add_callback("gw1", result, b"/sms/gw1?type=SMS-Status-Result"))
            assert await ended(shell, process) == outcomes.SENT
    assert shell.out.startswith(f"1  {ALICE}  sent  port 2")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_an_interrupt_calls_off_what_has_not_left_and_tells_of_the_rest(
    shell: Shell, number: signal.Signals
) -> None:
    with simulated(**OPTIONS | {"sync_delay": 600.0}) as gateway:
        shell.configure(gateway)
        words = ("--to", f"{ALICE},{BOB}", "--port", "1", "hello")
        async with running(shell, *words) as (process, store):
            leaving = [DeliveryState.SUBMITTING, DeliveryState.QUEUED]
            await until(lambda: states(store) == leaving, within=30)
            process.send_signal(number)
            assert await ended(shell, process) == outcomes.UNKNOWN
            assert states(store) == [DeliveryState.UNKNOWN, DeliveryState.CANCELLED]
    assert [line.split("  ")[1:3] for line in shell.out.splitlines()] == [[ALICE, "unknown"], [BOB, "cancelled"]]
    assert "Nothing is sent again" in shell.err


async def test_a_reader_that_leaves_does_not_stop_the_sending(shell: Shell) -> None:
    with simulated(**OPTIONS) as gateway:
        shell.configure(gateway)
        async with running(shell, "--to", f"{ALICE},{BOB}", "--port", "1", "hello") as (process, store):
            assert process.stdout is not None
            process.stdout._transport.close()  # type: ignore[attr-defined]
            assert await asyncio.wait_for(process.wait(), 30) == outcomes.SENT
            assert states(store) == [DeliveryState.SENT] * 2


async def test_an_answer_that_is_lost_leaves_it_unknown_and_sent_once(shell: Shell) -> None:
    asked: list[bytes] = []

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        shell.configure(http=server.sockets[0].getsockname()[1])
        async with running(shell, "--to", ALICE, "hello") as (process, _):
            assert await ended(shell, process) == outcomes.UNKNOWN
    assert len(asked) == 1
    assert shell.out.startswith(f"1  {ALICE}  unknown  ")


async def test_what_another_process_left_queued_is_left_alone(shell: Shell, gateway: Gateway) -> None:
    async with running(shell, "--to", ALICE, "hello") as (process, store):
        await asyncio.wrap_future(store.add_outbox(Draft("gw1", BOB, "later", 1, Via.AMI), 1))
        assert await ended(shell, process) == outcomes.SENT
        assert DeliveryState.QUEUED in states(store)
    assert on_air(gateway) == [(ALICE, "hello")]


async def test_it_knows_nothing_of_the_screen(shell: Shell) -> None:
    code = "import sys; from console.cli import main; main(sys.argv[1:]); print('textual' in sys.modules)"
    words = shell.command("--to", ALICE, "--dry-run", "hello")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, *words, stdout=asyncio.subprocess.PIPE, cwd=REPOSITORY
    )
    out, _ = await process.communicate()
    assert out.decode().splitlines()[-1] == "False"


def test_the_help_has_examples_and_every_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["send", "--help"])
    shown = capsys.readouterr().out
    assert "uptime | gsm-console send" in shown
    for code in (outcomes.REFUSED, outcomes.FAILED, outcomes.UNKNOWN, outcomes.WAITING):
        assert f"  {code}  " in shown
