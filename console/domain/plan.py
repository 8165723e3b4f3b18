"""How a text splits into short messages (3GPP TS 23.038, TS 23.040 9.2.3.24.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SplitPath = Literal["3gpp", "ami", "http"]
"""Whose rules split the text: the standard's, this console's over AMI, or the gateway's own behind `/sendsms`."""

Encoding = Literal["GSM-7", "UCS-2"]


@dataclass(frozen=True, slots=True)
class Segment:
    """One short message: `units` are septets in GSM-7, UTF-16 code units in UCS-2."""

    text: str
    units: int


@dataclass(frozen=True, slots=True)
class ForcedBy:
    """A character that made the whole text UCS-2."""

    char: str
    index: int
    """Offset in the text, in characters, from 0."""
    name: str
    """Unicode name, e.g. `RIGHT SINGLE QUOTATION MARK`; `U+000B` for the nameless."""
    suggestion: str | None
    """A look-alike that stays in GSM-7, or None."""


@dataclass(frozen=True, slots=True)
class SegmentPlan:
    """The whole answer to "what will be sent?". The texts of `segments` joined are `text`, always."""

    text: str
    path: SplitPath
    encoding: Encoding
    reference_bits: Literal[8, 16]
    segments: tuple[Segment, ...]
    """At least one, even for the empty text (which is one blank SMS)."""
    units: int
    """Of all segments together."""
    left: int
    """Units still free in the last segment."""
    forced_by: tuple[ForcedBy, ...]
    warnings: tuple[str, ...]
