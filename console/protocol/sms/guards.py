"""What should make one look twice before a message is sent. Remarks only: whether it goes is for a person to say."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from console.domain.messages import CallbackKind, DeliveryState
from console.domain.sending import Remark
from console.protocol.sms.numbers import dialled, identity, is_short_code, read_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from console.config.records import QuietHours
    from console.domain.messages import Draft, InboxMessage, OutboxMessage
    from console.domain.sending import OptOut
    from console.protocol.sms.recipients import Recipient

_NOT_GONE = frozenset({DeliveryState.FAILED, DeliveryState.CANCELLED})
"""Known not to have reached anybody."""

_ON_ITS_WAY = frozenset({DeliveryState.QUEUED, DeliveryState.SUBMITTING, DeliveryState.ACCEPTED})
_GONE = frozenset({DeliveryState.SENT, DeliveryState.DELIVERED})

_LOOP_SPAN = 600.0
"""Seconds back from now in which a loop is looked for."""

_LOOP_GAP = 60.0
"""Seconds between two messages below which hardly a person answers."""

_LOOP_TURNS = 3
"""Messages each way that make a loop."""


OPT_OUT_WORDS = (
    *("STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "CANCEL", "OPT OUT", "OPT-OUT"),  # CTIA, and English
    *("STOPP", "ABMELDEN", "ARRET", "ARRÊT", "DESABONNER", "BAJA", "CANCELAR", "SAIR", "PARAR", "ANNULLA", "AFMELDEN"),
    *(
        "REZYGNUJE",
        "IPTAL",
        "İPTAL",
        "СТОП",
        "СТІП",
        "ОТПИСАТЬСЯ",
        "ОТПИСКА",
        "TD",
        "T",
        "退订",
        "退訂",
        "إلغاء",
        "توقف",
    ),
)
"""`TD` and `T` are what Chinese texts name beside 退订."""

_LONGEST_WORD = 80
"""Characters of a text beyond which it is no word."""

_QUOTED = 40
"""Characters of what somebody wrote that are told."""


def remarks(
    draft: Draft,
    *,
    now: float,
    deny: Mapping[str, str],
    repeat_minutes: int,
    sent: Sequence[OutboxMessage],
    received: Sequence[InboxMessage],
    region: str = "",
    quiet_hours: QuietHours | None = None,
    opted_out: OptOut | None = None,
) -> tuple[Remark, ...]:
    """Why `draft` should be looked at twice, the gravest first; empty when nothing speaks against it.

    `deny` is the beginning of a number -> the reason; the longest that fits counts. `sent` and `received` are the
    latest messages to and from that number, newest first. `repeat_minutes`: how long the same text to the same number
    is a repetition, 0 for never. `now` is in Unix seconds UTC. `region` is the gateway's.
    `quiet_hours` are those of the recipient's clock, when the draft leaves. `opted_out`: the recipient's word, if any.
    """
    # Of the one that is sent again `of_again` tells.
    ours = [message for message in sent if message.state not in _NOT_GONE and message.id != draft.again_of]
    theirs = [message for message in received if message.callback.kind is CallbackKind.SMS]
    found = (
        *_opted_out(draft.to, opted_out),
        *_denied(draft.to, deny, region),
        *_repeated(draft.text, now, repeat_minutes * 60.0, ours),
        *_loop(now, ours, theirs),
        *_kind_of_number(draft.to, region),
        *_quiet(draft, now, quiet_hours, region),
    )
    return tuple(found)


def asks_to_opt_out(text: str, words: Iterable[str]) -> bool:
    """Whether a text is one of the words and nothing else, in whatever case and with whatever marks around it. Without
    words, one of the usual ones.
    """
    return _said(text) in _all_said(tuple(words) or OPT_OUT_WORDS)


@lru_cache(maxsize=8)
def _all_said(words: tuple[str, ...]) -> frozenset[str]:
    """Each row of a list asks."""
    return frozenset(map(_said, words))


def without_opted_out(drafts: Sequence[Draft], opted_out: Sequence[Draft]) -> tuple[list[Draft], tuple[str, ...]]:
    """Those of several that go, and the numbers of the others, who opted out. Where nobody else is meant they are meant
    all the same, and asked about.
    """
    out = tuple(draft.to for draft in opted_out)
    if len(out) == len(drafts):
        return list(drafts), ()
    gone = frozenset(out)
    return [draft for draft in drafts if draft.to not in gone], out


def _said(text: str) -> str:
    return " ".join(text[:_LONGEST_WORD].casefold().split()).strip(" .,!\"'«»“”„。！")


def of_again(message: OutboxMessage) -> Iterator[Remark]:
    """Why `message` should be looked at twice before it is sent again."""
    if words := again_words(message):
        yield Remark("sent again", words)


def again_words(message: OutboxMessage) -> str:
    """What to think of before a message is sent once more; empty where none of it went."""
    if message.state is DeliveryState.UNKNOWN:
        reason = " ".join(message.detail.split()) or "its outcome is unknown"
        return f"Message {message.id} may already have been sent: {reason}"
    if message.state in _GONE or _GONE & set(message.segments):
        part = "" if message.state in _GONE else "in part "
        return f"Message {message.id} has already been {part}sent."
    if message.state in _ON_ITS_WAY:
        return f"Message {message.id} is still on its way."
    return ""


def doubts(people: Iterable[Recipient]) -> Iterator[Remark]:
    """Whose number may be another's, too."""
    return (
        Remark("number", f'"{each.typed}" was read as {each.number}: {each.doubt}.') for each in people if each.doubt
    )


