"""A scripted AMI server on loopback: each connection runs a script that says what the server does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

CAPTURES = Path(__file__).parents[1] / "captures" / "ami"
OLD_BANNER = "Asterisk Call Manager/1.1"
ABOUT_ACCOUNT = "manager show user "
ALL_ALLOWED = "\n      read perm: system,call,dialplan\n     write perm: command\n"


class GoneError(Exception):
    """The client has closed the connection."""


class Action(dict[str, str]):
    """Headers of one action of the client, names in lower case."""

    @property
    def name(self) -> str:
        return self["action"]

    @property
    def id(self) -> str:
        return self["actionid"]


class Peer:
    """The server's end of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.actions: list[Action] = []
        self._reader = reader
        self._writer = writer

    async def action(self) -> Action:
        """The client's next action. Raises GoneError.

        The question about its own account, with which every link begins, is answered here: that all is allowed.
        """
        while (action := await self._next()).get("command", "").startswith(ABOUT_ACCOUNT):
            self.answer_command(action, ALL_ALLOWED)
        self.actions.append(action)
        return action

    async def tell_account(self) -> None:
        """Answer the question about the account, which must come next."""
        action = await self._next()
        assert action["command"].startswith(ABOUT_ACCOUNT)
        self.answer_command(action, ALL_ALLOWED)

    async def _next(self) -> Action:
        try:
            block = await self._reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            raise GoneError from None
        lines = (line.partition(": ") for line in block.decode().split("\r\n") if line)
        return Action({name.lower(): value for name, _, value in lines})

    def send(self, data: str | bytes) -> None:
        """Write bytes as they are; of a text each `\\n` becomes CR LF."""
        self._writer.write(data.replace("\n", "\r\n").encode() if isinstance(data, str) else data)

    def answer(self, action: Action, *lines: str, response: str = "Success") -> None:
        self.send("\n".join([f"Response: {response}", f"ActionID: {action.id}", *lines]) + "\n\n")

    def answer_command(self, action: Action, output: str) -> None:
        """In the old form; `output` with LF line ends, as it is."""
        head = f"Response: Follows\r\nPrivilege: Command\r\nActionID: {action.id}\r\n"
        self.send((head + output + "--END COMMAND--\r\n\r\n").encode())

    async def log_in(self, *, banner: str = OLD_BANNER, challenge: str = "139917135") -> Action:
        """Banner, challenge, login; returns the Login action."""
        self.send(f"{banner}\n")
        self.answer(await self.action(), f"Challenge: {challenge}")
        login = await self.action()
        self.answer(login, "Message: Authentication accepted")
        return login

    async def refuse_login(self, message: str = "Authentication failed") -> None:
        self.send(f"{OLD_BANNER}\n")
        self.answer(await self.action(), "Challenge: 1")
        self.answer(await self.action(), f"Message: {message}", response="Error")

    async def serve(self, commands: Mapping[str, str] | None = None) -> None:
        """Answer Ping, Command and Logoff until the client leaves."""
        while True:
            action = await self.action()
            if action.name == "Ping":
                self.answer(action, "Ping: Pong")
            elif action.name == "Logoff":
                self.answer(action, "Message: Thanks for all the fish.", response="Goodbye")
                return
            else:
                line = action.get("command", "")
                self.answer_command(action, (commands or {}).get(line, f"No such command '{line}'\n"))

    async def silence(self) -> None:
        """Read and answer nothing until the client leaves: what a half-open peer looks like."""
        while True:
            self.actions.append(await self._next())

    def reset(self) -> None:
        """End the connection without a goodbye (RST when something is unread)."""
        self._writer.transport.abort()

    async def close(self) -> None:
        self._writer.close()


Script = Callable[[Peer], Awaitable[None]]


class AmiServer:
    """`async with AmiServer(first, second, …)`: one script a connection; the last serves all further ones."""

    def __init__(self, *scripts: Script) -> None:
        self.peers: list[Peer] = []
        self._scripts = scripts
        self._tasks: set[asyncio.Task[None]] = set()
        self.failures: list[BaseException] = []

    @property
    def tcp_port(self) -> int:
        port = self._server.sockets[0].getsockname()[1]
        assert isinstance(port, int)
        return port

    async def __aenter__(self) -> AmiServer:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _ in range(
            5
        ):  # turns in which who has come is taken: asyncio loses a connection that it takes as it closes
            await asyncio.sleep(0)
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if error is None and self.failures:
            raise self.failures[0]

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        peer = Peer(reader, writer)
        self.peers.append(peer)
        script = self._scripts[min(len(self.peers), len(self._scripts)) - 1]
        try:
            await script(peer)
        except (GoneError, ConnectionError):
            pass
        except Exception as failure:
            self.failures.append(failure)
        finally:
            writer.transport.abort() if writer.transport.is_closing() else writer.close()
            self._tasks.discard(task)
