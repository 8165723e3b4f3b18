"""Personal fields: `Dear {name}` for many, each by their own name.

A text has fields only where somebody means it to: it comes from a template, the recipients come with fields, or it has
`{name}` and the name of one of them is known. Then `fill` is called, and a field that nobody can fill is refused, not
sent. Every other text goes as it stands, braces and all, and where it looks as if it had fields only after a yes.

A field is a name in single braces. Names are the same whatever their case, and blanks in them are as good as `_`:
`{First Name}` is `{first_name}`. Braces around anything else, as in JSON, are plain text. `{{name}}` stands for
`{name}` itself.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from console.domain.sending import Remark
from console.errors import CannotSend

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAME = r"[ ]?_{0,9}[^\W_](?:[\w .-]{0,62}\w)?[ ]?"
_FIELD = re.compile(rf"\{{\{{(?P<literal>{_NAME})\}}\}}|\{{(?P<name>{_NAME})\}}")
_BETWEEN = re.compile(r"[\W_]+")

_SHOWN = 40
"""Characters of a name that an error repeats."""


def field_name(words: str) -> str:
    """The name as fields are compared: `First Name ` is `first_name`; empty where there is no letter or digit."""
    return _BETWEEN.sub("_", unicodedata.normalize("NFKC", words).casefold()).strip("_")


def placeholders(text: str) -> tuple[str, ...]:
    """The fields of a text by `field_name`, each once, in order."""
    return tuple(dict.fromkeys(field_name(match["name"]) for match in _FIELD.finditer(text) if match["name"]))


def is_personal(text: str, *, has_fields: bool, has_names: bool) -> bool:
    """Whether `fill` is to be called: somebody comes with fields, or with a name for `{name}`."""
    return "{" in text and (has_fields or (has_names and "name" in placeholders(text)))


def unfilled(text: str) -> Remark | None:
    """What to think of before a text that is not personal is sent as it stands; None where it has no fields."""
    names = ", ".join(f"{{{name[:_SHOWN]}}}" for name in placeholders(text))
    return Remark("field", f"{names} will be sent as it is: no value is known for it.") if names else None


def fill(text: str, fields: Mapping[str, str], *, to: str = "") -> str:
    """`text` with each field in its place; `fields` are by `field_name`. What a field brings is not looked at again.

    Raises CannotSend for a field that is not there or is blank: `Dear ,` can't be called back. It names the recipient
    by `to`.
    """

    def value(match: re.Match[str]) -> str:
        if match["literal"]:
            return f"{{{match['literal']}}}"
        found = fields.get(field_name(match["name"]), "")
        if not found.strip():
            raise _missing(match["name"].strip(), fields, to)
        return found

    return _FIELD.sub(value, text)


def _missing(name: str, fields: Mapping[str, str], to: str) -> CannotSend:
    whose = f" for {to[:_SHOWN]}" if to else ""
    if field_name(name) in fields:
        return CannotSend(
            f"The field {{{name}}} is blank{whose}.", hint="Fill it in the list, or remove that recipient."
        )
    known = ", ".join(f"{{{field[:_SHOWN]}}}" for field in fields) or "none"
    return CannotSend(
        f"{{{name}}} has no value{whose}.",
        hint=f"Available fields: {known}. To send the braces themselves, type {{{{{name}}}}}.",
    )
