"""POST and DELETE: the table of what can be written."""

import re

from sandbox.stripe import captures, customers, invoices, payments, refunds, subscribing, subscriptions
from sandbox.stripe.errors import unknown_url
from sandbox.stripe.operations import Operation, Prepare

ID = "([^/]+)"


def _route(method: str, path: str, permission: str, prepare: Prepare, *, moves_money: bool = False) -> Operation:
    pattern = re.compile("/v1/" + path.replace("{id}", ID))
    return Operation(method, pattern, permission, prepare, moves_money)


OPERATIONS = [
    _route("POST", "refunds", "refund", refunds.prepare_create, moves_money=True),
    _route("POST", "refunds/{id}", "refund", refunds.prepare_update),
    _route("POST", "charges/{id}", "charge", captures.prepare_charge_update),
    _route("POST", "payment_intents", "payment_intent", payments.prepare_create, moves_money=True),
    _route("POST", "payment_intents/{id}/capture", "payment_intent", captures.prepare_capture, moves_money=True),
    _route("POST", "payment_intents/{id}/cancel", "payment_intent", captures.prepare_cancel, moves_money=True),
    _route("POST", "subscriptions", "subscription", subscribing.prepare_create, moves_money=True),
    _route("POST", "subscriptions/{id}", "subscription", subscriptions.prepare_update),
    _route("DELETE", "subscriptions/{id}", "subscription", subscriptions.prepare_cancel),
    _route("POST", "invoices/{id}/send", "invoice", invoices.prepare_send),
    _route("POST", "invoices/{id}/mark_uncollectible", "invoice", invoices.prepare_mark_uncollectible),
    _route("POST", "customers", "customer", customers.prepare_create),
    _route("POST", "customers/{id}", "customer", customers.prepare_update),
    _route("DELETE", "customers/{id}", "customer", customers.prepare_delete),
    _route("POST", "customers/{id}/tax_ids", "tax_id", customers.prepare_tax_id),
]


def match(method: str, path: str) -> tuple[Operation, list[str]]:
    """The operation at a path, and the ids in it."""
    for operation in OPERATIONS:
        found = operation.pattern.fullmatch(path)
        if found and operation.method == method:
            return operation, list(found.groups())
    raise unknown_url(method, path)
