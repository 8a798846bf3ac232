"""Our request id in Stripe's metadata: how what we made is told from everything else.

Limits: 50 keys of 40 characters, values of 500. Source: https://docs.stripe.com/api/metadata.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.actions import Action

ID_IN_METADATA = "counterfoil_request_id"
"""On what the request made."""
CAPTURE_IN_METADATA = "counterfoil_capture_request_id"
"""On the payment intent that the request captured, which another request of ours may have made."""
COUPON_IN_METADATA = "counterfoil_coupon_request_id"
"""On the subscription: a coupon that counts once is gone from it after the next invoice."""
REASON_IN_METADATA = "counterfoil_reason"


def metadata(action: Action, *, name: str = ID_IN_METADATA) -> dict[str, str]:
    """What a request writes on the object that it makes or changes."""
    return {name: action.request_id, REASON_IN_METADATA: action.reason_code}


def carries(found: Mapping[str, Any], action: Action, *, name: str = ID_IN_METADATA) -> bool:
    """Whether this object carries the action's request id."""
    written = found.get("metadata")
    return isinstance(written, dict) and written.get(name) == action.request_id
