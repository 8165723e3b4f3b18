"""A file of people, CSV or vCard: to whom each row leads, and what was guessed of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from console.protocol.lists.columns import find_columns
from console.protocol.lists.csv_rows import decoded, read_rows
from console.protocol.lists.vcards import is_vcard, read_cards
from console.protocol.sms.recipients import Rejected, entries, sorted_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from console.protocol.lists.columns import Columns
    from console.protocol.lists.csv_rows import CsvRow
    from console.protocol.lists.vcards import Card
    from console.protocol.sms.recipients import Book, Recipient, RecipientList

_NAME_WORDS = (
    "name full_name display_name file_as contact kontakt nom nom_complet nombre nome imię_i_nazwisko ad_soyad isim "
    "姓名 名字 氏名 名前 이름 имя фио όνομα الاسم שם"
)
_NAME_COLUMNS = tuple(_NAME_WORDS.split())
"""How the column of names is called, the surest first."""

_FIRST = ("first_name", "firstname", "given_name", "vorname", "prénom", "imię", "adı", "имя")
_LAST = ("last_name", "lastname", "surname", "family_name", "nachname", "nazwisko", "soyadı", "фамилия")


def read_list(
    data: bytes, *, region: str = "", charset: str = "", column: str = "", book: Book | None = None
) -> RecipientList:
    """The people in a CSV or vCard file, each with what else the file tells as `fields`, by the names in the heading.

    Several numbers in a row or card are several recipients. Without a heading the fields are `column1`, `column2`, …
    A row with too few or too many columns is rejected, for its fields would be another's. `region` as for
    `read_recipients`; `charset` and `column` as for `decoded` and `find_columns`, where a person knows them. Whom the
    file does not name, but `book` does, has that name. Raises UnreadableFile, as those do.
    """
    text, guess = decoded(data, charset)
    guesses = (guess,) if guess else ()
    if is_vcard(text):
        return _named(_read_cards(read_cards(text), region, guesses), book, region)
    rows = read_rows(text)
    columns = find_columns(rows, region, column)
    found = [each for row in rows[columns.has_heading :] for each in _read_row(row, columns, region)]
    if columns.guess:
        first = next((f" The first is {each.typed[:40]}." for each in found), "")
        guesses = (*guesses, f"{columns.guess}{first}")
    names = _name_fields(columns.names)
    taken = [f"numbers from {', '.join(columns.taken)}"] if columns.taken else []
    taken += [f"names from {', '.join(names)}"] if names else []
    return _named(sorted_out(found, region, guesses, "; ".join(taken)), book, region)


def _named(listed: RecipientList, book: Book | None, region: str) -> RecipientList:
    if book is None:
        return listed
    people = (
        each if each.name else replace(each, name=book.name_of(each.number, region)) for each in listed.recipients
    )
    return replace(listed, recipients=tuple(people))


def _read_row(row: CsvRow, columns: Columns, region: str) -> Iterator[Recipient | Rejected]:
    place = f"line {row.line}"
    if reason := _trouble(row, columns):
        yield Rejected(" | ".join(row.cells), place, reason)
        return
    fields = {
        name: cell
        for index, (name, cell) in enumerate(zip(columns.names, row.cells, strict=False))
        if index not in columns.numbers
    }
    name = _name_in(fields)
    is_empty = True
    for index in columns.numbers:
        for found in entries(row.cells[index], region, place) if index < len(row.cells) else ():
            is_empty = False
            yield found if isinstance(found, Rejected) else replace(found, fields=fields, name=found.name or name)
    if is_empty:
        yield Rejected(" | ".join(filter(None, row.cells)), place, "no number")


def _trouble(row: CsvRow, columns: Columns) -> str:
    """Why nothing of a row can be used; empty when it can."""
    width, known = len(row.cells), len(columns.names)
    if row.trouble or not columns.has_heading:
        return row.trouble
    if width < known:
        return f"{width} of {known} columns"
    return f"{width} columns, but {known} in the heading: is a text not quoted?" if any(row.cells[known:]) else ""


def _name_fields(names: Sequence[str]) -> list[str]:
    """Which of the fields make the name."""
    if name := next((each for each in _NAME_COLUMNS if each in names), ""):
        return [name]
    parts = (next((each for each in columns if each in names), "") for columns in (_FIRST, _LAST))
    return [part for part in parts if part]


def _name_in(fields: Mapping[str, str]) -> str:
    filled = [name for name, value in fields.items() if value]
    return " ".join(fields[name] for name in _name_fields(filled))


def _read_cards(cards: Iterable[Card], region: str, guesses: tuple[str, ...]) -> RecipientList:
    found: list[Recipient | Rejected] = []
    several = 0
    for card in cards:
        place = f"line {card.line}"
        here = [each for number in card.numbers for each in entries(number, region, place)]
        several += len(here) > 1
        found += [
            each if isinstance(each, Rejected) else replace(each, fields=card.fields, name=card.name) for each in here
        ]
        if not here:
            found.append(Rejected(card.name, place, card.trouble or "no number"))
    if several:
        guesses = (*guesses, f"Cards with several numbers: {several}. A message goes to each of the numbers.")
    return sorted_out(found, region, guesses, "numbers from TEL; names from FN")
