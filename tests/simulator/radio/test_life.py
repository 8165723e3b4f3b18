"""Random life: the same for the same seed, plausible in its parts, and in history as in the present."""

from __future__ import annotations

import random
from collections import Counter

from console.protocol.http.inbound import parse
from console.simulator.gateway import Gateway
from console.simulator.options import SimulatorOptions
from console.simulator.radio import texts
from console.simulator.radio.history import history
from tests.simulator.support import START, AmiProbe, FastPace, StillPace, eventually, probe


async def lived(seed: int, steps: int) -> bytes:
    """What AMI showed of so many steps."""
    async with (
        Gateway(SimulatorOptions(seed=seed, sync_delay=0), pace=FastPace()) as gateway,
        probe(gateway, events="on") as client,
    ):
        await client.until(b"Fully Booted\r\n\r\n")
        for _ in range(steps):
            gateway.life.step()
        gateway.insert_sim(8)
        await until_last(client)
        return client.taken


async def until_last(client: AmiProbe) -> None:
    await client.until(b"SimInserted\r\nPrivilege: system,all\r\nChannel: 8\r\n\r\n")


async def test_the_same_seed_lives_the_same_life() -> None:
    first, again, other = await lived(1, 40), await lived(1, 40), await lived(2, 40)
    assert first == again
    assert first != other


async def test_most_of_life_is_inbound_sms() -> None:
    seen = await lived(3, 300)
    received = seen.count(b"AppData: SMS In\r\n")
    assert 150 <= received <= 210


async def test_a_port_leaves_the_network_and_returns() -> None:
    pace = StillPace()
    async with Gateway(SimulatorOptions(sync_delay=0), pace=pace) as gateway:
        while len(gateway.network.usable()) == 7:
            gateway.life.step()
        assert len(gateway.network.usable()) == 6
        await eventually(lambda: pace.sleeping >= 1)
        pace.advance(41)
        await eventually(lambda: len(gateway.network.usable()) == 7)


async def test_a_rate_makes_it_live_by_itself() -> None:
    pace = StillPace()
    async with (
        Gateway(SimulatorOptions(rate=1, seed=5, sync_delay=0), pace=pace) as gateway,
        probe(gateway, events="dialplan") as client,
    ):
        reading = client.until(b"AppData: SMS In\r\n")
        for _ in range(20):
            await eventually(lambda: pace.sleeping >= 1)
            pace.advance(10)
        assert await reading


def test_texts_are_of_many_kinds() -> None:
    rng = random.Random(7)
    picked = [texts.pick(rng) for _ in range(2000)]
    senders = Counter(sms.number for sms in picked)
    assert senders["Google"] > 0
    assert senders["10086"] > 0
    joined = "".join(sms.text for sms in picked)
    for letter in ("你", "П", "გ", "ش", "é", "😀", "\x1b", "[", "\n"):
        assert letter in joined
    assert any(len(sms.text) > 160 for sms in picked)


def test_history_is_oldest_first_and_before_now() -> None:
    past = list(history(1, 500, 8, START))
    times = [at for at, _ in past]
    assert times == sorted(times)
    assert times[-1] < START
    assert len(past) == 500
    assert past == list(history(1, 500, 8, START))


def test_history_reads_as_inbound_sms() -> None:
    for _, target in history(2, 200, 4, START):
        path, _, query = target.partition(b"?")
        assert path == b"/sms"
        callback = parse(query)
        assert callback.kind == "sms"
        assert callback.number
        assert 1 <= int(callback.port) <= 4
