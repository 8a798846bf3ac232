"""The event object. Source: recorded answers and stripe/openapi's fixtures."""

from typing import TYPE_CHECKING

from sandbox.stripe.wire import Json

if TYPE_CHECKING:
    from sandbox.stripe.transaction import Transaction

API_VERSION = "2025-10-29.clover"


def event(tx: "Transaction", name: str, obj: Json, previous: Json | None) -> Json:
    """An event of now, with a snapshot of the object."""
    made = bare_event(tx.store.new_id("event"), tx.store.clock.now(), name, obj, previous)
    made["request"] = {"id": tx.request_id, "idempotency_key": tx.idempotency_key}
    made["pending_webhooks"] = 1
    return made


def bare_event(wanted: str, created: int, name: str, obj: Json, previous: Json | None = None) -> Json:
    """An event that no request caused. `previous` holds the values that an update replaced."""
    data: Json = {"object": dict(obj)}
    if previous is not None:
        data["previous_attributes"] = previous
    return {
        "id": wanted,
        "object": "event",
        "api_version": API_VERSION,
        "created": created,
        "data": data,
        "livemode": False,
        "pending_webhooks": 0,
        "request": {"id": None, "idempotency_key": None},
        "type": name,
    }
