"""Contacts by name and by group, and those that a file brings."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.protocol.sms.numbers import identities, lacks_country
from console.protocol.sms.recipients import Rejected, is_diallable, stripped
from console.protocol.text.safe import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from console.protocol.sms.recipients import RecipientList

LONGEST_NAME = 80
"""Characters of a contact's name, and of a group's."""

_GROUP_COLUMNS = ("groups", "group", "labels", "group_membership", "categories", "gruppe", "gruppen", "groupe", "grupo")
_BETWEEN_GROUPS = re.compile(r"\s*(?::::|[,;|\r\n])\s*")
_SEPARATORS = re.compile(r"[,;|<>\s，；、｜]+")
"""What can't stand in a name that is typed among numbers."""

_LEAST = 2
"""Characters of a name before it is completed."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom a number belongs to, as somebody here wrote it down. May come out of a file from elsewhere."""

    number: str
    """As it was given; two writings of a number are the same by `console.protocol.sms.numbers`."""
    name: str
    groups: tuple[str, ...] = ()
    """What they belong to, such as `night shift`: each is written to by `@` and its name."""


class AddressBook:
    """Contacts, found by what people type."""

    def __init__(self, contacts: Iterable[Contact]) -> None:
        self._named: dict[str, list[Contact]] = {}
        self._groups: dict[str, list[Contact]] = {}
        labels: dict[str, str] = {}
        for contact in contacts:
            self._named.setdefault(_key(contact.name), []).append(contact)
            label = _SEPARATORS.sub(" ", safe(contact.name)).strip()
            key = label.casefold()
            labels[key] = label if key in labels else f"{label} <{contact.number}>"
            for group in contact.groups:
                self._groups.setdefault(_key(group), []).append(contact)
                labels.setdefault(f"@{group}".casefold(), f"@{safe(group)}")
        self._labels = sorted(labels.items())

    def named(self, name: str) -> Sequence[Contact]:
        """Those who are called so, whatever the case."""
        return self._named.get(_key(name), ())

    def group(self, name: str) -> Sequence[Contact]:
        """Those who belong to a group; nobody where there is no such group."""
        return self._groups.get(_key(name), ())

    def completed(self, begun: str) -> str:
        """`Alice <+49151…>` for `Al`, `@night shift` for `@ni`: the first that begins so; empty where nothing does.

        Where several are called so it is the name alone, which `read_recipients` asks about.
        """
        start = begun.casefold()
        at = bisect_left(self._labels, (start,))
        if len(begun) < _LEAST or at == len(self._labels) or not self._labels[at][0].startswith(start):
            return ""
        label = self._labels[at][1]
        # Letters such as ß change their length with their case.
        return label if label[: len(begun)].casefold() == start else ""


def groups_in(words: str) -> tuple[str, ...]:
    """`night, staff` as `("night", "staff")`; without those that Google has for itself, such as `* myContacts`."""
    names = (" ".join(name.split()) for name in _BETWEEN_GROUPS.split(words))
    return tuple(dict.fromkeys(name.lstrip("@")[:LONGEST_NAME] for name in names if name and not name.startswith("*")))


def contacts_in(listed: RecipientList) -> tuple[list[Contact], list[Rejected]]:
    """The contacts of a file, and its rows that are none. The name may be in whatever column comes first."""
    contacts: list[Contact] = []
    rejected = list(listed.rejected)
    for each in listed.recipients:
        others = (words for words in each.fields.values() if words and not is_another_s(words, each.number))
        name = each.name or next(others, "")
        if why := _no_name(name, each.number):
            rejected.append(Rejected(each.typed, each.place, why))
        else:
            groups = next((each.fields[column] for column in _GROUP_COLUMNS if column in each.fields), "")
            contacts.append(Contact(each.number, name, groups_in(groups)))
    again = "this number is a duplicate of one above"
    return contacts, [*rejected, *(Rejected(each.typed, each.place, again) for each in listed.duplicates)]


def _no_name(name: str, number: str) -> str:
    """Why the one who has a number can't be called so; empty where they can."""
    if not name:
        return "no name"
    if len(name) > LONGEST_NAME:
        return f"a name has at most {LONGEST_NAME} characters"
    return "its name is another contact's number" if is_another_s(name, number) else ""


def is_another_s(name: str, number: str) -> bool:
    """Whether a name is a whole number, and not this one: on the screen it would say that somebody else is meant."""
    written = stripped(name)
    if not (is_diallable(written) and lacks_country(written.lstrip("+"))):
        return False
    whose = identities((written, number))
    return whose[written] != whose[number]


def _key(name: str) -> str:
    return " ".join(safe(name).casefold().split())
