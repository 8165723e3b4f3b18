from __future__ import annotations

from typing import TYPE_CHECKING

from console.config import AmiConfig, Config, GatewayConfig, HttpConfig, ReceiverConfig, Secret
from console.runtime.page_values import page_values
from console.runtime.setup import Checks
from console.services.clock import SystemClock
from console.simulator.gateway import Gateway
from console.simulator.options import SimulatorOptions

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "a-token-of-more-than-16-letters"


def configuration(folder: Path, gateway: Gateway, *, secret: str = "admin", receiver_port: int = 0) -> Config:
    ami = AmiConfig("admin", Secret(secret), tcp_port=gateway.ami_address[1])
    http = HttpConfig("smsuser", Secret("smspwd"), tcp_port=gateway.http_address[1])
    one = GatewayConfig("gw1", "127.0.0.1", ami, http, tokens=(Secret(TOKEN),))
    return Config((one, GatewayConfig("gw2", "127.0.0.1")), ReceiverConfig("127.0.0.1", receiver_port), folder / "db")


async def test_what_is_tried_out_is_the_gateway_itself(tmp_path: Path) -> None:
    gateway = Gateway(SimulatorOptions(ports=3, rate=0))
    await gateway.start()
    try:
        checks = Checks(SystemClock())
        config = configuration(tmp_path, gateway)
        ami = await checks.ami(config)
        assert (ami[0].verdict, ami[0].subject) == ("ok", "AMI")
        assert "3 GSM ports" in ami[0].words
        assert not any(line.subject == "/sendsms" for line in ami)
        http = await checks.http(config)
        assert [(line.verdict, line.subject) for line in http][:1] == [("ok", "/sendsms")]
        refused = await checks.ami(configuration(tmp_path, gateway, secret="wrong"))
        assert refused[0].verdict == "failed"
        assert (await checks.receiver(config))[0].verdict == "ok"
        taken = await checks.receiver(configuration(tmp_path, gateway, receiver_port=gateway.ami_address[1]))
        assert (taken[0].verdict, bool(taken[0].hint)) == ("failed", True)
        assert dict(await checks.to_enter(config))["Path"] == f"sms/gw1/{TOKEN}; gw2: sms/gw2"
    finally:
        await gateway.stop()


def test_a_token_is_shown_only_where_it_is_asked_for(tmp_path: Path) -> None:
    gateways = (GatewayConfig("gw1", "127.0.0.1", tokens=(Secret(TOKEN),)),)
    config = Config(gateways, ReceiverConfig("127.0.0.1", 8080), tmp_path / "db")
    assert dict(page_values(config)) == {
        "Host": "127.0.0.1",
        "Port": "8080",
        "Path": "sms/gw1/***",
        "Names": "phonenumber, port, portname, message, time, imsi, status",
        "User-defined": "(empty)",
    }
    assert dict(page_values(config, show_token=True))["Path"] == f"sms/gw1/{TOKEN}"
