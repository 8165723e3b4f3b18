"""The country and the network of a number, as far as its beginning tells.

Numbers are ported, so a network is a guess. Importing its data takes 0.8 s and 46 MB: only where somebody asks for it.
"""

from __future__ import annotations

from functools import lru_cache

_ANY_SUBSCRIBER = "2345678"
"""Digits behind an area code, where two countries share a calling code."""

_SHORT = 6
"""Digits of a number that belongs to a network, not to a country."""

NATIONAL = "0"
"""Key of a number without its country."""


def country_key(number: str) -> str:
    """What is kept of a number to tell its country by; empty where that can't be."""
    if not _is_plain(number):
        return ""
    if number.startswith("+"):
        return number[:5] if len(number) >= 5 else ""
    return NATIONAL if len(number) > _SHORT else ""


def network_key(number: str) -> str:
    """What is kept of a number to tell its network by; empty where that would be too much of it."""
    return number[:8] if _is_plain(number) and len(number) > 10 else ""


def _is_plain(number: str) -> bool:
    digits = number.removeprefix("+")
    return digits.isascii() and (digits.isdecimal() or not digits)


@lru_cache(maxsize=4_096)
def country_of(key: str, region: str) -> str:
    """The country (ISO 3166, such as `DE`) that a key stands for; `region` is that of the gateway. Empty: not known."""
    if not key.startswith("+"):
        return region if key == NATIONAL else ""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneNumber, region_code_for_number

    digits = key[1:]
    for size in range(1, 4):
        code = int(digits[:size])
        if regions := COUNTRY_CODE_TO_REGION_CODE.get(code):
            if len(regions) == 1:
                return _named(regions[0])
            rest = int((digits[size:] + _ANY_SUBSCRIBER)[:10])
            return region_code_for_number(PhoneNumber(country_code=code, national_number=rest)) or str(regions[0])
    return ""


def _named(region: str) -> str:
    """Satellites and freephone numbers have a calling code, but no country."""
    return "" if region == "001" else region


@lru_cache(maxsize=16_384)
def network_of(key: str, region: str) -> str:
    """The network whose numbers begin so; `region` as of `country_of`. Empty: not known."""
    from phonenumbers import country_code_for_region
    from phonenumbers.carrierdata import CARRIER_DATA

    if key.startswith("+"):
        digits = key[1:]
    elif key and region:
        digits = f"{country_code_for_region(region)}{key.removeprefix('0')}"
    else:
        return ""
    found = (CARRIER_DATA.get(digits[:size]) for size in range(len(digits), 2, -1))
    return next((str(names.get("en") or next(iter(names.values()))) for names in found if names), "")
