"""Every question that is answered by yes or no, with what yes and no are called.

Each is asked because yes can't be taken back or touches others. So No is what Enter gives, and yes takes a key of its
own, whatever is asked. This is a seam: who asks names the question and words it (what is meant, and how many),
`ConfirmScreen` says how it is answered.
"""

from __future__ import annotations

from enum import Enum


class Question(Enum):
    """What yes is called, and no."""

    LEAVE = ("Leave", "Stay")
    DELETE_DRAFT = ("Delete", "Keep")
    # of messages on their way
    CALL_OFF = ("Call off", "Keep")
    WRITE_ANEW = ("Write anew", "Keep")
    CALL_OFF_LEFT = ("Call off all", "Keep")
    CALL_OFF_REST = ("Call off the rest", "Keep")
    RELEASE = ("Send", "Not yet")
    MARK = ("Mark", "Leave it")
    # of the inbox
    READ_ALL = ("Mark as read", "Leave")
    TAKE_OVER = ("Take it over", "Leave it")
    TAKE_UP = ("Take it up", "Leave it")
    DONE = ("Done", "Leave it")
    REPLACE_VIEW = ("Replace", "Keep")
    FORGET_VIEW = ("Forget", "Keep")
    ACKNOWLEDGE_ALL = ("Acknowledge", "Leave")
    # of a port
    RESET = ("Reset", "Don't")
    SWITCH_OFF = ("Switch off", "Don't")
    SWITCH_ON = ("Switch on", "Don't")
    AT = ("Send", "Don't")
    LEAVE_OUT = ("Leave out", "Don't")
    LET_IN = ("Let in", "Don't")
    USSD = ("Send it", "Don't")
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
