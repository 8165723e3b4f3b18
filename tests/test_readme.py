"""README and manual against the code: pictures, links, commands, exit codes, the reference of the configuration."""

from __future__ import annotations

import argparse
import re
import shlex
import tomllib
from dataclasses import MISSING, fields
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

import pytest

from console.cli import build_parser
from console.cli.kit import outcomes
from console.cli.topics import FOLDER, TOPICS, text_of
from console.config import (
    AlarmConfig,
    AmiConfig,
    AmiLogConfig,
    BasicConfig,
    Config,
    GatewayConfig,
    HttpConfig,
    InboxConfig,
    PortSet,
    ReceiverConfig,
    RuleConfig,
    ScreenConfig,
    SendingConfig,
    SimLimits,
    parse,
    reader,
    rules,
    sections,
)
from console.config.reload import TAKES_EFFECT
from console.errors import ConfigError, ConsoleError
from console.ui.keys.commands import check_own
from tests.support.terminal import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
PAGES = {"README": README, **{topic: text_of(topic) for topic in TOPICS}}
EVERYTHING = "\n".join(PAGES.values())
MOST_WORDS = 2_000
"""In the README; what is more belongs into the manual."""
PICTURES = REPOSITORY / "tests" / "ui"
TABLES = (
    "receiver",
    "inbox",
    "sending",
    "templates",
    "alarms",
    "rules",
    "screen",
    "ami_log",
    "keys",
    "aliases",
    "gateways",
)
"""Tables of a configuration: keys of the file that are none themselves."""


def between(marker: str) -> list[list[str]]:
    """Cells of each row of the table between two markers, without its head."""
    text = EVERYTHING.partition(f"<!-- {marker} -->\n")[2].partition(f"\n<!-- {marker} end -->")[0]
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in text.splitlines()[2:]]
    return [[cell.strip().replace("\\|", "|") for cell in row] for row in rows]


def blocks(language: str) -> list[str]:
    """The blocks of code in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", EVERYTHING, re.MULTILINE | re.DOTALL)


# Pictures and links.


def pictures() -> list[str]:
    return re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)


def test_a_picture_comes_first_and_a_few_more_follow() -> None:
    assert "![" in README.partition("\n## ")[0]
    assert 3 <= len(pictures()) <= 6


@pytest.mark.parametrize("picture", pictures())
def test_each_picture_is_one_of_those_that_the_tests_hold(picture: str) -> None:
    path = REPOSITORY / unquote(picture)
    assert path.is_file()
    assert path.is_relative_to(PICTURES)


def test_each_link_leads_somewhere() -> None:
    links = re.findall(r"(?<!!)\[[^\]]+\]\(([^)]+)\)", README)
    assert [link for link in links if not (REPOSITORY / link).is_file()] == []


# The manual.


def test_the_readme_is_short_and_leads_to_every_topic() -> None:
    assert len(README.split()) <= MOST_WORDS
    assert {path.stem for path in FOLDER.glob("*")} == set(TOPICS)
    assert [link for topic in TOPICS if (link := f"[{topic}](console/topics/{topic}.md)") not in README] == []


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_has_a_title_and_what_a_terminal_can_show(topic: str) -> None:
    assert PAGES[topic].startswith("# ")
    assert "![" not in PAGES[topic]
    assert "<details>" not in PAGES[topic]


def test_each_topic_that_is_named_is_one() -> None:
    assert set(re.findall(r"gsm-console help ([a-z]+)", EVERYTHING)) <= TOPICS.keys()


# The configuration.


class Place(NamedTuple):
    """A table of the configuration, as the code has it."""

    keys: Sequence[str]
    record: type | None
    """What it is read into; None where no key of it has a default."""
    least: dict[str, Any]
    """The keys that it can't do without, with values."""


PLACES = {
    "at the top": Place([key for key in reader._TOP if key not in TABLES], None, {}),
    "[receiver]": Place(reader._RECEIVER, ReceiverConfig, {}),
    "[inbox]": Place(reader._INBOX, InboxConfig, {}),
    "[sending]": Place(sections._SENDING, SendingConfig, {}),
    "[templates]": Place(["any name"], None, {}),
    "[alarms]": Place(sections._ALARMS, AlarmConfig, {}),
    "[[rules]]": Place(rules.KEYS, RuleConfig, {"name": "parcels"}),
    "[screen]": Place(sections._SCREEN, ScreenConfig, {}),
    "[ami_log]": Place(sections._AMI_LOG, AmiLogConfig, {}),
    "[keys]": Place(["any action's id"], None, {}),
    "[aliases]": Place(["any word"], None, {}),
    "[[gateways]]": Place(
        [key for key in reader._GATEWAY if key not in {"ami", "http", "basic", "parameter_names", "sims", "port_sets"}],
        GatewayConfig,
        {"name": "gw1", "host": "192.0.2.1"},
    ),
    "[gateways.ami]": Place(reader._AMI, AmiConfig, {"username": "u", "secret": "s"}),
    "[gateways.http]": Place(reader._HTTP, HttpConfig, {"username": "u", "password": "p"}),
    "[gateways.basic]": Place(reader._BASIC, BasicConfig, {"username": "u", "password": "p"}),
    "[gateways.parameter_names]": Place(reader._MEANINGS, None, {}),
    "[[gateways.sims]]": Place(sections._SIM, SimLimits, {"port": 1}),
    "[[gateways.port_sets]]": Place(sections._PORT_SET, PortSet, {"name": "night", "ports": [1]}),
}
"""Title of a part of the reference -> what the code knows of it."""


