"""Which blocks of one connection may be the text of a stranger, and so are never acted on.

The text of an SMS stands raw in two events of its channel: in `AppData` of the dialplan steps (Asterisk 1.8 and 22)
and, on 1.8, in `Value` of `VarSet`. Nothing is escaped, so an empty line in a text ends the block on the wire, and what
follows may be written to look like any event, or like an answer. What a stranger can't write are ids that were given
after the text was sent: the Uniqueid of the channel that carries it, and the ActionID of a question of ours.

* On 1.8 the Uniqueid stands behind the text. A block without it, or with another, was cut; its rest ends with the true
  one. An id is believed for the first time where no text stands: in `Newchannel`, in the sender's `VarSet` (eleven
  characters at most, 3GPP TS 23.040 9.1.2.5, too few for a line of this kind) and in the step that has no text.
* On 22 the Uniqueid stands before AppData, and VarSet is escaped. The text stands between quotes of a shell command, in
  which the driver escapes quotes, so a command that ends inside quotes was cut. It does not escape the sender, so
  quotes tell nothing unless its VarSet was seen, without a quote, a backslash or a line break: else it counts as cut.
* Yeastar's `ReceivedSMS` has its text percent-encoded, but not its sender; one without `Content` was cut.
* A sender that cuts a block is over with the next header of the server's, for none fits into what is left of it.

From a cut block on everything is text, until a block that holds an id which no stranger knows. An event is written to
the connection in one piece, so nothing true stands in between on 1.8, and next to nothing on 22.
"""

from __future__ import annotations

import re
from collections import OrderedDict, deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from console.domain.ami import AmiKind

if TYPE_CHECKING:
    from collections.abc import Container

    from console.protocol.ami.frames import AmiBlock

MOST_TEXT = 65_536
"""Bytes after which a text is over in any case: 255 parts of 153 characters (3GPP TS 23.040 9.2.3.24.1) are fewer."""

_FOLLOWED = 512
"""Channels whose Uniqueid is remembered; the oldest is forgotten first."""

_TEXT_OF = {"newexten": b"\r\nAppData:", "varset": b"\r\nValue:"}
"""Event -> the header that may hold a text."""

_UNIQUE_ID = re.compile(rb"\r\nUniqueid: ?([^\r\n]*)")
_LAST_LINE = re.compile(rb"\r\nUniqueid: ?([^\r\n]+)\r\n\r\n\Z")
_CONTENT = re.compile(rb"\r\n()Content:")
_LONGEST_NAME = 11
"""Characters of a sender that is no number (3GPP TS 23.040 9.1.2.5)."""
_WITHOUT_TEXT = frozenset({b"SMS In", b"SMS CURL"})
"""AppData of steps that name no text: the vendor's own remarks in its dialplan."""

