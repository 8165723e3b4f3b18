"""Every question that is answered by yes or no, with what yes and no are called.

Each is asked because yes can't be taken back or touches others. So No is what Enter gives, and yes takes a key of its
own, whatever is asked. This is a seam: who asks names the question and words it (what is meant, and how many),
`ConfirmScreen` says how it is answered.
"""

from __future__ import annotations

from enum import Enum


class Question(Enum):
    """What yes is called, and no."""

    LEAVE = ("Quit", "Stay")
    DELETE_DRAFT = ("Delete", "Keep")
    # of messages on their way
    CALL_OFF = ("Cancel message", "Keep it")
    WRITE_ANEW = ("Cancel and edit", "Keep it")
    CALL_OFF_LEFT = ("Cancel all", "Keep them")
    CALL_OFF_REST = ("Cancel the rest", "Keep them")
    RELEASE = ("Release", "Not yet")
    MARK = ("Mark", "Don't")
    # of the inbox
    READ_ALL = ("Mark as read", "Don't")
    TAKE_OVER = ("Take over", "Don't")
    TAKE_UP = ("Reopen", "Don't")
    DONE = ("Mark done", "Don't")
    REPLACE_VIEW = ("Replace", "Keep")
    FORGET_VIEW = ("Delete view", "Keep it")
    ACKNOWLEDGE_ALL = ("Acknowledge", "Don't")
    # of rules
    RETRY = ("Try again", "Don't")
    # of a port
    RESET = ("Reset", "Don't")
    SWITCH_OFF = ("Switch off", "Don't")
    SWITCH_ON = ("Switch on", "Don't")
    AT = ("Send", "Don't")
    LEAVE_OUT = ("Lock out", "Don't")
    LET_IN = ("Unlock", "Don't")
    USSD = ("Send code", "Don't")
    USSD_REPLY = ("Reply", "Don't")
    # of a gateway
    COMMAND = ("Run", "Don't")

    @property
    def yes(self) -> str:
        """The word on the button."""
        return self.value[0]

    @property
    def no(self) -> str:
        """The word on the other."""
        return self.value[1]
