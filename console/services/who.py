"""Who sits at the console, and whether they may change anything."""

from __future__ import annotations

import os
import pwd
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from console.domain.audit import Operator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.config import SendingConfig

_SSH = ("SSH_CONNECTION", "SSH_CLIENT")
"""Set by sshd; each begins with the client's address."""


_LOGIN_UID = "/proc/self/loginuid"
"""Who logged in, whatever became of the session (audit(7) of Linux, pam_loginuid(8)). No user can change it."""

_NO_LOGIN = 2**32 - 1


def operator_now(environ: Mapping[str, str], *, uid: int | None = None, login_uid: int | None = None) -> Operator:
    """The person behind this process: the Unix user, and the address they came from by SSH.

    That is who logged in where Linux knows it, and else, under sudo, whoever called it (SUDO_USER): it is people who
    are written down, and neither `root` nor the account that the consoles of a jump host share is anybody in
    particular. SUDO_USER is set by sudo itself; who has a shell of the shared account can set it too, and could as well
    write into the database. A uid without an account is `uid 1000`. Both uids are those of this process unless `uid` is
    given.

    The address is as true as the environment. A shell inside tmux or screen keeps that of the login which started it,
    and sudo drops it where its rules say so. What is no IP address is left out, for it comes from outside.
    """
    if uid is None:
        uid, login_uid = os.getuid(), _logged_in() if login_uid is None else login_uid
    return Operator(_user(environ, uid, login_uid), _address(environ))


def read_only_reason(config: SendingConfig, operator: Operator, *, asked: bool = False) -> str:
    """Why this operator may look and change nothing; empty when they may. `asked`: they want it so (`--read-only`)."""
    if asked:
        return "this console was started with --read-only"
    if config.read_only:
        return "the configuration says read_only = true under [sending]"
    # The account counts as well: a name in the environment, which anybody can set, frees nobody.
    for user in (operator.user, _account(os.getuid())):
        if user in config.read_only_users:
            return f"{user} is one of read_only_users under [sending] of the configuration"
    return ""


def _user(environ: Mapping[str, str], uid: int, login_uid: int | None) -> str:
    if login_uid is not None:
        return _account(login_uid)
    caller = environ.get("SUDO_USER", "")
    return caller if caller and _is_account(caller) else _account(uid)


def _logged_in() -> int | None:
    try:
        uid = int(Path(_LOGIN_UID).read_text())
    except (OSError, ValueError):
        return None
    return None if uid == _NO_LOGIN else uid


def _account(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def _is_account(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except (KeyError, ValueError):  # ValueError: a NUL in it
        return False
    return True


def _address(environ: Mapping[str, str]) -> str:
    for name in _SSH:
        # A zone (`fe80::1%eth0`) may hold anything, and says nothing of who it is.
        word = environ.get(name, "").partition(" ")[0].partition("%")[0]
        try:
            address = ip_address(word)
        except ValueError:
            continue
        mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        return str(mapped or address)
    return ""
