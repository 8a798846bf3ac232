"""The shop's payment plugins."""

from sandbox.standin.messages import Json

TITLES = {"cards": "Credit card", "wallet": "Wallet", "bacs": "Direct bank transfer", "cod": "Cash on delivery"}
CAN_REFUND = {"cards", "wallet"}
FAILING = "txn_fails"
"""Transactions whose refunds the plugin cannot make begin like this."""


def plugin(wanted: str) -> Json:
    """One payment plugin as the API shows it."""
    supports = ["products", "refunds"] if wanted in CAN_REFUND else ["products"]
    return {
        "id": wanted,
        "title": TITLES[wanted],
        "description": "",
        "order": sorted(TITLES).index(wanted),
        "enabled": True,
        "method_title": TITLES[wanted],
        "method_description": "",
        "method_supports": supports,
        "settings": {},
    }
