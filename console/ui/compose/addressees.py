"""What stands in To: numbers, or a file of them. Read, and told in one line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from textual.content import Content

from console.errors import CannotSend, ConsoleError
from console.protocol.lists.csv_rows import LARGEST
from console.protocol.lists.files import read_list
from console.protocol.sms.recipients import RecipientList, read_recipients
from console.protocol.text.safe import safe
from console.ui.kit.format import count, plural

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from console.protocol.sms.recipients import Book, Recipient, Rejected

NOBODY = RecipientList((), (), ())

_FIRST_ENTRY = re.compile(r"[,;|]")
"""What stands behind a group."""

_NAMED = 3
"""Recipients that one line names; of more only the first."""

_SHOWN = 24
"""Characters of an entry that one line repeats."""

_AT_ONCE = 2_000
"""Characters of a list that are read under a key: some 100 numbers, half a millisecond, ten times as much by region."""


@dataclass(frozen=True, slots=True)
class Reading:
    """To, read."""

    typed: str
    listed: RecipientList = NOBODY
    file: str = ""
    """Name of the file that they came from; empty where they were typed."""
    trouble: str = ""
    """Why the file can't be used, in words; then nobody is listed."""
    has_fields: bool = field(default=False, compare=False)
    """Whether the list tells more of somebody than number and name."""
    has_names: bool = field(default=False, compare=False)
    """Whether somebody's name is known."""
    region: str = ""
    """By which numbers were read."""

    @property
    def is_blank(self) -> bool:
        """Nobody was asked for at all."""
        return not (self.listed.recipients or self.listed.rejected or self.trouble)


def is_read_aside(typed: str) -> bool:
    """Whether reading it takes longer than a key may."""
    return typed.lstrip().startswith("@") or len(typed) > _AT_ONCE


def read_to(typed: str, region: str, book: Book | None = None, in_use: Collection[str] = ()) -> Reading:
    """Numbers and contacts as `read_recipients` takes them, or `@` and the path of a list, `~` for home. Raises
    nothing. `region`, `book` and `in_use` as there.
    """
    words = typed.strip()
    path = words[1:].strip()
    name = Path(path).name or path or "@"
    try:
        if not words.startswith("@") or (book and book.group(_FIRST_ENTRY.split(path, 1)[0])):
            return _reading(typed, region, read_recipients(typed, region=region, in_use=in_use, book=book))
        listed = read_list(_contents(path), region=region, book=book)
    except CannotSend as error:
        return Reading(typed, region=region, trouble=f"{name}: {error.in_full}")
    except ConsoleError as error:
        return Reading(typed, region=region, trouble=error.in_full)
    except (OSError, ValueError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return Reading(typed, region=region, trouble=f"{name}: {reason}. Write @ and the path of a list, or a group.")
    return _reading(typed, region, listed, name)


def _reading(typed: str, region: str, listed: RecipientList, file: str = "") -> Reading:
    fields = any(recipient.fields for recipient in listed.recipients)
    names = any(recipient.name for recipient in listed.recipients)
    return Reading(typed, listed, file, has_fields=fields, has_names=names, region=region)


def _contents(path: str) -> bytes:
    """At most one byte more than will be read. Raises OSError, ValueError and RuntimeError for a bad path."""
    found = Path(path).expanduser()
    if not path or found.is_dir():
        raise ValueError("that is a folder" if path else "no file name given")
    if found.exists() and not found.is_file():
        raise ValueError("that is not a regular file")
    with found.open("rb") as file:
        return file.read(LARGEST + 1)


def reading_line(reading: Reading, *, key: str, typing: bool = False) -> Content:
    """`2 recipients: +4915112345678, 10086 · 1 twice · 1 refused (^l lists): "abc": letters can't be dialled`.

    Empty where there is nothing to tell: one number, sent as it was typed. `typing`: the operator is still at it, and a
    lone entry is not judged yet. `key` lists everybody.
    """
    if reading.trouble:
        return Content.assemble((f"✗ {safe(reading.trouble)}", "$error"))
    listed = reading.listed
    people, rejected = listed.recipients, listed.rejected
    alone = len(people) + len(rejected) == 1 and not listed.duplicates and not reading.file
    if reading.is_blank and not reading.file:
        return Content("")
    if alone and rejected:
        return Content("") if typing else Content.assemble((f"✗ {refusals((rejected[0],))}", "$error"))
    if alone:
        one = people[0]
        shown = one.number != one.typed or one.name
        return Content.assemble(("→ ", "$quiet"), name_of(one)) if shown else Content("")
    named = _NAMED if len(people) <= _NAMED else 1
    file = f"{safe(reading.file)}: " if reading.file else ""
    pieces = [Content.assemble((file, "$quiet"), people_words(people, named))]
    if listed.duplicates:
        pieces.append(Content(f"{count(len(listed.duplicates))} twice"))
    hint = Content.assemble((f" ({key} lists)", "$quiet"))
    if rejected:
        # What may be cut off comes last.
        reason = f": {refusals(rejected[:1], len(rejected))}"
        pieces.append(Content.assemble((f"{count(len(rejected))} refused", "$warning"), hint, (reason, "$warning")))
    else:
        pieces[-1] += hint
    pieces[1:1] = [Content.assemble((safe(guess), "$warning")) for guess in listed.guesses]
    return Content.assemble((" · ", "$quiet")).join(pieces)


def name_of(recipient: Recipient) -> str:
    """`+4915112345678 Alice`."""
    return safe(f"{recipient.number} {recipient.name[:_SHOWN]}".rstrip())


def people_words(people: tuple[Recipient, ...], named: int) -> str:
    """`12 recipients: +4915112345678, …`."""
    numbers = [safe(recipient.number) for recipient in people[:named]]
    if len(people) > named:
        numbers.append("…")
    words = plural(len(people), "recipient") if people else "no recipient"
    return f"{words}: {', '.join(numbers)}" if numbers else words


def refusals(rejected: Iterable[Rejected], of: int = 1) -> str:
    """`"abc": letters can't be dialled; …`, with the place of each where there are several."""
    words = []
    for each in rejected:
        typed = each.typed if len(each.typed) <= _SHOWN else f"{each.typed[: _SHOWN - 1]}…"
        where = f"{each.place}, " if of > 1 or each.place.startswith("line") else ""
        words.append(f'{where}"{safe(typed)}": {safe(each.reason)}')
    return "; ".join(words)
