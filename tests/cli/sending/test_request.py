"""From the arguments of `gsm-console send` to drafts."""

from __future__ import annotations

import argparse
import io
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from console.cli.sending.request import Request, read_request
from console.cli.sending.segments import InputError
from console.cli.sending.send import add_parser
from console.config import AmiConfig, Config, GatewayConfig, HttpConfig, ReceiverConfig, Secret
from console.config.records import SendingConfig
from console.domain.messages import Draft, Via
from console.errors import CannotSend
from console.protocol.lists.csv_rows import UnreadableFile

AMI, HTTP = AmiConfig("admin", Secret("a")), HttpConfig("smsuser", Secret("b"))
BOTH = GatewayConfig("gw1", "192.0.2.1", ami=AMI, http=HTTP)
BY_HTTP = GatewayConfig("gw2", "192.0.2.2", http=HTTP)


def request(*words: str, region: str = "", gateways: tuple[GatewayConfig, ...] = (BOTH,)) -> Request:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    config = Config(gateways, ReceiverConfig(), Path("none.db"), sending=SendingConfig(default_region=region))
    return read_request(parser.parse_args(["send", *words]), config)


def test_one_message_for_each_number() -> None:
    made = request("--to", "+4915112345678, 10086", "--to", "+4915112345679", "hello")
    assert made.drafts == tuple(
        Draft("gw1", to, "hello", None, Via.AMI) for to in ("+4915112345678", "10086", "+4915112345679")
    )
    assert made.label == "hello"


def test_a_number_named_twice_gets_it_once(tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("number\n10086\n10010\n", encoding="utf-8")
    made = request("--to", "10086,10086", "--to", "10086", "--csv", str(people), "hello")
    assert [draft.to for draft in made.drafts] == ["10086", "10010"]
    assert len(made.duplicates) == 3


def test_numbers_of_a_country_become_what_is_sent() -> None:
    made = request("--to", "0151 12345678", "hello", region="DE")
    assert made.drafts[0].to == "+4915112345678"


def test_a_number_is_of_the_region_of_the_gateway_that_takes_it() -> None:
    gateways = (BOTH, replace(BY_HTTP, region="FR"))
    for gateway, to in (("gw1", "+49612345678"), ("gw2", "+33612345678")):
        made = request("--to", "0612345678", "--gateway", gateway, "hello", region="DE", gateways=gateways)
        assert made.drafts[0].to == to


def test_a_number_spelled_in_several_ways_gets_it_once() -> None:
    made = request("--to", "+49 151 12345678", "--to", "0049 151 12345678", "--to", "015112345678", "hello")
    assert [draft.to for draft in made.drafts] == ["+4915112345678"]
    assert len(made.duplicates) == 2


def test_a_number_that_begins_with_the_region_s_code_has_lost_its_plus() -> None:
    made = request("--to", "4915112345678", "hello", region="DE")
    assert (made.drafts[0].to, made.remarks) == ("+4915112345678", ())


def test_what_may_be_two_numbers_is_asked_about() -> None:
    made = request("--to", "33612345678", "hello", region="DE")
    (remark,) = made.remarks
    assert made.drafts[0].to in remark.words
    assert "+33612345678" in remark.words


def test_a_device_with_a_longer_number_than_tables_know_can_be_sent_to() -> None:
    assert request("--to", "+345906566798696", "hello", region="ES").drafts[0].to == "+345906566798696"


@pytest.mark.parametrize(
    ("port", "number", "pool"), [("auto", None, ""), ("3", 3, ""), ("west", None, "west"), ("٣", None, "٣")]
)
def test_a_port_a_set_or_none(port: str, number: int | None, pool: str) -> None:
    (draft,) = request("--to", "10086", "--port", port, "hello").drafts
    assert (draft.port, draft.pool) == (number, pool)


def test_the_way_is_ami_where_it_is_configured() -> None:
    assert request("--to", "1", "x").drafts[0].via is Via.AMI
    assert request("--to", "1", "--via", "http", "x").drafts[0].via is Via.HTTP
    assert request("--to", "1", "x", gateways=(BY_HTTP,)).drafts[0].via is Via.HTTP


def test_the_only_gateway_needs_no_name_and_one_of_several_does() -> None:
    assert request("--to", "1", "--gateway", "gw2", "x", gateways=(BOTH, BY_HTTP)).gateway is BY_HTTP
    with pytest.raises(CannotSend, match="Which gateway"):
        request("--to", "1", "x", gateways=(BOTH, BY_HTTP))


def test_what_stands_behind_two_dashes_is_text() -> None:
    assert request("--to", "1", "--", "-5 degrees").drafts[0].text == "-5 degrees"


def test_a_byte_order_mark_is_no_text_and_letters_are_composed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("\ufeffMu\u0308ller\n".encode()), "utf-8"))
    assert request("--to", "1", "-").drafts[0].text == "Müller"


def test_a_text_that_is_not_utf_8() -> None:
    with pytest.raises(InputError):
        request("--to", "1", "caf\udce9")


def test_fields_fill_each_text_and_a_list_of_numbers_alone_has_none(tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("number;name\n10086;Alice\n10010;Bob\n", encoding="utf-8")
    made = request("--csv", str(people), "Dear {name}")
    assert [draft.text for draft in made.drafts] == ["Dear Alice", "Dear Bob"]
    assert made.label == "people.csv"
    with pytest.raises(CannotSend, match="has no value for 10000"):
        request("--csv", str(people), "--to", "10000", "Dear {name}")
    people.write_text("number\n10086\n", encoding="utf-8")
    assert request("--csv", str(people), "Dear {name}").drafts[0].text == "Dear {name}"


def test_a_list_is_named_in_what_is_wrong_with_it(tmp_path: Path) -> None:
    folder = tmp_path / "lists"
    folder.mkdir()
    with pytest.raises(UnreadableFile, match=r"lists can't be read: Is a directory"):
        request("--csv", str(folder), "x")


def test_those_without_a_number_are_kept_apart() -> None:
    made = request("--to", "10086,DHL,", "hello")
    assert [one.typed for one in made.rejected] == ["DHL"]
    assert len(made.drafts) == 1
