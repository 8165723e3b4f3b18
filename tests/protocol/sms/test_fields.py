from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.errors import CannotSend
from console.protocol.sms.fields import field_name, fill, placeholders


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Name", "name"),
        (" First  Name ", "first_name"),
        ("Phone 1 - Value", "phone_1_value"),
        ("_id", "id"),
        ("ＮＡＭＥ", "name"),
        ("姓名", "姓名"),
        ("Größe", "grösse"),
        ("--", ""),
        ("", ""),
    ],
)
def test_names_are_compared_without_case_and_punctuation(words: str, name: str) -> None:
    assert field_name(words) == name


def test_each_field_is_named_once_in_order() -> None:
    assert placeholders("{Name}, your {code} is {code}. {first name} {First Name}") == ("name", "code", "first_name")


@pytest.mark.parametrize(
    "text", ['{"a": {"b": [1]}}', "{}", "{ }", "{", "}", "}{", "{a,b}", "{__}", "{{}}", "{a\nb}", ""]
)
def test_other_braces_are_plain_text(text: str) -> None:
    assert placeholders(text) == ()
    assert fill(text, {}) == text


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Dear {name}, {Code}!", "Dear Eva, 12!"),
        ("{ name }", "Eva"),
        ("{{name}} is {name}", "{name} is Eva"),
        ("{{First name}}", "{First name}"),
        ('{"to": "{name}"}', '{"to": "Eva"}'),
        ("nothing", "nothing"),
    ],
)
def test_fields_are_filled(text: str, filled: str) -> None:
    assert fill(text, {"name": "Eva", "code": "12"}) == filled


def test_what_a_field_brings_is_not_looked_at_again() -> None:
    assert fill("{a}{b}", {"a": "{b}", "b": "{{a}}"}) == "{b}{{a}}"


def test_a_field_that_is_not_there_is_named_with_its_recipient() -> None:
    with pytest.raises(CannotSend, match=r"\{City\}.*\+49151") as refused:
        fill("{name} of {City}", {"name": "Eva", "code": "1"}, to="+49151")
    assert "{name}, {code}" in refused.value.hint
    assert "{{City}}" in refused.value.hint


def test_a_blank_field_is_not_sent() -> None:
    with pytest.raises(CannotSend, match=r"\{name\} is blank for \+49151"):
        fill("Dear {name},", {"name": " "}, to="+49151")


def test_without_any_field_the_list_has_none() -> None:
    with pytest.raises(CannotSend) as refused:
        fill("{x}", {})
    assert "none" in refused.value.hint


@given(st.text(alphabet="{} ab\n\"'_"), st.dictionaries(st.sampled_from(["a", "b", "ab"]), st.text(min_size=1)))
def test_a_text_is_filled_or_refused(text: str, fields: dict[str, str]) -> None:
    names = placeholders(text)
    try:
        filled = fill(text, fields)
    except CannotSend:
        assert any(not fields.get(name, "").strip() for name in names)
    else:
        assert all(fields[name].strip() for name in names)
        if not names and "{{" not in text:
            assert filled == text
