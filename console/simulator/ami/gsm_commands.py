"""The driver's own commands, `gsm ...`: what they take and what they answer in each dialect."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from console.simulator.ami.asterisk_cli import (
    MAX_WORDS,
    CliAnswer,
    CliCommand,
    CommandFailed,
    Handler,
    WrongUsage,
    need,
)
from console.simulator.radio.driver import Driver, ShortMessage
from console.simulator.radio.network import BOOTING, Network, Port, Registration
from console.simulator.radio.words import SendWord, power_line, send_line, span_line, span_report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.simulator.options import SimulatorOptions

_USAGE = {
    "gsm show spans": "",
    "gsm show span": " <span>",
    "gsm send sms": " <span> <destination> <message>",
    "gsm send syncsms": " <span> <destination> <message> <timeout> [id]",
    "gsm send sync sms": " <span> <destination> <message> <timeout> [flash] [id]",
    "gsm send sync csms": (" <span> <destination> <message> <flag> <smscount> <smssequence> <timeout> [flash] [id]"),
    "gsm send ussd": " <span> <code> [timeout] [id]",
    "gsm send at": " <span> <AT command>",
    "gsm send sync at": " <span> <AT command> <timeout> [keywords]",
    "gsm power on": " <span>|all",
    "gsm power off": " <span>|all",
    "gsm power reset": " <span>",
    "gsm power stat": " <span>",
}
_USAGE_2013 = {
    "gsm show spans": "\n       Displays GSM Information",
    "gsm show span": " <span>|all\n       Displays GSM Information on a given GSM span",
    "gsm send sms": " <span> <destination> <message> [id]\n       Send SMS on a given GSM span",
    "gsm send sync sms": " <span> <destination> <message> <timeout> [id] \n       Send SMS on a given GSM span",
    "gsm send sync csms": (
        " <span> <destination> <message> <flag> <smscount> <smssequence> <timeout> [id] \n"
        "       Send Concatenated SMS on a given GSM span"
    ),
    "gsm send ussd": " <span> <message> [timeout]\n       Send USSD on a given GSM span",
    "gsm send at": " <span> <AT Command>\n       Send AT Command on a given GSM span",
    "gsm send sync at": " <span> <AT Command> <timeout(ms)>\n       Send AT Command on a given GSM span",
    "gsm power on": " <span>\n       Set GSM module power on on a given GSM span",
    "gsm power off": " <span>\n       Set GSM module power off on a given GSM span",
    "gsm power reset": " <span>\n       Reset GSM module power on a given GSM span",
    "gsm power stat": " <span>\n       Show GSM module power stat on a given GSM span",
}
"""The driver of 2013 has a second line for each, and no command for the older spelling `syncsms`."""

_USSD_WAIT = {"openvox-2013": 10, "openvox-2014": 20, "openvox": 20}
"""Seconds, where the command names none."""
_FLAG = re.compile(r"[0-9A-Fa-f]{1,3}")
_LEADING_DIGITS = re.compile(r"\s*([0-9]{1,9})")
_NUMBER_BYTES = 64
_TEXT_BYTES = 320
"""What the driver of 2013 takes."""


class GsmCommands:
    """What they mean on this box."""

    def __init__(self, network: Network, driver: Driver, options: SimulatorOptions) -> None:
        self._network = network
        self._driver = driver
        self._dialect = options.dialect
        self._is_2013 = options.dialect == "openvox-2013"

    def commands(self) -> list[CliCommand]:
        """All of them."""
        usage = _USAGE_2013 if self._is_2013 else _USAGE
        handlers: dict[str, Handler] = {
            "gsm show spans": self._show_spans,
            "gsm show span": self._show_span,
            "gsm send sms": self._send_sms,
            "gsm send syncsms": self._send_syncsms,
            "gsm send sync sms": self._send_sync_sms,
            "gsm send sync csms": self._send_sync_csms,
            "gsm send ussd": self._send_ussd,
            "gsm send at": self._send_at,
            "gsm send sync at": self._send_sync_at,
            "gsm power on": partial(self._power, "on"),
            "gsm power off": partial(self._power, "off"),
            "gsm power reset": partial(self._power, "reset"),
            "gsm power stat": partial(self._power, "stat"),
        }
        return [
            CliCommand(tuple(name.split()), f"{name}{arguments}", handlers[name]) for name, arguments in usage.items()
        ]

    async def _show_spans(self, words: Sequence[str]) -> CliAnswer:
        need(words, 0, 0)
        return CliAnswer("".join(span_line(port, self._dialect) for port in self._network))

    async def _show_span(self, words: Sequence[str]) -> CliAnswer:
        need(words, 1, 1)
        if self._is_2013 and words[0].lower() == "all":
            return CliAnswer(
                "".join(
                    f"---Start Span {port.number}---\n{span_report(port, 'openvox-2013')}---End Span {port.number}---\n"
                    for port in self._network
                )
            )
        return CliAnswer(span_report(self._port(words[0]), self._dialect))

    async def _send_sms(self, words: Sequence[str]) -> CliAnswer:
        self._need_to_send(words, 3, 3)
        id_ = _at(words, 3)
        message = ShortMessage(self._port(words[0]).number, words[1], words[2], id=id_)
        self._check(message)
        self._driver.post(message)
        return CliAnswer("")

    async def _send_syncsms(self, words: Sequence[str]) -> CliAnswer:
        need(words, 4, 5)
        return await self._sync(words[0], words[3], ShortMessage(0, words[1], words[2], id=_at(words, 4)))

    async def _send_sync_sms(self, words: Sequence[str]) -> CliAnswer:
        self._need_to_send(words, 4, 6)
        flash, id_ = self._flash_and_id(words[4:])
        return await self._sync(words[0], words[3], ShortMessage(0, words[1], words[2], flash=flash, id=id_))

    async def _send_sync_csms(self, words: Sequence[str]) -> CliAnswer:
        self._need_to_send(words, 7, 9)
        flag, of, part = words[3], self._number(words[4]), self._number(words[5])
        if not self._is_2013 and (not _FLAG.fullmatch(flag) or not 1 <= part <= of <= 255):
            raise WrongUsage
        flash, id_ = self._flash_and_id(words[7:])
        message = ShortMessage(0, words[1], words[2], part, of, flag, flash, id_, concatenated=True)
        return await self._sync(words[0], words[6], message)

    async def _sync(self, span: str, seconds: str, message: ShortMessage) -> CliAnswer:
        message = replace(message, port=self._port(span).number)
        self._check(message)
        word = await self._driver.send(message, wait=self._number(seconds))
        line = send_line(message, word, self._dialect)
        if word is SendWord.ENCODE_PDU_FAIL:
            raise CommandFailed(line)
        return CliAnswer(f"{line}\n")

    async def _send_ussd(self, words: Sequence[str]) -> CliAnswer:
        need(words, 2, 3 if self._is_2013 else 4)
        port = self._port(words[0])
        wait = self._number(words[2]) if len(words) > 2 else _USSD_WAIT[self._dialect]
        return CliAnswer(await self._driver.ussd(port, words[1], wait=wait))

    async def _send_at(self, words: Sequence[str]) -> CliAnswer:
        need(words, 2, 2)
        port = self._port(words[0])
        if self._is_2013 and not port.powered:
            raise CommandFailed(f"GSM modem is not in ready state on span {port.number}")
        port.last_at = words[1]
        return CliAnswer("")

    async def _send_sync_at(self, words: Sequence[str]) -> CliAnswer:
        self._need_to_send(words, 3, 4)
        port = self._port(words[0])
        if not port.powered:
            # In 2013 the command is written and nothing comes back.
            return CliAnswer("TIMEOUT\n" if self._is_2013 else "NOT READY\n")
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

    async def _power(self, action: str, words: Sequence[str]) -> CliAnswer:
        need(words, 1, 1)
        which = words[0].lower()
        every = which == "all" and action in {"on", "off"} and not self._is_2013
        chosen = list(self._network) if every else [self._port(which)]
        for port in chosen:
            if action != "stat":
                _switch(port, on=action != "off")
        return CliAnswer(f"{power_line(action, chosen[0], which, self._dialect)}\n")

    def _port(self, span: str) -> Port:
        number = self._number(span)
        port = self._network.get(number)
        if port is not None:
            return port
        if self._is_2013:
            most = len(self._network.ports)
            raise CommandFailed(f"Invalid span '{number}'.  Should be a number from 1 to {most}")
        raise CommandFailed(f"No such span {span}")

    def _need_to_send(self, words: Sequence[str], least: int, most: int) -> None:
        """The driver of 2013 does not look at words behind those that it knows."""
        need(words, least, MAX_WORDS if self._is_2013 else most)

    def _check(self, message: ShortMessage) -> None:
        """What the driver of 2013 looks at before anything else."""
        if not self._is_2013:
            return
        if self._network.ports[message.port].word == BOOTING:
            raise CommandFailed(f"No GSM running on span {message.port}")
        for what, value, most in (
            ("Destination number", message.to, _NUMBER_BYTES),
            ("SMS message", message.text, _TEXT_BYTES),
        ):
            length = len(value.encode(errors="surrogateescape"))
            if not 0 < length <= most:
                raise CommandFailed(f"{what} too {'long' if length else 'short'}.")

    def _number(self, word: str) -> int:
        """A small number. Anything else is wrong usage; in 2013 it counts as the digits it begins with, or 0."""
        if self._is_2013:
            digits = _LEADING_DIGITS.match(word)
            return int(digits[1]) if digits else 0
        if not word.isascii() or not word.isdigit() or len(word) > 7:
            raise WrongUsage
        return int(word)

    def _flash_and_id(self, words: Sequence[str]) -> tuple[bool, str]:
        """`[flash 0|1] [id]`; older clients leave the flash out and write the id in its place, and 2013 knows none."""
        if self._is_2013 or (words and words[0] not in {"0", "1"}):
            return False, _at(words, 0)
        return bool(words and words[0] == "1"), _at(words, 1)


def _switch(port: Port, *, on: bool) -> None:
    port.powered = on
    if on:
        port.register()
    else:
        port.unregister(Registration.NONE)


def _at(words: Sequence[str], index: int) -> str:
    return words[index] if index < len(words) else ""
