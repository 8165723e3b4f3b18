"""How a text becomes short messages: the one place that splits.

Three ways lead to the air, and they split differently (`SplitPath`):

* `3gpp`: the standard. GSM 7-bit 160 septets, or 153 in a part (152 with 16-bit references); UCS-2 70 UTF-16
  units, or 67 (66). 3GPP TS 23.038 6.2, TS 23.040 9.2.3.24.1 and 9.2.3.24.8.
* `ami`: what this console sends as `gsm send sync sms` or `csms`. The vendor's sizes 160/152 and 70/67. The
  driver sends Unicode for anything that is not ASCII inside GSM-7. Counted in septets and UTF-16 units: a
  driver that counts characters finds no more than these, so a segment fits whichever way it counts.
* `http`: what the gateway's own splitter does with `/sendsms`. It counts characters of the text with `"` and
  `\\` escaped: ASCII 160, else parts of 140; anything else parts of 67; at most 20. It knows of no extension
  table, no surrogates and no clusters, so a part may be more than fits on the air: the plan says so.

A boundary that this program chooses never falls inside an escape pair, a surrogate pair or CR LF, nor, as
long as it fits into a segment, inside a grapheme cluster (Unicode UAX #29).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Literal

from console.domain.plan import Encoding, ForcedBy, Segment, SegmentPlan, SplitPath
from console.protocol.sms import gsm7
from console.protocol.sms.look_alikes import suggestion

if TYPE_CHECKING:
    from collections.abc import Sequence

HTTP_MAX_BYTES = 1000
"""UTF-8 bytes of the escaped text that `/sendsms` still takes; more is `message too long`."""

HTTP_MAX_PARTS = 20
MAX_PARTS = 255
"""The part count is one octet (3GPP TS 23.040 9.2.3.24.1)."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """What one segment holds, alone and as a part of several.

    Septets and UTF-16 units; for the path `http`, characters of the escaped text as the gateway counts them.
    """

    gsm7: int
    gsm7_part: int
    ucs2: int
    ucs2_part: int

    def __post_init__(self) -> None:
        if min(self.gsm7, self.gsm7_part, self.ucs2, self.ucs2_part) < 2:
            raise ValueError("a segment must hold at least two units: an escape or surrogate pair")


STANDARD = {8: Sizes(160, 153, 70, 67), 16: Sizes(160, 152, 70, 66)}
"""By the bits of the concatenation reference."""

AMI = Sizes(160, 152, 70, 67)
HTTP = Sizes(160, 140, 67, 67)
HTTP_CHINA_TELECOM = Sizes(70, 67, 70, 67)
"""The same splitter on a port whose Network Name is `CHINA TELECOM` or `CHN-CT`."""

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_HTTP_ESCAPED = re.compile(r'["\\]')
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_MISTAKEN = (("`", "a backtick", "¿"), ("\t", "a tab", "Ç"))
_NOT_BY_AMI = re.compile("[\r\n\0]")

_LONE = (
    "\t -\u02ff\u0370-\u0482\u048a-\u0590\u2010-\u2027\u2030-\u205f\u20a0-\u20c0"
    "\u3000-\u3029\u3041-\u3096\u30a1-\u30fa\u3400-\u9fff\uff01-\uff9d"
)
"""Characters that no rule of UAX #29 joins to one another: none is a mark, a joiner, a flag or a jamo."""

_UNJOINED = re.compile(f"[{_LONE}]{{2}}")
_JOINING = re.compile(f"[^{_LONE}]")


def plan(
    text: str,
    path: SplitPath = "3gpp",
    *,
    reference_bits: Literal[8, 16] = 8,
    sizes: Sizes | None = None,
) -> SegmentPlan:
    """What will be sent for `text` on `path`; the segments' texts joined are `text`, always.

    `reference_bits` matters on `3gpp` only: a gateway numbers its messages with 8 bits. `sizes` replaces the
    path's own numbers. Linear in the length of the text; raises nothing.
    """
    forcing = gsm7.OUTSIDE if path == "3gpp" else gsm7.OUTSIDE_ASCII
    encoding: Encoding = "UCS-2" if forcing.search(text) else "GSM-7"
    warnings: list[str] = []
    bits: Literal[8, 16] = reference_bits
    if path != "3gpp" and bits == 16:
        warnings.append("The gateway numbers its long messages with 8 bits: 16 has no effect here.")
        bits = 8
    if path == "http":
        segments, left = _split_as_gateway(text, encoding, sizes or HTTP, warnings)
    else:
        if sizes is None:
            sizes = AMI if path == "ami" else STANDARD[bits]
        segments, left = _split(text, encoding, sizes)
        if len(segments) > MAX_PARTS:
            warnings.append(f"{len(segments)} segments: a message can't have more than {MAX_PARTS}.")
    if encoding == "UCS-2" or path == "ami":
        warnings += _travel_warnings(text, path)
    forced_by = _forced_by(text, path) if encoding == "UCS-2" else ()
    units = sum([segment.units for segment in segments])
    return SegmentPlan(text, path, encoding, bits, segments, units, left, forced_by, tuple(warnings))


