"""The command line of the box: the driver's `gsm ...` commands and the few of Asterisk's own that clients ask
for.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from console.simulator.ami.asterisk_cli import Cli, CliAnswer, CliCommand, CommandFailed, WrongUsage
from console.simulator.radio.driver import Driver, SendWord, ShortMessage
from console.simulator.radio.network import Network, Port, Registration, span_line, span_report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.simulator.options import Pace, SimulatorOptions

_USAGE = {
    "gsm show spans": "gsm show spans",
    "gsm show span": "gsm show span <span>",
    "gsm send sms": "gsm send sms <span> <destination> <message>",
    "gsm send syncsms": "gsm send syncsms <span> <destination> <message> <timeout> [id]",
    "gsm send sync sms": "gsm send sync sms <span> <destination> <message> <timeout> [flash] [id]",
    "gsm send sync csms": (
        "gsm send sync csms <span> <destination> <message> <flag> <smscount> <smssequence> <timeout> [flash] [id]"
    ),
    "gsm send ussd": "gsm send ussd <span> <code> [timeout] [id]",
    "gsm send at": "gsm send at <span> <AT command>",
    "gsm send sync at": "gsm send sync at <span> <AT command> <timeout> [keywords]",
    "gsm power": "gsm power on|off|reset|stat <span>",
    "core show help": "core show help",
    "core show version": "core show version",
    "core show uptime": "core show uptime [seconds]",
    "manager show user": "manager show user <user>",
}
_VERSION = "Asterisk 1.8.32.3 built by root @ gateway on a armv5tejl running Linux on 2019-03-12 08:11:54 UTC\n"
_CLASSES = (
    *("system", "call", "log", "verbose", "command", "agent", "user", "config", "dtmf", "reporting", "cdr"),
    *("dialplan", "originate", "agi", "cc", "aoc"),
)
"""Read and write classes in the order Asterisk 1.8 lists them."""
_ACL = (
    "ACL: (unnamed)\n---------------------------------------------\n"
    "  0:  deny - 0.0.0.0/0.0.0.0\n  1: allow - 127.0.0.1/255.255.255.255\n"
)
_BRIGHT_CYAN = "\x1b[1;36;40m"
_USUAL = "\x1b[0;37;40m"
"""As Asterisk's terminal module writes them (main/term.c)."""

_USSD_WAIT = 20
"""Seconds, where the command names none."""
_FLAG = re.compile(r"[0-9A-Fa-f]{1,3}")


