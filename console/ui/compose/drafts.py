"""Drafts laid aside: nothing that was written is lost because something else came first."""

from __future__ import annotations


class KeptDrafts:
    """Texts by what stood in To; of several to the same the last comes back first."""

    def __init__(self) -> None:
        self._texts: dict[str, list[str]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._texts.values()))

    def keep(self, to: str, text: str) -> None:
        self._texts.setdefault(to, []).append(text)

    def take(self, to: str) -> str:
        """The text kept last for `to`, which is not kept any more; empty when there is none."""
        texts = self._texts.get(to)
        return texts.pop() if texts else ""
