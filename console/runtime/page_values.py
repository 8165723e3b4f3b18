"""What to type on the gateways' page SMS to HTTP, as the screen shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.protocol.dialects.known import DIALECTS
from console.services.receiving.check import sms_to_http

if TYPE_CHECKING:
    from console.config import Config
    from console.ui.context.lessons import PageValues


def page_values(config: Config, *, show_token: bool = False) -> PageValues:
    """Name of the field and value, for the first gateway that calls; of the others what differs. Empty where none
    calls. May take a look at the network.

    Tokens and passwords are masked unless asked for.
    """
    calling = [gateway for gateway in config.gateways if DIALECTS[gateway.dialect].pages.callbacks]
    if not calling:
        return ()
    first, *others = (sms_to_http(gateway, config.receiver, show_token=show_token) for gateway in calling)
    also = "".join(f"; {gateway.name}: {page.path}" for gateway, page in zip(calling[1:], others, strict=True))
    return (
        ("Host", f"{first.login}{first.host}"),
        ("Port", str(first.tcp_port)),
        ("Path", first.path + also),
        ("Names", ", ".join(first.names.values())),
        ("User-defined", first.user_defined or "(empty)"),
    )
