"""Asterisk's own commands: the few that a gateway's clients ask for, in the words of 1.8 or 22."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from console.simulator.ami.asterisk_cli import CliAnswer, CliCommand, Handler, WrongUsage, need

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from console.simulator.ami.vitals import Vitals
    from console.simulator.options import SimulatorOptions

_USAGE = {
    "core restart now": "core restart now\n       Causes Asterisk to hangup all calls and exec() itself performing\n"
    "       a cold restart.",
    "core show channels": "core show channels [concise|count]\n       Lists currently defined channels.",
    "core show help": "core show help [topic]\n       When called with a topic as an argument, displays usage\n"
    "       information on the given command. If called without a\n       topic, it provides a list of commands.",
    "core show uptime": "core show uptime [seconds]\n       Shows Asterisk uptime information.\n"
    "       The seconds word returns the uptime in seconds only.",
    "core show version": "core show version\n       Shows Asterisk version information.",
    "core stop now": "core stop now\n       Shuts down a running Asterisk immediately, hanging up all active calls.",
    "core waitfullybooted": "core waitfullybooted\n       Wait until Asterisk has fully booted.",
    "manager show user": "manager show user <user>\n       Display all information related to the manager user\n"
    "       specified.",
}
_VERSIONS = {
    "old": "Asterisk 1.8.32.3 built by root @ gateway on a armv5tejl running Linux on 2019-03-12 08:11:54 UTC\n",
    "new": "Asterisk 22.10.1 built by root @ gateway on a armv7l running Linux on 2026-03-12 08:11:54 UTC\n",
}
_CHANNEL_COLUMNS = {"old": (20, 20), "new": (64, 32)}
"""Widths of the first two columns of `core show channels`."""
_CLASSES = (
    *("system", "call", "log", "verbose", "command", "agent", "user", "config", "dtmf", "reporting", "cdr"),
    *("dialplan", "originate", "agi", "cc", "aoc", "security"),
)
"""Read and write classes in the order Asterisk lists them."""
_ACL = (
    "ACL: (unnamed)\n---------------------------------------------\n"
    "  0:  deny - 0.0.0.0/0.0.0.0\n  1: allow - 127.0.0.1/255.255.255.255\n"
)
_GONE_FOR = 2.0
"""Seconds between the end of Asterisk and its start."""
_BRIGHT_CYAN = "\x1b[1;36;40m"
_USUAL = "\x1b[0;37;40m"
"""As Asterisk's terminal module writes them (main/term.c)."""


class CoreCommands:
    """What they mean on this box. `leave` is told that Asterisk is to stop, and when it shall be back."""

    def __init__(
        self,
        options: SimulatorOptions,
        vitals: Vitals,
        others: Sequence[CliCommand],
        leave: Callable[[float | None], None],
    ) -> None:
        self._options = options
        self._vitals = vitals
        self._others = others
        self._leave = leave
        self._old = options.command_form == "old"

    def commands(self) -> list[CliCommand]:
        """All of them."""
        handlers: dict[str, Handler] = {
            "core restart now": partial(self._stop, back_after=_GONE_FOR),
            "core show channels": self._channels,
            "core show help": self._help,
            "core show uptime": self._uptime,
            "core show version": self._version,
            "core stop now": partial(self._stop, back_after=None),
            "core waitfullybooted": self._booted,
            "manager show user": self._show_user,
        }
        return [CliCommand(tuple(name.split()), _USAGE[name], run) for name, run in handlers.items()]

    async def _stop(self, words: Sequence[str], *, back_after: float | None) -> CliAnswer:
        """Nothing is ever answered: Asterisk's end breaks this off."""
        need(words, 0, 0)
        self._leave(back_after)
        await asyncio.Event().wait()
        return CliAnswer("")

    async def _booted(self, words: Sequence[str]) -> CliAnswer:
        need(words, 0, 0)
        await self._vitals.booted.wait()
        return CliAnswer("Asterisk has fully booted.\n")

    async def _channels(self, words: Sequence[str]) -> CliAnswer:
        """An SMS's channel lives for a moment only, so there is never one to list."""
        need(words, 0, 1)
        if words and words[0] not in {"concise", "count"}:
            raise WrongUsage
        counts = f"0 active channels\n0 active calls\n{self._vitals.calls} calls processed\n"
        if words:
            return CliAnswer(counts if words[0] == "count" else "")
        first, second = _CHANNEL_COLUMNS[self._options.command_form]
        return CliAnswer(f"{'Channel':<{first}} {'Location':<{second}} State   {'Application(Data)':<30}\n{counts}")

    async def _help(self, words: Sequence[str]) -> CliAnswer:
        known = {" ".join(command.words): command.usage for command in (*self._others, *self.commands())}
        if words:
            topic = " ".join(words)
            usage = known.get(topic.lower())
            return CliAnswer(f"No such command '{topic}'.\n" if usage is None else f"Usage: {usage}\n")
        begin, end = (_BRIGHT_CYAN, _USUAL) if self._options.coloured else ("", "")
        lines = (f"{begin}{name:>30}{end}  {usage.splitlines()[0]}\n" for name, usage in sorted(known.items()))
        return CliAnswer("".join(lines))

    async def _version(self, words: Sequence[str]) -> CliAnswer:
        need(words, 0, 0)
        return CliAnswer(_VERSIONS[self._options.command_form])

    async def _uptime(self, words: Sequence[str]) -> CliAnswer:
        need(words, 0, 1)
        if words and words[0] != "seconds":
            raise WrongUsage
        seconds = self._vitals.uptime
        if words:
            return CliAnswer(f"System uptime: {seconds}\nLast reload: {seconds}\n")
        minutes, rest = divmod(seconds, 60)
        # 1.8 writes a blank behind each unit, the last one too.
        age = (f"{minutes} minutes, " if minutes else "") + f"{rest} seconds" + (" " if self._old else "")
        return CliAnswer(f"System uptime: {age}\nLast reload: {age}\n")

    async def _show_user(self, words: Sequence[str]) -> CliAnswer:
        need(words, 1, 1)
        options = self._options
        if words[0].lower() != options.user.lower():
            return CliAnswer(f"There is no manager called {words[0]}\n")
        width = 15 if self._old else 18
        facts = {
            "username": options.user,
            "secret": "<Set>",
            "acl" if self._old else "ACL": "yes",
            "read perm": _permissions(options.read_classes),
            "write perm": _permissions(options.write_classes),
            "displayconnects": "yes",
        }
        lines = "".join(f"{name:>{width}}: {value}\n" for name, value in facts.items())
        rest = "" if self._old else f"allowmultiplelogin: yes\n         Variables: \n{_ACL}"
        return CliAnswer(f"\n{lines}{rest}")


def _permissions(classes: frozenset[str]) -> str:
    return ",".join(name for name in _CLASSES if name in classes) or "<none>"
