"""Who sits at the console."""

from __future__ import annotations

import os
import pwd

import pytest

from console.config import SendingConfig
from console.domain.audit import Operator
from console.services.who import operator_now, read_only_reason

SOMEBODY = next(account for account in pwd.getpwall() if account.pw_uid != 0)
NO_ACCOUNT = 1 + max(account.pw_uid for account in pwd.getpwall())
ROOT = pwd.getpwuid(0).pw_name


def test_the_unix_user_of_this_process() -> None:
    assert operator_now({}) == operator_now({}, uid=os.getuid())
    assert operator_now({}, uid=SOMEBODY.pw_uid) == Operator(pwd.getpwuid(SOMEBODY.pw_uid).pw_name)


def test_a_uid_without_an_account_is_told_as_it_is() -> None:
    assert operator_now({}, uid=NO_ACCOUNT) == Operator(f"uid {NO_ACCOUNT}")


@pytest.mark.parametrize("uid", [0, SOMEBODY.pw_uid])
def test_under_sudo_it_is_the_person_who_called_it(uid: int) -> None:
    caller = next(account.pw_name for account in pwd.getpwall() if account.pw_uid not in {0, SOMEBODY.pw_uid})
    assert operator_now({"SUDO_USER": caller}, uid=uid).user == caller


def test_who_logged_in_is_not_who_the_environment_says() -> None:
    assert operator_now({"SUDO_USER": ROOT}, uid=0, login_uid=SOMEBODY.pw_uid).user == SOMEBODY.pw_name


def test_a_name_in_the_environment_frees_no_account() -> None:
    mine = pwd.getpwuid(os.getuid()).pw_name
    operator = operator_now({"SUDO_USER": SOMEBODY.pw_name}, uid=os.getuid())
    assert f"{mine} is one of" in read_only_reason(SendingConfig(read_only_users=(mine,)), operator)


@pytest.mark.parametrize("caller", ["", "no-such-account-here", "\x1b[31mroot", "a\0b", "é" * 500])
def test_a_caller_without_an_account_is_nobody(caller: str) -> None:
    assert operator_now({"SUDO_USER": caller}, uid=0).user == ROOT


@pytest.mark.parametrize(
    ("environ", "address"),
    [
        ({}, ""),
        ({"SSH_CONNECTION": "192.0.2.7 51234 192.0.2.1 22"}, "192.0.2.7"),
        ({"SSH_CLIENT": "192.0.2.7 51234 22"}, "192.0.2.7"),
        ({"SSH_CONNECTION": "192.0.2.7 1 192.0.2.1 22", "SSH_CLIENT": "192.0.2.8 1 22"}, "192.0.2.7"),
        ({"SSH_CONNECTION": "UNKNOWN 65535 UNKNOWN 65535", "SSH_CLIENT": "192.0.2.8 1 22"}, "192.0.2.8"),
        ({"SSH_CONNECTION": "2001:db8::7 51234 2001:db8::1 22"}, "2001:db8::7"),
        ({"SSH_CONNECTION": "::ffff:192.0.2.7 51234 ::ffff:192.0.2.1 22"}, "192.0.2.7"),
        ({"SSH_CONNECTION": "fe80::1%eth0 51234 fe80::2 22"}, "fe80::1"),
        ({"SSH_CONNECTION": "fe80::1%\x1b]0;x\x07 51234 fe80::2 22"}, "fe80::1"),
        ({"SSH_CONNECTION": "\x1b[31m192.0.2.7 1 2 3"}, ""),
        ({"SSH_CONNECTION": ""}, ""),
    ],
)
def test_the_address_of_the_ssh_client(environ: dict[str, str], address: str) -> None:
    assert operator_now(environ, uid=0).address == address


def test_who_may_change_something() -> None:
    assert read_only_reason(SendingConfig(), Operator("alice")) == ""
    assert read_only_reason(SendingConfig(read_only_users=("bob",)), Operator("alice")) == ""


def test_why_not() -> None:
    listed = SendingConfig(read_only_users=("alice", "bob"))
    assert "alice is one of read_only_users" in read_only_reason(listed, Operator("alice", "192.0.2.7"))
    assert "read_only = true" in read_only_reason(SendingConfig(read_only=True), Operator("alice"))
    assert "--read-only" in read_only_reason(SendingConfig(), Operator("alice"), asked=True)
