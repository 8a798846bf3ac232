"""Customers with a login: their billing address can be changed, field by field."""

from sandbox.standin.messages import Json, Turned
from sandbox.standin.store import Change, Store
from sandbox.woocommerce import bodies, shapes
from sandbox.woocommerce.errors import error, invalid_param


def update(store: Store, customer_id: str, body: bytes) -> Json:
    """PUT /customers/{id}: what is named is changed, the rest stays."""
    sent = bodies.read(body, {"billing": dict}).get("billing", {})
    change = Change(store)
    customer = change.get("customer", customer_id)
    if customer is None:
        raise Turned(error(404, "woocommerce_rest_invalid_id", "Invalid resource ID."))
    for name, value in sent.items():
        if name not in customer["billing"]:
            raise invalid_param("billing", f"{name} is not a valid property of Object.")
        if not isinstance(value, str):
            raise invalid_param("billing", f"billing[{name}] is not of type string.")
    customer["billing"] = {**customer["billing"], **sent}
    customer.update(shapes.modified(store.now()))
    change.put("customer", customer)
    event = {"topic": "customer.updated", "resource": "customer", "event": "updated", "body": shapes.shown(customer)}
    change.tell(event)
    change.commit()
    return customer
