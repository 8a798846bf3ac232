"""What Braintree's validation errors mean for the money. Codes: error_codes.py of its Python SDK."""

from __future__ import annotations

from connectors.errors import (
    AlreadyRefunded,
    AmountTooHigh,
    Declined,
    GatewayError,
    ObjectUnknown,
    OutcomeUnknown,
    Refused,
    RequestInvalid,
)

Meaning = tuple[type[GatewayError], str]

REFUNDS: dict[str, Meaning] = {
    "91506": (
        Refused,
        "The payment has not settled yet, and Braintree refunds settled payments only. Void it instead, which gives "
        "back the whole amount, or ask again when it has settled, usually within a day.",
    ),
    "91574": (Refused, "The payment is being settled right now; ask again when it has settled."),
    "91505": (Refused, "This is itself a refund or a credit; Braintree does not refund those."),
    "91512": (AlreadyRefunded, "The payment was refunded in full already."),
    "91521": (AmountTooHigh, "More was asked than is left on the payment."),
    "91538": (Refused, "Braintree has suspended the merchant account; it takes no refunds."),
    "91559": (Refused, "The merchant account is not active at Braintree yet; it takes no refunds."),
    "91547": (Refused, "The merchant account does not support refunds."),
    "915200": (Declined, "The customer's bank declined the refund, and will decline it again."),
    "915201": (Declined, "The customer's bank declined the refund."),
}
HOLDS: dict[str, Meaning] = {
    "91504": (Refused, "Only payments that have not settled can be voided; refund it instead."),
    "91507": (Refused, "Only authorized payments can be submitted for settlement."),
    "91522": (AmountTooHigh, "More was asked than was authorized."),
    "95601": (Refused, "The bank gave a final authorization: it can be captured with its whole amount only."),
    "91579": (Refused, "PayPal's authorization has expired; nothing is held any more."),
    "91518": (Refused, "The customer's payment method is no longer stored at Braintree."),
    "91511": (Refused, "The customer has no payment method at Braintree."),
    "91514": (Refused, "Braintree has suspended the merchant account; it takes no payments."),
    "91517": (Refused, "The merchant account does not take cards of this kind."),
    "91577": (Refused, "The merchant account does not take this kind of payment method."),
    "915101": (Refused, "The merchant account does not take this kind of payment method."),
    "915104": (Refused, "The processor holds no money: it can only charge at once."),
    "81528": (AmountTooHigh, "More was asked than Braintree takes in one payment."),
}
REQUEST_KEYS: dict[str, Meaning] = {
    "915230": (RequestInvalid, "The request key is longer than Braintree takes."),
    "915231": (
        RequestInvalid,
        "This Braintree account may not use API request keys, so the request would not be safe to repeat. Ask "
        "Braintree's support to allow idempotent requests for it.",
    ),
    "915232": (RequestInvalid, "The request key was used before with other parameters."),
    "915233": (OutcomeUnknown, "The same request is under way at Braintree: it must be looked up."),
    "915234": (Refused, "An earlier try of the same request failed at Braintree; ask anew."),
    "915235": (OutcomeUnknown, "Braintree could not check the request key: the request must be looked up."),
}
SUBSCRIPTIONS: dict[str, Meaning] = {
    "81905": (Refused, "The subscription was cancelled already."),
    "81901": (Refused, "The subscription was cancelled; Braintree changes it no more."),
    "81910": (Refused, "The subscription has expired; Braintree changes it no more."),
    "91920": (Refused, "A payment of the subscription is past due; until it is paid, its price cannot change."),
    "92022": (Refused, "A payment of the subscription is past due; until it is paid, its discounts cannot change."),
    "91904": (ObjectUnknown, "Braintree knows no such plan."),
    "91903": (Refused, "The customer's payment method is no longer stored at Braintree."),
    "91902": (Refused, "The merchant account does not take cards of this kind."),
    "91928": (Refused, "The customer's payment method cannot pay subscriptions."),
    "91930": (Refused, "The merchant account does not take this kind of payment method."),
    "91922": (
        Refused,
        "The other plan bills at other intervals, which Braintree does not change; cancel this subscription and create "
        "a new one.",
    ),
    "91923": (Refused, "The plan is in another currency than the subscription's merchant account."),
    "91911": (Refused, "The subscription has this discount already."),
    "92013": (ObjectUnknown, "Braintree knows no such discount."),
    "92016": (Refused, "The subscription does not have this discount any more."),
    "92025": (Refused, "The subscription does not have this discount any more."),
}
ADDRESSES: dict[str, Meaning] = {
    "91818": (Refused, "The customer has as many addresses as Braintree keeps; delete one there first."),
    "91814": (RequestInvalid, "Braintree does not take this country."),
}
IN_USE = "81902"
"""The id of a new subscription is taken: one of this request was made before."""

REFUSALS: dict[str, Meaning] = {**REFUNDS, **HOLDS, **REQUEST_KEYS, **SUBSCRIPTIONS, **ADDRESSES}
"""Code of a validation error -> what it means for the money."""
