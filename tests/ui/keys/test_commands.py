"""What a line behind the colon means, how it may go on, and what is found by other words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from console.cli import build_parser
from console.cli.topics import TOPICS, text_of
from console.config import Config, ReceiverConfig
from console.errors import ConfigError
from console.ui.keys.actions import ACTIONS, PANES, REBINDABLE
from console.ui.keys.commands import (
    BESIDE,
    ELSEWHERE,
    EVERY,
    HERE,
    Command,
    check_own,
    commands,
    completions,
    find,
    is_command,
    meaning,
)
from console.ui.keys.keymap import Keymap
from tests.support.terminal import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.ui.keys.actions import Action

VALUES = {
    "PORT": ("1", "2", "5", "12"),
    "GATEWAY": ("all", "north", "west"),
    "VIEW": ("all", "open", "my own view"),
    "THEME": ("dark", "light"),
    "ALL": ("all",),
}
ALIASES = {"balance": "ussd 3 *100#", "cls": "redraw"}


def values(kind: str) -> Sequence[str]:
    return VALUES.get(kind, ())


def at(pane: str) -> list[Command]:
    """As they are in a pane of the main screen."""

    def near(_: Action, scope: str) -> int:
        if scope in {pane, "everywhere"}:
            return HERE
        return BESIDE if scope in {*PANES, "alarms", "batches"} else ELSEWHERE

    return commands(near)


def run(line: str, pane: str = "inbox") -> str:
    """What a line runs: the id of an action and what stands behind it; else the reason why nothing is."""
    meant = meaning(line, at(pane), values, ALIASES)
    assert (meant.command is None) or not meant.trouble
    return f"{meant.command.action.id} {meant.words}".strip() if meant.command else f"- {meant.trouble}"


WORDS = {
    # that an operator typed, none of which found anything like it once
    "claim": "inbox.claim",
    "quit": "app.quit",
    "zoom": "app.zoom",
    "power": "ports.power",
    "lock": "ports.lock-out",
    "help": "app.help",
    "theme": "app.theme",
    "ack": "alarms.acknowledge",
    "mute": "alarms.acknowledge",
    "export": "inbox.export",
    "schedule": "compose.when",
    # that other programs call them by
    "q": "app.quit",
    "exit": "app.quit",
    "gw": "gateway.all",
    "port": "ports.show",
    "reset": "ports.reset",
    "reboot": "ports.reset",
    "ussd": "ports.ussd",
    "balance": "ports.ussd",
    "send": "compose.send",
    "new": "compose.new",
    "view": "inbox.views",
    "reload": "app.reload",
    "config": "app.reload",
    "resend": "outbox.resend",
    "retry": "outbox.resend",
    "cancel": "outbox.cancel",
    "pause": "batches.pause",
    "audit": "outbox.audit",
    "log": "pane.ami",
    "filter": "inbox.search",
    "find": "inbox.search",
    "answer": "inbox.reply",
    "contact": "inbox.name",
    "undo": "app.undo",
    "mark read": "inbox.read-all",
    "hex": "inbox.raw",
    "fullscreen": "app.zoom",
    "cli": "ami.cli",
    "draft": "pane.compose",
    "silence": "alarms.acknowledge",
}


@pytest.mark.parametrize("word", WORDS)
def test_a_word_finds_the_right_command_first(word: str) -> None:
    assert find(word, at("inbox"))[0].action.id == WORDS[word]


def test_what_is_found_first_runs_where_the_word_says_it_in_full() -> None:
    assert len(WORDS) == 41
    runs = {word for word in WORDS if run(word) == WORDS[word]}
    assert WORDS.keys() - runs == {
        *("port", "theme"),  # which one?
        *("schedule", "cancel", "resend", "retry"),  # in several places, none of them here
        "balance",  # an alias here
        "mark read",
    }


@pytest.mark.parametrize(
    ("line", "does"),
    [
        ("claim", "inbox.claim"),
        (":claim", "inbox.claim"),
        ("  QUIT ", "app.quit"),
        ("inbox.claim", "inbox.claim"),
        ("port 5", "ports.show 5"),
        ("reset 5", "ports.reset 5"),
        ("reset", "ports.reset"),
        ("ussd 5 *100#", "ports.ussd 5 *100#"),
        ("balance", "- There is no port 3. There is 1, 2, 5, 12."),
        ("gw west", "gateway.all west"),
        ("gw", "gateway.all"),
        ("view my own view", "inbox.views my own view"),
        ("send +4915112345678 Hello there", "compose.send +4915112345678 Hello there"),
        ("ack all", "alarms.acknowledge all"),
        ("theme light", "app.theme light"),
        ("search is:unread -otp", "inbox.search is:unread -otp"),
        ("in", "pane.inbox"),  # the beginning of one that only looks
        ("", "- "),
    ],
)
def test_a_line_that_is_certain_runs(line: str, does: str) -> None:
    assert run(line) == does


@pytest.mark.parametrize(
    ("line", "trouble"),
    [
        ("nonsense", "nonsense is not a command."),
        ("read the mail", "read-all takes no arguments."),
        ("cla", "claim changes something: type its full name."),
        ("re", "re could mean several: reply, read-all, reconnect, reload, redraw."),
        ("colleagues", "colleagues is not a command."),
        ("port", "port takes PORT: 1, 2, 5, 12"),
        ("port 7", "There is no port 7. There is 1, 2, 5, 12."),
        ("theme pink", "There is no theme pink. There is dark, light."),
        ("gw wets", "There is no gateway wets. Perhaps west."),
        ("zoom out", "zoom takes no arguments."),
        ("ack 5", "There is no all 5. There is all."),
    ],
)
def test_one_that_is_not_runs_nothing_and_says_why(line: str, trouble: str) -> None:
    assert run(line) == f"- {trouble}"


def test_of_several_gateways_a_port_is_named_with_its_own() -> None:
    known = {"PORT": ("north:5", "west:5", "west:6")}
    assert meaning("reset 5", at("ports"), lambda kind: known.get(kind, ()), {}).trouble == (
        "There is no port 5. Perhaps north:5, west:5."
    )


def test_what_works_in_this_pane_comes_first() -> None:
    assert run("copy", "inbox") == "inbox.copy"
    assert run("copy", "outbox") == "outbox.copy"
    assert run("copy", "ports").startswith("- copy exists in several places: Inbox, Outbox, AMI log.")
    assert [run("search x", pane).split()[0] for pane in ("ports", "outbox", "ami")] == [
        "ports.search",
        "outbox.search",
        "ami.search",
    ]
    for pane in ("inbox", "ports", "outbox", "ami"):
        assert find("", at(pane))[0].scope == pane


def test_what_is_in_sight_can_be_looked_over() -> None:
    """It was 139 sentences once, cursor keys among them."""
    for pane in PANES:
        names = [each.name for each in find("", at(pane))]
        assert len(names) == len(set(names))
        assert 30 <= len(names) <= 50, pane


def test_nothing_like_it_lists_the_nearest() -> None:
    assert find("calim", at("inbox"))[0].name == "claim"
    assert find("quti", at("inbox"))[0].name == "quit"


def test_no_key_of_the_cursor_is_a_command() -> None:
    moving = re.compile(r"(move|page|jump|scroll\w*|across|recall|step\w*|dismiss|leave|focus\w*)\b")
    assert [each.action.id for each in EVERY if moving.match(each.action.run)] == []


def test_each_name_is_short_and_of_one_place_only_once() -> None:
    for scope, actions in ACTIONS.items():
        names = [each.name for each in EVERY if each.scope == scope]
        assert len(names) == len(set(names)), scope
        assert all(re.fullmatch(r"[a-z][a-z-]{0,13}", name) for name in names), names
        assert all(action.by_name for action in actions if not action.key), "it would be called by nothing"


def test_another_word_is_no_name_in_the_same_place() -> None:
    for each in EVERY:
        names = {one.name for one in EVERY if one.scope == each.scope}
        assert not names & set(each.action.words.split()), each.action.id


@pytest.mark.parametrize(
    ("line", "goes_on"),
    [
        ("cla", ["claim"]),
        ("re", ["reply", "read-all", "reconnect", "reload", "redraw", "reset ", "recipients", "resend", "release"]),
        ("port ", ["port 1", "port 2", "port 5", "port 12"]),
        ("port 1", ["port 1", "port 12"]),
        ("ussd 1", ["ussd 1 ", "ussd 12 "]),
        ("ussd 1 *1", []),
        ("view my o", ["view my own view"]),
        ("gw w", ["gw west"]),
        ("cl", ["claim", "cli ", "cls"]),
        ("mut", ["acknowledge "]),
        ("zoom ", []),
    ],
)
def test_a_line_is_completed(line: str, goes_on: list[str]) -> None:
    assert completions(line, at("inbox"), values, ALIASES) == goes_on


# ---- of one's own -------------------------------------------------------------------------------------------------


def refusal(**aliases: str) -> str:
    with pytest.raises(ConfigError) as caught:
        check_own(Config((), ReceiverConfig(), Path("console.db"), path=Path("config.toml"), aliases=aliases))
    return f"{caught.value} {caught.value.hint}"


def test_an_alias_hides_no_command_and_stands_for_one() -> None:
    check_own(Config((), ReceiverConfig(), Path("console.db"), aliases=ALIASES))
    assert refusal(quit="zoom") == "config.toml: aliases.quit is a command itself. Use another word."
    assert (
        refusal(r="rest 5") == "config.toml: aliases.r stands for 'rest', which is not a command. Did you mean reset?"
    )


def test_what_is_rare_has_no_key_until_it_is_given_one() -> None:
    check_own(Config((), ReceiverConfig(), Path("console.db"), keys={"app.theme": "K"}))
    keyless = [action for actions in REBINDABLE.values() for action in actions if not action.key]
    rare = {"theme", "redraw", "port", "reset", "at", "name", "when", "cancel-all", "audit", "account", "rules"}
    rare |= {"opt-out", "opt-in", "figures"}
    assert {action.name for action in keyless} == rare
    assert all(action.by_name for action in keyless)
    assert all(Keymap().keys(action) == [] for action in keyless)


# ---- the shell ----------------------------------------------------------------------------------------------------

SHELL = {
    "send": "compose.send",
    "batches": "outbox.batches",
    "claim": "inbox.claim",
    "opt-out": "inbox.opt-out",
    "ports": "pane.ports",
    "note": "ports.note",
    "ack": "alarms.acknowledge",
    "outbox": "pane.outbox",
    "inbox": "pane.inbox",
    "export": "inbox.export",
    "ussd": "ports.ussd",
    "audit": "outbox.audit",
    "alarms": "alarms.list",
    "rules": "rules.list",
    "figures": "figures.list",
    "log": "pane.ami",
    "config": "app.reload",
    "help": "app.help",
}
"""Commands of the shell that there are on the screen, too, and what they are there."""

SHELL_ONLY = {
    *("setup", "demo", "check", "receive", "contacts", "backup", "restore"),
    *("segments", "decode", "simulate", "completion", "check-ports", "monitoring"),
}


def test_the_shell_and_the_screen_mean_the_same_by_a_word() -> None:
    help_text = build_parser().format_help()
    words = set(
        re.findall(r"^    ([\w-]+)", help_text.partition("commands:")[2].partition("exit codes")[0], re.MULTILINE)
    )
    assert words == SHELL.keys() | SHELL_ONLY
    for word, action in SHELL.items():
        meant = meaning(word, at("inbox"), values, {}).command
        assert meant is not None
        assert meant.action.id == action
    assert not {each.name for each in EVERY} & SHELL_ONLY


def test_the_footer_says_what_is_typed() -> None:
    for actions in ACTIONS.values():
        for action in actions:
            assert action.name.replace("-", " ") == action.label.lower()


def test_readme_and_manual_have_the_same_commands() -> None:
    pages = [(REPOSITORY / "README.md").read_text(encoding="utf-8"), *map(text_of, TOPICS)]
    for name in re.findall(r"`:([a-z-]+)[ `]", "".join(pages)):
        assert any(each.is_called(name) for each in EVERY), name
    assert all(is_command(each) for each in EVERY)
