"""Trouble for `gsm-console simulate`, to order: `storm=5000@3` is a storm of 5000 events a second in 3 seconds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from console.simulator.gateway import Gateway

STRANGE = "RF CALIBRATION"
"""A state that no known firmware has."""

_A_PORT = "PORT"


class Trouble(NamedTuple):
    """One kind of it."""

    amount: str
    """What stands behind its name and `=`, as its help calls it; empty: nothing."""
    what: str
    """For the help."""
    befall: Callable[[Gateway, float], Coroutine[None, None, None] | None]
    """Brings it over a gateway, with that amount; where it takes a while, what is to be waited for."""


TROUBLES = {
    # AMI: its connections, its answers, its events.
    "half-open": Trouble("", "AMI: open sessions fall silent, new ones work", lambda box, _: box.half_open()),
    "silent": Trouble("", "AMI: new sessions hear nothing either", lambda box, _: box.fall_silent()),
    "awake": Trouble("", "AMI: new sessions work again", lambda box, _: box.wake()),
    "cut": Trouble("", "AMI: every session is reset", lambda box, _: box.cut_ami()),
    "cut-answer": Trouble("", "AMI: the next answer to Command breaks off", lambda box, _: box.cut_mid_answer()),
    "swallow-answer": Trouble("", "AMI: the next answer to Command never comes", lambda box, _: box.swallow_answer()),
    "hold-sends": Trouble("", "AMI: sends go out, answers wait", lambda box, _: box.hold_answers(only="gsm send")),
    "release": Trouble("", "AMI: those answers come now", lambda box, _: box.release_answers()),
    "slow": Trouble("SECONDS", "AMI: answers come so much later; 0 ends it", lambda box, late: box.slow_answers(late)),
    "storm": Trouble("RATE", "AMI: so many events a second; 0 ends it", lambda box, rate: box.storm(rate)),
    # The box.
    "restart": Trouble(
        "SECONDS", "Asterisk is gone for so long", lambda box, away: box.shut_down(restart=True, back_after=away)
    ),
    "reboot": Trouble("SECONDS", "the box is, then its modules start", lambda box, away: box.reboot(away)),
    # GSM ports.
    "pull-sim": Trouble(_A_PORT, "the SIM is taken out", lambda box, port: box.pull_sim(int(port))),
    "insert-sim": Trouble(_A_PORT, "a new SIM is put in", lambda box, port: box.insert_sim(int(port))),
    "unregister": Trouble(_A_PORT, "the network lets go of the SIM", lambda box, port: box.unregister(int(port))),
    "register": Trouble(_A_PORT, "the network takes it again", lambda box, port: box.register(int(port))),
    "strange": Trouble(_A_PORT, "its state is a word nobody knows", lambda box, port: box.say(int(port), STRANGE)),
    # SMS.
    "sms": Trouble("COUNT", "so many SMS come in at once", lambda box, count: box.receive_many(int(count))),
    "lose-callbacks": Trouble(
        "SHARE", "of the calls are lost; 0.5: every second one, 0: none", lambda box, share: box.lose_callbacks(share)
    ),
}


def trouble_help() -> str:
    """All of it, a line each."""
    named = {f"{name}={one.amount}" if one.amount else name: one.what for name, one in TROUBLES.items()}
    width = max(map(len, named))
    return "".join(f"  {name:<{width}}  {what}\n" for name, what in named.items())


@dataclass(frozen=True, slots=True)
class Order:
    """Trouble that was asked for."""

    trouble: Trouble
    amount: float
    after: float
    """Seconds until then."""


def parse_order(words: str) -> Order:
    """`NAME`, `NAME=AMOUNT`, either with `@SECONDS`. Raises ValueError with what is wrong."""
    what, _, after = words.partition("@")
    name, _, amount = what.partition("=")
    trouble = TROUBLES.get(name)
    if trouble is None:
        raise ValueError(f"there is no trouble named {name!a}; there are {', '.join(TROUBLES)}")
    return Order(trouble, _number(amount, words), _number(after, words))


def _number(given: str, words: str) -> float:
    try:
        number = float(given or 0)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{words!a}: {given!a} is not a number")
    return number


class Troubles:
    """What befalls one gateway. Belongs to its event loop."""

    def __init__(self, gateway: Gateway) -> None:
        from console.simulator.tasks import Tasks

        self._gateway = gateway
        self._tasks = Tasks()

    def order(self, order: Order) -> None:
        """Let it befall the gateway, now or in its time. Raises ValueError for a port that is not there."""
        import asyncio

        if order.trouble.amount == _A_PORT and order.amount not in self._gateway.network.ports:
            raise ValueError(f"there is no port {order.amount:g}")
        if order.after > 0:
            asyncio.get_running_loop().call_later(order.after, self._befall, order)
        else:
            self._befall(order)

    def close(self) -> None:
        """Break off what takes a while."""
        self._tasks.cancel()

    def _befall(self, order: Order) -> None:
        work = order.trouble.befall(self._gateway, order.amount)
        if work is not None:
            self._tasks.begin(work)