class Entry(NamedTuple):
    """A row of the reference."""

    place: str
    keys: list[str]
    value: str
    default: str

    @property
    def shown(self) -> Any:
        """The default, where it is written as TOML; else None."""
        found = re.match(r"`([^`]+)`(?:$|,)", self.default)
        return tomllib.loads(f"it = {found[1]}")["it"] if found else None


def entries() -> Iterator[Entry]:
    place = ""
    for key, value, default, _ in between("configuration"):
        if title := re.fullmatch(r"\*\*`?(.*?)`?\*\*", key):
            place = title[1]
        else:
            yield Entry(place, re.findall(r"`([^`]+)`", key) or [key], value, default)


ENTRIES = list(entries())
SINGLE = [entry for entry in ENTRIES if not entry.keys[0].startswith("any ") and PLACES[entry.place].record]


def configuration(place: str, values: dict[str, Any]) -> dict[str, Any]:
    """A whole configuration whose table `place` is this one."""
    gateway = dict(PLACES["[[gateways]]"].least)
    if place == "at the top":
        return {**values, "gateways": [gateway]}
    if place == "[[gateways]]":
        return {"gateways": [values]}
    name, tables = place.strip("[]"), [values] if place.startswith("[[") else values
    if not name.startswith("gateways."):
        return {name: tables, "gateways": [gateway]}
    return {"gateways": [{**gateway, name.removeprefix("gateways."): tables}]}


def named(entry: Entry) -> str:
    return f"{entry.place} {entry.keys[0]}"


def test_the_reference_has_every_table_in_order() -> None:
    assert list(dict.fromkeys(entry.place for entry in ENTRIES)) == list(PLACES)


@pytest.mark.parametrize("place", PLACES)
def test_the_reference_has_every_key_once(place: str) -> None:
    found = [key for entry in ENTRIES if entry.place == place for key in entry.keys]
    assert sorted(found) == sorted(PLACES[place].keys)


@pytest.mark.parametrize("place", PLACES)
def test_the_defaults_of_the_reference_are_those_of_the_code(place: str, tmp_path: Path) -> None:
    path, least = tmp_path / "config.toml", PLACES[place].least
    spelled_out = {entry.keys[0]: entry.shown for entry in ENTRIES if entry.place == place and entry.shown is not None}
    assert parse(configuration(place, {**least, **spelled_out}), path, {}) == parse(
        configuration(place, least), path, {}
    )


@pytest.mark.parametrize("entry", SINGLE, ids=named)
def test_a_default_that_is_a_value_is_shown_as_one(entry: Entry) -> None:
    record = PLACES[entry.place].record
    assert record is not None
    default = {field.name: field.default for field in fields(record)}.get(entry.keys[0], MISSING)
    assert (entry.shown is not None) == (default is not MISSING and default not in (None, "", ()))


@pytest.mark.parametrize("entry", SINGLE, ids=named)
def test_what_is_said_to_be_required_is(entry: Entry, tmp_path: Path) -> None:
    place, key = PLACES[entry.place], entry.keys[0]
    assert entry.default.startswith("required") == (key in place.least)
    if key in place.least:
        without = {name: value for name, value in place.least.items() if name != key}
        with pytest.raises(ConfigError, match=key):
            parse(configuration(entry.place, without), tmp_path / "config.toml", {})


def in_short(expected: str) -> str:
    """What a refusal expects, as the reference puts it; empty for texts, which it puts in words of its own."""
    if expected == "true or false":
        return expected
    if re.fullmatch(r'"[^"]+" or "[^"]+"', expected):
        return " or ".join(f"`{word}`" for word in expected.split(" or "))
    if found := re.fullmatch(r"a (whole )?number(?: of (\w+))? from (\S+) to (\S+)", expected):
        whole, unit, low, high = found.groups()
        return f"{whole or ''}{unit or 'number'}, {float(low):g} to {float(high):,.0f}"
    return ""


