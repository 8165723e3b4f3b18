"""Styles are parsed once, and anew where the colours change."""

from __future__ import annotations

from console.terminal.app import ThriftyStylesheet

RED, BLUE = {"ink": "#ff0000"}, {"ink": "#0000ff"}


def sheet() -> ThriftyStylesheet:
    made = ThriftyStylesheet(variables=RED)
    for number in range(100):
        made.add_source("Static { color: $ink; }", read_from=("", f"source {number}"))
    made.parse()
    return made


def test_parsing_again_takes_what_was_parsed() -> None:
    styles = sheet()
    before = styles.rules
    styles.set_variables(dict(RED))
    styles.reparse()
    assert [id(rule) for rule in styles.rules] == [id(rule) for rule in before]


def test_what_is_new_is_parsed_beside_it() -> None:
    styles = sheet()
    before = styles.rules
    styles.add_source("Input { color: $ink; }", read_from=("", "a dialog"))
    styles.reparse()
    assert [id(rule) for rule in styles.rules[: len(before)]] == [id(rule) for rule in before]
    assert styles.rules[-1].selector_names == {"Input"}


def test_other_colours_are_taken() -> None:
    styles = sheet()
    assert {rule.styles.color.hex for rule in styles.rules} == {"#FF0000"}
    styles.set_variables(BLUE)
    styles.reparse()
    assert {rule.styles.color.hex for rule in styles.rules} == {"#0000FF"}


def test_a_theme_that_comes_back_is_not_parsed_again() -> None:
    styles = sheet()
    before = styles.rules
    styles.set_variables(BLUE)
    styles.reparse()
    styles.set_variables(RED)
    styles.reparse()
    assert [id(rule) for rule in styles.rules] == [id(rule) for rule in before]
    assert [id(rule) for rule in sheet().rules] == [id(rule) for rule in before]