def _kind_of_number(to: str, region: str) -> Iterator[Remark]:
    if any(character.isalpha() for character in to):
        yield Remark("name", f"{to} is a name, not a number: it takes no replies.")
    elif is_short_code(to):
        yield Remark("short code", f"{to} is a short code: it may cost more, or reach a machine.")
    elif any(mark in to for mark in "*#"):
        yield Remark("number", f"{to} contains * or #, like a network code, unlike a phone number.")
    elif trouble := read_number(to, region).trouble:
        yield Remark("number", f"{to} may not be in use: {trouble}.")


def _quiet(draft: Draft, now: float, hours: QuietHours | None, region: str) -> Iterator[Remark]:
    if hours is None:
        return
    from console.protocol.sms.quiet_hours import quiet_words

    at = now if draft.not_before is None else draft.not_before
    if words := quiet_words(draft.to, at, hours, region):
        yield Remark("quiet hours", words)


def _opted_out(to: str, opted_out: OptOut | None) -> Iterator[Remark]:
    if opted_out is not None:
        day = datetime.fromtimestamp(opted_out.at).astimezone().date().isoformat()
        said = " ".join(opted_out.words.split())
        wrote = f': "{said[:_QUOTED]}{"…" if len(said) > _QUOTED else ""}"' if said else ""
        yield Remark("opt-out", f"{to} opted out of messages on {day}{wrote}.")


def _denied(to: str, deny: Mapping[str, str], region: str) -> Iterator[Remark]:
    ways = dialled(to, region)
    fitting = [start for start in deny if (begin := identity(start)) and any(way.startswith(begin) for way in ways)]
    if fitting:
        start = max(fitting, key=lambda each: len(identity(each)))
        yield Remark("deny list", f"{to} is on the deny list ({start}): {deny[start]}")


def _repeated(text: str, now: float, seconds: float, ours: Sequence[OutboxMessage]) -> Iterator[Remark]:
    """The worst of those with the same text: one of which nobody knows whether it went, else the latest."""
    if seconds <= 0:
        return
    same = [message for message in ours if message.draft.text == text and now - message.created_at <= seconds]
    unclear = [message for message in same if message.state is DeliveryState.UNKNOWN]
    if unclear:
        before = f"This text may already have been sent to this number: message {unclear[0].id}"
        yield Remark("repetition", f"{before}, {_ago(now - unclear[0].created_at)}, has an unknown outcome.")
    elif same:
        latest = same[0]
        yield Remark(
            "repetition",
            f"The same text was sent to this number {_ago(now - latest.created_at)}: "
            f"message {latest.id} is {latest.state.value}.",
        )


class _Turn(NamedTuple):
    at: float
    is_ours: bool
    text: str


def _loop(now: float, ours: Sequence[OutboxMessage], theirs: Sequence[InboxMessage]) -> Iterator[Remark]:
    """Both have written several times within minutes: faster than people do, or they always the same."""
    turns = [_Turn(message.created_at, True, message.draft.text) for message in ours]
    turns += [_Turn(message.received_at, False, message.callback.text) for message in theirs]
    turns = sorted((turn for turn in turns if now - turn.at <= _LOOP_SPAN), reverse=True)
    if not _enough(turns):
        return
    their_last = [turn.text for turn in turns if not turn.is_ours][:_LOOP_TURNS]
    if _enough(_in_haste(turns)) or len(set(their_last)) == 1:
        mine = sum(turn.is_ours for turn in turns)
        yield Remark(
            "reply loop",
            f"This looks like two machines talking: {mine} messages to this number and {len(turns) - mine} from it "
            f"within {_LOOP_SPAN / 60:.0f} minutes.",
        )


def _in_haste(turns: Sequence[_Turn]) -> Sequence[_Turn]:
    """The newest of them, as long as each follows the one before in less than a minute."""
    for place, (later, earlier) in enumerate(pairwise(turns), 1):
        if later.at - earlier.at >= _LOOP_GAP:
            return turns[:place]
    return turns


def _enough(turns: Sequence[_Turn]) -> bool:
    mine = sum(turn.is_ours for turn in turns)
    return mine >= _LOOP_TURNS and len(turns) - mine >= _LOOP_TURNS


def _ago(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 1:
        return "just now" if seconds < 10 else f"{int(seconds)} seconds ago"
    if minutes < 120:
        return "a minute ago" if minutes == 1 else f"{minutes} minutes ago"
    return f"{minutes // 60} hours ago"
