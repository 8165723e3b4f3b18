"""Where the panes stand: the inbox first, whatever else is wanted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Region

from console.domain.messages import Callback, CallbackKind, InboxMessage
from console.ui.app.places import ROOMY, WIDE, Wanted, places
from console.ui.rows.inbox_row import inbox_cells

PANES = ["ports", "inbox", "compose", "outbox", "ami"]

sizes = st.tuples(st.integers(ROOMY[0], 300), st.integers(ROOMY[1], 120))
wants = st.builds(Wanted, st.sampled_from(PANES), st.integers(2, 60), draft=st.booleans())


@given(sizes, wants)
def test_the_panes_fill_the_screen_and_none_covers_another(size: tuple[int, int], wanted: Wanted) -> None:
    width, height = size[0], size[1] - 2  # a line above, one below
    found = places(width, height, wanted)
    assert sum(region.area for region in found.values()) == width * height
    assert all(Region(0, 0, width, height).contains_region(region) for region in found.values())
    regions = list(found.values())
    assert not any(one.overlaps(other) for at, one in enumerate(regions) for other in regions[at + 1 :])
    assert wanted.active in found, "what the keys go to is in sight"
    assert all(region.height >= 3 for name, region in found.items() if name not in {"draft", "ports"})


@given(sizes, wants)
def test_the_inbox_has_half_of_the_rows_and_sixty_cells_for_a_text(size: tuple[int, int], wanted: Wanted) -> None:
    inbox = places(size[0], size[1] - 2, wanted)["inbox"]
    assert inbox.height >= size[1] // 2
    room = inbox.width - 5  # frame, padding and scrollbar
    message = InboxMessage(
        id=1,
        gateway="gw1",
        read=False,
        received_at=0.0,
        callback=Callback(kind=CallbackKind.SMS, number="+491511234567", text="x" * 500, port="8"),
        raw=b"",
    )
    gateway = [("gw1   ", "gateway-1")]
    assert len(inbox_cells(message, room, 0.0, gateway=gateway)[-1][0]) >= 60  # type: ignore[arg-type]


@given(sizes, wants, st.sampled_from(PANES))
def test_going_to_another_pane_moves_neither_ports_nor_inbox(size: tuple[int, int], wanted: Wanted, other: str) -> None:
    width, height = size[0], size[1] - 2
    before, after = (places(width, height, each) for each in (wanted, wanted._replace(active=other)))
    assert before["ports"] == after["ports"]
    assert width >= WIDE or before["inbox"] == after["inbox"]


def test_the_form_is_there_while_it_is_used_and_a_draft_leaves_a_line() -> None:
    small = (120, 38)
    assert set(places(*small, Wanted("inbox", 6))) == {"ports", "inbox", "outbox", "ami"}
    assert set(places(*small, Wanted("compose", 6, draft=True))) == {"ports", "inbox", "compose"}
    assert places(*small, Wanted("inbox", 6, draft=True))["draft"].height == 1
    assert set(places(WIDE, 43, Wanted("inbox", 6, draft=True))) == set(PANES), "from here on it has a place of its own"


def test_the_log_has_three_lines_until_the_keys_go_to_it() -> None:
    for size in ((112, 34), (120, 38)):
        assert places(*size, Wanted("inbox", 6))["ami"].height == 5
        assert places(*size, Wanted("ami", 6))["ami"].height >= 6
        assert places(*size, Wanted("ami", 6))["outbox"].height == 4
