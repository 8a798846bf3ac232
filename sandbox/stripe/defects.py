"""The planted defects: what is wrong in the seeded account on purpose, so that checks can be seen to find it."""

import json

from sandbox.stripe.store import Store
from sandbox.stripe.wire import Json

SENTENCES = {
    "missing_payout_line": "A payout whose lines lack one balance transaction: their sum is not its amount.",
    "fraction": "A charge whose amount is a fraction of a minor unit.",
    "unknown_currency": "A charge in the currency zzz, which does not exist.",
    "unknown_status": "A charge whose status is one that Stripe does not document.",
    "tax_does_not_add_up": "An invoice whose lines' taxes do not add up to its total taxes.",
    "rate_not_in_force": "An invoice with German VAT at 16 %, which was in force in the second half of 2020 only.",
    "likely_duplicate": "Two charges of one customer, card, amount and description within two minutes.",
    "reverse_charge_without_tax_id": "A reverse-charge invoice to a customer who has no tax id.",
}
UNREADABLE = {"fraction", "unknown_currency", "unknown_status"}


def listed(store: Store) -> list[Json]:
    """Each defect: name, sentence, the object, other objects that belong to it, and whether it cannot be read."""
    planted = json.loads(store.meta("defects") or "[]")
    return [
        {
            "name": name,
            "sentence": SENTENCES[name],
            "object": objects[0],
            "others": objects[1:],
            "is_unreadable": name in UNREADABLE,
        }
        for name, objects in planted
    ]
