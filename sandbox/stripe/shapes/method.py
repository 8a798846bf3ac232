"""How a charge was paid: card and SEPA debit."""

from dataclasses import dataclass

from sandbox.stripe.wire import Json


@dataclass(frozen=True)
class Instrument:
    """A customer's means of paying. `kind` is `card` or `sepa_debit`; `bank` is a SEPA bank code."""

    wanted: str
    kind: str
    brand: str
    last4: str
    country: str
    exp_month: int
    exp_year: int
    fingerprint: str
    bank: str = "37040044"


def details(paid_with: Instrument, amount: int) -> Json:
    """`payment_method_details` of a charge of `amount` minor units."""
    if paid_with.kind == "sepa_debit":
        return {"sepa_debit": _sepa(paid_with), "type": "sepa_debit"}
    return {"card": _card(paid_with, amount), "type": "card"}


def _sepa(paid_with: Instrument) -> Json:
    return {
        "bank_code": paid_with.bank,
        "branch_code": None,
        "country": paid_with.country,
        "expected_debit_date": None,
        "fingerprint": paid_with.fingerprint,
        "last4": paid_with.last4,
        "mandate": "mandate_1" + paid_with.fingerprint,
    }


def _card(paid_with: Instrument, amount: int) -> Json:
    return {
        "amount_authorized": amount,
        "authorization_code": "472009",
        "brand": paid_with.brand,
        "checks": {"address_line1_check": "pass", "address_postal_code_check": "pass", "cvc_check": "pass"},
        "country": paid_with.country,
        "exp_month": paid_with.exp_month,
        "exp_year": paid_with.exp_year,
        "extended_authorization": {"status": "disabled"},
        "fingerprint": paid_with.fingerprint,
        "funding": "credit",
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "last4": paid_with.last4,
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": paid_with.brand,
        "network_token": {"used": False},
        "network_transaction_id": "105102104705511",
        "overcapture": {"maximum_amount_capturable": amount, "status": "unavailable"},
        "regulated_status": "unregulated",
        "three_d_secure": None,
        "transaction_link_id": None,
        "wallet": None,
    }
