"""A file that only its owner reads: there whole, or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from console.config.private_file import how_to_get, make_file, make_folder, private_file, write_lines
from console.errors import ConsoleError

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_a_new_file_is_private_and_nothing_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    assert write_lines(path, ["one", "two"]) == 2
    assert path.read_text() == "one\ntwo\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(ConsoleError, match="already exists"):
        write_lines(path, ["three"])
    assert path.read_text() == "one\ntwo\n"
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConsoleError, match="already exists"):
        write_lines(link, ["x"])


@pytest.mark.parametrize("name", ["none/out.txt", "nul\0.txt"])
def test_a_file_that_can_not_be_made_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConsoleError, match="can't be written"):
        write_lines(tmp_path / name, ["x"])


def test_lines_that_break_leave_no_half_file(tmp_path: Path) -> None:
    def lines() -> Iterator[str]:
        yield "one"
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        write_lines(tmp_path / "out.txt", lines())
    assert not (tmp_path / "out.txt").exists()


@pytest.mark.parametrize("replace", [False, True])
def test_what_breaks_leaves_what_was_there_and_nothing_else(tmp_path: Path, replace: bool) -> None:
    path = tmp_path / "out.txt"
    if replace:
        path.write_text("before")

    def interrupted() -> None:
        with private_file(path, replace=replace) as stream:
            stream.write("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert {one.name: one.read_text() for one in tmp_path.iterdir()} == ({"out.txt": "before"} if replace else {})


def test_what_takes_the_place_of_another_is_private_and_there_once_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_text("before")
    with private_file(path, replace=True) as stream:
        stream.write("after\udc80\n")
        stream.flush()
        assert path.read_text() == "before"
    assert path.read_text() == "after\\udc80\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_root_makes_belongs_to_whose_folder_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[str, int, int]] = []
    monkeypatch.setattr("console.config.private_file.owner_of_folder", lambda _: (12345, 54321))
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("os.chown", lambda what, uid, gid: given.append((_name(what), uid, gid)))
    make_folder(tmp_path / "a" / "b")
    os.close(make_file(tmp_path / "a" / "b" / "file", os.O_WRONLY))
    assert given == [("a", 12345, 54321), ("b", 12345, 54321), ("file", 12345, 54321)]
    # Whose link is there has no say in it.
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        make_file(tmp_path / "link", os.O_WRONLY)
    monkeypatch.setattr("os.geteuid", lambda: 12345)
    os.close(make_file(tmp_path / "own", os.O_WRONLY))
    assert len(given) == 3


def _name(what: Path | int) -> str:
    return what.name if not isinstance(what, int) else Path(f"/proc/self/fd/{what}").readlink().name


def test_a_file_of_another_user_is_named_with_what_root_can_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    theirs.touch(mode=0o600)
    ours.touch(mode=0o600)
    assert how_to_get(tmp_path, ours, theirs, tmp_path / "absent") == ""
    owner = theirs.stat().st_uid
    monkeypatch.setattr("os.geteuid", lambda: 12345)
    monkeypatch.setattr("os.access", lambda path, _: path != theirs)
    assert how_to_get(ours, theirs) == f"{theirs} belongs to uid {owner}. As root: chown 12345: {theirs}"
