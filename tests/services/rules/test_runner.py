"""Rules carried out: in order, at least once, each on its own, by one process."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from console.config import RuleConfig
from console.domain.alarms import AlarmKind, Condition
from console.domain.messages import DeliveryState, Evidence
from console.domain.sending import Remark
from console.protocol.rules.judging import WAIT_FOR_MORE
from console.store import Store
from tests.services.rules.conftest import WRITE, Running, at_work, python
from tests.support.hostile import FORBIDDEN_TEXT, HOSTILE
from tests.support.messages import draft

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.backend import FixedClock

SLEEPS = "import time; time.sleep(600)"
FAILS = "raise SystemExit(3)"


async def test_what_matches_is_done_in_order_and_the_rest_is_left(running: Running) -> None:
    await running.receive("before the rule")
    rule = RuleConfig("all", when="-parcel", run=python(WRITE, running.folder, "{number}", "{text}"))
    await running.armed(rule)
    for text in ("one", "a parcel", "two"):
        await running.receive(text)
    await running.until(lambda: running.told() == ["2", "4"])
    told = json.loads((running.folder / "4").read_text())
    assert told["arguments"] == ["+4915112345678", "two"]
    assert told["json"]["rule"] == "all"
    assert told["json"]["text"] == told["variables"]["GSM_RULE_TEXT"] == "two"
    assert "GSM_SECRET" not in told["variables"]
    await running.until(lambda: not running.backlog())
    (report,) = running.store.rules.reports()
    assert (report.hits, report.failure) == (2, "")


async def test_one_that_hangs_holds_up_no_other(running: Running) -> None:
    hangs = RuleConfig("hangs", run=python(SLEEPS), timeout=600)
    await running.armed(hangs, RuleConfig("works", run=python(WRITE, running.folder)))
    for text in ("one", "two"):
        await running.receive(text)
    await running.until(lambda: running.told() == ["1", "2"])
    reports = {report.name: report.backlog for report in running.store.rules.reports()}
    assert reports["hangs"] == 2


async def test_what_fails_is_tried_again_later_and_given_up_in_the_end(running: Running) -> None:
    rule = RuleConfig("page", run=python(FAILS), attempts=3)
    await running.armed(rule)
    await running.receive("one")
    for attempt in (1, 2):
        await running.until(lambda: running.store.rules.hits_after(0, 1)[:1])
        await running.until(lambda a=attempt: running.store.rules.hits_after(0, 1)[0].attempts == a)
        (hit,) = running.store.rules.hits_after(0, 1)
        assert 1 <= hit.due_at - running.clock.now <= 2 * 2**attempt
        running.clock.now = hit.due_at
    await running.until(running.store.rules.dead)
    assert running.failure().endswith("ended with exit code 3")
    assert not running.backlog()


async def test_a_dead_letter_holds_up_nothing_and_is_run_again_when_asked(running: Running) -> None:
    await running.armed(RuleConfig("page", run=python(FAILS), attempts=1))
    await running.receive("one")
    await running.until(running.store.rules.dead)
    running.set(RuleConfig("page", run=python(WRITE, running.folder)))
    await running.receive("two")
    await running.until(lambda: running.told() == ["2"])
    running.store.rules.retry(None, "alice").result(10)
    await running.until(lambda: running.told() == ["1", "2"])


async def test_only_what_is_not_done_is_tried_again(running: Running) -> None:
    rule = RuleConfig("both", mark="done", run=python(FAILS))
    await running.armed(rule)
    entry = await running.receive("one")
    await running.until(lambda: running.failure())
    assert running.store.claims.of([entry])[entry].done_by == "rule both"
    (hit,) = running.store.rules.hits_after(0, 1)
    assert [step.value for step in hit.left] == ["run"]


async def test_one_process_runs_them_and_the_next_one_finds_what_came_meanwhile(
    store: Store, clock: FixedClock, tmp_path: Path
) -> None:
    first = Running(store, clock, tmp_path)
    rule = RuleConfig("page", run=python(WRITE, tmp_path))
    other_store = Store.open(tmp_path / "console.db", clock=clock)
    other = first.runner_on(other_store)
    async with at_work(first.runner):
        await first.armed(rule)
        async with at_work(other):
            await first.receive("one")
            await first.until(lambda: first.told() == ["1"])
            assert first.runner.is_running
            assert not other.is_running
    await first.until(lambda: not first.runner.is_running)
    await first.receive("two")
    async with at_work(other):
        await first.until(lambda: first.told() == ["1", "2"])
    other_store.close()


async def test_a_rule_of_a_reload_is_taken_at_once_and_one_that_is_gone_does_nothing(running: Running) -> None:
    await running.armed(RuleConfig("a", run=python(WRITE, running.folder)))
    await running.armed(RuleConfig("b", when="two", run=python(WRITE, running.folder)))
    await running.receive("one")
    await running.receive("two")
    await running.until(lambda: running.told() == ["2"])


async def test_a_long_sms_counts_once_it_is_whole(running: Running) -> None:
    await running.armed(RuleConfig("long", when="late", run=python(WRITE, running.folder)))
    await running.receive("a" * 153)
    await running.receive("too late", number="+4915187654321")
    await running.until(lambda: running.told() == ["2"])
    await running.receive("late part")
    await running.until(lambda: running.told() == ["1", "2"])
    assert json.loads((running.folder / "1").read_text())["json"]["text"] == "a" * 153 + "late part"


async def test_what_may_go_on_counts_when_it_was_waited_for(running: Running) -> None:
    await running.armed(RuleConfig("long", run=python(WRITE, running.folder)))
    await running.receive("a" * 153)
    await running.until(lambda: running.store.rules.cursors()["long"].waits)
    assert running.told() == []
    running.clock.now += WAIT_FOR_MORE + 1
    await running.until(lambda: running.told() == ["1"])


async def test_results_alarms_and_sims_have_rules_too(running: Running) -> None:
    program = python(WRITE, running.folder)
    await running.armed(
        RuleConfig("lost", "result", "state:failed", run=program),
        RuleConfig("alarm", "alarm", "kind:no_sim is:over", run=program),
        RuleConfig("sim", "sim", "port:7", run=program),
    )
    store = running.store
    message = store.add_outbox(draft(), 1).result(10)
    for state in (DeliveryState.SUBMITTING, DeliveryState.FAILED):
        store.add_evidence(Evidence(message.id, 0, running.clock.now, state, "test", "no credit")).result(10)
    await running.until(lambda: running.told() == ["1"])
    assert json.loads((running.folder / "1").read_text())["json"]["detail"] == "no credit"
    for port in (2, 3):
        alarm = store.alarms.raise_(Condition(AlarmKind.NO_SIM, "gw1", port, "no SIM")).result(10)
    assert alarm is not None
    store.alarms.clear(alarm.id).result(10)
    await running.until(lambda: running.told() == ["1", "2"])
    assert json.loads((running.folder / "2").read_text())["json"]["state"] == "cleared"
    for imsi in ("460011", "460012"):
        store.port_sims.see({("gw1", 7): imsi, ("gw1", 8): imsi}).result(10)
    await running.until(lambda: running.told() == ["1", "2", "7"])
    told = json.loads((running.folder / "7").read_text())["json"]
    assert (told["imsi"], told["before"]) == ("460012", "460011")


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_words_reach_a_program_as_data(running: Running, text: str) -> None:
    rule = RuleConfig("all", run=python(WRITE, running.folder, "{text}", "{number}"))
    await running.armed(rule)
    await running.receive(text, number=f"-rf{text}")
    await running.until(lambda: running.told() == ["1"])
    told = json.loads((running.folder / "1").read_text())
    words = [*told["arguments"], *(told["variables"][f"GSM_RULE_{name}"] for name in ("TEXT", "NUMBER"))]
    assert not any(FORBIDDEN_TEXT.search(each) or "\x1b" in each for each in words)
    assert told["arguments"][1].startswith(" -rf")
    assert not any(mark in told["json"]["text"] for mark in "\x00\x1b\x9b\x07")


# Answers.

ANSWERS = RuleConfig("night", answer="The office opens at eight.", may_answer=True)


async def test_an_answer_goes_to_who_wrote_from_the_sim_that_was_written_to(running: Running) -> None:
    await running.armed(ANSWERS)
    await running.receive("hello?")
    await running.until(lambda: running.store.outbox_count())
    (message,) = running.store.outbox_slice(0, 9)
    assert (message.draft.to, message.draft.port, message.draft.text) == ("+4915112345678", 3, ANSWERS.answer)
    assert message.operator == "rule night"


async def test_an_answer_that_is_asked_for_again_is_not_given_again(running: Running) -> None:
    await running.armed(ANSWERS)
    await running.receive("hello?")
    await running.until(lambda: running.store.outbox_count() and not running.backlog())
    running.store._writer.submit(
        lambda connection: connection.execute("UPDATE rule_hit SET state = 'due', steps = 'answer'").rowcount
    ).result(10)
    await running.until(lambda: "answered already" in running.failure() or "echo" in running.failure())
    assert running.store.outbox_count() == 1


@pytest.mark.parametrize(
    ("number", "text", "why"),
    [
        ("12345", "hello", "no phone number"),
        ("Bank", "hello", "no phone number"),
        ("+4915199999999", "hello", "one of our own SIMs"),
        ("+4915112345678", "> the OFFICE opens\nat eight.", "an echo"),
    ],
)
async def test_some_get_no_answer(running: Running, number: str, text: str, why: str) -> None:
    await running.armed(ANSWERS)
    await running.receive(text, number=number)
    await running.until(lambda: why in running.failure())
    assert running.store.outbox_count() == 0
    assert not running.backlog()


async def test_what_a_person_would_be_asked_about_is_not_answered(running: Running) -> None:
    running.sender.against = (Remark("deny list", "They said STOP."),)
    await running.armed(ANSWERS)
    await running.receive("hello")
    await running.until(lambda: running.failure() == "not answered: They said STOP.")
    assert running.store.outbox_count() == 0


async def test_an_answer_that_can_not_leave_now_is_tried_again_and_not_once_it_is_late(running: Running) -> None:
    running.sender.busy = "No port is ready."
    await running.armed(ANSWERS)
    await running.receive("hello")
    await running.until(lambda: running.failure() == "No port is ready.")
    running.clock.now += 3_700
    await running.until(lambda: "it came 62 minutes ago" in running.failure())
    assert running.store.outbox_count() == 0


async def test_who_writes_stop_is_opted_out_by_a_rule_and_nobody_else(running: Running) -> None:
    await running.armed(RuleConfig("stop", mark="opted-out"))
    await running.receive("do not stop", "+4915111111111")
    await running.receive("Stop.", "+4915122222222")
    await running.until(lambda: bool(running.store.opt_outs.all()) and not running.backlog())
    (one,) = running.store.opt_outs.all()
    assert (one.number, one.operator, one.words) == ("+4915122222222", "rule stop", "Stop.")
    assert await asyncio.wrap_future(running.store.past.undo("bob")) is None
