"""A stranger who tries everything: texts that act on terminals, a gateway that says nothing else, and a look at every
byte that reached the terminal.
"""

from __future__ import annotations

import re
import socketserver
import threading
from base64 import b64decode
from typing import TYPE_CHECKING

from tests.support import stories

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from tests.support.terminal import Terminal

NUMBER = "+8613632919026"

HOSTILE = (
    "\x1b]52;c;ZXZpbA==\x07",  # write the clipboard
    "\x1b[2J\x1b[31mred",  # clear the screen
    "\x9b31m\x90q\x9c",  # the same by C1
    "\x1b]0;title\x1b\\",
    "[/x][red]markup[/red][@click=app.quit]x[/]",
    "\u202eright to left\u202c \u2066isolate\u2069",
    "zero\u200bwidth\u200djoin\ufeffbom",
    "bell\x07 back\x08 nul\x00 del\x7f",
    "\ud83d".encode("utf-8", "surrogatepass").decode("latin-1"),  # half a surrogate pair, as no encoder would send it
)

NASTY = "[/x]\x1b]52;c;ZXZpbA==\x07\x1b[2J\x9b31m\u202e\u200b\u2066[red]\x7f"
"""The worst of it on one line, without NUL."""

PASTED = f"\x1b[200~{NASTY.replace(chr(27), '')}\x1b[201~"
"""As a terminal hands on what is pasted: it takes the ESC out itself."""

