"""How a GSM port reads in text."""

from __future__ import annotations

import pytest

from console.protocol.text.port_names import port_number


@pytest.mark.parametrize(
    ("words", "number"),
    [
        *(("3", 3), ("03", 3), ("gsm-3", 3), ("gsm-1.3", 3), ("1.3", 3), ("GSM-1.12", 12), (" 3 ", 3), ("9999", 9999)),
        *(("gsm-2.1", 5), ("gsm-4.2", 14), ("umts-4.2", 14), ("lte-2", 2), ("umts-1.3", 3), ("gsm-11.4", 44)),
        *((words, None) for words in ("gsm-2.5", "0", "gsm-1.0", "board-3", "", "x", "-3", "12345", "٣")),
    ],
)
def test_port_number(words: str, number: int | None) -> None:
    assert port_number(words) == number
