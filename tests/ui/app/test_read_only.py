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
from console.domain.views import View
from console.protocol.sms.recipients import read_recipients
from console.store.outbox.messages import Order
from console.ui.app.main import MainScreen
from console.ui.compose.addressees import Reading
from console.ui.compose.form import SegmentArea
from console.ui.compose.letter import Letter
from console.ui.compose.pane import ComposePane
from console.ui.compose.summary import Summary, SummaryScreen
from console.ui.keys.actions import ACTIONS, CHANGING, SCOPES
from console.ui.kit.dialogs import AskScreen, ConfirmScreen
from console.ui.kit.marks import share
from console.ui.outbox.resend import Chosen, Resend, ResendScreen
from tests.support.backend import NOON, FakeBackend
from tests.support.operator import Operator, console
from tests.support.settling import settled

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from concurrent.futures import Future
    from pathlib import Path

    from textual.dom import DOMNode
    from textual.screen import Screen

    from console.store import Store
    from console.ui.keys.actions import Action

REASON = "so it is [/x]"

RULES = SendingConfig(templates={"hello": "Hello"})

ELSEWHERE = {"setup", "dialogs"}
"""Scopes of a program of its own that runs before there is a store or a backend, and of answers, which are judged by
what is asked.
"""

HERE = {scope: found for scope, found in ACTIONS.items() if scope not in ELSEWHERE}

JUDGES = {"command.run", "commands.run", "help.run"}
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
    "marks": ("1", "space"),
    "inbox": ("1",),
    "ports": ("2",),
    "port": ("2", "enter"),
    "alarms": ("1", "l"),
    "rules": ("1", "colon", *"rules", "enter"),
    "figures": ("1", "colon", *"figures", "enter"),
    "count": ("1", "number_sign"),
    "compose": ("3", "enter"),
    "ami": ("4",),
    "command": ("4", "c"),
    "outbox": ("5",),
    "thread": ("1", "t"),
    "views": ("1", "v", "down"),
    "batches": ("5", "b"),
    "recipients": ("3", "ctrl+l"),
    "templates": ("3", "ctrl+y"),
    "drafts": ("3", "ctrl+g"),
    "pick": ("3", "tab", "enter"),
    "audit": ("5", "colon", *"audit", "enter"),
    "ussd": ("2", "asterisk"),
    "commands": ("1", "colon"),
    "help": ("1", "question_mark"),
    "summary": (),
    "resend": (),
}
"""Scope of actions -> keys by which an operator comes to where they are bound; lines are told apart by their ids."""


def place_of(scope: str, action: Action) -> str:
    return action.id.partition(".")[0] if scope == "lines" else scope


class Noted:
    """A part of the backend, and by name what is asked of it."""

    def __init__(self, part: object, calls: list[str]) -> None:
        self._part = part
        self._calls = calls

    def __getattr__(self, name: str) -> Any:
        self._calls.append(name)
        return getattr(self._part, name)


class Recorder(FakeBackend):
    """Notes what is asked of it that changes something, before the gate."""

    def __init__(self, store: Store, *, ports: int = 8, gateways: int = 1) -> None:
        super().__init__(store, ports=ports, gateways=gateways)
        self.calls: list[str] = []
        for name in Backend.__annotations__:
            setattr(self, name, Noted(getattr(self, name), self.calls))

    def run_command(self, gateway: str, line: str) -> Future[tuple[str, ...]]:
        self.calls.append("run_command")
        return super().run_command(gateway, line)


