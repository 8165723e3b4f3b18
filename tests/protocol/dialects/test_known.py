"""The dialects that can be configured."""

from __future__ import annotations

from typing import get_args

from console.cli.kit.arguments import DIALECTS as OFFERED
from console.config import GatewayConfig
from console.config.records import DialectName
from console.protocol.dialects.dialect import Parcel
from console.protocol.dialects.known import DIALECTS, pace_of


def test_each_name_of_the_configuration_has_a_dialect() -> None:
    assert tuple(DIALECTS) == get_args(DialectName)
    assert tuple(DIALECTS) == OFFERED
    assert all(name == dialect.name for name, dialect in DIALECTS.items())


def test_the_driver_of_2013_has_no_flash_argument_and_gets_the_id_in_its_place() -> None:
    one = Parcel(2, "10086", ["hi"], ["id-1"], 1, 30)
    assert DIALECTS["openvox"].send(one) == ('gsm send sync sms 2 10086 "hi" 30 0 id-1',)
    assert DIALECTS["openvox-2014"].send(one) == ('gsm send sync sms 2 10086 "hi" 30 0 id-1',)
    assert DIALECTS["openvox-2013"].send(one) == ('gsm send sync sms 2 10086 "hi" 30 id-1',)
    two = one._replace(texts=["a", "b"], ids=["x", "y"])
    assert DIALECTS["openvox-2013"].send(two)[1] == 'gsm send sync csms 2 10086 "b" 11 2 2 30 y'


def test_the_pace_is_the_make_s_unless_the_configuration_says_otherwise() -> None:
    assert pace_of(GatewayConfig("gw1", "192.0.2.1")) == 0.0
    assert pace_of(GatewayConfig("gw1", "192.0.2.1", dialect="yeastar")) == 10.0
    assert pace_of(GatewayConfig("gw1", "192.0.2.1", dialect="yeastar", pace=2.0)) == 2.0
