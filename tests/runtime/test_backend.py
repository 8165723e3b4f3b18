"""Where the operator may only look, nothing that changes something gets through."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from console.config import Config, HttpConfig, ReceiverConfig, Secret
from console.domain.backend import Backend
from console.domain.messages import DeliveryState
from console.domain.sending import BatchState
from console.errors import ReadOnly
from console.runtime.backend import ServicesBackend
from console.runtime.services import Services
from console.store import Store
from console.store.ami.log import AmiLog
from tests.support.backend import OPERATOR, FixedClock
from tests.support.sending import GATEWAY, by_http

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ACTS: dict[str, tuple[Any, ...]] = {
    "submit": (by_http(),),
    "submit_all": ([by_http()], "label"),
    "set_batch": (1, BatchState.CANCELLED),
    "cancel": ([1],),
    "take_over": (),
    "settle": (1, DeliveryState.SENT),
    "ask_status": (1,),
    "ussd": ("gw1", 1, "*100#"),
    "power": ("gw1", 1, "reset"),
    "at": ("gw1", 1, "AT+CSQ"),
    "note_port": ("gw1", 1, "antenna loose", True),
    "run_command": ("gw1", "gsm power off 1"),
}
"""What changes something, with arguments."""

VIEWS = {
    *("gateways", "receiver", "trouble", "plan", "wire_form", "operator", "read_only", "forecast", "remarks"),
    "reconnect",  # brings no answer; below
}


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


def test_every_call_of_the_screen_is_a_view_or_an_act() -> None:
    calls = {name for name, _ in inspect.getmembers(Backend, inspect.isfunction) if not name.startswith("_")}
    assert calls == VIEWS | ACTS.keys()


@pytest.mark.parametrize("act", ACTS)
def test_read_only_refuses_every_act_and_says_why(services: Services, store: Store, act: str) -> None:
    looking = ServicesBackend(services, operator=OPERATOR, read_only="the configuration says so")
    with pytest.raises(ReadOnly, match="the configuration says so"):
        getattr(looking, act)(*ACTS[act]).result(10)
    assert store.outbox_count() == 0
    assert store.audit.count() == 0


def test_who_may_act_acts_under_their_name(services: Services, store: Store) -> None:
    acting = ServicesBackend(services, operator=OPERATOR)
    acting.submit(by_http()).result(10)
    assert store.audit.newest(1)[0].operator == OPERATOR == acting.operator()
    assert acting.read_only() == ""
