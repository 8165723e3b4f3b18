"""The one gate before all that changes something: closed where the operator may only look."""

from __future__ import annotations

from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from console.errors import ReadOnly

if TYPE_CHECKING:
    from collections.abc import Callable

_Part = TypeVar("_Part")


def gated(find: Callable[[], _Part], read_only: Callable[[], str]) -> _Part:
    """What `find` finds when it is first needed. Each operation of it fails with `ReadOnly`, unasked, while `read_only`
    says why nothing may be changed.
    """
    return cast("_Part", _Gate(find, read_only))


class _Gate:
    def __init__(self, find: Callable[[], object], read_only: Callable[[], str]) -> None:
        self._find = find
        self._read_only = read_only

    def __getattr__(self, name: str) -> Any:
        if reason := self._read_only():
            return partial(_refuse, reason)
        return getattr(self._find(), name)


def _refuse(reason: str, *_: object, **__: object) -> Future[Any]:
    refused: Future[Any] = Future()
    refused.set_exception(ReadOnly(f"Read only: {reason}.", hint="Ask whoever keeps the configuration."))
    return refused
