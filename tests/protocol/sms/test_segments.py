"""Splitting, on each path: the worked numbers, the properties, and slow models to compare with."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import iter_graphemes

from console.domain.plan import ForcedBy, SegmentPlan, SplitPath
from console.protocol.sms import gsm7, segments
from console.protocol.sms.segments import HTTP_CHINA_TELECOM, Sizes, plan
from tests.support.texts import FAMILY, any_text, hard_texts


def units(made: SegmentPlan) -> list[int]:
    return [segment.units for segment in made.segments]


class TestStandard:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", [0]),
            ("a" * 160, [160]),
            ("a" * 161, [153, 8]),
            ("a" * 307, [153, 153, 1]),
            ("€" * 80, [160]),
            ("€" * 81, [152, 10]),
            ("a" * 152 + "[" + "a" * 8, [152, 10]),
            ("é" * 160, [160]),
            ("я" * 70, [70]),
            ("я" * 71, [67, 4]),
            ("😀" * 35, [70]),
            ("😀" * 36, [66, 6]),
        ],
    )
    def test_units_of_each_segment(self, text: str, expected: list[int]) -> None:
        assert units(plan(text)) == expected

    @pytest.mark.parametrize(("text", "expected"), [("a" * 161, [152, 9]), ("я" * 71, [66, 5])])
    def test_16_bit_references_leave_less_room(self, text: str, expected: list[int]) -> None:
        made = plan(text, reference_bits=16)
        assert units(made) == expected
        assert made.reference_bits == 16

    @pytest.mark.parametrize(
        ("text", "left"),
        [("", 160), ("a" * 159, 1), ("a" * 161, 145), ("я", 69), ("я" * 71, 63), ("[", 158)],
    )
    def test_what_is_left(self, text: str, left: int) -> None:
        assert plan(text).left == left

    def test_the_character_that_forces_unicode_is_named(self) -> None:
        made = plan("I can’t\u000b")
        assert made.encoding == "UCS-2"
        assert made.forced_by == (
            ForcedBy("’", 5, "RIGHT SINGLE QUOTATION MARK", "'"),
            ForcedBy("\u000b", 7, "U+000B", " "),
        )

    def test_gsm_text_is_forced_by_nothing(self) -> None:
        made = plan("così [€]")
        assert (made.encoding, made.forced_by, made.warnings) == ("GSM-7", (), ())

    @pytest.mark.parametrize("cluster", [FAMILY, "🇨🇳", "👍🏽", "e\u0301", "\u1100\u1161\u11a8", "क्षि"])
    def test_a_cluster_on_the_boundary_moves_whole(self, cluster: str) -> None:
        made = plan("я" * 66 + cluster + "я" * 9)
        assert made.segments[0].text == "я" * 66
        assert made.segments[1].text == cluster + "я" * 9

    def test_flags_are_paired_from_the_start_of_the_run(self) -> None:
        made = plan("я" + "🇨🇳" * 20)
        assert made.segments[0].text == "я" + "🇨🇳" * 16

    def test_cr_lf_stays_together(self) -> None:
        made = plan("a" * 152 + "\r\n" + "a" * 20)
        assert units(made) == [152, 22]

    def test_a_cluster_longer_than_a_segment_is_cut(self) -> None:
        made = plan("e" + "\u0301" * 200)
        assert units(made) == [67, 67, 67]

    def test_more_than_255_segments_is_warned_of(self) -> None:
        assert plan("a" * 153 * 255).warnings == ()
        assert "255" in plan("a" * 153 * 256).warnings[0]

    def test_half_a_surrogate_pair_is_counted_and_warned_of(self) -> None:
        made = plan("a\ud800")
        assert units(made) == [2]
        assert made.forced_by[0].name == "U+D800"
        assert "surrogate" in made.warnings[0]


class TestAmi:
    @pytest.mark.parametrize(
        ("text", "encoding", "expected"),
        [
            ("a" * 160, "GSM-7", [160]),
            ("a" * 161, "GSM-7", [152, 9]),
            ("[" * 80, "GSM-7", [160]),
            ("[" * 81, "GSM-7", [152, 10]),
            ("я" * 70, "UCS-2", [70]),
            ("я" * 71, "UCS-2", [67, 4]),
            ("é" * 71, "UCS-2", [67, 4]),
            ("a" * 70 + "`", "UCS-2", [67, 4]),
            ("😀" * 36, "UCS-2", [66, 6]),
        ],
    )
    def test_vendor_sizes(self, text: str, encoding: str, expected: list[int]) -> None:
        made = plan(text, "ami")
        assert (made.encoding, units(made)) == (encoding, expected)

    def test_a_letter_of_the_alphabet_forces_unicode_when_it_is_not_ascii(self) -> None:
        assert plan("café`", "ami").forced_by == (
            ForcedBy("é", 3, "LATIN SMALL LETTER E WITH ACUTE", "e"),
            ForcedBy("`", 4, "GRAVE ACCENT", "'"),
        )

    @pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\0b"])
    def test_what_cannot_travel_is_warned_of(self, text: str) -> None:
        assert "AMI can't carry" in plan(text, "ami").warnings[0]

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("ok 😀 then more", "another character for 😀 and loses the next"),
            ("`ls`", "sends ¿ for a backtick"),
            ("a\tb", "sends Ç for a tab"),
        ],
    )
    def test_what_firmware_of_2013_spoils_is_warned_of(self, text: str, words: str) -> None:
        (warning,) = plan(text, "ami").warnings
        assert words in warning
        assert plan(text, "3gpp").warnings == ()
        assert not any("2013" in one for one in plan(text, "http").warnings)

    def test_a_backtick_in_what_is_unicode_anyway_is_none(self) -> None:
        assert plan("`ë`\t", "ami").warnings == ()

    def test_a_backslash_is_warned_of(self) -> None:
        assert "backslash" in plan("C:\\temp", "ami").warnings[0]

    def test_references_have_8_bits_whatever_is_asked(self) -> None:
        made = plan("a" * 161, "ami", reference_bits=16)
        assert (made.reference_bits, units(made)) == (8, [152, 9])
        assert "8 bits" in made.warnings[0]


class TestHttp:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", [0]),
            ("a" * 160, [160]),
            ("a" * 161, [140, 21]),
            ("a" * 281, [140, 140, 1]),
            ("я" * 67, [67]),
            ("я" * 68, [67, 1]),
            ("я" * 70, [67, 3]),
            ("я" * 71, [67, 4]),
            ("я" * 135, [67, 67, 1]),
            ("é" * 68, [67, 1]),
            ('"' * 80, [80]),
            ('"' * 81, [70, 11]),
        ],
    )
    def test_the_gateways_own_numbers(self, text: str, expected: list[int]) -> None:
        assert units(plan(text, "http")) == expected

    @pytest.mark.parametrize(
        ("text", "left"), [("a" * 150, 10), ("a" * 161, 119), ("я", 66), ("😀" * 30, 10), ("[" * 79, 2)]
    )
    def test_what_is_left_by_both_counts(self, text: str, left: int) -> None:
        assert plan(text, "http").left == left

    def test_emoji_that_are_too_long_on_the_air(self) -> None:
        made = plan("😀" * 67, "http")
        assert units(made) == [134]
        assert made.left == 0
        assert "134 UTF-16 units, but only 70 fit" in made.warnings[0]
        assert "emoji" in made.warnings[0]

    def test_extension_characters_that_are_too_long_on_the_air(self) -> None:
        made = plan("[" * 140 + "a" * 21, "http")
        assert units(made) == [280, 21]
        assert "280 septets, but only 153 fit" in made.warnings[0]

    def test_a_backtick_goes_as_unicode_after_it_was_split_as_ascii(self) -> None:
        made = plan("`" + "a" * 160, "http")
        assert (made.encoding, units(made)) == ("UCS-2", [140, 21])
        assert "140 UTF-16 units, but only 67 fit" in made.warnings[0]

    def test_a_quote_on_a_border_is_warned_of(self) -> None:
        made = plan("a" * 139 + '"' + "a" * 40, "http")
        assert [segment.text for segment in made.segments] == ["a" * 139, '"' + "a" * 40]
        assert "is at a segment border" in made.warnings[0]
        assert plan("a" * 138 + '"' + "a" * 40, "http").warnings == ()

    def test_a_cluster_cut_by_the_gateway_is_warned_of(self) -> None:
        made = plan("я" * 66 + "e\u0301" + "я" * 9, "http")
        assert units(made) == [67, 10]
        assert "splits a combined character" in made.warnings[0]

    @pytest.mark.parametrize("fits", ["a" * 1000, "я" * 500, '"' * 500, "中" * 333])
    def test_more_than_1000_escaped_bytes_are_refused_there_and_warned_of_here(self, fits: str) -> None:
        assert not any("refuse" in warning for warning in plan(fits, "http").warnings)
        assert "refuse" in plan(fits + "яя", "http").warnings[0]

    def test_more_than_20_segments_are_warned_of(self) -> None:
        assert any("at most 20" in warning for warning in plan("a" * 2801, "http").warnings)

    def test_nul_is_warned_of(self) -> None:
        assert any("NUL" in warning for warning in plan("a\0b", "http").warnings)

    def test_sizes_of_a_china_telecom_port(self) -> None:
        assert units(plan("a" * 71, "http", sizes=HTTP_CHINA_TELECOM)) == [67, 4]
        assert units(plan("я" * 70, "http", sizes=HTTP_CHINA_TELECOM)) == [70]

    @given(hard_texts)
    def test_cut_like_the_gateways_loop(self, text: str) -> None:
        made = plan(text, "http")
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        single, part = (160, 140) if text.isascii() else (67, 67)
        count = 1 if len(escaped) <= single else -(-len(escaped) // part)
        assert len(made.segments) == count
        if not any("border" in warning for warning in made.warnings):
            wire = [s.text.replace("\\", "\\\\").replace('"', '\\"') for s in made.segments]
            assert wire == [escaped[at * part : (at + 1) * part] for at in range(count)] or count == 1


def slow_split(text: str, single: int, part: int, outside: str) -> list[str]:
    """Clusters, one after the other, into segments: the definition, written without a thought of speed."""
    gsm = not any(char in outside for char in text)

    def size(piece: str) -> int:
        return gsm7.septets(piece) if gsm else len(piece.encode("utf-16-le")) // 2

    if size(text) <= single:
        return [text]
    out = [""]
    for cluster in iter_graphemes(text):
        assert size(cluster) <= part
        if size(out[-1] + cluster) > part:
            out.append("")
        out[-1] += cluster
    return out


PATHS: list[tuple[SplitPath, Literal[8, 16]]] = [("3gpp", 8), ("3gpp", 16), ("ami", 8), ("http", 8)]


@pytest.mark.parametrize(("path", "bits"), PATHS)
@given(text=any_text | hard_texts)
def test_segments_joined_are_the_text_and_none_is_over_its_limit(
    path: SplitPath, bits: Literal[8, 16], text: str
) -> None:
    made = plan(text, path, reference_bits=bits)
    assert "".join(segment.text for segment in made.segments) == text
    assert sum(segment.units for segment in made.segments) == made.units
    assert made.segments[-1].text or not text
    assert made.left >= 0
    if path != "http":  # which knows no limit but that of its characters, and warns
        check_limits(made, path, bits)


def check_limits(made: SegmentPlan, path: SplitPath, bits: Literal[8, 16]) -> None:
    """No segment has more units than fit."""
    sizes = segments.AMI if path == "ami" else segments.STANDARD[bits]
    single, part = (sizes.gsm7, sizes.gsm7_part) if made.encoding == "GSM-7" else (sizes.ucs2, sizes.ucs2_part)
    limit = single if len(made.segments) == 1 else part
    for segment in made.segments:
        counted = gsm7.septets(segment.text) if made.encoding == "GSM-7" else len(segment.text.encode("utf-16-le")) // 2
        assert counted == segment.units <= limit


@pytest.mark.parametrize("path", ["3gpp", "ami"])
@given(text=hard_texts)
def test_split_like_the_definition(path: SplitPath, text: str) -> None:
    made = plan(text, path)
    pattern = gsm7.OUTSIDE if path == "3gpp" else gsm7.OUTSIDE_ASCII
    outside = "".join(set(pattern.findall(text)))
    sizes = segments.AMI if path == "ami" else segments.STANDARD[8]
    single, part = (sizes.gsm7, sizes.gsm7_part) if not outside else (sizes.ucs2, sizes.ucs2_part)
    assert [segment.text for segment in made.segments] == slow_split(text, single, part, outside)


@given(any_text | hard_texts)
def test_forced_by_is_every_character_outside_the_alphabet(text: str) -> None:
    made = plan(text)
    allowed = set(gsm7.BASIC + "".join(gsm7.EXTENSION.values())) - {"\x1b"}
    assert [(each.char, each.index) for each in made.forced_by] == [
        (char, at) for at, char in enumerate(text) if char not in allowed
    ]
    assert (made.encoding == "UCS-2") == bool(made.forced_by)


@given(st.characters(codec="utf-8"), st.characters(codec="utf-8"))
def test_what_is_taken_for_unjoined_is_unjoined(first: str, second: str) -> None:
    if segments._UNJOINED.match(first + second):
        assert list(iter_graphemes(first + second)) == [first, second]


def test_every_pair_class_taken_for_unjoined_is_unjoined() -> None:
    plain = [char for char in map(chr, range(0x10000)) if segments._UNJOINED.match(char * 2)]
    assert len(plain) > 20_000
    for char in plain:
        assert len(list(iter_graphemes(f"a{char}я{char}中"))) == 5


def test_sizes_too_small_for_a_pair_are_refused() -> None:
    with pytest.raises(ValueError, match="two units"):
        Sizes(160, 1, 70, 67)


def test_where_nothing_may_join_every_character_stands_alone() -> None:
    every = [char for char in map(chr, range(0x20, 0x11000)) if not segments.may_join(char)]
    assert len(every) > 25_000
    for text in ("".join(every), "".join(reversed(every))):
        assert list(iter_graphemes(text)) == list(text)


@pytest.mark.parametrize("text", [FAMILY, "e\u0301", "🇨🇳", "한", "हिन्दी"])
def test_what_may_join_is_told(text: str) -> None:
    assert segments.may_join(text)


@pytest.mark.parametrize("text", ["", "hello, €5 [ok]", "【招行】验证码是1234，勿告诉他人。", "Привет", "カタカナ"])
def test_plain_letters_join_nothing(text: str) -> None:
    assert not segments.may_join(text)