def _split(text: str, encoding: Encoding, sizes: Sizes) -> tuple[tuple[Segment, ...], int]:
    """Segments by units on the air, and the units left in the last."""
    single, part = (sizes.gsm7, sizes.gsm7_part) if encoding == "GSM-7" else (sizes.ucs2, sizes.ucs2_part)
    wide = _double(encoding)
    pairs = len(wide.findall(text))
    units = len(text) + pairs
    if units <= single:
        return (Segment(text, units),), single - units
    ends = _ends(text, wide) if pairs else range(1, units + 1)
    segments = []
    start = before = 0
    while start < len(text):
        cut = bisect_right(ends, before + part) if pairs else min(start + part, units)
        if cut < len(text):
            cut = _whole(text, start, cut)
        segments.append(Segment(text[start:cut], ends[cut - 1] - before))
        start, before = cut, ends[cut - 1]
    return tuple(segments), part - segments[-1].units


def _double(encoding: Encoding) -> re.Pattern[str]:
    """Matches a character that takes two units."""
    return gsm7.ESCAPED if encoding == "GSM-7" else _ASTRAL


def _ends(text: str, double: re.Pattern[str]) -> Sequence[int]:
    """For each character the units up to and with it."""
    twice = frozenset(double.findall(text))
    return list(accumulate([2 if char in twice else 1 for char in text]))


def may_join(text: str) -> bool:
    """Whether characters of it may belong together, as those of an emoji do; then its first cut loads tables (5 MB)."""
    return _JOINING.search(text) is not None


def _whole(text: str, start: int, cut: int) -> int:
    """`cut`, or the start of the grapheme cluster it falls into unless that fills the segment."""
    if _UNJOINED.match(text, cut - 1, cut + 1):
        return cut
    from wcwidth import iter_graphemes

    last = ""
    for last in iter_graphemes(text[start : cut + 1]):  # noqa: B007 - the last cluster is what we want
        pass
    edge = cut + 1 - len(last)
    return edge if edge > start else cut


def _split_as_gateway(
    text: str, encoding: Encoding, sizes: Sizes, warnings: list[str]
) -> tuple[tuple[Segment, ...], int]:
    """Segments as the gateway's splitter cuts them, with their true units; warns where that goes wrong."""
    single, part = (sizes.gsm7, sizes.gsm7_part) if text.isascii() else (sizes.ucs2, sizes.ucs2_part)
    length = len(text)
    escaped = len(_HTTP_ESCAPED.findall(text))
    counted = length + escaped
    alone = counted <= single
    cuts = [length] if alone else []
    broken = 0
    if not alone:
        ends = _ends(text, _HTTP_ESCAPED) if escaped else range(1, length + 1)
        for border in range(part, counted, part):
            cut = bisect_right(ends, border) if escaped else border
            broken += ends[cut - 1] != border
            cuts.append(cut)
        cuts.append(length)
    wide = _double(encoding)
    segments = []
    start = 0
    for cut in cuts:
        piece = text[start:cut]
        segments.append(Segment(piece, len(piece) + len(wide.findall(piece))))
        start = cut
    warnings += _gateway_warnings(text, encoding, segments, broken)
    counted_last = counted - (len(segments) - 1) * part
    room = (single if alone else part) - counted_last
    return tuple(segments), max(0, min(room, _on_air(encoding, alone=alone) - segments[-1].units))


def _on_air(encoding: Encoding, *, alone: bool) -> int:
    """Units that fit into 140 octets, less the 6 of an 8-bit concatenation header."""
    if encoding == "GSM-7":
        return 160 if alone else 153
    return 70 if alone else 67


