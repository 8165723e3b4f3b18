"""A secret stays one in every way of printing."""

from __future__ import annotations

from console.config import Secret


def test_a_secret_prints_as_stars_and_tells_only_when_asked() -> None:
    secret = Secret("hidden")
    assert f"{secret} {secret!r} {secret!s} {[secret]}" == "*** *** *** [***]"
    assert secret.reveal() == "hidden"


def test_secrets_compare_by_their_words() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
