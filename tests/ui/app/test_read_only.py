"""Where nothing may be changed, no action changes anything; and no action changes anything without being marked so."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Button

from console.config.records import SendingConfig
from console.domain.backend import Backend
from console.domain.messages import DeliveryState, Draft, Evidence, Via
from console.domain.sending import Forecast
from console.protocol.sms.recipients import read_recipients
from console.store.outbox.messages import Order
from console.ui.app.main import MainScreen
from console.ui.compose.addressees import Reading
from console.ui.compose.form import SegmentArea
from console.ui.compose.letter import Letter
from console.ui.compose.pane import ComposePane
from console.ui.compose.summary import Summary, SummaryScreen
from console.ui.keys.actions import ACTIONS, CHANGING
from console.ui.kit.dialogs import AskScreen, ConfirmScreen
from tests.support.backend import NOON, FakeBackend
from tests.support.operator import Operator, console

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from textual.dom import DOMNode

    from console.store import Store
    from console.ui.keys.actions import Action

REASON = "so it is [/x]"

CHANGES = {
    "submit",
    "submit_all",
    "set_batch",
    "cancel",
    "take_over",
    "settle",
    "ask_status",
    "ussd",
    "run_command",
    "power",
    "at",
    "note_port",
    "reconnect",
}
LOOKS = {
    "gateways",
    "receiver",
    "trouble",
    "plan",
    "wire_form",
    "operator",
    "read_only",
    "forecast",
    "remarks",
}
RULES = SendingConfig(templates={"hello": "Hello"})

ELSEWHERE = {"setup", "dialogs"}
"""Scopes of a program of its own that runs before there is a store or a backend, and of answers, which are judged by
what is asked.
"""

HERE = {scope: found for scope, found in ACTIONS.items() if scope not in ELSEWHERE}

JUDGES = {"command.run"}
"""Actions that are not marked because only some of what they run changes anything: they look for themselves."""

KEYS: dict[str, tuple[str, ...]] = {
    "everywhere": (),
    "lists": ("1",),
    "search": (),
    "to": (),
    "reply": ("1", "t"),
    "detail": ("1", "enter"),
    "grid": ("2",),
    "choice": (),
    "inbox": ("1",),
    "ports": ("2",),
    "port": ("2", "enter"),
    "alarms": ("1", "l"),
    "compose": ("3", "enter"),
    "ami": ("4",),
    "command": ("4", "c"),
    "outbox": ("5",),
    "thread": ("1", "t"),
    "views": ("1", "v", "down"),
    "batches": ("5", "b"),
    "recipients": ("3", "ctrl+l"),
    "templates": ("3", "ctrl+y"),
    "audit": ("5", "A"),
    "ussd": ("2", "U"),
    "summary": (),
}
"""Scope of actions -> keys by which an operator comes to where they are bound; lines are told apart by their ids."""


def place_of(scope: str, action: Action) -> str:
    return action.id.partition(".")[0] if scope == "lines" else scope


class Recorder(FakeBackend):
    """Notes what is asked of it that changes something, by name."""

    calls: list[str]

    def __init__(self, store: Store, *, ports: int = 8, gateways: int = 1) -> None:
        super().__init__(store, ports=ports, gateways=gateways)
        self.calls = []

    def __getattribute__(self, name: str) -> Any:
        if name in CHANGES:
            self.calls.append(name)
        return super().__getattribute__(name)


class World:
    """A console with a little of everything on it, and what was changed."""

    def __init__(self, operator: Operator) -> None:
        self.operator = operator
        assert isinstance(operator.backend, Recorder)
        self.recorder = operator.backend
        self._revision = self._committed()

    def _committed(self) -> int:
        self.operator.store.beat("test").result()  # whatever waits to be written is written before it
        return self.operator.store.revision

    def changes(self) -> list[str]:
        """What reached backend or store since this was last asked."""
        calls, self.recorder.calls = self.recorder.calls, []
        before, self._revision = self._revision, self._committed()
        return calls + (["a write to the store"] if self._revision != before else [])

    async def come_to(self, scope: str, action: Action) -> DOMNode:
        """Go to where an action is bound."""
        operator = self.operator
        await self.leave()
        if scope == "summary":
            letter = Letter("gw1", Via.AMI, None, "hi", Reading("1001", read_recipients("1001")))
            draft = letter.sample()
            operator.app.push_screen(SummaryScreen(Summary(letter, [draft], Forecast((1,), 1, None), (), None, 20)))
        elif keys := KEYS[place_of(scope, action)]:
            await operator.press(*keys)
        await operator.pilot.pause()
        screen = operator.app.screen
        for node in (screen, *screen.query("*")):
            if action.id in {binding.id for _, binding in node._bindings}:
                found: DOMNode = node
                return found
        raise AssertionError(f"{action.id} is bound nowhere here\n{operator.screen}")

    async def do(self, action: Action, owner: DOMNode) -> None:
        """Run an action, and say yes to whatever it asks."""
        operator = self.operator
        await operator.app.run_action(action.calls[0][1], owner)
        await operator.pilot.pause()
        if isinstance(operator.app.screen, ConfirmScreen) and action.id != "app.quit":
            await operator.press("y")
        elif isinstance(operator.app.screen, AskScreen):
            await operator.press("x", "enter")
        await operator.pilot.pause()

    async def settle(self) -> None:
        """Let what is done aside be done."""
        workers = self.operator.app.workers
        await self.operator.until(lambda: all(worker.is_finished for worker in workers), "all workers to end")

    async def leave(self, inbox: str = "1") -> None:
        """Back to the main screen, outside the form. `inbox` is the key that goes to the inbox."""
        while not isinstance(self.operator.app.screen, MainScreen):
            self.operator.app.pop_screen()
            await self.operator.pilot.pause()
        self.operator.app.screen.set_focus(None)
        await self.operator.press(inbox)


@pytest.fixture(autouse=True)
def where_nothing_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some actions write files when asked to."""
    monkeypatch.chdir(tmp_path)


