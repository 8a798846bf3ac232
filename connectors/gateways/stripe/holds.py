"""Payment intents: an amount taken or held once more on a stored method, and a hold that is taken or released.

Off session: the customer is not there, so a bank that wants a confirmation declines. Since 2026-09-30.endive an intent
takes no `payment_method_types`, and `off_session` needs no `return_url`.
Source: https://docs.stripe.com/api/payment_intents and https://docs.stripe.com/payments/place-a-hold-on-a-payment-method.
"""

from __future__ import annotations

import stripe
from connectors.actions import Authorize, Capture, ChargeAgain, Void
from connectors.errors import AmountTooHigh, Declined, ObjectUnknown, Refused
from connectors.gateways.stripe.charges import Charges, Found
from connectors.gateways.stripe.intents import captured, held, taken, voided
from connectors.gateways.stripe.outcomes import best
from connectors.gateways.stripe.refunds import STRIPES_REASONS
from connectors.gateways.stripe.sdk import Sdk, with_key
from connectors.gateways.stripe.tracing import CAPTURE_IN_METADATA, carries, metadata
from connectors.outcomes import Failed, LookedUp, Outcome


def capture(sdk: Sdk, charges: Charges, action: Capture, key: str) -> Outcome:
    """Take what a charge holds, or a part; Stripe releases the rest."""
    options = with_key(key)
    params: stripe.params.PaymentIntentCaptureParams = {
        "amount_to_capture": charges.counted(action.object_id, action.amount),
        "metadata": metadata(action, name=CAPTURE_IN_METADATA),
    }
    intent = charges.intent_of(action.object_id)
    service = sdk.v1.payment_intents
    answered = sdk.write(lambda: service.capture(intent, params=params, options=options))
    return captured(action, answered.fields, answered.at)


def find_capture(sdk: Sdk, charges: Charges, action: Capture, key: str) -> LookedUp | None:
    """Whether the charge's intent carries this request as the one that captured it."""
    found = _found(charges, action)
    if found is None or found.charge.get("payment_intent") is None:
        return None
    answered = sdk.look(lambda: sdk.v1.payment_intents.retrieve(str(found.charge["payment_intent"])))
    if not carries(answered.fields, action, name=CAPTURE_IN_METADATA):
        return None
    return captured(action, answered.fields, answered.at)


def void(sdk: Sdk, charges: Charges, action: Void, key: str) -> Outcome:
    """Release a hold as a whole."""
    options = with_key(key)
    params: stripe.params.PaymentIntentCancelParams = {}
    if action.reason_code in STRIPES_REASONS:
        params["cancellation_reason"] = action.reason_code
    intent = charges.intent_of(action.object_id)
    answered = sdk.write(lambda: sdk.v1.payment_intents.cancel(intent, params=params, options=options))
    return voided(action, answered.fields)


def find_void(sdk: Sdk, charges: Charges, action: Void, key: str) -> LookedUp | None:
    """Done where the charge's intent is canceled, whoever did it."""
    found = _found(charges, action)
    if found is None or found.charge.get("payment_intent") is None:
        return None
    intent = sdk.read(lambda: sdk.v1.payment_intents.retrieve(str(found.charge["payment_intent"])))
    return voided(action, intent) if intent.get("status") == "canceled" else None


def charge_again(sdk: Sdk, charges: Charges, action: ChargeAgain, key: str) -> Outcome:
    """Take money from the method that paid a charge, or failed to."""
    return _told(taken(_confirm(sdk, charges, action, key, "automatic")))


def authorize(sdk: Sdk, charges: Charges, action: Authorize, key: str) -> Outcome:
    """Hold money on the method that paid a charge, or failed to."""
    return _told(held(_confirm(sdk, charges, action, key, "manual")))


def find_charge_again(sdk: Sdk, charges: Charges, action: ChargeAgain, key: str) -> LookedUp | None:
    """The intent with this request id among those of the customer."""
    return best([taken(intent) for intent in _made(sdk, charges, action)])


def find_authorize(sdk: Sdk, charges: Charges, action: Authorize, key: str) -> LookedUp | None:
    """The intent with this request id among those of the customer."""
    return best([held(intent) for intent in _made(sdk, charges, action)])


def _confirm(
    sdk: Sdk, charges: Charges, action: ChargeAgain | Authorize, key: str, capture_method: str
) -> dict[str, object]:
    options, found = with_key(key), charges.find(action.object_id)
    counted = charges.counted(action.object_id, action.amount)
    if not found.is_chargeable or found.method is None:
        raise Refused(f"No payment method that can be charged again is stored with {action.object_id}.")
    if counted > int(found.charge["amount"]):
        raise AmountTooHigh(f"{action.amount} is more than {action.object_id} asked for.")
    params: stripe.params.PaymentIntentCreateParams = {
        "amount": counted,
        "currency": action.amount.currency.lower(),
        "customer": str(found.customer_id),
        "payment_method": str(found.method["id"]),
        "allowed_payment_method_types": [str(found.method.get("type"))],
        "capture_method": capture_method,
        "confirm": True,
        "off_session": True,
        "metadata": metadata(action),
    }
    return sdk.write(lambda: sdk.v1.payment_intents.create(params=params, options=options)).fields


def _made(sdk: Sdk, charges: Charges, action: ChargeAgain | Authorize) -> list[dict[str, object]]:
    """Lists are as fresh as the answer of the write; Stripe's search is minutes behind."""
    found = _found(charges, action)
    if found is None or found.customer_id is None:
        return []
    since = {"gte": int(found.charge["created"])}
    listed = sdk.every(
        lambda params: sdk.v1.payment_intents.list(params=params), {"customer": found.customer_id, "created": since}
    )
    return [intent for intent in listed if carries(intent, action)]


def _found(charges: Charges, action: Capture | Void | ChargeAgain | Authorize) -> Found | None:
    try:
        return charges.find(action.object_id)
    except ObjectUnknown:
        return None


def _told(outcome: LookedUp) -> Outcome:
    if isinstance(outcome, Failed):
        raise Declined(outcome.reason)
    return outcome
