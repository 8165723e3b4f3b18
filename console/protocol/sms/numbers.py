"""Numbers and names of those who write: what a spelling means, and when two spellings are the same number.

Two numbers with their country are the same only when they are equal. One without it is completed by a region (ISO 3166,
such as `DE`): that of the gateway that brought or takes it. Where no region is set, or more than one number may be
meant, a number lacks its country: it is the same as the only one that ends in it among those that are known, and where
there are several it is itself.

Short codes, names, and what has `*` or `#` in it are themselves.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from phonenumbers import PhoneNumber

_TAIL = 8
"""Digits at a number's end by which the gateway itself matches a report: prefixes are written in many
ways.
"""

_REMEMBERED = 16_384
"""Spellings of which it is remembered whose they are: making one out takes 100 µs."""

_LONGEST = 16
"""Characters of a number with `+`: E.164 has at most 15 digits."""

_NUMBER = re.compile(r"[@+]?[\d *#().-]*\d[\d *#().-]*")

_WITHIN = re.compile(r"[\s()./\u00a0\u00ad\u200b-\u200f\u2010-\u2015\u202a-\u202e\u2060-\u2069\u2212\ufeff-]+")
"""What people put inside a number to read it: blanks, brackets, dots, dashes. And what has no width, which copied
numbers bring along.
"""

_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
"""In `+49 (0) 151`: dialled within the country only."""

_PLAIN = re.compile(r"@?(\+?[\d*#]*\d[\d*#]*)")

_SHORT_CODE = re.compile(r"\d{1,6}")
"""A number that belongs to a network, not to a country."""

_FORMER_PREFIX = {52: re.compile(r"(?:01|04[45]|1)(?=\d{10}$)")}
"""Dropped by a country (Mexico: in 2019), and still written by networks and people. By the country's code."""


class Reading(NamedTuple):
    """What a number without decoration was read as."""

    number: str
    """As it is to be sent: E.164 where it is known to be in use, else as it was written."""
    trouble: str = ""
    """Why it can hardly be in use: `too short for +49`."""
    may_be_sent: bool = True
    """Whether it is for a person to say that it is in use all the same: tables of numbers lag behind the countries."""
    doubt: str = ""
    """What else may be meant: `it may be +33612345678, too`."""


class _Parsed(NamedTuple):
    e164: str
    is_valid: bool
    trouble: str
    number: PhoneNumber | None = None
    """None where it is the number of no country."""

    @property
    def national(self) -> str:
        """As people in its country write it, digits only."""
        from phonenumbers import PhoneNumberFormat, format_number, normalize_digits_only

        return normalize_digits_only(format_number(self.number, PhoneNumberFormat.NATIONAL)) if self.number else ""


def identities(numbers: Iterable[str], region: str = "") -> dict[str, str]:
    """Each of several numbers, and the identity that it has among them: the same ones have the same."""
    alike: dict[str, dict[str, None]] = {}
    for number in numbers:
        alike.setdefault(tail(number), {})[number] = None
    found: dict[str, str] = {}
    for some in alike.values():
        whose = {number: identity(number, region) if len(some) > 1 else number for number in some}
        found |= {number: resolved(who, whose.values()) for number, who in whose.items()}
    return found


def tail(number: str) -> str:
    """The last eight digits, or all of fewer; empty for a name."""
    return "".join(str(int(character)) for character in number if character.isdecimal())[-_TAIL:]


def filing_key(number: str) -> str:
    """What a spelling is filed under in an index: its tail, or a name without case.

    Spellings of one number nearly always share it, and others may: `filing_keys` names all to look under, and
    `resolved` judges what is found there.
    """
    number = number.strip()
    return tail(number) if _NUMBER.fullmatch(undecorated(number)) else number.casefold()


def filing_keys(number: str, region: str = "", elsewhere: Iterable[str] = ()) -> list[str]:
    """All that spellings of this number may be filed under, there and in the regions `elsewhere`."""
    whole = in_full(number, region)
    found = spellings(number, region).union(*(spellings(whole, each) for each in elsewhere))
    return sorted(set(map(filing_key, found)))


