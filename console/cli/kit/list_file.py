"""A file of people that a command is given: its arguments, and reading it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from console.protocol.sms.recipients import Book, RecipientList


def add_list(parser: argparse.ArgumentParser) -> None:
    """Add what a person may know of a file and a guess can't."""
    parser.add_argument(
        "--column", default="", metavar="C", help="the column of numbers: its heading, or its position from 1"
    )
    parser.add_argument("--charset", default="", metavar="NAME", help="character set of the file, such as cp1251")


def read_file(
    path: Path, where: str, *, region: str = "", charset: str = "", column: str = "", book: Book | None = None
) -> RecipientList:
    """As `read_list` reads it. Raises UnreadableFile, which names the file; `where` is the argument that named it."""
    from console.protocol.lists.csv_rows import LARGEST, UnreadableFile
    from console.protocol.lists.files import read_list

    try:
        with path.expanduser().open("rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, RuntimeError) as error:  # RuntimeError: nobody knows the home folder that ~ means
        why = error.strerror if isinstance(error, OSError) else error
        raise UnreadableFile(f"{path} can't be read: {why}.", hint=f"Check the path after {where}.") from None
    try:
        return read_list(data, region=region, charset=charset, column=column, book=book)
    except UnreadableFile as error:
        raise UnreadableFile(f"{path}: {error}", hint=error.hint) from None
