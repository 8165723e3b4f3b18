from __future__ import annotations

from typing import TYPE_CHECKING

from console import errors
from console.cli.kit import outcomes
from console.errors import CannotSend, ConsoleError

if TYPE_CHECKING:
    import pytest


def test_every_outcome_has_an_exit_code_that_no_error_has() -> None:
    codes = {outcomes.SENT, outcomes.REFUSED, outcomes.FAILED, outcomes.UNKNOWN, outcomes.WAITING}
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ConsoleError)]
    taken = {kind.exit_code for kind in kinds}
    assert taken >= {outcomes.ERROR, outcomes.USAGE}
    assert len(codes) == 5
    assert not codes & taken


def test_a_refusal_is_told_with_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    outcomes.tell(CannotSend("Port 3 has no SIM.", hint="Choose another port."))
    outcomes.tell(CannotSend("No."))
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "gsm-console: Not sent: Port 3 has no SIM.\nChoose another port.\ngsm-console: Not sent: No.\n"
