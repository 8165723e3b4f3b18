"""What is a character set: an encoding of Python that a gateway can write texts in."""

from __future__ import annotations

import codecs
from contextlib import suppress
from functools import lru_cache

_NO_CHARSETS = frozenset(
    {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "utf_7", "mbcs", "oem"}
)
"""Text encodings of Python that no gateway writes in, or that make characters no text may hold."""


@lru_cache(64)
def charset_name(name: str) -> str:
    """The codec's own name; empty where there is none, or it is no character set, such as `hex`, `rot13` or `idna`."""
    try:
        codec = codecs.lookup(name).name
        with suppress(UnicodeError):
            b"a".decode(codec)
    except (LookupError, ValueError):  # not known, not of texts, or not even a name
        return ""
    return "" if codec.replace("-", "_") in _NO_CHARSETS else codec
