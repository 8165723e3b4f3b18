"""The one gate of the shell: who may change or send anything, and who may only look."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from console.errors import ReadOnly

if TYPE_CHECKING:
    import argparse

    from console.config import SendingConfig
    from console.domain.audit import Operator


def who_may_act(args: argparse.Namespace, sending: SendingConfig, *, hint: str = "") -> Operator:
    """The person at the shell. Raises ReadOnly, with what else to do, for who may only look."""
    from console.services.who import operator_now, read_only_reason

    operator = operator_now(os.environ)
    if reason := read_only_reason(sending, operator, asked=getattr(args, "read_only", False)):
        raise ReadOnly(f"{reason}.", hint=hint or "Ask the person who manages the configuration.")
    return operator
