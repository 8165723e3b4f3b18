"""`gsm-console send`, against the simulated gateway over real sockets."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from console.cli import main
from console.cli.kit import outcomes
from console.services.clock import SystemClock
from console.store import Store
from tests.support.shell import ALICE, BOB, OPTIONS, Shell, on_air, simulated

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from console.simulator.gateway import Gateway


# ---- sending ------------------------------------------------------------------------------------------------


def test_a_message_by_ami_is_sent_and_told_in_a_line(shell: Shell, gateway: Gateway) -> None:
    assert shell.send("--to", ALICE, "hello") == outcomes.SENT
    assert on_air(gateway) == [(ALICE, "hello")]
    assert shell.out.startswith(f"1  {ALICE}  sent  port 1  ")
    assert shell.out.count("\n") == 1
    assert shell.err == ""


def test_what_may_become_of_a_text_on_its_way_is_told_once(shell: Shell, gateway: Gateway) -> None:
    words = "warning: Firmware of 2013 sends another character for 😀 and loses the next."
    assert shell.send("--to", f"{ALICE},{BOB}", "ok 😀 then more") == outcomes.SENT
    assert shell.err.count(words) == 1
    assert shell.send("--to", f"{ALICE},{BOB}", "--dry-run", "--yes", "ok 😀 then more") == outcomes.SENT
    assert shell.out.count(words) == 2
    assert shell.send("--to", ALICE, "--via", "http", "--dry-run", "--yes", "ok 😀 then more") == outcomes.SENT
    assert "2013" not in shell.out


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


def test_fields_that_nothing_fills_go_out_only_after_a_yes(shell: Shell, gateway: Gateway) -> None:
    text = '{"state": "{name}"}'
    assert "field: {name} will be sent as it is" in refused(shell, "--to", ALICE, text)
    assert shell.send("--to", ALICE, "--yes", text) == outcomes.SENT
    assert shell.send("--to", ALICE, '{"state": "up", "of": {}}') == outcomes.SENT
    assert on_air(gateway) == [(ALICE, text), (ALICE, '{"state": "up", "of": {}}')]


def test_contacts_and_groups_stand_among_numbers(shell: Shell, gateway: Gateway) -> None:
    store = Store.open(shell.database, clock=SystemClock())
    store.contacts.set(ALICE, "Alice", "alice", ("night",)).result(10)
    store.contacts.set(BOB, "Bob", "alice", ("night",)).result(10)
    store.close()
    assert "there is no such contact group" in refused(shell, "--to", f"{ALICE}, @day", "hello")
    assert shell.send("--to", "alice, @night", "Dear {name}") == outcomes.SENT
    assert sorted(on_air(gateway)) == [(ALICE, "Dear Alice"), (BOB, "Dear Bob")]


def test_the_name_beside_a_number_fills_its_field(shell: Shell, gateway: Gateway) -> None:
    assert shell.send("--to", f"Alice <{ALICE}>", "Dear {name}") == outcomes.SENT
    assert on_air(gateway) == [(ALICE, "Dear Alice")]


@pytest.mark.parametrize(
    ("text", "charset", "guess"),
    [
        ("Code;Reach\n20045231;13632919026\n20045299;13800138000\n", "utf-8", "read from Reach"),
        ("Имя;Телефон\nИван;+79161234567\nПётр Сидоров;+79161234569\n", "cp1251", "Check that its letters"),
    ],
)
def test_a_guess_needs_a_yes_and_knowing_better_none(
    shell: Shell, gateway: Gateway, tmp_path: Path, text: str, charset: str, guess: str
) -> None:
    people = tmp_path / "people.csv"
    people.write_bytes(text.encode(charset))
    assert guess in refused(shell, "--csv", str(people), "hello")
    column = text.partition("\n")[0].partition(";")[2]
    assert shell.send("--csv", str(people), "--column", column, "--charset", charset, "hello") == outcomes.SENT
    assert shell.err == ""
    assert len(on_air(gateway)) == 2


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
    assert "results will not be received" in shell.err
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
    assert "it may or may not have been sent" in shell.err


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


def test_who_opted_out_is_written_to_after_a_yes_alone(shell: Shell, gateway: Gateway) -> None:
    shell.send("--to", BOB, "hello")
    assert main(["opt-out", "add", "--config", str(shell.path), ALICE]) == 0
    assert shell.send("--to", ALICE, "hello") == outcomes.REFUSED
    assert f"opt-out: {ALICE} opted out of messages on " in shell.err
    assert shell.send("--to", ALICE, "--yes", "hello") == outcomes.SENT


def test_of_several_who_opted_out_is_named_and_left_out_unless_said_otherwise(shell: Shell, gateway: Gateway) -> None:
    shell.send("--to", BOB, "hello")
    assert main(["opt-out", "add", "--config", str(shell.path), ALICE]) == 0
    both = ("--to", f"{BOB},{ALICE}")
    assert shell.send(*both, "sale") == outcomes.REFUSED
    assert f"opted out: {ALICE}: left out; --opted-out sends to them too" in shell.err
    assert "would" not in shell.err
    assert "1 who opted out" in shell.err
    assert shell.send(*both, "--yes", "--json", "sale") == outcomes.SENT
    assert [one["to"] for one in json.loads(shell.out)["messages"]] == [BOB]
    assert shell.send(*both, "--opted-out", "news") == outcomes.REFUSED
    assert f"opt-out: {ALICE} opted out of messages on " in shell.err
    assert shell.send(*both, "--opted-out", "--yes", "news") == outcomes.SENT
    assert on_air(gateway) == [(BOB, "hello"), (BOB, "sale"), (BOB, "news"), (ALICE, "news")]


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
        (["hello"], "There are no recipients"),
        (["--to", ALICE, " \n"], "The text is empty"),
        (["--to", ALICE, "--gateway", "gw9", "hello"], "no gateway named 'gw9'. The configuration has gw1"),
        (["--to", ALICE, "--via", "ami", "hello"], "has no AMI in the configuration"),
        (["--to", ALICE, "--port", "0", "hello"], "There is no port 0"),
        (["--to", ALICE, "--port", "west", "hello"], "no port set named 'west'"),
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


def test_the_help_has_examples_and_every_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["send", "--help"])
    shown = capsys.readouterr().out
    assert "uptime | gsm-console send" in shown
    for code in (outcomes.REFUSED, outcomes.FAILED, outcomes.UNKNOWN, outcomes.WAITING):
        assert f"  {code}  " in shown
