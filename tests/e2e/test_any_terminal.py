"""The console on terminals of all kinds: sizes, locales, resizing, suspending, tmux, and none at all."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.cells import split_text

from console.terminal.driver import ASK_WHERE
from console.terminal.lean_frames import LeanFrames
from console.terminal.steady_columns import steady
from tests.support.stories import leave, left_the_form
from tests.support.terminal import REPOSITORY, Terminal
from tests.support.waiting import DEADLINE

if TYPE_CHECKING:
    from collections.abc import Iterator

QUIET = ("demo", "--rate", "0")
EMPTY = (*QUIET, "--size", "0")
"""No wide characters: pyte stumbles over one that resizing cut in two."""

STOPS = 5
"""So often it is stopped: more than threads come and go by themselves."""

STARTED = re.compile(rb"pid (\d+)")
SHELL = """
import subprocess, sys
with subprocess.Popen([sys.executable, "-m", "console", *sys.argv[1:]]) as console:
    print("pid", console.pid, flush=True)
sys.exit(console.returncode)
"""
"""What a console needs around it to be stopped as a job: the first process of a terminal has nobody to continue it."""


def below_a_shell(*arguments: str) -> Terminal:
    return Terminal([sys.executable, "-c", SHELL, *arguments], columns=120, rows=40)


def pid_of(terminal: Terminal) -> int:
    """Of the console, once its shell has told."""
    told = STARTED.search(terminal.raw)
    assert told is not None
    return int(told[1])


def is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def threads_of(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def stop(terminal: Terminal, how: signal.Signals) -> int:
    """Stop the console and see all that it still has to say; returns its pid."""
    pid = pid_of(terminal)
    os.kill(pid, how)
    terminal.wait_for(lambda _: is_stopped(pid))
    terminal.read_all()
    return pid


def is_whole(terminal: Terminal) -> bool:
    return (
        "gsm-console" in terminal.lines[0]
        and "of 8 in service" in terminal.lines[1]
        and ("╰" in terminal.lines[-2] or "▌" in terminal.lines[-2])  # or what is said in passing
        and "New" in terminal.lines[-1]
    )


@pytest.mark.parametrize(("at_first", "later"), [((60, 20), (80, 24)), ((200, 60), (132, 43))])
def test_every_size_shows_the_inbox_and_the_way_out(at_first: tuple[int, int], later: tuple[int, int]) -> None:
    # What a shell once exported says nothing of this terminal.
    with Terminal.console(*QUIET, columns=at_first[0], rows=at_first[1], COLUMNS="70", LINES="22") as terminal:
        terminal.wait_for(fills_it)
        shows_the_inbox_and_help(terminal)
        terminal.screen.reset()
        terminal.resize(*later)
        terminal.wait_for(fills_it)
        shows_the_inbox_and_help(terminal)
        leave(terminal)


def fills_it(terminal: Terminal) -> bool:
    """Its frames end in the last column."""
    return "╮" in {line[-1:] for line in terminal.lines} and "Open" in terminal.lines[-1]


def shows_the_inbox_and_help(terminal: Terminal) -> None:
    terminal.wait_for(lambda screen: "Inbox" in screen.text and "Open" in screen.lines[-1])
    terminal.type("?")
    terminal.wait_for("type to search")
    terminal.type("esc")
    terminal.wait_for(lambda screen: "type to search" not in screen.text)  # esc and q in one piece would be alt and q


def test_what_is_typed_before_it_is_there_is_not_lost() -> None:
    """Enter too, which the terminal takes for the end of a line until the console has it."""
    with Terminal.console(*EMPTY, columns=120, rows=40) as terminal:
        terminal.type("n10086\rhi there")
        terminal.wait_for(lambda screen: "To    10086 " in screen.text and "hi there" in screen.text)
        assert "no number" not in terminal.text
        terminal.type("esc")
        terminal.wait_for(is_whole)


def test_a_storm_of_resizes_ends_in_a_whole_screen() -> None:
    with Terminal.console(*EMPTY, columns=120, rows=40) as terminal:
        terminal.wait_for("of 8 in service")
        for columns, rows in [(50, 12), (200, 60), (81, 24), (20, 5), (1, 1), (133, 44)] * 5:
            terminal.resize(columns, rows)
        terminal.resize(120, 40)
        terminal.wait_for(is_whole)
        # Shrunk and grown at once, so that it is the size it was: what was cut is drawn anew.
        terminal.resize(30, 10)
        terminal.resize(120, 40)
        terminal.wait_for(lambda screen: is_whole(screen) and "╮" in screen.lines[1])
        leave(terminal)


def test_suspended_it_gives_the_terminal_back_and_resumed_it_draws_all_anew() -> None:
    with below_a_shell(*EMPTY) as terminal:
        terminal.wait_for(is_whole)
        for times in (1, 2, 3):
            pid = stop(terminal, signal.SIGTSTP)
            assert terminal.raw.count(b"\x1b[?1049l") == times  # its own screen is left
            assert not terminal.screen.cursor.hidden
            assert terminal.modes_now == terminal.modes_before
            terminal.screen.reset()  # as others draw on it
            os.kill(pid, signal.SIGCONT)
            terminal.wait_for(is_whole)
            terminal.wait_for("The console was suspended for ")

        # Without being asked it takes the terminal again, and has one reader.
        threads = threads_of(pid)
        for _ in range(STOPS):
            pid = stop(terminal, signal.SIGSTOP)
            terminal.put_modes_back()  # as a shell does
            terminal.screen.reset()
            os.kill(pid, signal.SIGCONT)
            terminal.wait_for(is_whole)
            terminal.wait_for(lambda screen: screen.modes_now != screen.modes_before)
        assert threads_of(pid) < threads + STOPS
        terminal.type("n")
        terminal.wait_for("numbers or names, with commas")
        terminal.type(*"+8613632919026")
        terminal.wait_for("+8613632919026")
        terminal.type("esc")
        terminal.wait_for(left_the_form)
        leave(terminal)


@pytest.mark.parametrize("how", [signal.SIGTSTP, signal.SIGSTOP])
def test_a_shell_stops_it_and_continues_it_in_the_background_and_in_the_foreground(
    how: signal.Signals, tmp_path: Path
) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    shell, environ = [bash, "--noprofile", "--norc", "-i"], {"PS1": "$ ", "HISTFILE": str(tmp_path / "history")}
    # After SIGSTOP, which asks nobody, the shell takes the answer to the last question for typed.
    answers = how is signal.SIGTSTP
    with Terminal(shell, columns=120, rows=40, environ=environ, answers=answers) as terminal:
        terminal.wait_for("$ ")
        terminal.type(f"{sys.executable} -m console {' '.join(EMPTY)}", "enter")
        terminal.wait_for(is_whole)
        children = Path(f"/proc/{terminal.process.pid}/task/{terminal.process.pid}/children")
        pid = int(children.read_text().split()[0])
        os.kill(pid, how)
        terminal.wait_for("Stopped")
        terminal.type("bg", "enter")
        terminal.wait_for(lambda screen: screen.text.count("Stopped") > 1 or "&" in screen.text)
        terminal.wait_for(lambda _: is_stopped(pid))
        terminal.screen.reset()
        terminal.type("fg", "enter")
        terminal.wait_for(is_whole)
        terminal.type("q")
        terminal.wait_for("Quit the console?")
        terminal.type("y")
        terminal.wait_for(lambda _: not Path(f"/proc/{pid}").exists())
        terminal.type("echo left $?", "enter")
        terminal.wait_for("left 0")


def test_stopped_and_hung_up_on_it_ends() -> None:
    with below_a_shell(*EMPTY) as terminal:
        terminal.wait_for(is_whole)
        pid = stop(terminal, signal.SIGTSTP)
        terminal.hang_up()
        # The shell goes by SIGHUP; the kernel then sends SIGHUP and SIGCONT to what it leaves behind stopped.
        assert terminal.process.wait(DEADLINE) != 0
        ends = time.monotonic() + DEADLINE
        while Path(f"/proc/{pid}/exe").exists():
            assert time.monotonic() < ends
            os.sched_yield()


def test_a_terminal_that_answers_no_question_is_drawn_on_and_left_all_the_same() -> None:
    with Terminal.console(*EMPTY, columns=120, rows=40, answers=False) as terminal:
        terminal.wait_for(is_whole)
        leave(terminal)
    drawn, _, last = bytes(terminal.raw).rpartition(b"\x1b[?1049l")
    assert ASK_WHERE.encode() in drawn
    assert b"\x1b[2J" in drawn[-100:], "or tmux brings it back into the shell's screen"
    assert ASK_WHERE.encode() not in last, "whose answer the shell would take for typed"


@pytest.mark.parametrize("stream", ["stdin", "stdout", "stderr"])
@pytest.mark.parametrize("words", [EMPTY, ("--config", "console.toml")], ids=["demo", "console"])
def test_without_a_terminal_on_every_side_it_says_so_and_draws_nothing(
    words: tuple[str, ...], stream: str, tmp_path: Path
) -> None:
    (tmp_path / "console.toml").write_text('[[gateways]]\nname = "gw1"\nhost = "127.0.0.1"\n', encoding="utf-8")
    (tmp_path / "console.toml").chmod(0o600)
    redirected = {"stdin": "< /dev/null", "stdout": "> out", "stderr": "2> err"}[stream]
    command = f"cd {tmp_path}; PYTHONPATH={REPOSITORY} {sys.executable} -m console {' '.join(words)} {redirected}"
    with Terminal(["sh", "-c", command], columns=120, rows=40) as terminal:
        assert terminal.wait_for_exit() == 2
        told = terminal.text + "".join(path.read_text() for path in tmp_path.glob("err"))
    assert "The console needs a terminal" in told
    assert "use --plain" in told
    assert b"\x1b[?1049h" not in terminal.raw


NO_UTF8 = {"LANG": "C", "LC_ALL": "", "LC_CTYPE": ""}
STUBBORN = {**NO_UTF8, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
"""Python left without its own way to UTF-8 in such a locale."""

IN_LATIN = re.compile("Perezvonite|Dobryy den'|Zakaz polu|NiWeHa|ZuJiDe")
"""Russian and Chinese texts of the demo."""

UNREAD = re.compile(r"(\d+) unread")
"""It begins with three: more have come while it was drawn in ASCII."""


@pytest.mark.parametrize("environ", [NO_UTF8, STUBBORN], ids=["python's UTF-8", "no UTF-8 at all"])
def test_a_locale_without_utf8_gets_ascii_and_is_told(environ: dict[str, str]) -> None:
    command = [sys.executable, "-m", "console", "demo", "--rate", "5"]
    with Terminal(command, columns=120, rows=40, environ=environ) as terminal:
        terminal.wait_for("This locale has no UTF-8")
        terminal.wait_for(lambda screen: "+- 1 Inbox" in screen.text and IN_LATIN.search(screen.text) is not None)
        terminal.wait_for(lambda screen: int((UNREAD.search(screen.text) or [0, 0])[1]) > 5)
        leave(terminal)
        assert terminal.raw.isascii()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("decode", "callback", "phonenumber=1&port=1&message=%E4%BD%A0"), b"text: \\u4f60"),
        (("segments",), b"because of \\u4f60"),
    ],
    ids=["decode", "segments"],
)
def test_a_command_in_a_locale_without_utf8_writes_what_it_lacks_by_number(words: tuple[str, ...], said: bytes) -> None:
    command, environ = [sys.executable, "-m", "console", *words], {**os.environ, **STUBBORN}
    done = subprocess.run(command, cwd=REPOSITORY, env=environ, input="你".encode(), capture_output=True, check=True)
    assert said in done.stdout
    assert done.stdout.isascii()


def test_ascii_can_be_asked_for_and_refused() -> None:
    with Terminal.console(*QUIET, "--ascii") as terminal:
        terminal.wait_for(
            lambda screen: "+- Inbox" in screen.text and re.search("[\u0370-\u9fff]", screen.text) is not None
        )
        assert "no UTF-8" not in terminal.text
        assert not set("╭─│●") & set(terminal.text)
    with Terminal.console("--no-ascii", *QUIET, LANG="C", LC_ALL="", LC_CTYPE="") as terminal:
        terminal.wait_for("╭─ Inbox")


@pytest.mark.parametrize("words", [("--slow", "--theme", "colourblind"), ("--theme", "light")])
def test_looks_that_were_asked_for_and_bytes_that_are_no_utf8_end_nothing(words: tuple[str, ...]) -> None:
    with Terminal.console(*QUIET, *words) as terminal:
        terminal.wait_for("receiving")
        os.write(terminal._master, b"\xff\xe9\xfe\x80")
        leave(terminal)


def test_without_colours_states_are_words_and_glyphs() -> None:
    with Terminal.console(*QUIET, columns=120, rows=40, NO_COLOR="1") as terminal:
        terminal.wait_for("● ready")
        terminal.wait_for("○ no SIM")


@pytest.fixture
def tmux() -> Iterator[list[str]]:
    """`tmux` with a server of its own, whose socket is where tmux puts them: its path must be short."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    command = ["tmux", "-L", f"gsm-console-{os.getpid()}", "-f", "/dev/null"]
    yield command
    subprocess.run([*command, "kill-server"], check=False, capture_output=True)


