"""What Recurly can do, as data. Source: Recurly's OpenAPI document v2021-02-25, operation refund_invoice."""

from __future__ import annotations

from connectors.capabilities import Capabilities, Capability

CAPABILITIES = Capabilities(
    gateway="recurly",
    actions={
        "refund": Capability(
            action="refund",
            is_partial=True,
            is_repeatable=True,
            within=None,
            key_lives=None,
            is_looked_up=True,
            note=(
                "Recurly has no idempotency keys: only the look-up protects against a second refund. The request id "
                "stands in the notes of the credit invoice, which the customer can see. It needs the Credit Invoices "
                "feature, and an invoice that one payment paid: Recurly refunds invoices, and of several payments it "
                "would choose by itself."
            ),
        ),
    },
    absent={
        "capture": "Recurly captures by itself when it collects an invoice; its API has no capture.",
        "void": "Recurly voids an unsettled payment by itself when it is refunded in full.",
        "add_tax_id": "The VAT number is part of the billing information, which the customer enters.",
    },
)
