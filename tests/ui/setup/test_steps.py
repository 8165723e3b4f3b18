from __future__ import annotations

from pathlib import Path

import pytest

from console.errors import ConfigError
from console.ui.setup.steps import STEPS, Answers, initial_answers, needs_test, read, values

PATH = Path("/nowhere/config.toml")
TOKEN = "a-token-of-more-than-16-letters"


def answers(**given: str) -> Answers:
    """With `_` for the blank in an id."""
    return {**initial_answers(), "host": "192.0.2.10", **{name.replace("_", "-"): text for name, text in given.items()}}


def test_each_field_has_an_id_of_its_own() -> None:
    assert len(initial_answers()) == sum(len(step.fields) for step in STEPS)


def test_an_account_that_is_left_empty_is_not_wanted() -> None:
    config = read(answers(), "receiver", PATH, token=TOKEN)
    assert (config.gateways[0].ami, config.gateways[0].http) == (None, None)
    assert not needs_test(answers(), "ami")
    assert needs_test(answers(ami_username="admin"), "ami")
    assert needs_test(answers(), "receiver")


def test_only_the_gateways_own_address_may_call() -> None:
    gateway = read(answers(), "receiver", PATH, token=TOKEN).gateways[0]
    assert [str(caller) for caller in gateway.callers] == ["192.0.2.10/32"]
    assert gateway.tokens == ()


def test_a_gateway_known_by_its_name_calls_with_a_token() -> None:
    gateway = read(answers(host="gw.example"), "receiver", PATH, token=TOKEN).gateways[0]
    assert gateway.callers == ()
    assert [token.reveal() for token in gateway.tokens] == [TOKEN]


def test_behind_loopback_anybody_may_call() -> None:
    gateway = values(answers(receiver_host="127.0.0.1"), token=TOKEN)["gateways"][0]
    assert gateway.keys() == {"name", "host"}


def test_everything_that_was_answered_is_read() -> None:
    given = answers(
        ami_username="admin", ami_secret=" s ecret", http_username="sms", http_password="p", http_scheme="https"
    )
    with pytest.raises(ConfigError, match="begins with a space"):
        read(given, "ami", PATH, token=TOKEN)
    config = read({**given, "ami-secret": 's "ecret'}, "receiver", PATH, token=TOKEN)
    assert config.gateways[0].ami is not None
    assert config.gateways[0].ami.secret.reveal() == 's "ecret'
    assert config.gateways[0].http is not None
    assert config.gateways[0].http.scheme == "https"


def test_what_was_not_asked_yet_is_not_judged() -> None:
    config = read(answers(ami_username="admin"), "gateway", PATH, token=TOKEN)
    assert config.gateways[0].ami is None


@pytest.mark.parametrize(
    ("given", "step", "words"),
    [
        ({"host": ""}, "gateway", 'Address is ""; expected a string, not empty'),
        ({"name": "my gateway"}, "gateway", 'Name is "my gateway"; expected 1 to 32'),
        ({"host": "http://gw"}, "gateway", 'Address is "http://gw"; expected a host name'),
        ({"ami_username": "admin"}, "ami", "Secret is empty"),
        (
            {"ami_username": "a", "ami_secret": "s", "ami_tcp_port": "x"},
            "ami",
            'TCP port is "x"; expected a whole number from 1 to 65535',
        ),
        ({"http_username": "a", "http_password": "p", "http_scheme": "ftp"}, "http", 'Scheme is "ftp"'),
        ({"receiver_tcp_port": "70000"}, "receiver", "TCP port is the number 70000"),
    ],
)
def test_what_can_not_be_is_told_in_the_words_of_the_screen(given: dict[str, str], step: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(answers(**given), step, PATH, token=TOKEN)  # type: ignore[arg-type]
    assert str(caught.value).startswith(words)