# What Textual and this program may send: SGR, cursor, modes, erase, save and restore; a window title of our own.
_OURS = re.compile(
    rb"\x1b\[[0-9;:]*m|\x1b\[[0-9;]*[A-HJKXd]|\x1b\[[?<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1b[78]"
    rb"|\x1b\[[0-9;]*[ut]|\x1b\[\?2026[hl]|\x1b\]22;[a-z]*\x07|\x1b\[c|\x1bP\+q[0-9a-f]*\x1b\\|\x1b\[6n"
)
_CLIPBOARD = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")
FORBIDDEN_TEXT = re.compile("[\x00-\x07\x0e-\x1a\x1c-\x1f\x7f\x80-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def assert_harmless(raw: bytes) -> None:
    """Nothing but our own sequences and visible text is in what a terminal was sent."""
    for copied in _CLIPBOARD.findall(raw):
        text = b64decode(copied)
        assert text != b"evil"
        assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", text)
    rest = _OURS.sub(b"", _CLIPBOARD.sub(b"", raw))
    assert b"\x1b" not in rest, rest[max(0, rest.index(b"\x1b") - 60) :][:120]
    assert FORBIDDEN_TEXT.findall(rest.decode("utf-8")) == []


def leave(terminal: Terminal) -> None:
    """The console is still there, answers, and goes in good order; nothing that reached the terminal does harm."""
    stories.leave(terminal)
    assert "Traceback" not in terminal.raw.decode()
    assert_harmless(bytes(terminal.raw))


def gone(terminal: Terminal, words: str) -> None:
    """Wait until `words` are there no more. They must have been seen: what is not painted yet would count as gone."""
    terminal.wait_for(lambda screen: words not in screen.text)


def look(terminal: Terminal, words: str, *keys: str) -> None:
    """Press keys, see that they open what holds `words`, and leave it with Esc."""
    assert words not in terminal.text, f"there before it was opened: {words}\n{terminal.text}"
    terminal.type(*keys)
    terminal.wait_for(words)
    terminal.type("esc")
    gone(terminal, words)


def take(terminal: Terminal, words: str, key: str, *answer: str) -> None:
    """Press a key, see that it asks for something in these words, answer it, and see it gone."""
    assert words not in terminal.text, f"there before it was asked: {words}\n{terminal.text}"
    terminal.type(key)
    terminal.wait_for(words)
    terminal.type(*answer)
    gone(terminal, words)


class HostileGateway:
    """Speaks AMI and HTTP, and fills every field it can with NASTY."""

    def __init__(self, banner: str = "Asterisk Call Manager/1.1") -> None:
        self._ami = _Server(("127.0.0.1", 0), _Ami)
        self._http = _Server(("127.0.0.1", 0), _Http)
        self._ami.banner = banner

    def __enter__(self) -> HostileGateway:
        for server in (self._ami, self._http):
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in (self._ami, self._http):
            server.shutdown()
            server.server_close()

    @property
    def said(self) -> list[str]:
        """Command lines that it was asked, without ids."""
        return self._ami.asked

    def lose_network(self) -> None:
        """The port is registered no more, says the gateway in words of its own."""
        self._ami.network = f"Not registered {NASTY}"

    @property
    def ami_tcp_port(self) -> int:
        return int(self._ami.server_address[1])

    @property
    def http_tcp_port(self) -> int:
        return int(self._http.server_address[1])

    def configuration(
        self, folder: Path, receiver_tcp_port: int, *, names: Sequence[str] = ("gw1",), alarms: str = ""
    ) -> Path:
        """A configuration for it, with hostile words where an operator can be made to paste some. It is every gateway
        of `names`.
        """
        nasty = "".join(f"\\u{ord(char):04X}" for char in NASTY)
        path = folder / "config.toml"
        head = f"""
database = "{folder / "console.db"}"
[receiver]
tcp_port = {receiver_tcp_port}
[sending]
deny = {{ "+999" = "{nasty}" }}
[templates]
"t [/x] \u202e" = "{nasty}"
[alarms]
down_seconds = 0
bell = false
{alarms}
"""
        path.write_text(head + "".join(self._table(name) for name in names), encoding="utf-8")
        path.chmod(0o600)
        return path

    def _table(self, name: str) -> str:
        return f"""
[[gateways]]
name = "{name}"
host = "127.0.0.1"
result_wait = 1
price_per_segment = 0.05
currency = "[red]\u202e"
[gateways.ami]
tcp_port = {self.ami_tcp_port}
username = "admin"
secret = "admin"
status_period = 1
[gateways.http]
tcp_port = {self.http_tcp_port}
username = "u"
password = "p"
"""


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[socketserver.StreamRequestHandler]) -> None:
        super().__init__(address, handler)
        self.asked: list[str] = []
        self.network = NETWORK
        self.banner = ""

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that left."""


NETWORK = "Registered (Home network)"

_REPORT = f"""D-channel: 2
Status: Power on, Provisioned, Up, Active, Standard
Type: CPE {NASTY}
Manufacturer: {NASTY}
Model Name: {NASTY}
Model IMEI: {NASTY}
Revision: {NASTY}
Network Name: {NASTY}
Network Status: {NETWORK}
Signal Quality (0,31): 20
BER value (0,7): 0
SIM IMSI: 460028893041234
SIM SMS Center Number: {NASTY}
Own Number: {NASTY}
Network Band: {NASTY}
PDD: {NASTY}
ASR: {NASTY}
ACD: {NASTY}
Last event: {NASTY}
State: READY
Limit: {NASTY}
Last send AT: {NASTY}
"""


class _Ami(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.wfile.write(f"{self.server.banner}\r\n".encode())
        while action := self._action():
            self._answer(action)
            if action["action"].lower() == "logoff":
                return

    def _action(self) -> dict[str, str]:
        lines: dict[str, str] = {}
        while (line := self.rfile.readline().decode().rstrip("\r\n")) or not lines:
            if not line:
                return {}
            name, _, value = line.partition(": ")
            lines[name.lower()] = value
        return lines

    def _answer(self, action: dict[str, str]) -> None:
        match action["action"].lower():
            case "challenge":
                self._say(f"Response: Success\nActionID: {action['actionid']}\nChallenge: 139917135\n")
            case "login":
                self._say(f"Response: Success\nActionID: {action['actionid']}\nMessage: Authentication {NASTY}\n")
                self._say("Event: FullyBooted\nPrivilege: system,all\nStatus: Fully Booted\n")
                said = (
                    f"Channel: GSM/1-{NASTY}\nPort: gsm-1.1\nStatus: {NASTY}\n{NASTY}: x\nCause: {NASTY}\nID: {NASTY}\n"
                )
                for event in ("SMSSendStatus", f"Strange{NASTY}", "Registry"):
                    self._say(f"Event: {event}\nPrivilege: system,all\n{said}")
                step = f"Application: Set\nAppData: message={NASTY}\n"
                self._say(f"Event: Newexten\nPrivilege: dialplan,all\n{said}{step}")
            case "command":
                self.server.asked.append(action["command"])
                output = _output(action["command"]).replace(NETWORK, self.server.network)
                head = f"Response: Follows\nPrivilege: Command\nActionID: {action['actionid']}\n"
                self.wfile.write(head.replace("\n", "\r\n").encode() + output.encode() + b"--END COMMAND--\r\n\r\n")
            case _:
                self._say(f"Response: Success\nActionID: {action['actionid']}\nPing: Pong {NASTY}\n")

    def _say(self, block: str) -> None:
        self.wfile.write((block + "\n").replace("\n", "\r\n").encode())


def _output(command: str) -> str:
    if command.startswith("manager show user"):
        return "\n      read perm: system,call,dialplan\n     write perm: command\n"
    if command == "gsm show spans":
        return "GSM span 1: Power on, Provisioned, Up, Active, Standard\n"
    if command.startswith("gsm show span"):
        return _REPORT
    if command.startswith("gsm send ussd"):
        return f"1:Recive USSD on span 1,responses:0,code:15\nText:{NASTY}\n"
    return f"{NASTY}\n\x1b[1;36;40m{NASTY}\x1b[0m\n"


class _Http(socketserver.StreamRequestHandler):
    """Every answer is hostile JSON, of a status that fits nothing."""

    def handle(self) -> None:
        while (line := self.rfile.readline()) not in {b"\r\n", b""}:
            del line
        body = f'{{"message": "{NASTY}", "report": [{{"1": [{{"port": "{NASTY}", "result": "{NASTY}"}}]}}]}}'.encode()
        head = f"HTTP/1.1 200 OK\r\nServer: {NASTY}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        self.wfile.write(head.encode() + body)