@pytest.mark.parametrize("entry", [entry for entry in SINGLE if len(entry.keys) == 1], ids=named)
def test_what_may_stand_there_is_what_the_code_takes(entry: Entry, tmp_path: Path) -> None:
    a_date = {**PLACES[entry.place].least, entry.keys[0]: date(2026, 11, 22)}
    with pytest.raises(ConfigError) as caught:
        parse(configuration(entry.place, a_date), tmp_path / "config.toml", {})
    short = in_short(str(caught.value).partition("expected ")[2].rstrip("."))
    assert entry.value == short if short else not re.search(r"^number|^whole|^seconds| or false", entry.value)


def test_what_needs_a_restart_is_what_the_code_does_not_take_over() -> None:
    """What is read into a part of its own goes with the gateway's setting of that name."""
    gateway = TAKES_EFFECT[GatewayConfig].restart.split()
    expected: dict[str, list[str]] = {}
    for place, (keys, record, _) in PLACES.items():
        effect = TAKES_EFFECT.get(record or (Config if place == "at the top" else object))
        waits = effect.restart.split() if effect else keys if place.strip("[]").partition(".")[2] in gateway else []
        if found := [key for key in keys if key in waits and key != "name"]:
            expected[place] = [] if len(found) == len(keys) else found
    told = {title.strip("`"): re.findall(r"`(\w+)`", words) for title, words in between("restart")}
    assert told == expected


@pytest.mark.parametrize("block", blocks("toml"))
def test_each_example_of_a_configuration_loads(block: str, tmp_path: Path) -> None:
    (tmp_path / "gw1.secret").write_text("words")
    (tmp_path / "gw1.secret").chmod(0o600)
    values = {"gateways": [{"name": "gw1", "host": "192.0.2.1"}], **tomllib.loads(block)}
    config = parse(values, tmp_path / "config.toml", {"GW1_PASSWORD": "words"})
    check_own(config)
    assert config.warnings == ()


# Commands.


def commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Its commands by name; none when it has no more below it."""
    found = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    return {name: below for action in found for name, below in action.choices.items()}


def options(parser: argparse.ArgumentParser) -> set[str]:
    """Every option of a parser and of the commands below it."""
    own = {option for action in parser._actions for option in action.option_strings}
    return own.union(*(options(below) for below in commands(parser).values()))


def described(page: str) -> dict[str, tuple[str, str]]:
    """Command -> what the table of a page says behind it, and what it does."""
    table = PAGES[page].partition("\n| command | what it does |\n|---|---|\n")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| `gsm-console ?(\S*?)( [^`]*)?` \| (.*) \|$", table, re.MULTILINE)
    assert len(rows) == len(table.splitlines())
    return {name: (rest.strip(), words) for name, rest, words in rows}


@pytest.mark.parametrize("page", ["README", "shell"])
def test_every_command_is_described(page: str) -> None:
    assert described(page).keys() - {""} == commands(build_parser()).keys()


@pytest.mark.parametrize("page", ["README", "shell"])
@pytest.mark.parametrize("name", commands(build_parser()))
def test_a_command_s_own_commands_and_options_are_there(page: str, name: str) -> None:
    parser = commands(build_parser())[name]
    rest, words = described(page)[name]
    if below := commands(parser):
        assert rest.replace("\\|", "|").split("|") == list(below)
    assert set(re.findall(r"`(--[a-z-]+)", words)) <= options(parser)


def typed() -> list[list[str]]:
    """What they have one type, behind `gsm-console`: to a pipe, a redirection, `&&`, `||` or a remark."""
    lines = [re.split(r"(?:^|\s)#", line)[0] for block in blocks("sh") for line in block.splitlines()]
    lines += [line for block in blocks("ini") for line in block.splitlines() if line.startswith("ExecStart=")]
    found = [re.search(r"(?<!\S)(?:ExecStart=/usr/local/bin/)?gsm-console(?= |$)(.*)", line) for line in lines]
    return [shlex.split(re.split(r"[|>&]", match[1])[0]) for match in found if match]


@pytest.mark.parametrize("words", typed(), ids=" ".join)
def test_what_one_is_told_to_type_is_understood(words: list[str]) -> None:
    assert build_parser().parse_args(words).run


def test_the_exit_codes_are_those_of_the_code() -> None:
    def errors(kind: type[ConsoleError]) -> set[int]:
        return {kind.exit_code}.union(*(errors(below) for below in kind.__subclasses__()))

    told = {value for name, value in vars(outcomes).items() if name.isupper()}
    interrupted = 130
    codes = errors(ConsoleError) | told | {interrupted}
    assert {int(code) for code, _ in between("exit codes")} == codes
    assert {int(code) for code in re.findall(r"^ +(\d+)  ", build_parser().epilog or "", re.MULTILINE)} == codes
