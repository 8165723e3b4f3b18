"""Texts as pieces of two and three characters, by which an index finds any substring in any script.

At every character of a text begins one gram: two characters where the first is of a script written without
spaces (a two-character Chinese word is a word), three elsewhere. A substring of a text has only grams of the
text; one too short for a gram begins one. What has all grams of a word need not have the word, so whoever
searches looks at the text in the end.

A gram is written in `[0-9a-z]`, four for a character, so that any tokenizer keeps it whole and the beginning
of a gram is the beginning of its writing. Labels begin with `z`, which no gram does.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_ENOUGH = 8
"""Grams of a word that are looked up: more do not make it rarer."""


def folded(text: str) -> str:
    """`text` as it is compared: without case, and with one writing for what reads the same (NFKC)."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def grams(text: str) -> set[str]:
    """All grams of a `folded` text, in writing."""
    codes = [_code(character) for character in text + "\n\n"]
    if text.isascii():
        return {one + two + three for one, two, three in zip(codes, codes[1:], codes[2:], strict=False)}
    return {
        codes[at] + codes[at + 1] if _is_dense(character) else codes[at] + codes[at + 1] + codes[at + 2]
        for at, character in enumerate(text)
    }


def looked_up(word: str) -> list[str]:
    """What every text that holds the `folded` word has among its grams; `…*` for the beginning of one.

    Empty for an empty word.
    """
    codes = [_code(character) for character in word]
    whole = [
        "".join(codes[at : at + size])
        for at, size in enumerate(2 if _is_dense(character) else 3 for character in word)
        if at + size <= len(codes)
    ]
    if not whole:
        return ["".join(codes) + "*"] if codes else []
    return whole[:: -(-len(whole) // _ENOUGH)]


def label(kind: str, value: str) -> str:
    """A mark beside the grams, such as for the port: `kind` is one letter."""
    return f"z{kind}{value.encode('utf-8', 'surrogatepass').hex()}"


@lru_cache(maxsize=16_384)
def _code(character: str) -> str:
    number = ord(character)
    return _DIGITS[number // 46_656] + _DIGITS[number // 1_296 % 36] + _DIGITS[number // 36 % 36] + _DIGITS[number % 36]


def _is_dense(character: str) -> bool:
    """Kana, Chinese characters, Hangul: scripts in which two characters can be a word."""
    return character >= "\u3040" and (
        character <= "\u9fff"
        or "\uac00" <= character <= "\ud7a3"
        or "\uf900" <= character <= "\ufaff"
        or "\U00020000" <= character <= "\U0003ffff"
    )