class World:
    """A console with a little of everything on it, and what was changed."""

    def __init__(self, operator: Operator) -> None:
        self.operator = operator
        assert isinstance(operator.backend, Recorder)
        self.recorder = operator.backend
        self._revision = self._committed()
        self._scope = ""
        self._home: Screen[Any] | None = None

    def _committed(self) -> int:
        self.operator.store.beat("test").result()  # whatever waits to be written is written before it
        return self.operator.store.revision

    def changes(self) -> list[str]:
        """What reached backend or store since this was last asked."""
        calls = self.recorder.calls.copy()
        self.recorder.calls.clear()
        before, self._revision = self._revision, self._committed()
        return calls + (["a write to the store"] if self._revision != before else [])

    async def come_to(self, scope: str, action: Action) -> DOMNode:
        """Go to where an action is bound; from where it stands open already, no further than there."""
        app, scope = self.operator.app, place_of(scope, action)
        while scope == self._scope and self._home in app.screen_stack and app.screen is not self._home:
            app.pop_screen()
            await settled(self.operator.app)
        owner = self._owner(action) if (scope, app.screen) == (self._scope, self._home) else None
        if owner is None:
            await self._go(scope)
            owner = self._owner(action)
        assert owner is not None, f"{action.id} is bound nowhere here\n{self.operator.screen}"
        return owner

    async def _go(self, scope: str) -> None:
        operator = self.operator
        await self.leave()
        if scope == "summary":
            letter = Letter("gw1", Via.AMI, None, "hi", Reading("1001", read_recipients("1001")))
            draft = letter.sample()
            operator.app.push_screen(SummaryScreen(Summary(letter, [draft], Forecast((1,), 1, None), (), None, 20)))
        elif scope == "resend":
            message = operator.store.outbox.messages([3])[0]
            operator.app.push_screen(ResendScreen(Resend("batch 1", share([message], lambda _: ""), Chosen(), 20)))
        elif KEYS[scope]:
            await operator.press(*KEYS[scope])
        await settled(operator.app)
        self._scope, self._home = scope, operator.app.screen

    def _owner(self, action: Action) -> DOMNode | None:
        screen = self.operator.app.screen
        nodes: list[DOMNode] = sorted(
            (screen, *screen.query("*")), key=lambda node: not node.display
        )  # a line shows when it is asked for
        if not action.key:  # called by its name alone, where the others of its kind have keys
            method, ids = f"action_{action.run}", {each.id for each in ACTIONS[SCOPES[action.id]]}
            nodes = [node for node in (self.operator.app, *nodes) if hasattr(node, method)]
        else:
            ids = {action.id}
        return next((node for node in nodes if ids & {binding.id for _, binding in node._bindings}), None)

    async def do(self, action: Action, owner: DOMNode) -> None:
        """Run an action, and say yes to whatever it asks."""
        operator = self.operator
        words = ("dark",) if action.takes == "THEME" else ()
        await operator.app.run_action(("", action.run, words) if words else action.run.format(1), owner)
        await settled(operator.app)
        if isinstance(operator.app.screen, ConfirmScreen) and action.id != "app.quit":
            await operator.press("y")
        elif isinstance(operator.app.screen, AskScreen):
            await operator.press("x", "enter")

    async def settle(self) -> None:
        """Let what is done aside be done."""
        workers = self.operator.app.workers
        await self.operator.until(lambda: all(worker.is_finished for worker in workers), "all workers to end")

    async def leave(self, inbox: str = "1") -> None:
        """Back to the main screen, outside the form. `inbox` is the key that goes to the inbox."""
        while not isinstance(self.operator.app.screen, MainScreen):
            self.operator.app.pop_screen()
            await settled(self.operator.app)
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
        store.views.set(View("mine", "hello")).result()
        draft = Draft("gw1", "10086", "hi", 1, Via.AMI)
        store.sending.add_batch([Order(draft, 1)], "alice", "hello").result()
        for state in (DeliveryState.FAILED, DeliveryState.UNKNOWN):
            message = store.add_outbox(draft, 1).result()
            for step in (DeliveryState.SUBMITTING, state):
                store.add_evidence(Evidence(message.id, 1, NOON, step, "ami answer", "")).result()
        form = operator.app.screen.query_one(ComposePane).form
        form.fill("10086", "it’s")
        for number in ("10010", "10000"):
            form.kept.keep(number, "later")
        await operator.sees("hello?")
        yield World(operator)


def actions(*, changes: bool) -> list[tuple[str, Action]]:
    """Those that are marked so, or those that are not, with their scopes."""
    every = ((scope, action) for scope, found in HERE.items() for action in found)
    return [(scope, action) for scope, action in every if action.changes is changes]


def test_there_is_a_way_to_every_scope() -> None:
    """Whoever adds one says here how to come there."""
    assert {place_of(scope, action) for scope, found in HERE.items() for action in found} == KEYS.keys()


def test_what_changes_nothing_has_other_names_than_what_does() -> None:
    assert not {action.run.partition("(")[0] for _, action in actions(changes=False)} & CHANGING


async def test_no_marked_action_changes_anything_where_nobody_may(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        operator = there.operator
        operator.backend.read_only_because = REASON
        for scope, action in actions(changes=True):
            owner = await there.come_to(scope, action)
            operator.app.clear_notifications()
            assert there.changes() == [], f"on the way to {scope}"
            await there.do(action, owner)
            await there.settle()
            assert there.changes() == [], action.id
            if owner.check_action(action.run.partition("(")[0], ()):
                await operator.sees(f"Read only: {REASON}")


async def test_no_action_changes_anything_without_being_marked(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        for scope, action in actions(changes=False):
            if action.id not in JUDGES:
                await there.do(action, await there.come_to(scope, action))
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


async def test_the_same_walk_sees_what_is_changed_where_one_may(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        for scope, id_ in (("everywhere", "app.reconnect"), ("inbox", "inbox.name")):
            action = next(each for each in ACTIONS[scope] if each.id == id_)
            await there.do(action, await there.come_to(scope, action))
            await there.settle()
            assert there.changes() != []


async def test_reading_where_nobody_may_change_anything_leaves_the_message_unread(tmp_path: Path) -> None:
    async with world(tmp_path, read=False) as there:
        operator = there.operator
        operator.backend.read_only_because = REASON
        for key in ("enter", "t"):
            await there.leave()
            await operator.press(key)
            await operator.until(lambda: "mark_read" in there.recorder.calls, "it to be asked for")
            assert there.changes() == ["mark_read"], "asked for, and refused"
            assert operator.store.unread_count() == 1


async def test_the_form_says_from_the_start_that_nothing_can_be_sent(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        operator = there.operator
        operator.backend.read_only_because = REASON
        await operator.press("3")
        await operator.sees(f"Read only: {REASON}")
        assert operator.app.screen.query_one("#send", Button).disabled
        await operator.press("x")
        await operator.sees("it’sx", f"Read only: {REASON}")


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
