"""How far rules have come, through deaths, reloads and two processes at once."""

from __future__ import annotations

from concurrent.futures import wait
from typing import TYPE_CHECKING

import pytest

from console.domain.alarms import AlarmKind, Condition
from console.domain.messages import DeliveryState, Evidence
from console.domain.rules import About, AnswerOf, Happening, HitState, Step
from console.errors import NotAnswered
from console.store import Store
from console.store.rules import GRACE, KEPT, Looked
from tests.support.backend import NOON, OPERATOR, FixedClock
from tests.support.messages import NUMBER, draft, sms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENTRY = Happening(About.SMS, 1, NOON)
BOTH = (Step.RUN, Step.WEBHOOK)


@pytest.fixture
def other(store: Store, path: Path, clock: FixedClock) -> Iterator[Store]:
    other = Store.open(path, clock=clock)
    yield other
    other.close()


def receive(store: Store, *texts: str) -> list[int]:
    return [store.add_callback("gw1", sms(text), b"raw").result(10) for text in texts]


def hit(store: Store, *steps: Step, rule: str = "all") -> None:
    """The rule matched the next entry."""
    at = store.rules.cursors()[rule].at
    store.rules.keep([Looked(rule, at, at + 1, [ENTRY], steps)]).result(10)


def test_a_new_rule_starts_at_what_comes_next(store: Store) -> None:
    receive(store, "one", "two")
    store.rules.arm({"all": About.SMS}).result(10)
    assert store.rules.cursors()["all"].at == 2
    receive(store, "three")
    store.rules.arm({"all": About.SMS, "later": About.SMS}).result(10)
    assert {name: cursor.at for name, cursor in store.rules.cursors().items()} == {"all": 2, "later": 3}


def test_one_that_is_gone_and_comes_back_starts_at_what_comes_next(store: Store) -> None:
    store.rules.arm({"all": About.SMS}).result(10)
    receive(store, "one")
    hit(store, *BOTH)
    store.rules.arm({}).result(10)
    assert store.rules.cursors() == {}
    receive(store, "two", "three")
    store.rules.arm({"all": About.SMS}).result(10)
    assert store.rules.cursors()["all"].at == 3
    (report,) = store.rules.reports()
    assert (report.hits, report.hit_at, report.backlog, report.armed) == (1, NOON, 1, True)


def test_what_was_matched_and_how_far_that_was_are_kept_together_and_once(store: Store, other: Store) -> None:
    store.rules.arm({"all": About.SMS}).result(10)
    look = Looked("all", 0, 1, [ENTRY], BOTH)
    wait([each.rules.keep([look]) for each in (store, other)], 10)
    assert store.rules.cursors()["all"].at == 1
    (report,) = store.rules.reports()
    assert (report.hits, report.backlog, report.dead) == (1, 1, 0)


def test_the_steps_of_a_hit_are_done_one_after_the_other(store: Store) -> None:
    store.rules.arm({"all": About.SMS}).result(10)
    hit(store, *BOTH)
    first = store.rules.next_due("all")
    assert first is not None
    assert first.left == BOTH
    second = store.rules.did(first).result(10)
    assert second.left == (Step.WEBHOOK,)
    assert store.rules.did(second, "nobody there").result(10).state is HitState.DONE
    assert store.rules.next_due("all") is None
    (report,) = store.rules.reports()
    assert (report.backlog, report.failure) == (0, "nobody there")


def test_what_fails_is_due_later_and_is_given_up_and_is_run_again_when_a_person_says_so(
    store: Store, clock: FixedClock
) -> None:
    store.rules.arm({"all": About.SMS}).result(10)
    hit(store, Step.RUN)
    found = store.rules.next_due("all")
    assert found is not None
    store.rules.failed(found, "it can't", NOON + 5).result(10)
    found = store.rules.next_due("all")
    assert found is not None
    assert (found.attempts, found.due_at, found.failure) == (1, NOON + 5, "it can't")
    clock.now += 5
    store.rules.failed(found, "it never can", None).result(10)
    assert store.rules.next_due("all") is None
    (dead,) = store.rules.dead()
    assert (dead.state, dead.failure, dead.attempts) == (HitState.DEAD, "it never can", 2)
    (report,) = store.rules.reports()
    assert (report.dead, report.failure, report.failed_at) == (1, "it never can", NOON + 5)
    assert store.rules.retry([dead.id + 1], OPERATOR).result(10) == 0
    assert store.rules.retry(None, OPERATOR).result(10) == 1
    again = store.rules.next_due("all")
    assert again is not None
    assert (again.attempts, again.left) == (0, (Step.RUN,))
    assert store.audit.newest(1)[0].action == "retry"


def test_one_process_runs_them_until_it_leaves_or_is_silent(store: Store, other: Store, clock: FixedClock) -> None:
    assert store.rules.take_lease().result(10)
    assert not other.rules.take_lease().result(10)
    store.rules.leave_lease().result(10)
    assert other.rules.take_lease().result(10)
    clock.now += GRACE + 1
    assert store.rules.take_lease().result(10)


