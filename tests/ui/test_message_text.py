from __future__ import annotations

from console.ui.message_text import hex_lines


def test_hex_lines_hold_offset_bytes_and_characters() -> None:
    assert hex_lines(b"GET /\xff" + b"0" * 16) == [
        "0000  47 45 54 20 2f ff 30 30 30 30 30 30 30 30 30 30  GET /·0000000000",
        "0010  30 30 30 30 30 30                                000000",
    ]
    assert hex_lines(b"") == []
