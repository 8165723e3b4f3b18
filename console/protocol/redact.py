"""Secrets out of text that will be logged or shown: the words stay, the values become `***`."""

from __future__ import annotations

import re

MASK = "***"

_HEADER = re.compile(r"^([ \t]*(?:secret|key|password)[ \t]*:[ \t]*)[^\r\n]+", re.IGNORECASE | re.MULTILINE)
_PARAMETER = re.compile(r"\b((?:password|passwd|pwd|secret|userpwd)=)[^&\s\"']+", re.IGNORECASE)
_USER_IN_URL = re.compile(r"(://[^/\s:@]{0,256}:)[^/\s@]+(?=@)")
_SIM_CODE = re.compile(r"(\+(?:CPIN|CPWD|CLCK)=)[^\r\n]+", re.IGNORECASE)


def redact(text: str) -> str:
    """Mask `Secret:`, `Key:` and `Password:` headers, passwords in URLs, and PINs in AT commands."""
    for pattern in (_HEADER, _PARAMETER, _USER_IN_URL, _SIM_CODE):
        text = pattern.sub(rf"\g<1>{MASK}", text)
    return text
