"""Refunds: made once under a key, carrying the request id, so that they are found again when the key has expired.

Source: https://docs.stripe.com/api/refunds and https://docs.stripe.com/refunds.
"""

from __future__ import annotations

import stripe
from connectors.actions import Refund
from connectors.gateways.stripe.charges import Charges
from connectors.gateways.stripe.outcomes import looked_up, outcome
from connectors.gateways.stripe.sdk import Sdk, an_id, with_key
from connectors.gateways.stripe.tracing import carries, metadata
from connectors.outcomes import LookedUp, Outcome

STRIPES_REASONS = frozenset({"duplicate", "fraudulent", "requested_by_customer"})


def refund(sdk: Sdk, charges: Charges, action: Refund, key: str) -> Outcome:
    """Give a part of a charge back."""
    options = with_key(key)
    params: stripe.params.RefundCreateParams = {
        "charge": action.object_id,
        "amount": charges.counted(action.object_id, action.amount),
        "metadata": metadata(action),
    }
    if action.reason_code in STRIPES_REASONS:
        params["reason"] = action.reason_code
    return outcome(sdk.write(lambda: sdk.v1.refunds.create(params=params, options=options)).fields)


def find_refund(sdk: Sdk, charges: Charges, action: Refund, key: str) -> LookedUp | None:
    """The refund with this request id among all refunds of the charge; None where there is none."""
    made = sdk.every(lambda params: sdk.v1.refunds.list(params=params), {"charge": an_id(action.object_id)})
    return looked_up([one for one in made if carries(one, action)])
