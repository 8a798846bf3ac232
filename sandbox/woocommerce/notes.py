"""Notes on orders: all of one order at once, the newest first, as WooCommerce gives them."""

from sandbox.standin.messages import Json, Turned
from sandbox.standin.store import Change, Store
from sandbox.woocommerce import bodies, shapes
from sandbox.woocommerce.errors import error, missing

KINDS = {"note": str, "customer_note": bool}


def write(store: Store, order_id: str, body: bytes) -> Json:
    """POST /orders/{id}/notes: the new note. Nothing keeps a second one away."""
    sent = bodies.read(body, KINDS)
    if "note" not in sent:
        raise missing("note")
    change = Change(store)
    if change.get("order", order_id) is None:
        raise Turned(error(404, "woocommerce_rest_order_invalid_id", "Invalid order ID."))
    number = store.next_number("note_number")
    made = shapes.note(number, store.now(), int(order_id), sent["note"], sent.get("customer_note", False))
    change.put("note", made)
    change.commit()
    return made


def of_order(store: Store, order_id: str) -> list[Json]:
    """The notes of an order."""
    return [note for note in reversed(store.of("note").values()) if str(note["_order_id"]) == order_id]