def test_tmux_detached_and_attached_shows_it_as_it_was_left(tmux: list[str]) -> None:
    demo = [sys.executable, "-m", "console", *QUIET]
    start = [*tmux, "new-session", "-d", "-s", "sms", "-x", "80", "-y", "24", *demo]
    subprocess.run(start, check=True, cwd=REPOSITORY, env={**os.environ, "LANG": "C.UTF-8"})
    for _ in range(2):
        with Terminal([*tmux, "attach", "-t", "sms"]) as terminal:
            terminal.wait_for("receiving")
            terminal.type("\x02", "d")
            assert terminal.wait_for_exit() == 0
    with Terminal([*tmux, "attach", "-t", "sms"]) as terminal:
        terminal.wait_for("receiving")
        terminal.type("q")
        terminal.wait_for("Quit the console?")
        terminal.type("y")
        terminal.wait_for_exit()


HINDI = "बैंक: आपके खाते से ₹500 निकाले गए। शेष ₹1,200 हैं हैं"


def test_in_tmux_nothing_is_left_beside_a_dialog_over_text_that_it_draws_wider(tmux: list[str], tmp_path: Path) -> None:
    frames, line, dialog = LeanFrames(), f"{HINDI}{' ' * 8}", "│a dialog is here│"
    drawn = [frames.lean(f"\x1b[2;1H\x1b[0m{line}\x1b[34m│\x1b[0m"), frames.lean(f"\x1b[2;5H\x1b[0m{dialog}\x1b[0m")]
    (tmp_path / "drawn").write_text(f"{''.join(map(steady, drawn))}\x1b[9;1Hdrawn", encoding="utf-8")
    command = f"stty raw; cat {tmp_path}/drawn; cat"
    start = [*tmux, "new-session", "-d", "-s", "drawn", "-x", "80", "-y", "24", command]
    subprocess.run(start, check=True, env={**os.environ, "LANG": "C.UTF-8"})
    shown = ""
    ends = time.monotonic() + DEADLINE
    while "drawn" not in shown:
        assert time.monotonic() < ends
        capture = [*tmux, "capture-pane", "-p", "-t", "drawn"]
        shown = subprocess.run(capture, check=True, capture_output=True, text=True).stdout
    beside = shown.splitlines()[1].partition(dialog)[2]
    # Blanks are as many as tmux has room for.
    assert beside.split() == [*split_text(line, 4 + len(dialog))[1].split(), "│"]


def plain(*words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "console", "demo", "--plain", *words]
    return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_plain_prints_lines_until_told_to_stop(how: signal.Signals) -> None:
    with plain("--rate", "50") as program:
        assert program.stdout is not None
        seen = ""
        while not all(word in seen for word in ("receiver  listening", "AMI       gw1  up", "port 1  ready", "SMS ")):
            line = program.stdout.readline()
            assert line.endswith("\n")
            assert "\x1b" not in line
            seen += line
        program.send_signal(how)
        program.stdout.read()
        assert program.wait(DEADLINE) == 0


def test_plain_ends_when_nobody_reads() -> None:
    with plain("--rate", "0") as program:
        assert program.stdout is not None
        program.stdout.readline()
        program.stdout.close()
        assert program.wait(DEADLINE) == 0
