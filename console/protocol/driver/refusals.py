"""How Asterisk and the driver refuse a command before anything of it is done."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_NOT_RUN = re.compile(
    r"\s*(?:No such (?:command '|span\b)|Usage:|Invalid span '|No (?:GSM|dchannel) running on span|"
    r"(?:Destination number|SMS message) too (?:short|long)|Only support ASCII|Send concatenated SMS can't|"
    r"Encode pdu error|GSM modem is not in ready state|Not sending AT Command)",
    re.IGNORECASE,
)
"""As they begin then (chan_extra 2.0.8)."""
_FAILED_WHOLE = re.compile(r"\s*Command '.*' failed\.\s*", re.DOTALL)


def is_refusal(output: Sequence[str]) -> bool:
    """Whether the answer to a command of ours says that nothing of it was done."""
    spoken = [line for line in output if line.strip()]
    return bool(spoken) and (_NOT_RUN.match(spoken[0]) or _FAILED_WHOLE.fullmatch(spoken[-1])) is not None


def is_unknown(output: Sequence[str]) -> bool:
    """Whether Asterisk knows no such command: the driver is not loaded, or not yet."""
    return "\n".join(output).startswith("No such command '")
