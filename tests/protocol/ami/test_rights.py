"""The self-check: from what the gateway tells and does to what the account can't do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.link import AccountRights, Holding
from console.protocol.ami import rights as ami_rights
from console.protocol.ami.frames import AmiFramer
from tests.support.ami_server import CAPTURES

if TYPE_CHECKING:
    from collections.abc import Sequence

FULL = "system,call,log,verbose,agent,user,config,dtmf,reporting,cdr,dialplan"
EVERYTHING = ",".join(ami_rights._CLASSES)


def answer(read: str, write: str) -> list[str]:
    """As Asterisk 1.8 words it."""
    return [
        "",
        "       username: admin",
        f"      read perm: {read}",
        f"     write perm: {write}",
        "displayconnects: yes",
    ]


def assess(output: Sequence[str] | None, *, refused: str = "", booted: bool = True) -> AccountRights:
    return ami_rights.assess("admin", 7.0, output=output, refused=refused, booted=booted)


@pytest.mark.parametrize("server", ["ast18", "ast22"])
def test_the_words_of_real_servers(server: str) -> None:
    blocks = AmiFramer().feed((CAPTURES / f"{server}-command-assorted.bin").read_bytes())
    told = next(block.output for block in blocks if block.get("ActionID") == "e13")
    rights = ami_rights.assess("event", 7.0, output=told, booted=True)
    assert rights.read == {"system": Holding.HELD, "call": Holding.HELD}
    assert rights.write == {"command": Holding.HELD}
    assert rights.findings == rights.manager_conf == ()
    assert rights.remark == "no read class dialplan: SMS that come without a callback are missed"
    assert rights.at == 7.0


@pytest.mark.parametrize("read", [FULL, EVERYTHING, "all", f"{FULL},all", " System, CALL ,dialplan"])
def test_an_account_that_has_what_is_needed(read: str) -> None:
    rights = assess(answer(read, "system,command"))
    assert rights.findings == ()
    assert rights.manager_conf == ()
    assert "can remove it" in rights.remark
    assert {rights.read[name] for name in ami_rights.NEEDED_READ} == {Holding.HELD}
    assert rights.write == {"system": Holding.HELD, "command": Holding.HELD}


def test_all_beside_other_names_proves_nothing() -> None:
    rights = assess(answer("system,call,all", "command,all"))
    assert "dialplan" not in rights.read
    assert rights.remark == ami_rights._NO_DIALPLAN


def test_the_lines_to_ask_for_take_nothing_away() -> None:
    rights = assess(answer("system,user,cdr", "command,originate"))
    assert rights.manager_conf == ("[admin]", "read = system,call,user,cdr", "write = command,originate")


@pytest.mark.parametrize(
    ("read", "findings"),
    [
        ("<none>", (ami_rights._NO_EVENTS,)),
        ("user,dialplan", (ami_rights._NO_EVENTS,)),
        ("call,dialplan", (ami_rights._FEWER_EVENTS.format("system"),)),
        ("system,dialplan", (ami_rights._FEWER_EVENTS.format("call"),)),
    ],
)
def test_what_each_missing_class_means(read: str, findings: tuple[str, ...]) -> None:
    assert assess(answer(read, "command"), booted=False).findings == findings


def test_what_the_session_was_seen_to_do_counts_for_more() -> None:
    rights = assess(answer("call,dialplan", "<none>"), booted=True)
    assert rights.read["system"] is Holding.HELD
    assert rights.write["command"] is Holding.HELD
    assert rights.findings == ()


@pytest.mark.parametrize("refused", ["Permission denied", "Invalid/unknown command: Command. Use Action: ListCommands"])
def test_an_account_without_command(refused: str) -> None:
    rights = assess(None, refused=refused)
    assert rights.write == {"command": Holding.MISSING}
    assert rights.read == {"system": Holding.HELD, "call": Holding.UNKNOWN}
    assert rights.findings == (ami_rights._NO_COMMAND, ami_rights._NOT_TOLD)
    assert rights.remark == ""
    assert rights.manager_conf == ("[admin]", "read = system,call", "write = command")


def test_without_fully_booted_either() -> None:
    rights = assess(None, refused="Permission denied", booted=False)
    assert rights.findings == (ami_rights._NO_COMMAND, ami_rights._NOT_TOLD, ami_rights._NOT_BOOTED)
    assert rights.read["system"] is Holding.UNKNOWN


@pytest.mark.parametrize(
    "output",
    [[], ["There is no manager called admin"], ["No such command 'manager show user \"admin\"' (type …)"]],
)
def test_a_gateway_that_does_not_tell(output: list[str]) -> None:
    rights = assess(output)
    assert rights.write == {"command": Holding.HELD}
    assert rights.read["call"] is Holding.UNKNOWN
    assert rights.remark == ""
    assert rights.findings == (ami_rights._NOT_TOLD,)


def test_a_refusal_of_the_moment_says_nothing_about_the_account() -> None:
    assert assess(None, refused="Asterisk is shutting down").write == {"command": Holding.UNKNOWN}


def test_the_question_is_quoted_and_not_put_where_the_answer_holds_the_secret() -> None:
    assert ami_rights.question('the "boss"') == r'manager show user "the \"boss\""'
    assert ami_rights.may_ask("Asterisk Call Manager/1.1")
    assert ami_rights.may_ask("Asterisk Call Manager/11.0.0")
    assert not ami_rights.may_ask("Asterisk Call Manager/1.0")


@given(st.lists(st.text()), st.booleans())
def test_whatever_the_gateway_says_only_known_names_come_out(output: list[str], booted: bool) -> None:
    rights = assess([*output, f"read perm: {' '.join(output)},x"], booted=booted)
    assert set(rights.read) | set(rights.write) <= set(ami_rights._CLASSES)
