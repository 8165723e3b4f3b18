from __future__ import annotations

from console.ui.compose.form import KeptDrafts


def test_each_draft_comes_back_to_whom_it_was_written_the_last_first() -> None:
    kept = KeptDrafts()
    kept.keep("10086", "one")
    kept.keep("10086", "two")
    kept.keep("", "to nobody yet")
    assert len(kept) == 3
    assert [kept.take("10086"), kept.take("10086"), kept.take("10086")] == ["two", "one", ""]
    assert kept.take("") == "to nobody yet"
    assert kept.take("10010") == ""
    assert len(kept) == 0
