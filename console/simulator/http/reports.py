"""The shapes of `/sendsms` answers, tab for tab."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Shape = Literal["JSON", "String", "no"]


@dataclass(frozen=True, slots=True)
class HttpRecord:
    """What became of one recipient."""

    port: str
    phonenumber: str
    time: str
    id: str
    result: str


def new(shape: Shape, escaped: str, records: Sequence[HttpRecord], *, message_line: bool = True) -> str:
    """The 2019 shapes; records count from 1. With reports off the bare words stand side by side."""
    if shape == "no":
        return "".join(record.result for record in records)
    if shape == "String":
        head = f"message:{escaped}\n\n" if message_line else ""
        return head + "".join(_new_text(number, record) for number, record in enumerate(records, start=1))
    shown = ",\n".join(_new_json(number, record) for number, record in enumerate(records, start=1))
    return f'\t{{\n\t\t"message":"{escaped}",\n\t\t"report":[{{\n{shown}\n\t\t}}]\n\t}}'


def old(shape: Shape, text: str, records: Sequence[HttpRecord]) -> str:
    """The 2014 shapes: one line of JSON counting from 0 with nothing escaped, or text; no ids.

    Reports off: nothing.
    """
    if shape == "no":
        return ""
    if shape == "String":
        rows = "".join(
            f"port: {record.port}\nphonenumber: {record.phonenumber}\ntime: {record.time}\nresult: {record.result}\n"
            for record in records
        )
        return f"message: {text}\nrecord start\n{rows}record end\n"
    shown = ",".join(
        f'"{number}":[{{"port":"{record.port}","phonenumber":"{record.phonenumber}",'
        f'"time":"{record.time}","result":"{record.result}"}}]'
        for number, record in enumerate(records)
    )
    return f'{{"message":"{text}","report":[{{{shown}}}]}}'


def _new_json(number: int, record: HttpRecord) -> str:
    return (
        f'\t\t\t"{number}":[{{\n'
        f'\t\t\t\t"port":"{record.port}",\n'
        f'\t\t\t\t"phonenumber":"{record.phonenumber}",\n'
        f'\t\t\t\t"time":"{record.time}",\n'
        f'\t\t\t\t"id":"{record.id}",\n'
        f'\t\t\t\t"result":"{record.result}"\n'
        "\t\t\t}]"
    )


def _new_text(number: int, record: HttpRecord) -> str:
    return (
        f"--record {number} start--\n"
        f"port: {record.port}\n"
        f"phonenumber: {record.phonenumber}\n"
        f"time: {record.time}\n"
        f"id: {record.id}\n"
        f"result: {record.result}\n"
        f"--record {number} end--\n\n"
    )
