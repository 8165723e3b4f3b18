"""The cursor stays with what the operator put it on, whatever comes, goes, or is looked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from textual.app import App

from console.ui.kit.marks import MOST
from console.ui.kit.paged_list import PagedList

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from console.ui.kit.format import Cells


@dataclass(frozen=True)
class Thing:
    id: int


class Things(PagedList[Thing]):
    """Ids 1 to `newest`; those in `open` are what a search finds."""

    def __init__(self) -> None:
        super().__init__(id="things")
        self.begin()

    def begin(self) -> None:
        self.newest, self.open = 40, {2, 3, 5, 8, 13, 21, 34}
        self.follows_now()

    def follows_now(self) -> None:
        self.show_found(None, anew=True)
        self.action_jump("top")

    def total(self) -> int:
        return self.newest if self.found is None else len(self.found)

    def fetch(self, first: int, count: int) -> list[Thing]:
        ids = range(self.newest, 0, -1) if self.found is None else self.found
        return [Thing(each) for each in ids[first : first + count]]

    def cells(self, record: Thing, width: int) -> Cells:
        return [(str(record.id), "plain")]


class Board(App[None]):
    def compose(self) -> ComposeResult:
        yield Things()


@dataclass
class Model:
    """What must be under the cursor: nothing in particular while the newest row is followed."""

    rows: Things
    searched: bool = False
    meant: int | None = None
    shown: bool = field(default=True)
    """Whether what is meant is in what was asked for, when it was asked for."""

    def look(self, *, anew: bool) -> None:
        rows = self.rows
        found = sorted(rows.open, reverse=True) if self.searched else None
        if anew:
            self.shown = self.meant is None or found is None or self.meant in found
        elif self.meant is not None and (found is None or self.meant in found):
            self.shown = True
        rows.show_found(found, anew=anew)

    def do(self, act: tuple[str, int]) -> None:
        name, number = act
        rows = self.rows
        match name:
            case "move" | "page" | "jump":
                if name == "jump":
                    rows.action_jump("top" if number > 0 else "bottom")
                else:
                    (rows.action_move if name == "move" else rows.action_page)(number)
                at = rows.selected
                self.meant = None if rows.cursor == 0 or at is None else at.id
                self.shown = True
            case "act" if rows.selected:  # such as a claim: what was found is found no more
                rows.settle()
                self.meant, self.shown = rows.selected.id, True
                rows.open.discard(rows.selected.id)
                self.look(anew=False)
            case "other":  # somebody else's act
                rows.open ^= {1 + abs(number) % rows.newest}
                self.look(anew=False)
            case "arrive":
                rows.newest += 1
                rows.open.add(rows.newest)
                self.look(anew=False)
            case "search":
                self.searched = not self.searched
                self.look(anew=True)

    def check(self) -> None:
        under = self.rows.selected
        if self.meant is None:
            assert self.rows.cursor == 0
        elif self.shown:
            assert under is not None
            assert under.id == self.meant
        if self.rows.count:
            assert under is not None, "there is always something under the cursor"


ACTS = st.tuples(
    st.sampled_from(("move", "page", "jump", "act", "act", "other", "other", "arrive", "search")), st.integers(-9, 9)
)


async def test_only_a_cursor_key_takes_the_cursor_to_another_row() -> None:
    app = Board()
    async with app.run_test(size=(20, 8)):
        rows = app.query_one(Things)

        @settings(max_examples=100, deadline=None)
        @given(st.lists(ACTS, max_size=25))
        def holds(acts: list[tuple[str, int]]) -> None:
            rows.begin()
            model = Model(rows)
            for act in acts:
                model.do(act)
                model.check()

        holds()


async def test_a_row_that_was_acted_on_stays_until_the_cursor_leaves_it() -> None:
    app = Board()
    async with app.run_test(size=(20, 8)):
        rows = app.query_one(Things)
        rows.show_found([34, 21, 13], anew=True)
        rows.action_move(1)
        rows.settle()
        rows.show_found([34, 13], anew=False)
        assert (rows.found, rows.has_left_held) == ([34, 21, 13], False)
        rows.action_move(1)
        assert (rows.found, rows.has_left_held) == ([34, 21, 13], True)
        rows.show_found([34, 13], anew=False)
        assert rows.found == [34, 13]
        assert rows.selected == Thing(13)


async def test_what_a_search_hides_is_under_the_cursor_again_once_it_is_shown() -> None:
    app = Board()
    async with app.run_test(size=(20, 8)):
        rows = app.query_one(Things)
        rows.action_move(5)
        assert rows.selected == Thing(35)
        rows.show_found([34, 21], anew=True)
        assert rows.selected == Thing(34)
        rows.show_found(None, anew=True)
        assert rows.selected == Thing(35)
        rows.show_found([34, 21], anew=True)
        rows.settle()
        rows.show_found(None, anew=True)
        assert rows.selected == Thing(34)


class Counted(Things):
    """Counts the rows that are read."""

    read = 0

    def fetch(self, first: int, count: int) -> list[Thing]:
        found = super().fetch(first, count)
        self.read += len(found)
        return found


async def test_marks_stay_with_their_rows_and_of_a_million_few_are_read() -> None:
    class Million(App[None]):
        def compose(self) -> ComposeResult:
            yield Counted()

    async with Million().run_test(size=(20, 10)) as pilot:
        rows = pilot.app.query_one(Counted)
        rows.newest, rows.read = 1_000_000, 0
        rows.follows_now()
        assert not rows.mark_all(), "there is no room for all of them"
        assert rows.marks.keys == set(range(1_000_000, 1_000_000 - MOST, -1))
        assert rows.read < 2 * MOST
        rows.unmark()
        assert rows.turn_mark()
        rows.newest += 5  # the mark is five rows further down now, and the cursor with what is below it
        rows.reload()
        assert rows.turn_mark()
        rows.action_move(3)
        assert rows.mark_range()
        marked = [1_000_000, 999_999, 999_998, 999_997, 999_996, 999_995]
        assert sorted(rows.marks.keys, reverse=True) == marked
        assert [rows.is_marked(place) for place in range(4, 13)] == [False, *[True] * 6, False, False]
        rows.show_found([1_000_000, 999_999, 999_900], anew=True)
        rows.drop_hidden_marks()
        assert rows.marks.keys == {1_000_000, 999_999}
        rows.show_found(None, anew=True)
        assert rows.marks.keys == {1_000_000, 999_999}, "what was hidden does not come back"
