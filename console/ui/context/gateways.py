"""Which gateway the screen is about, one or all; and how each is told from the others: by its name and an ink."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content

from console.protocol.text.safe import safe
from console.ui.kit.format import content, fit

if TYPE_CHECKING:
    from console.domain.backend import Backend
    from console.domain.link import GatewaySnapshot
    from console.terminal.theme import Ink
    from console.ui.kit.format import Cells

ALL = ""
"""No gateway is chosen: all are shown."""

_GATEWAY_INKS: tuple[Ink, ...] = ("gateway-1", "gateway-2", "gateway-3", "gateway-4")
"""None of them says how anything is. From the fifth gateway on they come again, so the name is always there too."""

_WIDEST = 10
"""Cells of the column of names."""


class Gateways:
    """The gateways as last heard, all of them and those that are to be shown. Asks for nothing that takes time."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.chosen = ALL
        """Name of the one that is shown, or ALL."""

    def all(self) -> tuple[GatewaySnapshot, ...]:
        """Every one that is configured, in that order."""
        return self._backend.gateways()

    def shown(self) -> tuple[GatewaySnapshot, ...]:
        """The chosen one, or all."""
        return tuple(gateway for gateway in self.all() if self.shows(gateway.name))

    def shows(self, name: str) -> bool:
        """Whether what belongs to this gateway is shown."""
        return self.chosen in {ALL, name}

    @property
    def several(self) -> bool:
        """There is more than one, so that whatever goes to one must name it."""
        return len(self.all()) > 1

    @property
    def column(self) -> int:
        """Cells of a column that says whose a row is; 0 where all rows are of one gateway."""
        names = [gateway.name for gateway in self.all()]
        return min(_WIDEST, max(map(cell_len, names))) if len(names) > 1 and self.chosen == ALL else 0

    def ports(self) -> dict[str, tuple[str, int]]:
        """What a port is called where one is typed -> gateway and port: by its number, and where several gateways are
        shown by both, `west:5`.
        """
        shown = self.shown()
        if len(shown) == 1:
            return {str(port.port): (shown[0].name, port.port) for port in shown[0].ports}
        return {f"{gateway.name}:{port.port}": (gateway.name, port.port) for gateway in shown for port in gateway.ports}

    def choose(self, name: str) -> None:
        """Show this gateway alone, or ALL. A name that is none changes nothing."""
        if name == ALL or any(gateway.name == name for gateway in self.all()):
            self.chosen = name

    def after(self, by: int) -> str:
        """What stands `by` places behind the chosen one: all, then each gateway, in a circle."""
        names = [ALL, *(gateway.name for gateway in self.all())]
        return names[(names.index(self.chosen) + by) % len(names)]

    def ink(self, name: str) -> Ink:
        """The same for the same gateway, whatever is shown; plain where there is only one."""
        names = [gateway.name for gateway in self.all()]
        if len(names) < 2 or name not in names:
            return "plain"
        return _GATEWAY_INKS[names.index(name) % len(_GATEWAY_INKS)]

    def cells(self, name: str) -> Cells:
        """The name in its column, with a blank behind it; nothing where there is no column."""
        width = self.column
        return [(f"{fit(safe(name[:40]), width)} ", self.ink(name))] if width else []

    def name_content(self, name: str) -> Content:
        """The name in its ink, for a Textual widget."""
        return content([(safe(name), self.ink(name))])

    def at(self, name: str) -> str:
        """` at gw1`, where there is more than one."""
        return f" at {safe(name)}" if self.several and name else ""

    def at_content(self, name: str) -> Content:
        """The same in the gateway's ink."""
        where = self.at(name)
        return Content(" at ") + self.name_content(name) if where else Content("")
