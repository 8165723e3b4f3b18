from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.audit import Deed
from console.domain.messages import Claim, Claimed
from console.store import Store
from console.ui.context.claiming import all_words, claim_line, for_all
from console.ui.kit.dialogs import ConfirmScreen
from tests.support.backend import NOON, OPERATOR
from tests.support.messages import NUMBER
from tests.support.operator import console

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.operator import Operator

BOB = "bob from 192.0.2.8"


def claims(operator: Operator, entry: int) -> tuple[str, str] | None:
    """Who looks after it, and who has done with it."""
    claim = operator.store.claims.of([entry]).get(entry)
    return None if claim is None else (claim.operator, claim.done_by)


async def asked(operator: Operator) -> None:
    await operator.until(lambda: isinstance(operator.app.screen, ConfirmScreen), "a question")


def test_a_claim_in_words() -> None:
    assert claim_line(Claim(1, BOB, NOON))[0][0].startswith("Claimed by @bob from 192.0.2.8, 2026-11-22")
    assert claim_line(Claim(1, BOB, NOON, NOON, "eve\x1b[31m"))[0][0].startswith("✓ done by eve␛[31m, 2026-11-22")


async def test_m_claims_and_lets_go(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        entry = operator.receives("help!")
        await operator.sees("help!")
        await operator.press("m")
        await operator.sees("@alice help!", "Claimed by @alice from 192.0.2.7, ")
        assert claims(operator, entry) == (OPERATOR, "")
        await operator.press("m")
        await operator.until(lambda: "@alice" not in operator.screen)
        assert claims(operator, entry) is None


async def test_d_says_that_it_is_done_with_and_m_takes_it_up_again(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        entry = operator.receives("help!")
        await operator.sees("help!")
        await operator.press("d")
        await operator.sees("✓ alice help!", "✓ done by alice from 192.0.2.7, 2026-11-22")
        await operator.press("d")
        await operator.sees("Already done by")
        await operator.press("m")
        await operator.until(lambda: claims(operator, entry) == (OPERATOR, ""))


async def test_what_another_looks_after_is_asked_about_first(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        entry = operator.receives("help!")
        operator.store.claims.claim(entry, BOB).result()
        await operator.sees("@bob help!")
        for key, words in (("m", "Take over (y)"), ("d", "Mark done (y)")):
            await operator.press(key)
            await asked(operator)
            await operator.sees(words)
            await operator.press("n")
            assert claims(operator, entry) == (BOB, "")
        await operator.press("m")
        await asked(operator)
        await operator.press("y")
        await operator.until(lambda: claims(operator, entry) == (OPERATOR, ""))
        assert operator.store.audit.newest(1)[0].detail == f"instead of {BOB}"


async def test_what_another_has_done_with_is_asked_about_first(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        entry = operator.receives("help!")
        operator.store.claims.done(entry, BOB).result()
        await operator.sees("✓ bob help!")
        await operator.press("m")
        await operator.sees("bob from 192.0.2.8 marked the message from", f"{NUMBER} done. Reopen it?")
        await operator.press("y")
        await operator.until(lambda: claims(operator, entry) == (OPERATOR, ""))


async def test_who_was_faster_keeps_it(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        entry = operator.receives("help!")
        operator.store.claims.claim(entry, BOB).result()
        await operator.sees("@bob help!")
        await operator.press("m")
        await asked(operator)
        operator.store.claims.release(entry, BOB).result()
        operator.store.claims.claim(entry, "eve").result()
        await operator.press("y")
        await operator.sees("Nothing was changed: eve claimed it")
        assert claims(operator, entry) == ("eve", "")


async def test_what_another_console_does_is_seen_at_once(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        entry = operator.receives("help!")
        await operator.sees("help!")
        other = Store.open(tmp_path / "console.db", clock=operator.clock)
        try:
            other.claims.claim(entry, BOB).result()
            await operator.sees("@bob help!")
            other.claims.done(entry, BOB).result()
            await operator.sees("✓ bob help!")
            other.claims.release(entry, BOB).result()
            await operator.until(lambda: "bob" not in operator.screen)
        finally:
            other.close()


async def test_claims_are_searched_for(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        entries = [operator.receives(text) for text in ("one", "two", "three")]
        operator.store.claims.claim(entries[0], "alice from 203.0.113.9").result()
        operator.store.claims.claim(entries[1], BOB).result()
        await operator.sees("@alice one", "@bob two")
        await operator.press("slash")
        await operator.types("is:mine")
        await operator.sees("1 of 3")
        await operator.press("escape", "slash")
        await operator.types("is:open")
        await operator.sees("1 of 3", "three")
        operator.store.claims.claim(entries[2], BOB).result()
        await operator.sees("0 of 3")


async def test_nothing_is_claimed_where_nothing_may_be_changed(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.backend.read_only_because = "you may look only"
        entry = operator.receives("help!")
        await operator.sees("help!")
        for key in "md":
            await operator.press(key)
            await operator.sees("Read only: you may look only")
        assert claims(operator, entry) is None


async def test_there_is_nothing_to_look_after_in_a_gap(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.store.beat("receiver").result()
        operator.clock.now += 3_600
        gap = operator.store.open_gap_if_stale("receiver", 15).result()
        assert gap is not None
        await operator.sees("not receiving")
        await operator.press("m", "d")
        await operator.sees("There is no message here to claim.")
        assert claims(operator, gap) is None


def test_many_are_claimed_released_or_finished_alike() -> None:
    mine, bobs = Claim(1, OPERATOR, NOON), Claim(2, BOB, NOON)
    my_done, bobs_done = Claim(3, OPERATOR, NOON, NOON, OPERATOR), Claim(4, OPERATOR, NOON, NOON, BOB)
    every = {1: mine, 2: bobs, 3: my_done, 4: bobs_done, 5: None}

    def told(wanted: Deed, *entries: int) -> tuple[object, ...]:
        plan = for_all(wanted, {entry: every[entry] for entry in entries}, "alice from elsewhere")
        return plan.deed, plan.share.taken, plan.share.left_words, plan.of_others

    assert told(Deed.CLAIM, 5) == (Deed.CLAIM, (5,), "", ())
    assert told(Deed.CLAIM, 1, 2, 3, 5) == (Deed.CLAIM, (2, 5), "1 yours already, 1 done already", ("bob",))
    assert told(Deed.CLAIM, 1, 3) == (Deed.RELEASE, (1,), "1 done already", ())
    assert told(Deed.CLAIM, 3, 4) == (Deed.CLAIM, (3, 4), "", ("bob",))
    assert told(Deed.DONE, 1, 2, 3, 4, 5) == (Deed.DONE, (1, 2, 5), "2 done already", ("bob",))
    assert told(Deed.DONE, 3, 4) == (Deed.DONE, (), "2 done already", ())


def test_what_could_not_be_is_told() -> None:
    plan = for_all(Deed.DONE, dict.fromkeys(range(12)) | {12: Claim(12, OPERATOR, NOON, NOON, OPERATOR)}, OPERATOR)
    assert all_words(plan, Claimed(12)) == "12 messages done. Left out: 1 done already."
    words = all_words(plan, Claimed(10, (Claim(1, BOB, NOON),)))
    assert words.startswith(
        "10 messages done. 1 could not be: bob changed that a moment ago. 1 is so already, or gone."
    )
