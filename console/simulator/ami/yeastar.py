"""A Yeastar TG: its few commands of the driver, where a span is one more than its port."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from console.simulator.ami.asterisk_cli import CliAnswer, CliCommand, CommandFailed, WrongUsage, need
from console.simulator.radio.driver import Driver, ShortMessage
from console.simulator.radio.words import span_line, span_report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.simulator.radio.network import Network, Port


class YeastarCommands:
    """What they mean on this box."""

    def __init__(self, network: Network, driver: Driver) -> None:
        self._network = network
        self._driver = driver

    def commands(self) -> list[CliCommand]:
        """All of them."""
        return [
            CliCommand(("gsm", "show", "spans"), "gsm show spans", self._show_spans),
            CliCommand(("gsm", "show", "span"), "gsm show span <span>", self._show_span),
            CliCommand(("gsm", "send", "sms"), "gsm send sms <span> <destination> <message> <id>", self._send),
        ]

    async def _show_spans(self, words: Sequence[str]) -> CliAnswer:
        need(words, 0, 0)
        return CliAnswer("".join(span_line(port, "yeastar") for port in self._network))

    async def _show_span(self, words: Sequence[str]) -> CliAnswer:
        need(words, 1, 1)
        return CliAnswer(span_report(self._port(words[0]), "yeastar"))

    async def _send(self, words: Sequence[str]) -> CliAnswer:
        """Taken at once, and answered with nothing; an event tells the result."""
        need(words, 4, 4)
        port, text = self._port(words[0]), unquote_to_bytes(words[2]).decode(errors="surrogateescape")
        self._driver.post(ShortMessage(port.number, words[1], text, id=words[3]))
        return CliAnswer("")

    def _port(self, span: str) -> Port:
        if not span.isascii() or not span.isdigit() or len(span) > 4:
            raise WrongUsage
        port = self._network.get(int(span) - 1)
        if port is None:
            raise CommandFailed(f"No GSM running on span {span}")
        return port