def is_short_code(number: str) -> bool:
    """Whether it has six digits or fewer, and nothing else."""
    return _SHORT_CODE.fullmatch(number) is not None


def undecorated(number: str) -> str:
    """`+49 (0) 151/123-45` as `+4915112345`: without what makes it easier to read."""
    if number.startswith(("+", "00")):
        number = _TRUNK_ZERO.sub("", number)
    return _WITHIN.sub("", number)


def plain(number: str) -> str:
    """A number undecorated, its digits ASCII; of a name, the name without case."""
    match = _PLAIN.fullmatch(undecorated(number.strip()))
    if match is None:
        return number.strip().casefold()
    return "".join(str(int(each)) if each.isdecimal() else each for each in match[1])


@lru_cache(maxsize=_REMEMBERED)
def identity(number: str, region: str = "") -> str:
    """What all spellings of one number have in common: E.164; the plain number or name where its country is not known.

    `region` is the country that numbers without `+` belong to; empty: not known.
    """
    written = _with_plus(plain(number))
    if _is_itself(written) or not (region or written.startswith("+")):
        return written
    reading = read_number(written, region)
    parsed = _parsed(reading.number, region)
    return written if reading.doubt or parsed.trouble else parsed.e164


def in_full(number: str, region: str = "") -> str:
    """E.164 where it is written without `+` and the region tells its country; else as it is written."""
    if number.startswith("+"):
        return number
    who = identity(number, region)
    return who if who.startswith("+") else number


def resolved(who: str, known: Iterable[str]) -> str:
    """An identity; of one that lacks its country, the only one among the `known` identities that it ends."""
    if not lacks_country(who):
        return who
    ending = who.lstrip("0")
    wholes = {each for each in known if each.startswith("+") and each.endswith(ending)}
    return wholes.pop() if len(wholes) == 1 else who


def meant(number: str, known: Collection[str], region: str) -> set[str]:
    """Those of the `known` numbers, all of one tail, that a report's number is: networks write prefixes in many ways.
    Of numbers without their country it may be any, so it is the only one that it may be.
    """
    read = {each: identity(each, region) for each in (number, *known)}
    whose = {each: resolved(who, read.values()) for each, who in read.items()}
    same = {each for each in known if whose[each] == whose[number]}
    if same:
        return same
    possible = {each for each in known if lacks_country(whose[each]) or lacks_country(whose[number])}
    return possible if len({whose[each] for each in possible}) == 1 else set()


def lacks_country(identity: str) -> bool:
    """Whether it may be completed: a number with as many digits as one needs, and without its country's code."""
    return identity.isdecimal() and len(identity.lstrip("0")) >= _TAIL


def dialled(number: str, region: str = "") -> set[str]:
    """As it is written (with `+` for `00`), as E.164, and as people of its own country write it, where that is the
    region's.
    """
    whole = identity(number, region)
    found = {_with_plus(plain(number)), whole}
    if region and whole.startswith(_code_of(region)):
        found.add(_parsed(whole, region).national)
    return found - {""}


def spellings(number: str, region: str = "") -> set[str]:
    """All ways in which people and networks write it, undecorated: as it is dialled, and without `+`, code or zero."""
    found = dialled(number, region) | {plain(number)}
    whole = identity(number, region)
    if whole.startswith("+"):
        found |= {f"00{whole[1:]}", whole[1:]}
    if region and whole.startswith(code := _code_of(region)):
        found.add(whole.removeprefix(code))
    return found


def sought(typed: str, region: str = "") -> set[str]:
    """Any of these is in a number that is, begins or ends as it is typed: with the country's code, as at home, or, of a
    long one whose country is not known, without the zero.
    """
    written = _with_plus(plain(typed))
    found = {written} | dialled(typed, region)
    if not region:
        bare = written.lstrip("0")
        return found if is_short_code(bare) or not bare else found | {bare}
    from phonenumbers import ndd_prefix_for_region

    code, trunk = _code_of(region), ndd_prefix_for_region(region, strip_non_digits=True) or ""
    if written.startswith(code):
        found.add(trunk + written.removeprefix(code))
    elif trunk and written.startswith(trunk):
        found.add(code + written.removeprefix(trunk).lstrip("0"))
    return found


