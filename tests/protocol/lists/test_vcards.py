"""vCards in and out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.protocol.lists.files import read_list
from console.protocol.lists.vcards import read_cards, write_card

THREE = """BEGIN:VCARD\r
VERSION:3.0\r
N:Müller;Hans;;;\r
FN:Hans Müller\r
TEL;TYPE=CELL:+49 151 12345678\r
item1.TEL;TYPE=WORK,VOICE:030/1234567\r
TEL;TYPE=WORK,FAX:030/1234568\r
CATEGORIES:night,staff\r
END:VCARD\r
"""
FOUR = """BEGIN:VCARD
VERSION:4.0
FN:Eva\\, Maria
TEL;VALUE=uri;PREF=1;TYPE="voice,cell":tel:+49-151-123
 45679
END:VCARD
"""
OLD = """BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;Ute;;;
TEL;CELL:+4915112345670
PHOTO;ENCODING=BASE64;JPEG:AAAA
 bbbb

END:VCARD
"""


def test_cards_of_every_version_are_read() -> None:
    found = read_list((THREE + FOUR + OLD).encode())
    assert [(each.number, each.name, each.place) for each in found.recipients] == [
        ("+4915112345678", "Hans Müller", "line 1"),
        ("0301234567", "Hans Müller", "line 1"),
        ("+4915112345679", "Eva, Maria", "line 10"),
        ("+4915112345670", "Ute Müller", "line 16"),
    ]
    assert found.recipients[0].fields == {
        "name": "Hans Müller",
        "first_name": "Hans",
        "last_name": "Müller",
        "groups": "night;staff",
    }
    assert found.rejected == ()
    assert found.guesses == ("Cards with several numbers: 1. A message goes to each of the numbers.",)


def test_a_card_that_can_not_be_read_spoils_no_other() -> None:
    broken = "BEGIN:VCARD\nVERSION:3.0\nFN:x\nTEL 1234\nEND:VCARD\n"
    unclosed = "BEGIN:VCARD\nVERSION:3.0\nFN:y\nTEL:10010\n"
    nobody = "BEGIN:VCARD\nVERSION:3.0\nFN:z\nEND:VCARD\n"
    found = read_list((broken + unclosed + FOUR + nobody).encode())
    assert [each.number for each in found.recipients] == ["+4915112345679"]
    assert [(each.place, each.reason.partition(":")[0]) for each in found.rejected] == [
        ("line 1", "this card can't be read"),
        ("line 6", "this card is never closed"),
        ("line 16", "no number"),
    ]


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_what_is_written_is_read_back(version: str) -> None:
    written = write_card("Li Wei, night; shift", "+8613632919026", ["night shift", "a,b"], version)
    assert f"VERSION:{version}\r\n" in written
    (card,) = read_cards(written)
    assert (card.name, card.numbers) == ("Li Wei, night; shift", ("+8613632919026",))
    assert card.fields["groups"] == "night shift;a,b"


LINES = st.sampled_from(
    ["VERSION:3.0", "FN:x", "N:a;b", "TEL:+4915112345678", "TEL;TYPE=:1", "PHOTO;ENCODING=b:A", " y"]
)


@given(st.lists(LINES | st.text(max_size=20), max_size=8).map("\n".join))
def test_any_card_is_read_or_refused(body: str) -> None:
    cards = list(read_cards(f"BEGIN:VCARD\n{body}\nEND:VCARD\n"))
    assert cards
    assert all(isinstance(number, str) for card in cards for number in card.numbers)
