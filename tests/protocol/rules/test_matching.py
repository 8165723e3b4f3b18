"""Whose a report is: by SIM, by number, and by the network's clock."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.domain.messages import DeliveryState as S
from console.protocol.rules.candidates import Candidate, Sim
from console.protocol.rules.matching import Choice, Lead, NetworkClock, Report, clock_key, match

TO = "+4915112345678"
SIM = Sim("26201", 3)
ZONE = 8 * 3600.0


def candidate(message_id: int | None, left: float, on_air: float | None, **more: object) -> Candidate:
    return replace(Candidate(message_id, 1, TO, SIM, left, on_air), **more)  # type: ignore[arg-type]


def report(number: int, on_air: float, *, says: S = S.DELIVERED, at: float = 9_000.0, sim: Sim = SIM) -> Report:
    """Of what the network took at that moment of ours."""
    return Report(number, TO, sim, float(int(on_air + ZONE)), at, says)


def chosen(choices: list[Choice]) -> list[int | None]:
    return [None if choice.candidate is None else choice.candidate.message_id for choice in choices]


KNOWN = {clock_key(SIM): NetworkClock(Lead(ZONE - 1, ZONE + 1))}


def test_the_best_fit_is_not_the_newest() -> None:
    candidates = [candidate(1, 100, 104), candidate(2, 200, 204)]
    assert chosen(match([report(1, 102)], candidates, KNOWN)) == [1]
    assert chosen(match([report(1, 202)], candidates, KNOWN)) == [2]


def test_what_fits_two_alike_is_a_question_at_both() -> None:
    [choice] = match([report(1, 102)], [candidate(1, 100, 104), candidate(2, 100, 104)], KNOWN)
    assert choice.candidate is None
    assert choice.asked == (1, 2)
    assert choice.why == "it may be about message 1 or 2: nothing is decided yet"


def test_a_second_word_answers_the_question_of_the_first() -> None:
    """Nobody knows the clock yet; but only one order fits both."""
    candidates = [candidate(1, 100, 104), candidate(2, 160, 164)]
    first, second = report(1, 102), report(2, 162, says=S.FAILED)
    assert chosen(match([first], candidates, {})) == [None]
    choices = match([second, first], candidates, {})
    assert chosen(choices) == [2, 1]
    assert choices[0].lead is not None
    assert choices[0].lead.low <= ZONE <= choices[0].lead.high


def test_two_alike_that_get_the_same_are_settled() -> None:
    candidates = [candidate(1, 100, None), candidate(2, 100, None)]
    assert set(chosen(match([report(1, 102), report(2, 105)], candidates, {}))) == {1, 2}
    unlike = [report(1, 102), report(2, 105, says=S.FAILED)]
    assert chosen(match(unlike, candidates, {})) == [None, None]


def test_each_word_is_used_once() -> None:
    [first, second] = match([report(1, 102), report(2, 102)], [candidate(1, 100, 104)], KNOWN)
    assert chosen([first, second]) == [1, None]
    [again] = match([report(2, 102)], [candidate(1, 100, 104, room=0, of_all=0)], KNOWN)
    assert again.why == "after the network's final report"


def test_a_further_word_that_may_be_of_two_names_both() -> None:
    told = [candidate(number, 100, 104, room=0, of_all=0) for number in (1, 2)]
    [again] = match([report(1, 102)], told, KNOWN)
    assert again.why == "after the network's final report on message 1 or 2"
    [stranger] = match([report(1, 5_000)], told, KNOWN)
    assert stranger == Choice(1, None), "it was sent when none of ours was"


def test_while_the_network_tries_on_no_word_is_used_up() -> None:
    words = [report(1, 102, says=S.SENT), report(2, 102)]
    assert chosen(match(words, [candidate(1, 100, 104)], KNOWN)) == [1, 1]


@pytest.mark.parametrize(
    ("sim", "found"), [(Sim("26201", 5), 1), (Sim("26202", 3), None), (Sim("", 3), 1), (Sim("", 5), None)]
)
def test_a_sim_is_known_in_whichever_port(sim: Sim, found: int | None) -> None:
    assert chosen(match([report(1, 102, sim=sim)], [candidate(1, 100, 104)], {})) == [found]


def test_by_another_port_a_report_is_a_rival_and_settles_nothing() -> None:
    """Somebody else's left by port 5, and nobody knows by which SIM; it may be in port 3 by now."""
    others = replace(candidate(None, 100, 104), sim=Sim("", 5))
    words = [report(1, 102, sim=Sim("26201", 3))]
    [choice] = match(words, [candidate(1, 100, 104), others], KNOWN)
    assert choice.why == "it may be about message 1 or of another program: nothing is decided yet"
    [choice] = match(words, [candidate(1, 100, 104, sim=Sim("", 5))], KNOWN)
    assert choice.candidate is None
    assert choice.why == "it came through another port; the SIM may have been moved: nothing is decided yet"


