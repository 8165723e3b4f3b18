"""Secrets out of text that will be logged or shown: the words stay, the values become `***`."""

from __future__ import annotations

import re

MASK = "***"

_HEADER = re.compile(r"^([ \t]*(?:secret|key|password)[ \t]*:[ \t]*)[^\r\n]+", re.IGNORECASE | re.MULTILINE)
_PARAMETER = re.compile(r"\b((?:password|passwd|pwd|secret|userpwd|token)=)[^&\s\"']+", re.IGNORECASE)
_USER_IN_URL = re.compile(r"(://[^/\s:@]{0,256}:)[^/\s@]+(?=@)")
_TOKEN_IN_PATH = re.compile(r"(/sms/[A-Za-z0-9_.-]{1,32}/)[A-Za-z0-9_%-]{16,}")
_SIM_CODE = re.compile(r"(\+(?:CPIN|CPWD|CLCK)=)[^\r\n]+", re.IGNORECASE)


def redact(text: str) -> str:
    """Mask `Secret:`, `Key:` and `Password:` headers, passwords and tokens in URLs, and PINs in AT commands."""
    for pattern in (_HEADER, _PARAMETER, _USER_IN_URL, _TOKEN_IN_PATH, _SIM_CODE):
        text = pattern.sub(rf"\g<1>{MASK}", text)
    return text
