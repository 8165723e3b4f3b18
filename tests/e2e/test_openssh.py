"""The console over a real SSH session: the line drops, receiving goes on, and somebody comes back."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.support.far import HARMFUL, eventually, far_console, is_left, is_used, program, run
from tests.support.gateway_process import free_tcp_port
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFIG = """
Port {tcp_port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/key.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
"""


class Ssh(NamedTuple):
    """A server of this user's own, and who may come in."""

    words: list[str]

    def terminal(self, *command: str) -> Terminal:
        """`ssh -t 127.0.0.1 COMMAND` in a terminal of its own."""
        return Terminal([*self.words, "127.0.0.1", shlex.join(command)])


@pytest.fixture(scope="module")
def ssh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ssh]:
    server, client, keygen = program("sshd"), program("ssh"), program("ssh-keygen")
    folder, tcp_port = tmp_path_factory.mktemp("sshd"), free_tcp_port()
    for name in ("host", "key"):
        run(keygen, "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name))
    (folder / "config").write_text(CONFIG.format(folder=folder, tcp_port=tcp_port), encoding="ascii")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # as its unit does, where there is one
    if trouble := run(server, "-t", "-f", str(folder / "config")):
        pytest.skip(f"sshd does not start here: {trouble.strip()}")
    known = ["-o", f"UserKnownHostsFile={folder}/known", "-o", "StrictHostKeyChecking=accept-new", "-q"]
    with subprocess.Popen([server, "-D", "-e", "-f", str(folder / "config")], stderr=subprocess.DEVNULL) as process:
        eventually(lambda: listens(tcp_port))
        yield Ssh([client, "-F", "none", "-tt", "-p", str(tcp_port), "-i", str(folder / "key"), *known])
        process.terminate()


def listens(tcp_port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", tcp_port)) == 0


def test_the_line_drops_and_somebody_comes_back_the_second_time_in_tmux(ssh: Ssh, tmp_path: Path) -> None:
    tmux = [program("tmux"), "-L", f"gsm-console-ssh-{os.getpid()}", "-f", "/dev/null", "-u"]
    with far_console(tmp_path) as far:
        try:
            with ssh.terminal(*far.command) as terminal:
                is_used(terminal, far)
                drop(terminal)
            (first,) = far.processes()
            far.receives("without a screen")
            with ssh.terminal(*tmux, "new", "-A", "-s", "sms", shlex.join(far.command)) as terminal:
                terminal.wait_for("without a screen")
                eventually(lambda: first not in far.processes())
                terminal.type("\x02", "d")
                assert terminal.wait_for_exit() == 0
            (second,) = far.processes()
            far.receives("while nobody looks")
            with ssh.terminal(*tmux, "attach", "-t", "sms") as terminal:
                terminal.wait_for("while nobody looks")
                drop(terminal)
            far.receives("while the line is down")
            with ssh.terminal(*tmux, "new", "-A", "-s", "sms", "false") as terminal:
                terminal.wait_for("while the line is down")
                assert far.processes() == [second]
                is_left(terminal)
        finally:
            run(*tmux, "kill-server")


def drop(terminal: Terminal) -> None:
    """The line is cut: the client has no time to say anything, neither to the server nor to its own terminal."""
    terminal.process.kill()
    terminal.process.wait()
    terminal.read_all()
    assert not [sequence for sequence in HARMFUL if sequence in terminal.raw]