def test_what_would_fit_if_the_clock_was_set_by_an_hour_is_a_rival() -> None:
    an_hour_before = candidate(1, 100, 104)
    [choice] = match([report(1, 3_702)], [an_hour_before, candidate(2, 3_700, 3_704)], KNOWN)
    assert (choice.candidate, choice.asked) == (None, (1, 2))
    both = [report(1, 3_702), report(2, 102, says=S.FAILED)]
    assert chosen(match(both, [an_hour_before, candidate(2, 3_700, 3_704)], KNOWN)) == [2, 1]
    assert chosen(match([report(1, 3_802)], [an_hour_before, candidate(2, 3_800, 3_804)], KNOWN)) == [2]


def test_reports_by_a_clock_that_was_set_between_them_settle_nothing() -> None:
    """The lead is unknown. Steadily, the first report is of the second message, and the other way round."""
    candidates = [candidate(1, 100, 104), candidate(2, 1_900, 1_904)]
    first, second = report(1, 102), replace(report(2, 1_902, says=S.FAILED), stamp=1_902 + ZONE - 3_600)
    assert chosen(match([first, second], candidates, {})) == [None, None]
    third = replace(second, stamp=1_902 + ZONE + 3_600)
    assert chosen(match([first, third], candidates, {})) == [None, None]


def test_a_clock_that_was_set_is_believed_when_two_say_so() -> None:
    late = [candidate(1, 100, 104), candidate(2, 4_000, 4_004)]
    summer = replace(report(1, 102), stamp=102 + ZONE + 3_600)
    [choice] = match([summer], late[:1], KNOWN)
    assert (choice.candidate, choice.asked) == (None, (1,))
    assert choice.why == "by the network's clock it was sent at another time: nothing is decided yet"
    assert choice.doubt is not None
    doubted = {clock_key(SIM): NetworkClock(KNOWN[clock_key(SIM)].lead, choice.doubt, 1)}
    assert chosen(match([summer], late[:1], doubted)) == [None], "a report is no witness of its own"
    second = replace(report(2, 4_002), stamp=4_002 + ZONE + 3_600)
    assert chosen(match([second], late, doubted)) == [2]


def test_a_report_that_is_settled_says_no_more_of_the_clock_than_it_knows_itself() -> None:
    """The other one may be of what the SIM sent by another port; nobody may conclude from it that it was not."""
    candidates = [
        candidate(2, 2, 7, sim=Sim("26201", 3)),
        candidate(3, 66, None, sim=Sim("26201", 1), room=2, of_all=2),
    ]
    sim = Sim("", 1)
    reports = [report(1, 69, at=3_100, sim=sim), report(2, 6, says=S.FAILED, at=3_100, sim=sim)]
    sure, question = match(reports, candidates, {})
    assert (chosen([sure, question]), question.asked) == ([3, None], (2, 3))
    assert sure.lead is not None
    assert sure.lead.low <= ZONE <= sure.lead.high


def test_what_others_sent_by_a_port_is_a_rival_where_sims_are_seen_to_move() -> None:
    theirs = candidate(None, 0, 3, sim=Sim("", 1), room=9, of_all=9)
    ours = candidate(2, 288, None, sim=Sim("26201", 2))
    [choice] = match([report(1, 1.7, says=S.FAILED, at=555, sim=Sim("", 2))], [theirs, ours], {})
    assert (choice.candidate, choice.asked) == (None, (2,))


def test_what_others_sent_may_have_reports() -> None:
    others = candidate(None, 100, 104)
    assert match([report(1, 102)], [others], KNOWN) == [Choice(1, None)]
    [choice] = match([report(1, 102)], [others, candidate(1, 100, 104)], KNOWN)
    assert choice.why == "it may be about message 1 or of another program: nothing is decided yet"


def test_so_many_that_nobody_can_tell_are_questions() -> None:
    many = [candidate(number, 100, None) for number in range(1, 9)]
    words = [report(number, 102 + number, says=S.FAILED if number % 2 else S.DELIVERED) for number in range(1, 9)]
    assert chosen(match(words, many, {})) == [None] * 8


def test_a_report_without_a_time_is_of_the_only_one_that_is_open() -> None:
    timeless = replace(report(1, 102), stamp=None)
    assert chosen(match([timeless], [candidate(1, 100, 104)], KNOWN)) == [1]
    assert chosen(match([timeless], [candidate(1, 100, 104), candidate(2, 200, 204)], KNOWN)) == [None]
