from __future__ import annotations

from console.protocol.ami.refusals import never_ran


def test_a_refusal_before_the_command_is_known_by_its_words() -> None:
    assert never_ran("Permission denied")
    assert never_ran("The gateway said: Command blacklisted")


def test_any_other_may_come_after_it_was_carried_out() -> None:
    assert not never_ran("")
    assert not never_ran("Command response construction error")
