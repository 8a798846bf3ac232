"""Refusals in Braintree's shape. Codes: error_codes.py of its Python SDK; texts as its answers have them."""

from sandbox.braintree.markup import Json, document

TEXTS = {
    "81501": "Amount cannot be negative.",
    "81502": "Amount is required.",
    "81503": "Amount is an invalid format.",
    "81531": "Amount must be greater than zero.",
    "81804": "Extended address is too long.",
    "81807": "Locality is too long.",
    "81810": "Region is too long.",
    "81812": "Street address is too long.",
    "81901": "Cannot edit a canceled subscription.",
    "81902": "ID has already been taken.",
    "81904": "Price is an invalid format.",
    "81905": "Subscription has already been canceled.",
    "81906": "ID is invalid (use only letters, numbers, '-', and '_').",
    "81910": "Cannot edit an expired subscription.",
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
    "91513": "Merchant account ID is invalid.",
    "91518": "Payment method token is invalid.",
    "91521": "Refund amount is too large.",
    "91522": "Settlement amount is too large.",
    "91814": "Country code (alpha2) is not an accepted country.",
    "91818": "Customer has already reached the maximum of 50 addresses.",
    "91901": "Merchant Account ID is invalid.",
    "91903": "Payment method token is invalid.",
    "91904": "Plan ID is invalid.",
    "91906": "Number of billing cycles must be numeric.",
    "91907": "Number of billing cycles must be greater than zero.",
    "91908": "Cannot specify a number of billing cycles and never expires.",
    "91909": "Number of billing cycles cannot be less than the current billing cycle.",
    "91911": "Cannot add duplicate add-on or discount.",
    "91920": "Cannot edit price changing fields on past due subscription.",
    "91922": "Plan must have the same billing frequency.",
    "91923": "Currency ISO code of the plan and the merchant account do not match.",
    "92013": "Inherited from ID is invalid.",
    "92016": "ID to remove is not present.",
    "92022": "Cannot edit add-ons or discounts on past due subscription.",
    "915200": "Refund Authorization Hard Declined.",
    "915230": "API request key is too long.",
    "915232": "API request key can be reused only with the same request.",
    "915233": "API request key is in flight.",
    "915234": "API request key was used with a request that failed.",
}


class Refused(Exception):
    """An answer 422: one validation error, or none where a bank said no; with it the transaction that was declined.

    `thing` is where in the request the error stands: "transaction", "subscription/discounts/add/index_0". `is_kept`
    says that the declined transaction stays in the books.
    """

    def __init__(
        self,
        code: str,
        attribute: str = "base",
        thing: str = "transaction",
        declined: Json | None = None,
        is_kept: bool = False,
    ):
        super().__init__(code)
        self.code, self.attribute, self.thing, self.declined = code, attribute, thing, declined
        self.is_kept = is_kept

    def body(self, params: Json) -> bytes:
        """The answer's XML."""
        text = TEXTS[self.code] if self.code else str((self.declined or {})["processor_response_text"])
        value: Json = {"errors": self._errors(text), "params": params, "message": text}
        if self.declined is not None:
            value["transaction"] = self.declined
        return document("api_error_response", value)

    def _errors(self, text: str) -> Json:
        if not self.code:
            return {"errors": []}
        error = {"code": self.code, "attribute": self.attribute, "message": text}
        inner: Json = {"errors": [error]}
        for name in reversed(self.thing.split("/")):
            inner = {"errors": [], name: inner}
        return inner


class NotFound(Exception):
    """An answer 404, which has no body."""


class Forbidden(Exception):
    """An answer 403."""


class Unauthorised(Exception):
    """An answer 401, which has no body."""
