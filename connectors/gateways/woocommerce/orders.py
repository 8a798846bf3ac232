"""Orders, and the notes on them. A note carries its request id at its end, where a look-up finds it again.

WooCommerce gives all notes of an order at once. Source: class WC_REST_Order_Notes_Controller.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connectors.actions import AddOrderNote
from connectors.errors import ObjectUnknown, OutcomeUnknown, RequestInvalid, UnexpectedShape
from connectors.gateways.woocommerce.states import gmt
from connectors.gateways.woocommerce.wire import Wire
from connectors.outcomes import Done

_IN_NOTE = re.compile(r"\(Reference: ([^\s()]+)\)")


def read_one(wire: Wire, path: str, kind: str, object_id: str) -> Mapping[str, Any]:
    """One object by its number. Raises ObjectUnknown."""
    found = wire.get(f"/{path}/{an_id(kind, object_id)}").data
    if not isinstance(found, dict) or str(found.get("id")) != object_id:
        raise UnexpectedShape(f"The shop's answer for the {kind} {object_id} is another object.")
    return found


def read_order(wire: Wire, order_id: str) -> Mapping[str, Any]:
    """One order. Raises ObjectUnknown."""
    return read_one(wire, "orders", "order", order_id)


def an_id(kind: str, object_id: str) -> str:
    """Numbers only: nothing that would lead to another address."""
    if not re.fullmatch(r"[0-9]{1,18}", object_id):
        raise ObjectUnknown(f"{object_id[:40]!r} is no id of a shop's {kind}.")
    return object_id


def add_note(wire: Wire, action: AddOrderNote) -> Done:
    """Write the note, unless one of this request is there already: then that one."""
    if not action.note.strip():
        raise RequestInvalid("The note is empty.")
    earlier = _found(wire, action)
    if earlier is not None:
        return earlier
    body = {"note": text_of(action), "customer_note": action.is_for_customer}
    made = wire.post(f"/orders/{action.object_id}/notes", body).data
    if not isinstance(made, dict) or request_id_of(made) != action.request_id:
        raise OutcomeUnknown("The shop's answer is not the note that was sent: it must be looked up.")
    return _done(made)


def find_note(wire: Wire, action: AddOrderNote) -> Done | None:
    """Find the note by the request id at its end; None where there is none."""
    try:
        return _found(wire, action)
    except ObjectUnknown:
        return None


def text_of(action: AddOrderNote) -> str:
    """The note as it is written to the order."""
    return f"{action.note} (Reference: {action.request_id})"


def request_id_of(note: Mapping[str, Any]) -> str | None:
    """The request that wrote a note: its last reference, as what stands before was typed by somebody."""
    found = _IN_NOTE.findall(str(note.get("note") or ""))
    return str(found[-1]) if found else None


def _found(wire: Wire, action: AddOrderNote) -> Done | None:
    notes = wire.get(f"/orders/{an_id('order', action.object_id)}/notes").data
    if not isinstance(notes, list) or not all(isinstance(note, dict) for note in notes):
        raise UnexpectedShape(f"The shop's answer for the notes of the order {action.object_id} is no list.")
    ours = [note for note in notes if request_id_of(note) == action.request_id]
    return _done(ours[0]) if ours else None


def _done(note: Mapping[str, Any]) -> Done:
    try:
        return Done(str(int(note["id"])), None, gmt(note.get("date_created_gmt")))
    except (KeyError, TypeError, ValueError):
        raise OutcomeUnknown("The shop's answer is no note that can be read: it must be looked up.") from None