_QUOTE = re.compile(r'\\.|"', re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Cut:
    """A block that was cut."""

    unique_id: str
    """Of its channel; empty where it is not known."""
    rest_ends_with_it: bool
    """Whether the block that brings the id is the rest of the text (1.8), or the first one behind it (22)."""
    channel: str = ""
    sender_ends_before: re.Pattern[bytes] | None = None
    """Where a sender cuts it: matches the header that follows, and the Uniqueid in it."""


class Doubt:
    """Follows one connection, block by block."""

    def __init__(self) -> None:
        self._unique_ids: OrderedDict[str, str] = OrderedDict()
        """Channel -> the Uniqueid that it has now."""
        self._plain: deque[str] = deque(maxlen=_FOLLOWED)
        """Uniqueids of the SMS, on 22, whose sender has no character that VarSet escapes."""
        self._cut: _Cut | None = None
        self._text = 0
        """Bytes that passed as text."""

    def judge(self, block: AmiBlock, open_actions: Container[str]) -> AmiBlock:
        """The block as it is; as TEXT where a stranger may have written it; as not complete where a text cuts it.
        `open_actions` are the ActionIDs that await an answer.
        """
        if self._cut is not None and not self._is_over(self._cut, block, open_actions):
            return replace(block, kind=AmiKind.TEXT)
        if block.kind is AmiKind.EVENT and not self._is_whole(block):
            return replace(block, complete=False)
        return block

    def _is_over(self, cut: _Cut, block: AmiBlock, open_actions: Container[str]) -> bool:
        """Whether the text has ended before this block."""
        self._text += len(block.raw)
        if block.kind is AmiKind.RESPONSE and block.get("ActionID") in open_actions:
            self._cut = None
            return True
        ids = {found.decode("utf-8", "replace") for found in _UNIQUE_ID.findall(b"\r\n" + block.raw)}
        known = {cut.unique_id} if cut.rest_ends_with_it else {cut.unique_id, *self._unique_ids.values()}
        if ids & known - {""}:
            self._cut = None
            return not cut.rest_ends_with_it
        ending = cut.sender_ends_before
        if ending is not None and block.name != "ReceivedSMS" and (found := ending.search(b"\r\n" + block.raw)):
            self._learn(cut.channel, found[1].decode("utf-8", "replace"))
            self._cut = None
        elif self._text > MOST_TEXT:
            self._cut = None
        return False

    def _is_whole(self, block: AmiBlock) -> bool:
        """Learn from a block that is no text, and see whether a text cuts it."""
        name = block.name.strip().lower()
        channel = block.get("Channel")
        if name == "newchannel":
            self._learn(channel, block.get("Uniqueid"))
        elif name == "receivedsms":
            if "Content" not in dict(block.headers):
                return self._begin(_Cut("", rest_ends_with_it=True, sender_ends_before=_CONTENT))
        elif (mark := _TEXT_OF.get(name)) is not None and self._is_of_an_sms(block, channel):
            text_at, id_at = block.raw.find(mark), block.raw.find(b"\r\nUniqueid:")
            if 0 <= id_at < text_at:
                return self._look_before_text(block, channel, name)
            return self._look_behind_text(block, channel, text_at + len(mark))
        return True

    def _is_of_an_sms(self, block: AmiBlock, channel: str) -> bool:
        extension = block.get("Extension") or block.get("Exten")
        return extension == "sms" or block.get("Variable").startswith("SMS") or channel in self._unique_ids

    def _look_before_text(self, block: AmiBlock, channel: str, name: str) -> bool:
        """As 22 writes it: the Uniqueid is true, whatever follows."""
        unique_id = block.get("Uniqueid")
        self._learn(channel, unique_id)
        if _has_sender(block) and "\\" not in block.get("Value"):
            self._plain.append(unique_id)
        quotes_tell = unique_id in self._plain
        is_command = name == "newexten" and block.get("Application") == "System"
        if is_command and not (quotes_tell and _is_out_of_quotes(block.get("AppData"))):
            return self._begin(_Cut(unique_id, rest_ends_with_it=False))
        return True

    def _look_behind_text(self, block: AmiBlock, channel: str, text_at: int) -> bool:
        """As 1.8 writes it: only the known Uniqueid, at the end, shows that the block is whole."""
        match = _LAST_LINE.search(block.raw)
        unique_id = match[1].decode("utf-8", "replace") if match is not None else ""
        known = self._unique_ids.get(channel, "")
        text = block.raw[text_at : match.start()].strip() if match is not None else b""
        if unique_id and (unique_id == known or text in _WITHOUT_TEXT or _is_sender(block, text)):
            self._learn(channel, unique_id)
            return len(_UNIQUE_ID.findall(block.raw)) == 1  # else a line of the text says that it is another channel's
        ending = _UNIQUE_ID if _has_sender(block) else None
        return self._begin(_Cut(known, rest_ends_with_it=True, channel=channel, sender_ends_before=ending))

    def _learn(self, channel: str, unique_id: str) -> None:
        if channel and unique_id:
            self._unique_ids[channel] = unique_id
            self._unique_ids.move_to_end(channel)
            if len(self._unique_ids) > _FOLLOWED:
                self._unique_ids.popitem(last=False)

    def _begin(self, cut: _Cut) -> bool:
        """A text begins; the block is not whole."""
        self._cut, self._text = cut, 0
        return False


def _has_sender(block: AmiBlock) -> bool:
    """Whether it is the VarSet of the sender."""
    return block.name == "VarSet" and block.get("Variable") == "SMSSRC"


def _is_sender(block: AmiBlock, value: bytes) -> bool:
    """Whether that is the sender, whole."""
    return _has_sender(block) and (b"\r\n" not in value or len(value) <= _LONGEST_NAME)


def _is_out_of_quotes(command: str) -> bool:
    """Whether all quotes that it opens are closed."""
    return sum(match[0] == '"' for match in _QUOTE.finditer(command)) % 2 == 0
