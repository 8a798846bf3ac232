"""Refusals in Braintree's shape. Codes: error_codes.py of its Python SDK; texts as its answers have them."""

from sandbox.braintree.markup import Json, document

TEXTS = {
    "81501": "Amount cannot be negative.",
    "81502": "Amount is required.",
    "81503": "Amount is an invalid format.",
    "81531": "Amount must be greater than zero.",
    "81905": "Subscription has already been canceled.",
    "91501": "Order ID is too long.",
    "91504": (
        "Transaction can only be voided if status is authorized, submitted_for_settlement, or - for PayPal - "
        "settlement_pending."
    ),
    "91505": "Cannot refund a credit.",
    "91506": "Cannot refund transaction unless it is settled.",
    "91507": "Cannot submit for settlement unless status is authorized.",
    "91510": "Customer ID is invalid.",
    "91511": "Customer does not have any credit cards.",
    "91512": "Transaction has already been completely refunded.",
    "91521": "Refund amount is too large.",
    "91522": "Settlement amount is too large.",
    "915200": "Refund Authorization Hard Declined.",
    "915230": "API request key is too long.",
    "915232": "API request key can be reused only with the same request.",
    "915233": "API request key is in flight.",
}


class Refused(Exception):
    """An answer 422: one validation error; with it the transaction that was declined, if there is one."""

    def __init__(self, code: str, attribute: str = "base", thing: str = "transaction", declined: Json | None = None):
        super().__init__(code)
        self.code, self.attribute, self.thing, self.declined = code, attribute, thing, declined

    def body(self, params: Json) -> bytes:
        """The answer's XML."""
        text = TEXTS[self.code]
        error = {"code": self.code, "attribute": self.attribute, "message": text}
        value: Json = {"errors": {"errors": [], self.thing: {"errors": [error]}}, "params": params, "message": text}
        if self.declined is not None:
            value["transaction"] = self.declined
        return document("api_error_response", value)


class NotFound(Exception):
    """An answer 404, which has no body."""


class Forbidden(Exception):
    """An answer 403."""


class Unauthorised(Exception):
    """An answer 401, which has no body."""
