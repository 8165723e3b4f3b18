"""What OpenVox's dialect says and reads."""

from __future__ import annotations

import pytest

from console.domain.messages import DeliveryState
from console.protocol.dialects.known import DIALECTS
from tests.support.sending import NOT_SENT, SENT, USING

read_send = DIALECTS["openvox"].read_send


@pytest.mark.parametrize(
    ("output", "state"),
    [
        ([SENT], DeliveryState.SENT),
        (["SPAN: 1", "SEND CONCATENATED SMS TO PHONE 10086 SUCCESSFULLY"], DeliveryState.SENT),
        ([NOT_SENT], DeliveryState.FAILED),
        ([USING], DeliveryState.QUEUED),
        (["something else"], DeliveryState.UNKNOWN),
        ([], DeliveryState.UNKNOWN),
        (["No such command 'gsm send sync sms' (type 'core show help')"], DeliveryState.FAILED),
    ],
)
def test_what_the_output_says(output: list[str], state: DeliveryState) -> None:
    assert read_send(output).state is state
    assert read_send(output).words


def test_what_came_in_no_time_may_still_leave() -> None:
    outcome = read_send(["SPAN:2 SEND SMS TO PHONE:10086 TIMEOUT"])
    assert outcome.state is DeliveryState.UNKNOWN
    assert outcome.words == "SPAN:2 SEND SMS TO PHONE:10086 TIMEOUT: the driver keeps it and may still send it"
