"""Where the operator may only look, nothing that changes something gets through."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.config import Config, HttpConfig, ReceiverConfig, Secret
from console.domain.backend import Backend, inbox, ports, sending
from console.errors import CannotSend, ReadOnly
from console.runtime.backend import ServicesBackend
from console.runtime.services import Services
from console.store import Store
from console.store.ami.log import AmiLog
from tests.support.backend import OPERATOR, FixedClock
from tests.support.sending import GATEWAY, by_http

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PARTS = list(Backend.__annotations__)
"""Attributes through which the screen changes things."""


def acts_of(part: str) -> list[str]:
    """What can be asked of a part."""
    protocols = {**vars(inbox), **vars(ports), **vars(sending)}
    return [name for name in vars(protocols[Backend.__annotations__[part]]) if not name.startswith("_")]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "console.db", clock=FixedClock())
    yield store
    store.close()


@pytest.fixture
def services(store: Store) -> Iterator[Services]:
    """Without a gateway that could be reached."""
    gateway = replace(GATEWAY, host="127.0.0.1", ami=None, http=HttpConfig("smsuser", Secret("x"), tcp_port=1))
    receiver = ReceiverConfig(tcp_port=0)
    config = Config(gateways=(gateway,), receiver=receiver, database=store.path)
    services = Services(config, store, AmiLog(), FixedClock(), operator=OPERATOR)
    services.start()
    yield services
    services.stop()


@pytest.mark.parametrize("part", PARTS)
def test_read_only_refuses_every_act_and_says_why(services: Services, store: Store, part: str) -> None:
    looking = ServicesBackend(services, store, operator=OPERATOR, read_only="the configuration says so")
    acts = acts_of(part)
    assert acts
    for act in acts:
        with pytest.raises(ReadOnly, match="the configuration says so"):
            getattr(getattr(looking, part), act)("whatever", it="is").result(10)


@pytest.mark.parametrize("part", PARTS)
def test_behind_the_gate_is_all_that_the_screen_may_ask_for(services: Services, store: Store, part: str) -> None:
    acting = ServicesBackend(services, store, operator=OPERATOR)
    assert all(callable(getattr(getattr(acting, part), act)) for act in acts_of(part))


def test_a_harmless_line_is_run_and_another_is_refused(services: Services, store: Store) -> None:
    looking = ServicesBackend(services, store, operator=OPERATOR, read_only="the configuration says so")
    with pytest.raises(ReadOnly, match="the configuration says so"):
        looking.run_command("gw1", "gsm power off 1").result(10)
    with pytest.raises(CannotSend, match="AMI") as refused:
        looking.run_command("gw1", "core show uptime").result(10)
    assert not isinstance(refused.value, ReadOnly)
    assert store.audit.count() == 0


def test_who_may_act_acts_under_their_name(services: Services, store: Store) -> None:
    acting = ServicesBackend(services, store, operator=OPERATOR)
    acting.sending.submit(by_http()).result(10)
    assert store.audit.newest(1)[0].operator == OPERATOR == acting.operator()
    assert acting.read_only() == ""
