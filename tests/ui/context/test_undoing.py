from __future__ import annotations

import pytest

from console.domain.audit import Deed, Undone
from console.ui.context.undoing import undone_words

NUMBER = "+4915112345678\x1b"


@pytest.mark.parametrize(
    ("undone", "words"),
    [
        (Undone(Deed.READ, "", 3), "3 messages are unread again."),
        (Undone(Deed.READ, "", 1, 1), "1 message is unread again. 1 other was changed since and is kept."),
        (Undone(Deed.READ, "", 1, 2), "1 message is unread again. 2 others were changed since and are kept."),
        (Undone(Deed.READ, "", 0, 2), "Not undone: somebody has changed what was read since."),
        (Undone(Deed.CLAIM, NUMBER, 1), "The message from +4915112345678␛ is as it was before you claimed it."),
        (
            Undone(Deed.DONE, "", 0, 1, "bob\x1b"),
            "Not undone: bob␛ has changed the message from an unknown sender since.",
        ),
        (Undone(Deed.CLAIM, "inbox", 12), "12 messages are as they were before you claimed them."),
        (
            Undone(Deed.DONE, "inbox", 11, 1, "bob"),
            "11 messages are open again. 1 other was changed since and is kept.",
        ),
        (Undone(Deed.PORT, "ports", 3), "3 ports are as they were."),
        (Undone(Deed.RELEASE, "inbox", 0, 3, "bob"), "Not undone: bob has changed these 3 messages since."),
        (Undone(Deed.DONE, "", 1), "The message from an unknown sender is open again."),
        (Undone(Deed.NAME, NUMBER, 1), "The name of +4915112345678␛ is as it was."),
        (Undone(Deed.PORT, "gw1 port 3", 0, 1, "bob"), "Not undone: bob has changed the note on gw1 port 3 since."),
    ],
)
def test_it_says_what_was_taken_back_or_why_nothing_was(undone: Undone, words: str) -> None:
    assert undone_words(undone) == words


def test_it_says_that_there_is_nothing() -> None:
    assert undone_words(None).startswith("There is nothing to undo")
