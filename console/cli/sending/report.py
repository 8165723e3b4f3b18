"""What `gsm-console send` prints: before, what it would send; after, what became of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.cli.kit import outcomes
from console.cli.kit.output import utc
from console.domain.messages import DeliveryState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from console.cli.sending.request import Request
    from console.domain.messages import OutboxMessage
    from console.domain.plan import SegmentPlan
    from console.domain.sending import Forecast, Remark

_SHOWN = 200
"""Characters of the gateway's words in a line; `--json` has them all."""

_CODES = {
    DeliveryState.UNKNOWN: outcomes.UNKNOWN,
    DeliveryState.FAILED: outcomes.FAILED,
    DeliveryState.CANCELLED: outcomes.FAILED,
    # Left so only where the database could not be written in the end.
    DeliveryState.SUBMITTING: outcomes.UNKNOWN,
    DeliveryState.QUEUED: outcomes.FAILED,
}
_WORST_FIRST = (outcomes.UNKNOWN, outcomes.FAILED, outcomes.WAITING, outcomes.SENT)

_WORDS = {
    outcomes.SENT: "done",
    outcomes.FAILED: "failed",
    outcomes.UNKNOWN: "unknown",
    outcomes.WAITING: "waiting",
}


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be sent, and what speaks against it."""

    request: Request
    plans: tuple[SegmentPlan, ...]
    """One for each draft."""
    forecast: Forecast
    remarks: tuple[Remark, ...]
    obstacles: tuple[str, ...]
    """Why a person has to say yes first, in words; empty when it can go."""
    wires: tuple[tuple[str, ...], ...] = ()
    """What would go to the gateway for each, secrets masked; only where it is to be shown."""

    @property
    def price(self) -> str:
        """`0.20 EUR`; empty where no price is configured."""
        gateway = self.request.gateway
        if gateway.price_per_segment is None:
            return ""
        return f"{gateway.price_per_segment * self.forecast.segments:.2f} {gateway.currency}".strip()


def preview_lines(preview: Preview) -> list[str]:
    """To read. Safe for a terminal."""
    from console.protocol.text.safe import safe
    from console.protocol.text.time_words import spoken_window

    request, forecast = preview.request, preview.forecast
    first = request.drafts[0]
    seconds = "time unknown" if forecast.seconds is None else f"about {forecast.seconds:.0f} s"
    ports = "any port that is ready then" if request.is_planned else "a port chosen by the gateway"
    if forecast.ports:
        ports = f"port{'s' if len(forecast.ports) > 1 else ''} {', '.join(map(str, forecast.ports))}"
    summary = [
        f"{request.gateway.name} by {first.via.value.upper()}",
        f"set {first.pool}: {ports}" if first.pool else ports,
        _counted(len(request.drafts), "message"),
        _counted(forecast.segments, "segment"),
        preview.price,
        seconds,
        spoken_window(first.not_before, first.not_after, time.time()) if request.is_planned else "",
    ]
    lines = [safe(" · ".join(part for part in summary if part))]
    for index, (draft, plan) in enumerate(zip(request.drafts, preview.plans, strict=True)):
        unit = "septets" if plan.encoding == "GSM-7" else "UTF-16 units"
        sizes = " + ".join(str(segment.units) for segment in plan.segments)
        lines.append(f"{draft.to}  {plan.encoding}, {_counted(len(plan.segments), 'segment')} ({sizes} {unit})")
        lines += [f"    {safe(line)}" for line in (preview.wires[index] if preview.wires else ())]
        lines += [f"    warning: {safe(warning)}" for warning in plan.warnings]
    return lines


def caution_lines(preview: Preview) -> list[str]:
    """What is to be known before it is sent, for standard error. Safe for a terminal."""
    from console.protocol.text.safe import safe

    request = preview.request
    lines = []
    if request.duplicates:
        lines.append(f"note: {_counted(len(request.duplicates), 'entry', 'entries')} named twice, sent to once")
    lines += [f"no number: {one.place}: {one.typed}: {one.reason}" for one in request.rejected]
    lines += [f"opted out: {number}: left out; --opted-out sends to them too" for number in request.opted_out]
    lines += [f"{remark.guard}: {remark.words}" for remark in preview.remarks]
    return [safe(line) for line in lines]


def warning_lines(preview: Preview) -> list[str]:
    """What may become of the texts on their way, each once, for standard error where no plan is shown."""
    return list(dict.fromkeys(f"warning: {warning}" for plan in preview.plans for warning in plan.warnings))


def preview_fields(preview: Preview) -> dict[str, object]:
    """The same as an object."""
    request, forecast = preview.request, preview.forecast
    first = request.drafts[0]
    return {
        "gateway": request.gateway.name,
        "via": first.via.value,
        "ports": list(forecast.ports),
        "segments": forecast.segments,
        "price": preview.price or None,
        "seconds": forecast.seconds,
        "not_before": utc(first.not_before) if first.not_before is not None else None,
        "not_after": utc(first.not_after) if first.not_after is not None else None,
        "remarks": [{"guard": remark.guard, "words": remark.words} for remark in preview.remarks],
        "obstacles": list(preview.obstacles),
        "duplicates": [one.typed for one in request.duplicates],
        "opted_out": list(request.opted_out),
        "rejected": [{"typed": one.typed, "place": one.place, "reason": one.reason} for one in request.rejected],
        "drafts": [
            {
                "to": draft.to,
                "encoding": plan.encoding,
                "segments": [{"text": segment.text, "units": segment.units} for segment in plan.segments],
                "warnings": list(plan.warnings),
                "wire": list(preview.wires[index]) if preview.wires else [],
            }
            for index, (draft, plan) in enumerate(zip(request.drafts, preview.plans, strict=True))
        ],
    }


def message_line(message: OutboxMessage) -> str:
    """`17  +49151…  sent  port 3  SEND SMS … SUCCESSFULLY`: one line, whatever the gateway said."""
    from console.protocol.sms.causes import in_words
    from console.protocol.text.safe import safe

    words = in_words(message.detail)
    words = words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"
    port = f"port {message.port}" if message.port is not None else "port unknown"
    return "  ".join(safe(part) for part in (str(message.id), message.draft.to, message.state, port, words) if part)


def planned_line(message: OutboxMessage, now: float) -> str:
    """`17  +49151…  planned  tomorrow 08:00, not after tomorrow 12:00`."""
    from console.protocol.text.time_words import spoken_window

    when = spoken_window(message.draft.not_before, message.draft.not_after, now)
    return f"{message.id}  {message.draft.to}  planned  {when}"


def message_fields(message: OutboxMessage) -> dict[str, object]:
    """The same as an object. Times are UTC, ISO 8601."""
    return {
        "id": message.id,
        "to": message.draft.to,
        "state": message.state.value,
        "port": message.port,
        "words": message.detail,
        "parts": message.parts,
        "segments": [state.value for state in message.segments],
        "batch": message.batch,
        "operator": message.operator,
        "not_before": utc(message.draft.not_before) if message.draft.not_before is not None else None,
        "not_after": utc(message.draft.not_after) if message.draft.not_after is not None else None,
        "created_at": utc(message.created_at),
        "sent_at": utc(message.sent_at) if message.sent_at else None,
        "delivered_at": utc(message.delivered_at) if message.delivered_at else None,
    }


def code_of(messages: Iterable[OutboxMessage], waited_for: Collection[DeliveryState]) -> int:
    """The exit code: that of the worst. `waited_for` are the states in which one is not there yet."""
    waiting = dict.fromkeys(waited_for, outcomes.WAITING)
    codes = {(waiting | _CODES).get(message.state, outcomes.SENT) for message in messages}
    return next((code for code in _WORST_FIRST if code in codes), outcomes.SENT)


def outcome_words(code: int) -> str:
    """The exit code in a word, for `--json`."""
    return _WORDS[code]


def closing_lines(messages: Sequence[OutboxMessage], waited_for: Collection[DeliveryState]) -> list[str]:
    """What the operator should know at the end, for standard error."""
    states = [message.state for message in messages]
    lines = []
    if unknown := states.count(DeliveryState.UNKNOWN) + states.count(DeliveryState.SUBMITTING):
        lines.append(
            f"{_counted(unknown, 'message')} unknown: it may or may not have been sent. Nothing is sent again by "
            "itself; check the console's outbox before you send again."
        )
    if called_off := states.count(DeliveryState.CANCELLED):
        lines.append(f"{_counted(called_off, 'message')} cancelled before sending.")
    if queued := states.count(DeliveryState.QUEUED):
        lines.append(
            f"{_counted(queued, 'message')} not sent and still queued: held in the console until you release them."
        )
    if waiting := sum(state in waited_for and state not in _CODES for state in states):
        lines.append(
            f"{_counted(waiting, 'message')} accepted by the gateway, outcome not known yet. "
            "Nothing is sent again; the console's outbox shows the outcome once it is known."
        )
    return lines


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"
