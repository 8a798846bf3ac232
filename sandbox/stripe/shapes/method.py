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


def payment_method(paid_with: Instrument, created: int, payer: Json) -> Json:
    """The stored method itself, attached to the customer `payer`."""
    part = _stored_sepa(paid_with) if paid_with.kind == "sepa_debit" else _stored_card(paid_with)
    return {
        "id": paid_with.wanted,
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": {
            "address": payer["address"],
            "email": payer["email"],
            "name": payer["name"],
            "phone": None,
            "tax_id": None,
        },
        paid_with.kind: part,
        "created": created,
        "customer": payer["id"],
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": paid_with.kind,
    }


def instrument(stored: Json) -> Instrument:
    """What a stored method says about how it pays."""
    kind = stored["type"]
    part = stored[kind]
    return Instrument(
        stored["id"],
        kind,
        part.get("brand", "sepa"),
        part["last4"],
        part["country"],
        part.get("exp_month", 1),
        part.get("exp_year", 2030),
        part["fingerprint"],
    )


def _stored_sepa(paid_with: Instrument) -> Json:
    return {
        "bank_code": paid_with.bank,
        "branch_code": None,
        "country": paid_with.country,
        "fingerprint": paid_with.fingerprint,
        "generated_from": {"charge": None, "setup_attempt": None},
        "last4": paid_with.last4,
    }


def _stored_card(paid_with: Instrument) -> Json:
    return {
        "brand": paid_with.brand,
        "checks": {"address_line1_check": "pass", "address_postal_code_check": "pass", "cvc_check": "pass"},
        "country": paid_with.country,
        "display_brand": paid_with.brand,
        "exp_month": paid_with.exp_month,
        "exp_year": paid_with.exp_year,
        "fingerprint": paid_with.fingerprint,
        "funding": "credit",
        "generated_from": None,
        "last4": paid_with.last4,
        "networks": {"available": [paid_with.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


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