@asynccontextmanager
async def world(folder: Path, *, read: bool = True, keys: Mapping[str, str] | None = None) -> AsyncIterator[World]:
    async with console(folder, size=(80, 24), sending=RULES, backend_type=Recorder, keys=keys) as operator:
        store = operator.store
        entry = operator.receives("hello?", number="10086")
        if read:
            store.mark_read([entry]).result()
        store.views.set("mine", "hello").result()
        draft = Draft("gw1", "10086", "hi", 1, Via.AMI)
        store.sending.add_batch([Order(draft, 1)], "alice", "hello").result()
        for state in (DeliveryState.FAILED, DeliveryState.UNKNOWN):
            message = store.add_outbox(draft, 1).result()
            for step in (DeliveryState.SUBMITTING, state):
                store.add_evidence(Evidence(message.id, 1, NOON, step, "ami answer", "")).result()
        operator.app.screen.query_one(ComposePane).form.fill("10086", "it’s")
        await operator.sees("hello?")
        yield World(operator)


def actions(*, changes: bool) -> list[Action]:
    return [action for found in HERE.values() for action in found if action.changes is changes]


def scopes(*, changes: bool) -> list[str]:
    """Those that have such actions."""
    return [scope for scope, found in HERE.items() if any(action.changes is changes for action in found)]


def test_every_scope_and_every_call_of_the_backend_is_known_here() -> None:
    """Whoever adds one says here how to come there, and whether it changes something."""
    assert {place_of(scope, action) for scope, found in HERE.items() for action in found} == KEYS.keys()
    assert {name for name in vars(Backend) if not name.startswith("_")} == CHANGES | LOOKS


def test_what_changes_nothing_has_other_names_than_what_does() -> None:
    assert not {action.run.partition("(")[0] for action in actions(changes=False)} & CHANGING


@pytest.mark.parametrize("scope", scopes(changes=True))
async def test_no_marked_action_changes_anything_where_nobody_may(tmp_path: Path, scope: str) -> None:
    async with world(tmp_path) as there:
        operator = there.operator
        operator.backend.read_only_because = REASON
        for action in (each for each in ACTIONS[scope] if each.changes):
            owner = await there.come_to(scope, action)
            operator.app.clear_notifications()
            assert there.changes() == [], f"on the way to {scope}"
            await there.do(action, owner)
            await there.settle()
            assert there.changes() == [], action.id
            if owner.check_action(action.run.partition("(")[0], ()):
                await operator.sees(f"Read only: {REASON}")


@pytest.mark.parametrize("scope", scopes(changes=False))
async def test_no_action_changes_anything_without_being_marked(tmp_path: Path, scope: str) -> None:
    async with world(tmp_path) as there:
        for action in (each for each in ACTIONS[scope] if not each.changes and each.id not in JUDGES):
            owner = await there.come_to(scope, action)
            await there.do(action, owner)
            await there.settle()
            assert there.changes() == [], action.id


async def test_a_line_that_may_change_something_is_not_run_where_nobody_may(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        operator = there.operator
        operator.backend.read_only_because = REASON
        await operator.press(*KEYS["command"])
        await operator.types("module reload")
        await operator.press("enter")
        await operator.sees(f"Read only: {REASON}")
        assert there.changes() == []


@pytest.mark.parametrize(("scope", "id"), [("everywhere", "app.reconnect"), ("inbox", "inbox.name")])
async def test_the_same_walk_sees_what_is_changed_where_one_may(tmp_path: Path, scope: str, id: str) -> None:  # noqa: A002
    async with world(tmp_path) as there:
        action = next(each for each in ACTIONS[scope] if each.id == id)
        await there.do(action, await there.come_to(scope, action))
        await there.settle()
        assert there.changes() != []


@pytest.mark.parametrize("key", ["enter", "r", "t"])
async def test_reading_where_nobody_may_change_anything_leaves_the_message_unread(tmp_path: Path, key: str) -> None:
    async with world(tmp_path, read=False) as there:
        operator = there.operator
        operator.backend.read_only_because = REASON
        await operator.press("1", key)
        await operator.pilot.pause()
        assert there.changes() == []
        assert operator.store.unread_count() == 1


async def test_the_form_says_from_the_start_that_nothing_can_be_sent(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        operator = there.operator
        operator.backend.read_only_because = REASON
        await operator.press("3")
        await operator.sees(f"Read only: {REASON}")
        assert operator.app.screen.query_one("#send", Button).disabled
        await operator.press("x")
        await operator.sees("xit’s", f"Read only: {REASON}")


async def test_the_button_goes_the_same_way_as_the_key(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        operator = there.operator
        button = operator.app.screen.query_one("#send", Button)
        button.press()
        await operator.until(lambda: "submit" in there.changes())
        operator.app.screen.query_one(SegmentArea).text = "more"
        operator.backend.read_only_because = REASON
        await operator.press("3")
        await operator.sees("more")
        button.disabled = False
        button.press()
        await operator.sees(f"Read only: {REASON}")
        assert there.changes() == []
