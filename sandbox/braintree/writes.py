"""What can be written: method and path -> the operation."""

from sandbox.braintree import addresses, contracts, payments
from sandbox.braintree.operation import Operation

OPERATIONS: dict[tuple[str, str], Operation] = {
    ("POST", "transactions"): payments.sale,
    ("POST", "transactions/{id}/refund"): payments.refund,
    ("PUT", "transactions/{id}/void"): payments.void,
    ("PUT", "transactions/{id}/submit_for_settlement"): payments.submit,
    ("POST", "subscriptions"): contracts.create,
    ("PUT", "subscriptions/{id}"): contracts.update,
    ("PUT", "subscriptions/{id}/cancel"): contracts.cancel,
    ("POST", "customers/{id}/addresses"): addresses.create,
    ("PUT", "customers/{id}/addresses/{id}"): addresses.update,
}
"""The ids of a path are handed over joined with a slash."""
CREATED = {"transactions", "transactions/{id}/refund", "subscriptions", "customers/{id}/addresses"}
"""Answered with 201 where they are posted."""
