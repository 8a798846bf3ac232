"""Customers and their tax ids: made, changed, deleted."""

from sandbox.stripe import params as reading
from sandbox.stripe.errors import Invalid, Refused, missing_parameter, no_such
from sandbox.stripe.operations import Execute
from sandbox.stripe.shapes import party
from sandbox.stripe.shapes.payment import NO_ADDRESS
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import Json

TEXTS = ("email", "name", "description", "phone", "tax_exempt")
MOST_TAX_IDS = 5
KNOWN = {*TEXTS, "address", "metadata", "expand", "preferred_locales", "invoice_settings"}


def prepare_create(params: Json, _: list[str]) -> Execute:
    """POST /v1/customers."""
    _check(params)

    def execute(tx: Transaction) -> Json:
        made = party.customer(tx.store.new_id("customer"), tx.store.clock.now())
        _apply(made, params)
        tx.put("customer", made)
        tx.say("customer.created", made)
        return made

    return execute


def prepare_update(params: Json, ids: list[str]) -> Execute:
    """POST /v1/customers/{id}."""
    _check(params)

    def execute(tx: Transaction) -> Json:
        customer = _alive(tx, ids[0])
        before = {name: customer[name] for name in params if name in customer}
        _apply(customer, params)
        tx.put("customer", customer)
        tx.say("customer.updated", customer, before)
        return customer

    return execute


def prepare_delete(params: Json, ids: list[str]) -> Execute:
    """DELETE /v1/customers/{id}: only a stub with `deleted` stays; methods are detached, subscriptions end."""
    reading.only(params, set())

    def execute(tx: Transaction) -> Json:
        customer = _alive(tx, ids[0])
        for method in tx.every("payment_method", customer=ids[0]):
            tx.put("payment_method", {**method, "customer": None})
        for subscription in tx.every("subscription", customer=ids[0]):
            if subscription["status"] != "canceled":
                now = tx.store.clock.now()
                subscription.update(status="canceled", canceled_at=now, ended_at=now)
                tx.put("subscription", subscription)
                tx.say("customer.subscription.deleted", subscription)
        tx.say("customer.deleted", customer)
        return tx.put("customer", {"id": customer["id"], "object": "customer", "deleted": True})

    return execute


def prepare_tax_id(params: Json, ids: list[str]) -> Execute:
    """POST /v1/customers/{id}/tax_ids."""
    reading.only(params, {"type", "value", "expand"})
    kind, value = reading.string(params, "type"), reading.string(params, "value")
    if kind is None or value is None:
        raise missing_parameter("type" if kind is None else "value")
    country = value[:2] if kind == "eu_vat" else kind[:2].upper()
    if kind == "eu_vat" and not (value[:2].isalpha() and len(value) > 7 and value.isascii()):
        message = "Invalid value for eu_vat: it begins with the two letters of a country."
        raise Invalid(message, code="tax_id_invalid", param="value")

    def execute(tx: Transaction) -> Json:
        _alive(tx, ids[0])
        if len(tx.every("tax_id", owner=ids[0])) >= MOST_TAX_IDS:
            raise Refused(f"A customer can have up to {MOST_TAX_IDS} tax IDs.")
        now = tx.store.clock.now()
        made = party.tax_id(tx.store.new_id("tax_id"), now, ids[0], kind, value, country)
        tx.put("tax_id", made)
        tx.say("customer.tax_id.created", made)
        return made

    return execute


def _check(params: Json) -> None:
    reading.only(params, KNOWN)
    if params.get("tax_exempt") not in (None, "none", "exempt", "reverse"):
        raise Invalid("Invalid tax_exempt: must be one of none, exempt, or reverse", param="tax_exempt")
    email = params.get("email")
    if email and "@" not in str(email):
        raise Invalid(f"Invalid email address: {email}", code="email_invalid", param="email")


def _apply(customer: Json, params: Json) -> None:
    for name in TEXTS:
        if name in params:
            customer[name] = params[name] or None
    if params.get("address") == "":
        customer["address"] = None
    elif isinstance(params.get("address"), dict):
        sent = {name: value or None for name, value in params["address"].items()}
        customer["address"] = {**NO_ADDRESS, **(customer["address"] or {}), **sent}
    if isinstance(params.get("invoice_settings"), dict):
        wanted = params["invoice_settings"].get("default_payment_method")
        customer["invoice_settings"] = {**customer["invoice_settings"], "default_payment_method": wanted or None}
    customer["metadata"] = reading.metadata(params, customer["metadata"])


def _alive(tx: Transaction, wanted: str) -> Json:
    customer = tx.get("customer", wanted)
    if customer is None or customer.get("deleted"):
        raise no_such("customer", wanted)
    return customer
