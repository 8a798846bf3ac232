"""What a note on a ticket says of a run: what came of the request, who asked for it and why, where the run stands."""

from __future__ import annotations

import hashlib
from html import escape

from connectors.actions import ACTIONS
from connectors.money import Money
from counterfoil.action_runs import ActionRun
from counterfoil.requests import ActionRequest

AWAITS = "Awaiting approval"
LONGEST_REASON = 500


def mark_of(run_id: str, state: str) -> str:
    """What a note is found again by: the same for one run and state, letters and digits only, so that no helpdesk
    writes it otherwise."""
    return f"cf{hashlib.sha256(f'{run_id}/{state}'.encode()).hexdigest()[:16]}"


def note_html(run: ActionRun, request: ActionRequest, page: str) -> str:
    """The note, everything that people wrote escaped. `page`: the address of the run's page."""
    title = ACTIONS[request.action].title if request.action in ACTIONS else request.action.replace("_", " ")
    # A rejected amount may be anything; what the run itself names is money.
    amount = f" {Money(run.amount_minor, run.currency)}" if run.amount_minor is not None and run.currency else ""
    lines = [
        f"<b>{escape(run.state_name)}</b>: {escape(title)}{escape(amount)}, "
        f"{escape(request.object_kind)} {escape(request.object_id)} ({escape(request.account)})",
        escape(run.sentence),
    ]
    if run.gateway_reference:
        lines.append(f"At the gateway: {escape(run.gateway_reference)}")
    why = ": ".join(part for part in (request.reason_code.replace("_", " "), request.reason_text) if part)
    lines.append(f"Asked for by {escape(request.requester)}: {escape(why[:LONGEST_REASON])}")
    words = "Decide about it" if run.state_name == AWAITS else "The run"
    lines.append(f'<a href="{escape(page)}">{words}</a> {escape(run.run_id)}')
    lines.append(f"Counterfoil {mark_of(run.run_id, run.state_name)}")
    return "".join(f"<p>{line}</p>" for line in lines if line)