def _gateway_warnings(text: str, encoding: Encoding, segments: list[Segment], broken: int) -> list[str]:
    warnings = []
    size = len(text.encode("utf-8", "surrogatepass")) + len(_HTTP_ESCAPED.findall(text))
    if size > HTTP_MAX_BYTES:
        warnings.append(
            f"The gateway will refuse this by HTTP as too long: {size} bytes, at most {HTTP_MAX_BYTES}. "
            "Shorten it or use AMI."
        )
    if len(segments) > HTTP_MAX_PARTS:
        warnings.append(f"The gateway splits into at most {HTTP_MAX_PARTS} segments, this needs {len(segments)}.")
    fits = _on_air(encoding, alone=len(segments) == 1)
    over = [(at, segment.units) for at, segment in enumerate(segments, 1) if segment.units > fits]
    if over:
        at, units = over[0]
        what = "septets" if encoding == "GSM-7" else "UTF-16 units"
        more = f" ({len(over)} segments in all)" if len(over) > 1 else ""
        warnings.append(
            f"Segment {at} is too long{more}: {units} {what}, but only {fits} fit, because the "
            f"gateway counts {_miscounted(text, encoding)}. It may be cut or refused."
        )
    if broken:
        warnings.append('A " or \\ is at a segment border of the gateway: that segment will not be sent as written.')
    split = _cluster_cut(segments)
    if split:
        warnings.append(f"The gateway splits a combined character after segment {split}.")
    if "\0" in text:
        warnings.append("The gateway drops everything after a NUL.")
    return warnings


def _miscounted(text: str, encoding: Encoding) -> str:
    if encoding == "GSM-7":
        return "each of ^ { } \\ [ ~ ] | as one"
    if text.isascii():
        return "the text as ASCII but sends it as UCS-2"
    return "each emoji as one character, but UCS-2 needs two"


def _cluster_cut(segments: list[Segment]) -> int:
    """The first segment, from 1, that ends inside a grapheme cluster; 0 when none does."""
    for at in range(len(segments) - 1):
        joined = segments[at].text + segments[at + 1].text[:1]
        cut = len(segments[at].text)
        if 0 < cut < len(joined) and _whole(joined, 0, cut) != cut:
            return at + 1
    return 0


def _travel_warnings(text: str, path: SplitPath) -> list[str]:
    """What keeps the text from being sent, or from arriving as written, whatever its length."""
    warnings = []
    if _LONE_SURROGATE.search(text):
        warnings.append("Half of a surrogate pair is not a character: this text can't be sent.")
    if path == "ami":
        if _NOT_BY_AMI.search(text):
            warnings.append("AMI can't carry a line break or NUL: send this by HTTP.")
        if "\\" in text:
            warnings.append("Gateways disagree on a backslash sent by AMI: it may arrive changed.")
        warnings += _driver_warnings(text)
    return warnings


def _driver_warnings(text: str) -> list[str]:
    """What the gateway's driver of 2013 (chan_extra 2.0.8) makes of a text that AMI hands to it as it is.

    It reads the four octets of UTF-8 that an emoji has as three, so U+07D8 leaves for 😀, and the fourth takes the next
    character with it. Every ASCII text goes as GSM-7, by a table in which TAB has the code of `Ç` and the backtick that
    of `¿`.
    """
    warnings = []
    if (emoji := _ASTRAL.search(text)) is not None:
        warnings.append(f"Firmware of 2013 sends another character for {emoji[0]} and loses the next.")
    if text.isascii():
        warnings += [f"Firmware of 2013 sends {sent} for {name}." for char, name, sent in _MISTAKEN if char in text]
    return warnings


class _Described(dict[str, tuple[str, str | None]]):
    """Unicode name and look-alike of each character met so far: at most one entry a code point."""

    def __init__(self, *, ascii_only: bool) -> None:
        super().__init__()
        self._ascii_only = ascii_only

    def __missing__(self, char: str) -> tuple[str, str | None]:
        name = unicodedata.name(char, f"U+{ord(char):04X}")
        described = self[char] = (name, suggestion(char, ascii_only=self._ascii_only))
        return described


_DESCRIBED = _Described(ascii_only=False)
_DESCRIBED_ASCII = _Described(ascii_only=True)


def _forced_by(text: str, path: SplitPath) -> tuple[ForcedBy, ...]:
    outside, described = (gsm7.OUTSIDE, _DESCRIBED) if path == "3gpp" else (gsm7.OUTSIDE_ASCII, _DESCRIBED_ASCII)
    return tuple([ForcedBy(m[0], m.start(), *described[m[0]]) for m in outside.finditer(text)])
