"""What became of a send or a request, for the shell: exit codes, and how a refusal is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.errors import ConsoleError

# 0 to 4 are those of `console.errors`: done, failed, configuration or arguments, database, an address.
SENT = 0
"""The network took it; a USSD code was answered."""
ERROR = 1
"""Something went wrong that has no code of its own."""
USAGE = 2
"""The arguments make no sense."""
REFUSED = 10
"""Nothing left: it can't be sent as it is, or whoever asks may not."""
FAILED = 11
"""It was not carried out, and the gateway or the network says so."""
UNKNOWN = 12
"""It left, and nobody knows what became of it. Look before you repeat it."""
WAITING = 13
"""It is on its way; its outcome is not known yet."""


def tell(error: ConsoleError) -> None:
    """Say on standard error what went wrong, and what to do next."""
    from console.cli.kit.output import warn

    warn(*filter(None, (f"gsm-console: {error.title}: {error}", error.hint)))
