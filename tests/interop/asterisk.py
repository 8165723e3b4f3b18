"""An Asterisk of our own: its configuration in one folder, its AMI on loopback, the stand-in for the driver loaded."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

STAND_IN = Path(__file__).with_name("stand_in.c")
MODULES = ("pbx_config", "app_verbose", "func_uri", "res_clioriginate", "func_strings")
ACCOUNT = "console"
_FOLDERS = ("etc", "modules", "var", "run", "log", "spool")


def why_not() -> str:
    """Why there is no Asterisk to run; empty when there is one."""
    missing = [program for program in ("asterisk", "cc") if shutil.which(program) is None]
    return f"not on the PATH: {', '.join(missing)}" if missing else ""


class Asterisk:
    """One, from `start` to `stop`. Its folder is kept over a restart."""

    def __init__(self, folder: Path, receiver_port: int) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.tcp_port: int = probe.getsockname()[1]
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._arrivals = 0
        for name in _FOLDERS:
            (folder / name).mkdir(parents=True)
        self._configure(receiver_port)

    def start(self) -> None:
        arguments = ["asterisk", "-C", str(self._folder / "etc/asterisk.conf"), "-f", "-n"]
        with (self._folder / "log/console").open("ab") as log:
            self._process = subprocess.Popen(
                arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def stop(self) -> None:
        self.signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def signal(self, number: int) -> None:
        """To all of it, as `core restart now` may have left another process."""
        if self._process is not None:
            os.killpg(self._process.pid, number)

    def cli(self, line: str) -> str:
        """Run one line on its own command line, without AMI."""
        arguments = ["asterisk", "-C", str(self._folder / "etc/asterisk.conf"), "-r", "-x", line]
        return subprocess.run(arguments, capture_output=True, text=True, timeout=30, check=False).stdout

    def receive_sms(self, span: int, sender: str, text: str) -> None:
        """Let an SMS arrive: the driver sets its variables, then its dialplan runs."""
        self._arrivals += 1
        path = self._folder / f"spool/{self._arrivals}"
        path.write_bytes(text.encode())
        self.cli(f'dialplan set global ARRIVAL "{span},{sender},2026/11/30 12:00:00,{path}"')
        self.cli("channel originate Local/s@arrival/n application Wait 1")

    def _configure(self, receiver_port: int) -> None:
        folder, etc = self._folder, self._folder / "etc"
        for module in MODULES:
            (folder / f"modules/{module}.so").symlink_to(_where_modules_are() / f"{module}.so")
        built = folder / "modules/stand_in.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-w", "-o", built, _copied(STAND_IN, folder)], check=True)
        (etc / "asterisk.conf").write_text(
            f"[directories]\nastetcdir => {etc}\nastmoddir => {folder}/modules\nastvarlibdir => {folder}/var\n"
            f"astdbdir => {folder}/var\nastkeydir => {folder}/var\nastspooldir => {folder}/spool\n"
            f"astrundir => {folder}/run\nastlogdir => {folder}/log\n[options]\nnocolor = yes\ndumpcore = no\n"
        )
        loads = "".join(f"load = {module}.so\n" for module in (*MODULES, "stand_in"))
        (etc / "modules.conf").write_text(f"[modules]\nautoload = no\n{loads}")
        (etc / "manager.conf").write_text(
            f"[general]\nenabled = yes\nport = {self.tcp_port}\nbindaddr = 127.0.0.1\n"
            f"[{ACCOUNT}]\nsecret = {ACCOUNT}\nread = system,call,dialplan\nwrite = command\n"
        )
        (etc / "logger.conf").write_text("[logfiles]\nmessages => error,warning\n")
        (etc / "extensions.conf").write_text(_DIALPLAN.replace("RECEIVER", f"127.0.0.1:{receiver_port}"))


_DIALPLAN = """\
[arrival]
exten => s,1,ArrivedSMS(${ARRIVAL})
 same => n,Goto(gsm-${SMSSPAN},sms,1)
[gsm](!)
exten => sms,1,NoOp(SMS In)
 same => n,System(process_sms "${CONTEXT:4}" "${SMSSRC}" "${SMSTIME}" "${SMSTXT}" > /dev/null 2>&1 &)
 same => n,Set(phonenumber=${URIENCODE(${SMSSRC})})
 same => n,Set(port=${CONTEXT:4})
 same => n,Set(message=${URIENCODE(${SMSORITXT})})
 same => n,Set(time=${URIENCODE(${SMSTIME})})
 same => n,Set(imsi=${SIMIMSI})
 same => n,System(wget -q -T 5 -t 1 -O /dev/null "http://RECEIVER/sms/gw1?phonenumber=${phonenumber}&port=${port}\
&message=${message}&time=${time}&imsi=${imsi}")
 same => n,Hangup()
[gsm-1](gsm)
[gsm-2](gsm)
[gsm-3](gsm)
[gsm-4](gsm)
"""
"""As the vendor's (inc/wrcfg.inc): the text raw for a script, then each value encoded, then the call."""


def _where_modules_are() -> Path:
    named = os.environ.get("ASTERISK_MODULES")
    if named:
        return Path(named)
    found = [path for lib in ("/usr/lib", "/usr/lib64") for path in Path(lib).glob("**/asterisk/modules")]
    assert found, "Set ASTERISK_MODULES to the folder of Asterisk's modules."
    return found[0]


def _copied(source: Path, folder: Path) -> Path:
    """Beside what is built: a compiler in another root sees this folder, not ours."""
    return Path(shutil.copy(source, folder / "modules"))


@contextmanager
def running(folder: Path, receiver_port: int) -> Iterator[Asterisk]:
    """One that was started; killed at the end."""
    asterisk = Asterisk(folder, receiver_port)
    asterisk.start()
    try:
        yield asterisk
    finally:
        asterisk.stop()
