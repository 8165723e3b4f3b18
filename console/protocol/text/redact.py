"""Secrets out of text that will be logged or shown: the words stay, the values become `***`."""

from __future__ import annotations

import re

MASK = "***"

_HEADER = re.compile(r"^([ \t]*(?:secret|key|password)[ \t]*:[ \t]*)[^\r\n]+", re.IGNORECASE | re.MULTILINE)
_PARAMETER = re.compile(r"\b((?:password|passwd|pwd|secret|userpwd|token)=)[^&\s\"']+", re.IGNORECASE)
_USER_IN_URL = re.compile(r"(://[^/\s:@]{0,256}:)[^/\s@]+(?=@)")
_TOKEN_IN_PATH = re.compile(r"(/sms/[A-Za-z0-9_.-]{1,32}/)[A-Za-z0-9_%-]{16,}")
_SIM_CODE = re.compile(r"((?:[+^]CPIN2?|\+(?:CPWD|CLCK|SIMLOCK)|\^CARDLOCK)[ \t]*=)[^\r\n]+", re.IGNORECASE)
_CODE_IN_STATUS = re.compile(r"(\bP(?:in|uk)2? \()[^)\r\n]+", re.IGNORECASE)
_CODE_IN_MMI = re.compile(r"(\*\*0(?:42?|52?)\*|\*{1,2}03\*)[0-9*]+", re.IGNORECASE)
_PATTERNS = (_HEADER, _PARAMETER, _USER_IN_URL, _TOKEN_IN_PATH, _SIM_CODE, _CODE_IN_STATUS, _CODE_IN_MMI)


def redact(text: str) -> str:
    """Mask `Secret:`, `Key:` and `Password:` headers, passwords and tokens in URLs; PIN and PUK in AT commands, in the
    codes that change them (3GPP TS 22.030 6.6.2), and in the status of a port, where the driver writes them.
    """
    for pattern in _PATTERNS:
        text = pattern.sub(rf"\g<1>{MASK}", text)
    return text
