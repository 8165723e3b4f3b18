"""Textual's private names that we lean on: all of them here, to be looked at when Textual changes; all in one layer."""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import pkgutil
import textwrap
from typing import TYPE_CHECKING

import pytest

import console.terminal
import console.ui

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

pytestmark = pytest.mark.slow


KNOWN = {
    "console.terminal.app": {
        "App._clipboard",
        "MessagePump._close_messages_no_wait",
        "App._display",
        "App._driver",
        "App._exit",
        "App._fatal_error",
        "App._handle_exception",
        "App._refresh_notifications",
        "Screen._update_focus_styles",
        "Stylesheet._parse_cache",
        "Stylesheet._variables",
    },
    "console.terminal.driver": {
        "Driver._loop",
        "Driver._size",
        "LinuxDriver._file",
        "LinuxDriver._get_terminal_size",
        "LinuxDriver._run_input_thread",
        "LinuxDriver._sigcont_application",
        "LinuxDriver._sigtstp_application",
        "LinuxDriver._writer_thread",
    },
    "console.terminal.keys": {
        "XTermParser._sequence_to_key_events",
        "textual._ansi_sequences",
        "textual._keyboard_protocol",
        "textual._xterm_parser",
    },
}


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def source_of(cls: type) -> ast.Module:
    return ast.parse(textwrap.dedent(inspect.getsource(cls)))


def own_names(tree: ast.AST, *, of: type[ast.expr_context]) -> Iterator[str]:
    """`x` of every `self.x` and `super().x` that is read or set."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, of):
            whose = node.value.func if isinstance(node.value, ast.Call) else node.value
            if isinstance(whose, ast.Name) and whose.id in {"self", "super"}:
                yield node.attr


@functools.cache
def names_of(base: type) -> frozenset[str]:
    """What a class of Textual's has of private names, those of its instances too."""
    names = {*vars(base), *own_names(source_of(base), of=ast.Store)}
    return frozenset(filter(is_private, names))


def leans_on(cls: type) -> Iterator[str]:
    tree = source_of(cls)
    methods = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    used = {*own_names(tree, of=ast.Load), *own_names(tree, of=ast.Store), *methods}
    theirs = [base for base in cls.__mro__ if base.__module__.partition(".")[0] in {"textual", "rich"}]
    for name in filter(is_private, used):
        if owner := next((base for base in reversed(theirs) if name in names_of(base)), None):
            yield f"{owner.__name__}.{name}"


def private_modules(module: ModuleType) -> Iterator[str]:
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("textual._", "rich._")):
            yield node.module or ""


def found() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for package in (console.terminal, console.ui):
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(info.name)
            names = set(private_modules(module))
            for cls in vars(module).values():
                if inspect.isclass(cls) and cls.__module__ == info.name:
                    names |= set(leans_on(cls))
            if names:
                found[info.name] = names
    return found


def test_textuals_private_names_are_used_in_the_terminal_layer_alone_and_these_only() -> None:
    assert found() == KNOWN
