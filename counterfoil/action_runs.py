"""A flow run of an action, as pages and commands see it: read from Prefect's JSON, nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from counterfoil.people import is_same_person
from counterfoil.requests import ActionRequest

AMOUNT_LABEL = "counterfoil.amount_minor"
CURRENCY_LABEL = "counterfoil.currency"
REFERENCE_LABEL = "counterfoil.gateway_reference"
SENT_LABEL = "counterfoil.may_be_sent_since"
"""When the first request may have left for the gateway; kept at the run because another host has no journal of it."""

COUNT_LABEL = "counterfoil.batch."
"""Before the name of a state: how many items of a batch are in it."""

_WAITING_NAMES = {"Suspended": "Awaiting approval", "AwaitingRetry": "Scheduled", "Late": "Scheduled"}
_NOTHING_MOVED = frozenset({"Refused", "Cancelled"})


@dataclass(frozen=True, slots=True)
class ActionRun:
    """One run of `carry-out`, or of `settle-request`, which settles an earlier one."""

    run_id: str
    request_id: str
    request: dict[str, Any]
    signature: str
    state_type: str
    """Prefect's: SCHEDULED, PENDING, RUNNING, PAUSED, COMPLETED, FAILED, CRASHED, CANCELLING or CANCELLED."""
    state_name: str
    """Done, Refused, Pending or Failed later once finished; Awaiting approval; else Prefect's name."""
    sentence: str
    created_at: datetime
    ended_at: datetime | None
    gateway_reference: str | None
    amount_minor: int | None
    """What moves: as asked for, or, where all that is left was asked for, as read at the gateway."""
    currency: str | None
    idempotency_key: str | None
    tags: tuple[str, ...]
    flow_id: str
    counts_by_state: dict[str, int] = field(default_factory=dict)
    """Of a batch: state of an item -> how many are in it, as its run last told."""

    @property
    def is_finished(self) -> bool:
        return self.state_type in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")

    @property
    def counts(self) -> bool:
        """Whether it stands for money that was asked for: everything that was not refused or cancelled."""
        return self.state_name not in _NOTHING_MOVED and self.state_type != "CANCELLED"


def action_run(raw: Mapping[str, Any]) -> ActionRun:
    """Read one flow run of Prefect's API. Runs made by strangers may hold anything as parameters."""
    parameters = raw.get("parameters") or {}
    found = parameters.get("request")
    request: dict[str, Any] = found if isinstance(found, dict) else {}
    labels = raw.get("labels") or {}
    state = raw.get("state") or {}
    name = str(raw.get("state_name") or "")
    return ActionRun(
        run_id=str(raw["id"]),
        request_id=str(request.get("request_id") or ""),
        request=dict(request),
        signature=_text(parameters.get("signature")) or "",
        state_type=str(raw.get("state_type") or ""),
        state_name=_WAITING_NAMES.get(name, name),
        sentence=str(state.get("message") or ""),
        created_at=_time(raw["created"]),
        ended_at=_time(raw["end_time"]) if raw.get("end_time") else None,
        gateway_reference=labels.get(REFERENCE_LABEL),
        amount_minor=_whole(request.get("amount_minor"), labels.get(AMOUNT_LABEL)),
        currency=_text(request.get("currency"), labels.get(CURRENCY_LABEL)),
        idempotency_key=raw.get("idempotency_key"),
        tags=tuple(raw.get("tags") or ()),
        flow_id=str(raw.get("flow_id") or ""),
        counts_by_state={
            label.removeprefix(COUNT_LABEL): number
            for label, number in labels.items()
            if label.startswith(COUNT_LABEL) and isinstance(number, int) and number > 0
        },
    )


def minor_asked_for(runs: Iterable[ActionRun], request: ActionRequest, currency: str | None) -> int:
    """Minor units that the requester asked for in these runs, with the same action and in one currency."""
    return sum(
        run.amount_minor or 0
        for run in runs
        if run.currency == currency
        and run.request.get("action") == request.action
        and is_same_person(str(run.request.get("requester") or ""), request.requester)
    )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)


def _whole(*candidates: Any) -> int | None:
    for value in candidates:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    return None


def _text(*candidates: Any) -> str | None:
    return next((value for value in candidates if isinstance(value, str)), None)
