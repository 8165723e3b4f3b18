"""Lists of known numbers in whatever layout: every number comes back once, and no stranger without a remark."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Literal

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.protocol.lists.files import read_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PHONE_HEADINGS = (
    "Phone",
    "Contact Number",
    "Téléphone",
    "Celular",
    "Мобильный телефон",
    "联系电话",
    "Cep Telefonu",
    "Mobile No.",
    "Handynummer",
    "MSISDN",
)
EXTRA: dict[str, Callable[[int], Iterator[str]]] = {
    "Customer No.": lambda start: (str(20_045_231 + start + n) for n in count()),
    "Date": lambda start: (f"2026-{1 + n % 12:02}-{1 + (start + n) % 28:02}" for n in count()),
    "Betrag": lambda start: (f"{start + n}.{n % 100:02}" for n in count()),
    "PLZ": lambda start: (f"{10_115 + start + n:05}" for n in count()),
    "Name": lambda start: (f"Ann {chr(65 + (start + n) % 26)}" for n in count()),
    "Note": lambda start: (("late, call", "", "0", "x; y")[(start + n) % 4] for n in count()),
}
SEEDS = st.lists(st.integers(0, 9_999), min_size=3, max_size=12, unique=True)


def mobile(region: str, seed: int) -> str:
    """A valid number of that region, in E.164."""
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    assert example is not None
    assert example.country_code is not None
    number = example
    for step in range(100):
        digits = str(example.national_number)
        tail = str((seed + step) % 10_000).zfill(4)
        number = phonenumbers.PhoneNumber(example.country_code, int(digits[:-4] + tail))
        if phonenumbers.is_valid_number(number):
            break
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def written(number: str, how: str, region: str) -> str:
    """As somebody would write it who lives in that region."""
    parsed = phonenumbers.parse(number)
    national = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    forms = {
        "e164": number,
        "international": phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL),
        "zeros": f"00{number[1:]}",
        "national": national,
        "bare": national.replace(" ", "").replace("-", "").replace("(", "").replace(")", ""),
        "trunk": f"+{parsed.country_code} (0){parsed.national_number}" if region in ("DE", "GB") else number,
        "wide": number.translate(str.maketrans("+0123456789", "＋０１２３４５６７８９")),
    }
    return forms[how]


@dataclass(frozen=True)
class Layout:
    """How a list is written."""

    region: str
    how: str
    heading: str
    extra: tuple[str, ...]
    place: int
    delimiter: str
    end: str
    charset: str
    quoting: Literal[0, 1]
    """As `csv` counts: where it must be, or everywhere."""
    guard: str
    start: int


@st.composite
def layouts(draw: st.DrawFn, headings: tuple[str, ...]) -> Layout:
    extra = tuple(draw(st.lists(st.sampled_from(sorted(EXTRA)), max_size=4, unique=True)))
    return Layout(
        region=draw(st.sampled_from(["DE", "GB", "CN", "FR", "RU", "BR", "TR"])),
        how=draw(st.sampled_from(["e164", "international", "zeros", "national", "bare", "trunk", "wide"])),
        heading=draw(st.sampled_from(headings)),
        extra=extra,
        place=draw(st.integers(0, len(extra))),
        delimiter=draw(st.sampled_from(",;\t|")),
        end=draw(st.sampled_from(["\n", "\r\n", "\r"])),
        charset=draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])),
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        guard=draw(st.sampled_from(["{}", "{}", "'{}", '="{}"', " {} ", "\u202a{}\u202c"])),
        start=draw(st.integers(0, 900)),
    )


def file_of(layout: Layout, cells: list[str]) -> bytes:
    columns = {name: EXTRA[name](layout.start) for name in layout.extra}
    names = list(layout.extra)
    names.insert(layout.place, layout.heading)
    rows = [names] if layout.heading else []
    for cell in cells:
        row = [next(columns[name]) for name in layout.extra]
        row.insert(layout.place, layout.guard.format(cell))
        rows.append(row)
    stream = io.StringIO(newline="")
    csv.writer(
        stream,
        delimiter=layout.delimiter,
        lineterminator=layout.end,
        quoting=layout.quoting,
    ).writerows(rows)
    return stream.getvalue().encode(layout.charset)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(layouts((*PHONE_HEADINGS, "Number", "Erreichbar", "")), SEEDS)
def test_every_number_of_a_file_comes_back_once_and_no_stranger_without_a_remark(
    layout: Layout, seeds: list[int]
) -> None:
    known = list(dict.fromkeys(mobile(layout.region, seed) for seed in seeds))
    found = read_list(file_of(layout, [written(one, layout.how, layout.region) for one in known]), region=layout.region)
    numbers = [each.number for each in found.recipients]
    if found.guesses:
        assert layout.heading not in PHONE_HEADINGS
        assert found.guesses[0].startswith("Numbers were read from ")
        return
    assert found.rejected == ()
    assert numbers == known
    assert found.duplicates == ()


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(layouts(PHONE_HEADINGS), SEEDS)
def test_a_heading_that_names_a_telephone_leaves_nothing_to_guess(layout: Layout, seeds: list[int]) -> None:
    known = list(dict.fromkeys(mobile(layout.region, seed) for seed in seeds))
    found = read_list(file_of(layout, [written(one, layout.how, layout.region) for one in known]), region=layout.region)
    assert found.guesses == ()
    assert [each.number for each in found.recipients] == known


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(
    SEEDS,
    st.sampled_from(["DE", "GB", "CN", "FR"]),
    st.sampled_from([", ", ";", "|", " / ", " ", " ::: ", "\n", "\r\n", "\r", "\t"]),
    st.integers(1, 4),
)
def test_a_text_file_of_numbers_alone_is_read_whole(seeds: list[int], region: str, between: str, wide: int) -> None:
    known = list(dict.fromkeys(mobile(region, seed) for seed in seeds))
    lines = [between.join(known[at : at + wide]) for at in range(0, len(known), wide)]
    found = read_list("\n".join(lines).encode())
    assert [each.number for each in found.recipients] == known
    assert (found.rejected, found.guesses) == ((), ())


LETTERS = {
    "cp1251": "Иван Мария Пётр",
    "gbk": "李伟 王芳 张敏",
    "cp1252": "Jörg Günther Käthe",
    "cp1250": "Łukasz Żaneta",
}


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(st.sampled_from(sorted(LETTERS)), st.lists(st.integers(0, 9_999), min_size=2, max_size=6, unique=True))
def test_letters_that_had_to_be_guessed_never_go_without_a_remark(charset: str, seeds: list[int]) -> None:
    known = list(dict.fromkeys(mobile("RU", seed) for seed in seeds))
    names = LETTERS[charset].split()
    text = "".join(f"{names[at % len(names)]};{number}\n" for at, number in enumerate(known))
    found = read_list(text.encode(charset))
    assert [each.number for each in found.recipients] == known
    assert len(found.guesses) == 1
    assert read_list(text.encode(charset), charset=charset).guesses == ()