def read_number(number: str, region: str) -> Reading:
    """What a `plain` number means to people of a region. What is itself is as it is, and without a region all but what
    has a `+`: nobody knows then what 00 stands for.

    Digits that begin with the region's own code, or another's, may be a number without its `+`. The own code was meant
    where that makes a number; another's is told as a doubt, unless people there write their own numbers just so.
    """
    if region:
        number = _with_plus(number)
    if _is_itself(number) or not (region or number.startswith("+")):
        return Reading(number)
    here = _parsed(number, region)
    reading = Reading(here.e164 if here.is_valid else number, here.trouble)
    if number.startswith("+"):
        return reading._replace(may_be_sent=here.number is not None and len(number) <= _LONGEST)
    reading = reading._replace(may_be_sent=not here.trouble)
    if number.startswith("0"):
        return reading  # as no country's code does
    abroad = _parsed(f"+{number}", region)
    if not abroad.is_valid or abroad.e164 == here.e164:
        return reading
    as_written = here.is_valid and here.national == number
    if abroad.e164.startswith(_code_of(region)):
        return Reading(abroad.e164, doubt=f"it may also be {here.e164}" if as_written else "")
    if here.trouble:
        return reading._replace(trouble=f"{here.trouble}; if you mean {abroad.e164}, type the +")
    return reading if as_written else reading._replace(doubt=f"it may also be {abroad.e164}")


def _is_itself(number: str) -> bool:
    return is_short_code(number) or not number.removeprefix("+").isdecimal()


def _with_plus(number: str) -> str:
    return f"+{number[2:]}" if number.startswith("00") and number.isdecimal() else number


def _code_of(region: str) -> str:
    """`+49` of `DE`."""
    from phonenumbers import country_code_for_region

    return f"+{country_code_for_region(region)}"


def _parsed(number: str, region: str) -> _Parsed:
    import phonenumbers  # 50 ms, for those who need it
    from phonenumbers import NumberParseException, PhoneNumberFormat

    nowhere = {
        NumberParseException.INVALID_COUNTRY_CODE: "no country has this code",
        NumberParseException.TOO_LONG: "too long for any country",
    }
    try:
        found = phonenumbers.parse(number, region)
    except NumberParseException as error:
        return _Parsed(number, is_valid=False, trouble=nowhere.get(error.error_type, "too short for any country"))
    found = _without_former_prefix(found)
    e164, is_valid = phonenumbers.format_number(found, PhoneNumberFormat.E164), phonenumbers.is_valid_number(found)
    return _Parsed(e164, is_valid, "" if is_valid else _impossible(found), found)


def _without_former_prefix(found: PhoneNumber) -> PhoneNumber:
    import phonenumbers

    former = _FORMER_PREFIX.get(found.country_code or 0)
    if former is None or phonenumbers.is_valid_number(found):
        return found
    shorter = former.sub("", phonenumbers.national_significant_number(found))
    now = phonenumbers.parse(f"+{found.country_code}{shorter}")
    return now if phonenumbers.is_valid_number(now) else found


def _impossible(found: PhoneNumber) -> str:
    """Why no number of its country is like this; empty when one may be."""
    import phonenumbers
    from phonenumbers import ValidationResult

    code = f"+{found.country_code}"
    match phonenumbers.is_possible_number_with_reason(found):
        case ValidationResult.IS_POSSIBLE:
            return ""
        case ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
            return f"too short for {code}: the area code is missing"
        case ValidationResult.TOO_SHORT:
            return f"too short for {code}"
        case ValidationResult.TOO_LONG:
            return f"too long for {code}"
        case _:
            return f"no number of {code} has this length"