class Commands:
    """What the words mean on this box."""

    def __init__(self, network: Network, driver: Driver, options: SimulatorOptions, pace: Pace) -> None:
        self._network = network
        self._driver = driver
        self._options = options
        self._pace = pace
        self._started = pace.monotonic()

    def cli(self) -> Cli:
        """The command line with everything on it."""
        handlers = {
            "gsm show spans": self._show_spans,
            "gsm show span": self._show_span,
            "gsm send sms": self._send_sms,
            "gsm send syncsms": self._send_syncsms,
            "gsm send sync sms": self._send_sync_sms,
            "gsm send sync csms": self._send_sync_csms,
            "gsm send ussd": self._send_ussd,
            "gsm send at": self._send_at,
            "gsm send sync at": self._send_sync_at,
            "gsm power": self._power,
            "core show help": self._help,
            "core show version": self._version,
            "core show uptime": self._uptime,
            "manager show user": self._show_user,
        }
        return Cli([CliCommand(tuple(name.split()), _USAGE[name], run) for name, run in handlers.items()])

    async def _show_spans(self, words: Sequence[str]) -> CliAnswer:
        _need(words, 0, 0)
        return CliAnswer("".join(span_line(port, self._options.dialect) for port in self._network))

    async def _show_span(self, words: Sequence[str]) -> CliAnswer:
        _need(words, 1, 1)
        return CliAnswer(span_report(self._port(words[0]), self._options.dialect))

    async def _send_sms(self, words: Sequence[str]) -> CliAnswer:
        _need(words, 3, 3)
        self._driver.post(ShortMessage(self._port(words[0]).number, words[1], words[2]))
        return CliAnswer("")

    async def _send_syncsms(self, words: Sequence[str]) -> CliAnswer:
        _need(words, 4, 5)
        return await self._sync(words[0], words[3], ShortMessage(0, words[1], words[2], id=_at(words, 4)))

    async def _send_sync_sms(self, words: Sequence[str]) -> CliAnswer:
        _need(words, 4, 6)
        flash, id_ = _flash_and_id(words[4:])
        return await self._sync(words[0], words[3], ShortMessage(0, words[1], words[2], flash=flash, id=id_))

    async def _send_sync_csms(self, words: Sequence[str]) -> CliAnswer:
        _need(words, 7, 9)
        flag, of, part = words[3], _number(words[4]), _number(words[5])
        if not _FLAG.fullmatch(flag) or not 1 <= part <= of <= 255:
            raise WrongUsage
        flash, id_ = _flash_and_id(words[7:])
        message = ShortMessage(0, words[1], words[2], part, of, flag, flash, id_, concatenated=True)
        return await self._sync(words[0], words[6], message)

    async def _sync(self, span: str, seconds: str, message: ShortMessage) -> CliAnswer:
        port = self._port(span)
        word = await self._driver.send(replace(message, port=port.number), wait=_number(seconds))
        what = "SEND CONCATENATED SMS" if message.concatenated else "SEND SMS"
        if self._options.dialect == "2014":
            shown = "FAILED" if word is SendWord.FAILED else word
            return CliAnswer(f"{what} TO PHONE {message.to} {shown}\n")
        return CliAnswer(f"SPAN: {port.number} {what} TO PHONE {message.to} {word}\n")

    async def _send_ussd(self, words: Sequence[str]) -> CliAnswer:
        _need(words, 2, 4)
        port = self._port(words[0])
        wait = _number(words[2]) if len(words) > 2 else _USSD_WAIT
        return CliAnswer(await self._driver.ussd(port, words[1], wait=wait))

    async def _send_at(self, words: Sequence[str]) -> CliAnswer:
        _need(words, 2, 2)
        self._port(words[0]).last_at = words[1]
        return CliAnswer("")

    async def _send_sync_at(self, words: Sequence[str]) -> CliAnswer:
        _need(words, 3, 4)
        port = self._port(words[0])
        if not port.powered:
            return CliAnswer("NOT READY\n")
        port.last_at = words[1]
        answers = {
            "AT": "",
            "AT+CSQ": f"+CSQ: {port.signal},{port.ber}\n",
            "AT+CGSN": f"{port.imei}\n",
            "AT+CIMI": f"{port.sim.imsi}\n" if port.sim else None,
            "AT+CPIN?": "+CPIN: SIM PIN\n" if port.sim and port.sim.pin else "+CPIN: READY\n",
            "AT+COPS?": f'+COPS: 0,0,"{port.sim.operator}"\n' if port.sim else "+COPS: 0\n",
        }
        answer = answers.get(words[1].upper())
        return CliAnswer("ERROR\n" if answer is None else f"{answer}OK\n")

    async def _power(self, words: Sequence[str]) -> CliAnswer:
        _need(words, 2, 2)
        what, which = words[0].lower(), words[1].lower()
        if what not in {"on", "off", "reset", "stat"} or (which == "all" and what not in {"on", "off"}):
            raise WrongUsage
        chosen = list(self._network) if which == "all" else [self._port(which)]
        for port in chosen:
            if what == "stat":
                return CliAnswer(f"Power {'on' if port.powered else 'off'} on span {port.number}\n")
            _switch(port, on=what != "off")
        return CliAnswer(f"Power {what} span {which}\n")

    async def _help(self, words: Sequence[str]) -> CliAnswer:
        _need(words, 0, 0)
        begin, end = (_BRIGHT_CYAN, _USUAL) if self._options.coloured else ("", "")
        return CliAnswer("".join(f"{begin}{name:>30}{end}  {usage}\n" for name, usage in sorted(_USAGE.items())))

    async def _version(self, words: Sequence[str]) -> CliAnswer:
        _need(words, 0, 0)
        return CliAnswer(_VERSION)

    async def _uptime(self, words: Sequence[str]) -> CliAnswer:
        _need(words, 0, 1)
        seconds = int(self._pace.monotonic() - self._started)
        if words:
            if words[0] != "seconds":
                raise WrongUsage
            return CliAnswer(f"System uptime: {seconds}\nLast reload: {seconds}\n")
        minutes, rest = divmod(seconds, 60)
        age = f"{minutes} minutes, {rest} seconds" if minutes else f"{rest} seconds"
        return CliAnswer(f"System uptime: {age} \nLast reload: {age} \n")

    async def _show_user(self, words: Sequence[str]) -> CliAnswer:
        _need(words, 1, 1)
        options = self._options
        if words[0].lower() != options.user.lower():
            return CliAnswer(f"There is no manager called {words[0]}\n")
        old = options.command_form == "old"
        width = 15 if old else 18
        facts = {
            "username": options.user,
            "secret": "<Set>",
            "acl" if old else "ACL": "yes",
            "read perm": _permissions(options.read_classes),
            "write perm": _permissions(options.write_classes),
            "displayconnects": "yes",
        }
        lines = "".join(f"{name:>{width}}: {value}\n" for name, value in facts.items())
        rest = "" if old else f"allowmultiplelogin: yes\n         Variables: \n{_ACL}"
        return CliAnswer(f"\n{lines}{rest}")

    def _port(self, span: str) -> Port:
        port = self._network.get(_number(span))
        if port is None:
            raise CommandFailed(f"No such span {span}")
        return port


def _permissions(classes: frozenset[str]) -> str:
    return ",".join(name for name in _CLASSES if name in classes) or "<none>"


def _switch(port: Port, *, on: bool) -> None:
    port.powered = on
    if on:
        port.register()
    else:
        port.unregister(Registration.NONE)


def _need(words: Sequence[str], least: int, most: int) -> None:
    if not least <= len(words) <= most:
        raise WrongUsage


def _number(word: str) -> int:
    """A small number; anything else is wrong usage."""
    if not word.isascii() or not word.isdigit() or len(word) > 7:
        raise WrongUsage
    return int(word)


def _at(words: Sequence[str], index: int) -> str:
    return words[index] if index < len(words) else ""


def _flash_and_id(words: Sequence[str]) -> tuple[bool, str]:
    """`[flash 0|1] [id]`; older clients leave the flash out and write the id in its place."""
    if words and words[0] not in {"0", "1"}:
        return False, words[0]
    return bool(words and words[0] == "1"), _at(words, 1)
