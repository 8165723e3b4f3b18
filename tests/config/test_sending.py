"""`[sending]`, `[templates]`, and each gateway's pace, limits, SIMs and sets of ports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import phonenumbers
import pytest

from console.config import NO_REGIONS, Config, PortSet, SendingConfig, SimLimits, load, sections
from console.config.records import QuietHours
from console.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

SET = '[[gateways.port_sets]]\nname = "a"\n'
GATEWAY = '[[gateways]]\nname = "gw1"\nhost = "192.0.2.10"\n'


def loaded(folder: Path, text: str) -> Config:
    path = folder / "config.toml"
    path.write_text(text)
    return load(path, {})


def test_without_a_word_about_it(tmp_path: Path) -> None:
    config = loaded(tmp_path, GATEWAY)
    assert config.sending == SendingConfig()
    gateway = config.gateways[0]
    assert (gateway.result_wait, gateway.pace, gateway.pace_after_failure) == (150.0, None, 0.0)
    assert gateway.limits_of(3) == SimLimits()
    assert gateway.port_sets == ()
    assert gateway.charset == "utf-8"


def test_everything(tmp_path: Path) -> None:
    config = loaded(
        tmp_path,
        """
        [sending]
        default_region = "DE"
        confirm_above = 5
        repeat_minutes = 0
        not_after_hours = 1.5
        quiet_hours = "21:00-8:00"
        read_only = true
        read_only_users = ["trainee", "guest"]
        [sending.deny]
        "+882" = "satellite"
        [sending.others]
        "crm-" = "CRM"
        [templates]
        "out age" = "Service {service}\\nis down."
        """
        + GATEWAY
        + """
        charset = "GB18030"
        result_wait = 0
        pace = 3
        pace_after_failure = 30.5
        daily_limit = 200
        monthly_limit = 3000
        [[gateways.sims]]
        port = 3
        daily_limit = 20
        [[gateways.sims]]
        port = 4
        daily_limit = 0
        [[gateways.port_sets]]
        name = "night"
        ports = [5, 1, 2]
        order = "descending"
        """,
    )
    assert config.sending == SendingConfig(
        "DE",
        5,
        0,
        {"+882": "satellite"},
        True,
        ("trainee", "guest"),
        {"out age": "Service {service}\nis down."},
        {"crm-": "CRM"},
        not_after_hours=1.5,
        quiet_hours=QuietHours(21 * 60, 8 * 60),
    )
    gateway = config.gateways[0]
    assert (gateway.result_wait, gateway.pace, gateway.pace_after_failure) == (0.0, 3.0, 30.5)
    assert gateway.charset == "gb18030"
    assert gateway.limits_of(1) == SimLimits(200, 3000)
    assert gateway.limits_of(3) == SimLimits(20, 3000)
    assert gateway.limits_of(4) == SimLimits(None, 3000)
    assert gateway.port_sets == (PortSet("night", (5, 1, 2), "descending"),)
    assert gateway.port_sets[0].words == "5 > 2 > 1"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[sending]\ndefault_region = "Germany"\n' + GATEWAY, 'sending.default_region is "Germany"'),
        ('[sending]\ndefault_region = "UK"\n' + GATEWAY, 'sending.default_region is "UK"; expected "GB"'),
        ('[sending]\ndefault_region = "XX"\n' + GATEWAY, 'sending.default_region is "XX"'),
        (GATEWAY + 'region = "UK"\n', 'region is "UK"; expected "GB"'),
        ("[sending]\nconfirm = 3\n" + GATEWAY, "sending.confirm is not a known key"),
        ('[sending.deny]\nabc = "x"\n' + GATEWAY, 'the key "abc"'),
        ('[sending.deny]\n"+1" = 3\n' + GATEWAY, "an empty string"),
        ('[sending]\ndeny = ["+1"]\n' + GATEWAY, "a table: [sending.deny]"),
        ("[templates]\nempty = ''\n" + GATEWAY, "an empty string"),
        (
            '[sending]\nquiet_hours = "21-8"\n' + GATEWAY,
            'two different times of the day, such as "21:00-08:00"',
        ),
        ('[sending]\nquiet_hours = "08:00-8:00"\n' + GATEWAY, "two different times"),
        ("[sending]\nnot_after_hours = -1\n" + GATEWAY, "not_after_hours is the number -1"),
        (GATEWAY + 'charset = "klingon"\n', 'charset is "klingon"'),
        (GATEWAY + 'charset = "hex"\n', 'charset is "hex"'),
        (GATEWAY + 'charset = "utf-7"\n', 'charset is "utf-7"'),
        (GATEWAY + 'charset = "unicode_escape"\n', 'charset is "unicode_escape"'),
        (GATEWAY + "result_wait = -1\n", "result_wait"),
        (GATEWAY + "[[gateways.sims]]\ndaily_limit = 3\n", "port is missing"),
        (GATEWAY + "[[gateways.sims]]\nport = 1\n[[gateways.sims]]\nport = 1\n", "already has limits"),
        (GATEWAY + '[[gateways.port_sets]]\nname = "auto"\nports = [1]\n', 'name is "auto"'),
        (GATEWAY + SET + "ports = []\n", "a list of whole numbers"),
        (GATEWAY + SET + "ports = [1, 1]\n", "each port once"),
        (GATEWAY + SET + "ports = [65]\n", "from 1 to 64"),
        (GATEWAY + SET + "ports = [1]\n" + SET + "ports = [2]\n", "a unique name"),
        (GATEWAY + SET + 'ports = [1]\norder = "random"\n', '"ascending" or "descending"'),
    ],
)
def test_what_can_t_be_is_refused_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text)
    assert words in str(caught.value)
    assert "config.toml" in str(caught.value)


def test_the_regions_are_those_whose_numbers_are_known() -> None:
    assert sections._REGIONS == phonenumbers.SUPPORTED_REGIONS


def test_a_gateway_without_a_region_has_that_of_all(tmp_path: Path) -> None:
    text = '[sending]\ndefault_region = "DE"\n' + GATEWAY + GATEWAY.replace("gw1", "gw2") + 'region = "FR"\n'
    regions = loaded(tmp_path, text).regions
    assert [regions.of(gateway) for gateway in ("gw1", "gw2", "gone", "")] == ["DE", "FR", "DE", "DE"]
    assert regions.all == {"DE", "FR"}
    assert loaded(tmp_path, GATEWAY).regions == NO_REGIONS