def test_hits_that_are_done_are_kept_for_a_while(store: Store) -> None:
    store.rules.arm({"all": About.SMS}).result(10)
    many = [ENTRY] * (KEPT + 5)
    store.rules.keep([Looked("all", 0, 1, many), Looked("all", 1, 2, [ENTRY])]).result(10)
    assert len(store.rules.hits_after(0, 2 * KEPT)) == KEPT


def news(store: Store) -> list[tuple[About, int, str]]:
    return [(each.about, each.thing, each.news) for _, each in store.rules.happened(0, 100)]


def test_alarms_and_results_and_sims_are_written_down_in_their_order_while_a_rule_wants_them(store: Store) -> None:
    condition = Condition(AlarmKind.NO_SIM, "gw1", 3, "no SIM")
    seen = {("gw1", 3): "460011"}

    def let_happen() -> int:
        alarm = store.alarms.raise_(condition).result(10)
        message = store.add_outbox(draft(), 1).result(10)
        for state in (DeliveryState.SUBMITTING, DeliveryState.ACCEPTED, DeliveryState.SENT, DeliveryState.DELIVERED):
            store.add_evidence(Evidence(message.id, 0, NOON, state, "test", "")).result(10)
        store.port_sims.see(seen).result(10)
        store.port_sims.see({("gw1", 3): seen["gw1", 3][::-1]}).result(10)
        assert alarm is not None
        store.alarms.clear(alarm.id).result(10)
        return message.id

    store.rules.arm({"sms": About.SMS}).result(10)
    let_happen()
    assert news(store) == []
    seen["gw1", 3] = "460012"
    store.rules.arm({each.value: each for each in About}).result(10)
    message = let_happen()
    assert news(store) == [
        (About.ALARM, 2, "raised"),
        (About.RESULT, message, "sent"),
        (About.RESULT, message, "delivered"),
        (About.SIM, 3, "460012"),
        (About.SIM, 3, "210064"),
        (About.ALARM, 2, "cleared"),
    ]
    change = store.rules.happened(4, 1)[0][1]
    assert (change.gateway, change.before) == ("gw1", "460012")


def test_what_every_rule_has_seen_is_forgotten(store: Store) -> None:
    store.rules.arm({"a": About.ALARM, "b": About.ALARM}).result(10)
    for port in (1, 2, 3):
        store.alarms.raise_(Condition(AlarmKind.NO_SIM, "gw1", port, "")).result(10)
    store.rules.keep([Looked("a", 0, 3)]).result(10)
    assert len(news(store)) == 3
    store.rules.keep([Looked("b", 0, 2)]).result(10)
    assert len(news(store)) == 1
    store.rules.arm({}).result(10)
    store.rules.keep([]).result(10)
    assert news(store) == []
    store.rules.arm({"c": About.ALARM}).result(10)
    assert store.rules.cursors()["c"].at == 3


def test_a_mark_is_made_with_its_step_and_leaves_what_a_person_claimed(store: Store) -> None:
    free, taken = receive(store, "one", "two")
    store.rules.arm({"all": About.SMS}).result(10)
    store.claims.claim(taken, OPERATOR).result(10)
    happenings = [Happening(About.SMS, entry, NOON) for entry in (free, taken)]
    store.rules.keep([Looked("all", 2, 3, happenings, (Step.MARK,))]).result(10)
    for how in ("done", "claimed"):
        found = store.rules.next_due("all")
        assert found is not None
        assert store.rules.mark(found, how).result(10).state is HitState.DONE
    claims = store.claims.of([free, taken])
    assert claims[free].done_by == "rule all"
    assert (claims[taken].operator, claims[taken].done_at) == (OPERATOR, None)


def test_an_entry_is_answered_once_however_often_a_process_died_behind_it(store: Store, other: Store) -> None:
    answer = AnswerOf("night", 1, 5, 600.0)
    queued = [each.add_outbox(draft(), 1, operator="rule night", answer=answer) for each in (store, other) * 5]
    wait(queued, 20)
    assert sum(future.exception() is None for future in queued) == 1
    assert store.outbox_count() == 1
    with pytest.raises(NotAnswered, match="answered already, as message 1"):
        store.add_outbox(draft(), 1, answer=answer).result(10)


def test_a_number_gets_so_many_answers_in_some_time(store: Store, clock: FixedClock) -> None:
    for entry in (1, 2):
        store.add_outbox(draft(), 1, answer=AnswerOf("night", entry, 2, 600.0)).result(10)
    with pytest.raises(NotAnswered, match=r"had 2 answers in 10 minutes"):
        store.add_outbox(draft(), 1, answer=AnswerOf("day", 3, 2, 600.0)).result(10)
    store.add_outbox(draft(to="+4915112345678"), 1, answer=AnswerOf("day", 4, 2, 600.0)).result(10)
    clock.now += 601
    store.add_outbox(draft(to=NUMBER), 1, answer=AnswerOf("day", 3, 2, 600.0)).result(10)
    assert store.outbox_count() == 4
