"""Notes on tickets: what came of a request that was made from one, written once, whatever is answered.

A note is a run of its own. It is queued when an action ends or waits for approval; the sweep queues those whose queuing
was lost, and those that could not be written. What is written comes from the action's run, whose request must carry a
valid signature: nobody can have anything written by making a run.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from connectors.errors import GatewayError, NotAccepted, ObjectUnknown, OutcomeUnknown
from connectors.helpdesks.helpdesk import HelpdeskAccess, HelpdeskClient, TicketClosed, named_ticket
from connectors.helpdesks.registry import helpdesk
from counterfoil.action_runs import ActionRun
from counterfoil.prefect_api import CallRefused, QueueUnavailable
from counterfoil.queue import RequestConflict
from counterfoil.requests import REQUEST_ID, ActionRequest, RequestInvalid, SignatureInvalid
from counterfoil.secrets import read_secret
from counterfoil.settings import Helpdesk
from flows.actions.desk import Desk
from flows.actions.proof import proven
from flows.helpdesks.note_text import AWAITS, mark_of, note_html

_RUN_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FLOW = "post-note"
DEPLOYMENT = f"{FLOW}/{FLOW}"
PAUSES_S = (1.0, 3.0, 9.0)
"""Between the tries of one run; each begins by reading what stands on the ticket."""
SETTLES_WITHIN_S = 60.0
"""How long a note waits for its action's run to be in the state that it tells of."""
LOOK_BACK = timedelta(hours=1)
"""How far back the sweep looks for actions whose note was never queued."""
RUNS = 6
"""How often a note is tried in runs of its own, each after twice the pause of the one before."""
GIVEN_UP_AFTER = timedelta(days=1)


class NotWritten(RuntimeError):
    """The note does not stand on the ticket yet; the text says why."""


@dataclass(frozen=True, slots=True)
class Place:
    """The ticket that a note belongs on."""

    helpdesk: Helpdesk
    ticket_id: str


def ask_for_note(desk: Desk, run_id: str, request: Any, state: str) -> None:
    """Queue the note of a run in a state, where the request names a ticket of a helpdesk of the settings. What goes
    wrong here must not touch the action: the sweep asks again."""
    payload = request if isinstance(request, dict) else {}
    if place_of(desk, payload) is not None:
        try:
            _queue(desk, run_id, payload, state, 1)
        except (QueueUnavailable, CallRefused, RequestConflict, LookupError):
            return


def place_of(desk: Desk, payload: dict[str, Any]) -> Place | None:
    """Where the note of a request belongs; None where the request has no ticket that we can write on."""
    ticket = payload.get("ticket")
    named = named_ticket(ticket if isinstance(ticket, str) else None, desk.settings.helpdesks)
    return Place(*named) if named else None


def _queue(desk: Desk, run_id: str, payload: dict[str, Any], state: str, number: int) -> None:
    tags = [f"ticket:{payload.get('ticket')}"]
    request_id = payload.get("request_id")
    if isinstance(request_id, str) and REQUEST_ID.match(request_id):
        tags.append(f"request:{request_id}")
    parameters = {"run_id": run_id, "state": state, "number": number}
    made = desk.queue.create_run(DEPLOYMENT, parameters, key=key_of(run_id, state, number), tags=tags)
    if made.is_new:
        desk.queue.nudge(made.run_id)


def key_of(run_id: str, state: str, number: int) -> str:
    """The idempotency key of the run that writes a note for the `number`th time."""
    return f"note:{run_id}:{state}:{number}"


def write_note(desk: Desk, run_id: Any, state: Any) -> str:
    """Write the note of an action's run in a state, once; return a sentence. Raises NotWritten, SecretMissing, or
    GatewayErrors that the next try may not meet."""
    run = _run_in_state(desk, run_id, state)
    if run is None:
        return "There is no such run of an action in this state; nothing was written."
    try:
        request, _ = proven(desk.paths, run.request, run.signature, now=desk.now())
    except (SignatureInvalid, RequestInvalid, UnicodeError) as error:
        return f"Nothing was written: {error}"
    place = place_of(desk, run.request)
    if place is None:
        return "The request has no ticket of a helpdesk of the settings; nothing was written."
    key = read_secret(place.helpdesk.secret_name("API_KEY")).reveal()
    client = helpdesk(place.helpdesk.name).open_client(HelpdeskAccess(place.helpdesk, key))
    try:
        return _written(desk, client, place, run, request)
    except (ObjectUnknown, TicketClosed) as error:
        return f"The note has no place any more: {error}"
    finally:
        client.close()


