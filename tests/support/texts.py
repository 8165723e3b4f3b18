"""Texts that are hard to split: every alphabet, wide characters, clusters, quotes."""

from __future__ import annotations

from hypothesis import strategies as st

FAMILY = "👨\u200d👩\u200d👧\u200d👦"

PIECES = (
    "a",
    "hello world ",
    "€",
    "[]",
    "{|}^~\\",
    '"',
    "'",
    "\r\n",
    "\n",
    "é",
    "Δ",
    "`",
    "’",
    "Привет",
    "中文",
    "e\u0301",
    FAMILY,
    "🇨🇳",
    "👍🏽",
    "\u1100\u1161\u11a8",
    "क्षि",
    "\t",
    "\x0c",
)

hard_texts = st.lists(
    st.one_of(st.sampled_from(PIECES), st.sampled_from(PIECES).flatmap(lambda p: st.integers(1, 90).map(p.__mul__))),
    max_size=12,
).map("".join)
"""Up to some thousand characters, mixed or nearly all alike."""

any_text = st.text(st.characters(codec="utf-8"), max_size=400)
"""Any Unicode text without lone surrogates."""
