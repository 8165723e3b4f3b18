"""One thing the operator can do, and how its keys read."""

from __future__ import annotations

from dataclasses import dataclass

from console.config.keys import PUNCTUATION, key_of


@dataclass(frozen=True, slots=True)
class Action:
    """One thing the operator can do."""

    id: str
    key: str
    """Textual's spelling, several separated by commas; `1-9` are digits, each with a call of its own. Empty: it is
    called by its name alone.
    """
    run: str
    """The `action_…` method to call, with its arguments; `{}` is the digit."""
    label: str
    """One or two words, a verb first, for the key bar; as `name` they are typed behind the colon."""
    help: str
    """One line, for the help screen."""
    shown: bool = True
    """Whether the key bar offers it."""
    moves_focus: bool = False
    """Whether the keys behind it belong elsewhere. Such a key is acted on before the next one is looked at (a Textual
    priority binding), so that what is typed ahead on a slow line lands where the operator meant it."""
    changes: bool = False
    """Whether it sends something, changes what others see, or leads to nothing else. Where nobody may, it is refused
    and says why.
    """
    takes: str = ""
    """What may stand behind the name, the first word telling which values there are: `PORT`, `[VIEW]`. In brackets it
    may be left out.
    """
    words: str = ""
    """Other words that are typed for it: shorter ones, and those of other programs."""
    by_name: bool = True
    """Whether it is a command. What moves a cursor or leaves a screen is not."""

    @property
    def name(self) -> str:
        """What is typed behind the colon."""
        return self.label.lower().replace(" ", "-")

    @property
    def calls(self) -> list[tuple[str, str]]:
        """Keys, separated by commas, and what they run."""
        if not self.key:
            return []
        first, are_digits, last = self.key.partition("-")
        if not are_digits:
            return [(self.key, self.run)]
        return [(str(digit), self.run.format(digit)) for digit in range(int(first), int(last) + 1)]


_KEY_NAMES = {
    **{key_of(char): char for char in PUNCTUATION},
    "escape": "esc",
    "pageup": "pgup",
    "pagedown": "pgdn",
}


def key_name(key: str) -> str:
    """A key as the operator reads it: `?`, `^t`, `esc`."""
    return _KEY_NAMES.get(key, key.replace("ctrl+", "^"))


def search_act(scope: str, such_as: str, *, words: str = "find filter") -> Action:
    """What every list has that can be searched; see `view_acts`."""
    return Action(
        f"{scope}.search",
        "slash",
        "search",
        "Search",
        f"Search by words and fields: {such_as}",
        moves_focus=True,
        takes="[WORDS]",
        words=words,
    )


def view_acts(scope: str) -> tuple[Action, ...]:
    """The same: its views."""
    return (
        Action(
            f"{scope}.views",
            "v",
            "views",
            "View",
            "Open a saved search",
            moves_focus=True,
            takes="[VIEW]",
            words="views saved",
        ),
        Action(
            f"{scope}.keep-view",
            "V",
            "keep_view",
            "Keep view",
            "Save this search",
            shown=False,
            moves_focus=True,
            changes=True,
            words="save-view",
        ),
    )


def count_act(scope: str) -> Action:
    """What a list has whose values can be counted."""
    return Action(
        f"{scope}.count",
        "number_sign",
        "count",
        "Count",
        "Count how often each value of a field occurs, such as port or state",
        shown=False,
        moves_focus=True,
        takes="[FIELD]",
        words="frequency histogram top",
    )


def thread_act(scope: str) -> Action:
    """What every list of messages has."""
    return Action(
        f"{scope}.thread",
        "t",
        "thread",
        "Thread",
        "Open the conversation with this number",
        moves_focus=True,
        words="conversation chat history",
    )


def opt_out_acts(scope: str) -> tuple[Action, ...]:
    """For who looks at a message, or a conversation."""
    return (
        Action(
            f"{scope}.opt-out",
            "",
            "opt_out",
            "Opt out",
            "Note that this contact wants no more messages",
            shown=False,
            changes=True,
            words="unsubscribe",
        ),
        Action(
            f"{scope}.opt-in",
            "",
            "opt_in",
            "Opt in",
            "Note that this contact wants messages again",
            shown=False,
            changes=True,
            words="resubscribe",
        ),
    )