def _run_in_state(desk: Desk, run_id: Any, state: Any) -> ActionRun | None:
    """The action's run, once Prefect has the state that its worker was about to set; None where it never gets there."""
    if not isinstance(run_id, str) or not isinstance(state, str) or not _RUN_ID.fullmatch(run_id):
        return None
    waited = 0.0
    while waited <= SETTLES_WITHIN_S:
        run = desk.queue.run(run_id)
        if run is None or run.state_name == state:
            return run
        if run.is_finished:
            return None
        desk.sleep(0.5)
        waited += 0.5
    raise NotWritten(f"The run {run_id} is not in the state {state[:40]!r} yet.")


def _written(desk: Desk, client: HelpdeskClient, place: Place, run: ActionRun, request: ActionRequest) -> str:
    page = f"{desk.settings.web.base_url}/actions/{run.run_id}"
    is_new = write_once(
        client,
        place.ticket_id,
        note_html(run, request, page),
        mark_of(run.run_id, run.state_name),
        author_id=_author(client, place, request),
        sleep=desk.sleep,
    )
    return f"Written on {request.ticket}." if is_new else f"The note stands on {request.ticket} already."


def write_once(
    client: HelpdeskClient, ticket_id: str, html: str, mark: str, *, author_id: str, sleep: Callable[[float], None]
) -> bool:
    """Add a note unless one with its mark stands on the ticket; whether it was added now. Raises NotWritten, or what
    the client raises."""
    for pause in (*PAUSES_S, None):
        if any(mark in note.text for note in client.notes(ticket_id)):
            return False
        try:
            client.add_note(ticket_id, html, author_id=author_id)
            return True
        except (OutcomeUnknown, NotAccepted) as error:
            # What was sent may have arrived: the notes are read before anything is sent again.
            if pause is None:
                raise NotWritten(str(error)) from error
            sleep(pause)
    raise AssertionError("the last try returns or raises")


def _author(client: HelpdeskClient, place: Place, request: ActionRequest) -> str:
    """The agent who asked, where the helpdesk knows the address; else the one of the settings."""
    try:
        agent = client.agent_by_email(request.requester) if "@" in request.requester else None
    except GatewayError:
        agent = None
    return agent.agent_id if agent else place.helpdesk.author


def sweep_notes(desk: Desk) -> int:
    """Queue the notes whose queuing was lost and those that could not be written; returns how many."""
    if not desk.settings.helpdesks:
        return 0
    return _never_queued(desk) + _failed(desk)


def _never_queued(desk: Desk) -> int:
    since = desk.now() - LOOK_BACK
    runs = [run for run in desk.queue.runs(since=since, limit=2_000) if _is_told(run) and place_of(desk, run.request)]
    known = {one.idempotency_key for one in desk.queue.runs_by_key([_first(run) for run in runs], FLOW)}
    return sum(_try(desk, run.run_id, run.request, run.state_name, 1) for run in runs if _first(run) not in known)


def _is_told(run: ActionRun) -> bool:
    return run.state_name == AWAITS or (run.is_finished and run.state_type in ("COMPLETED", "CANCELLED"))


def _first(run: ActionRun) -> str:
    return key_of(run.run_id, run.state_name, 1)


def _failed(desk: Desk) -> int:
    """Those that failed in their newest run, the longer ago the later."""
    ended = {"type": {"any_": ["FAILED", "CRASHED"]}}
    newest: dict[tuple[str, str], tuple[int, ActionRun]] = {}
    for one in desk.queue.runs(since=desk.now() - GIVEN_UP_AFTER, flows=(FLOW,), state=ended):
        parts = (one.idempotency_key or "").split(":")
        if len(parts) == 4 and parts[0] == "note" and parts[3].isdecimal():
            about = (parts[1], parts[2])
            newest[about] = max(newest.get(about, (0, one)), (int(parts[3]), one), key=lambda found: found[0])
    due = [(about, number) for about, (number, one) in newest.items() if _is_due(desk, number, one)]
    runs = {run.run_id: run for run in desk.queue.runs_by_id(sorted({run_id for (run_id, _), _ in due}))}
    return sum(
        _try(desk, run_id, runs[run_id].request, state, number + 1) for (run_id, state), number in due if run_id in runs
    )


def _is_due(desk: Desk, number: int, run: ActionRun) -> bool:
    ended = run.ended_at or run.created_at
    return number < RUNS and desk.now() - ended >= timedelta(minutes=2**number)


def _try(desk: Desk, run_id: str, payload: dict[str, Any], state: str, number: int) -> int:
    _queue(desk, run_id, payload, state, number)
    return 1
