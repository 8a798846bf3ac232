"""Products, prices, tax rates and coupons."""

from typing import Any

from sandbox.stripe.wire import Json


def product(wanted: str, created: int, name: str, **known: Any) -> Json:
    """Something to sell."""
    return {
        "id": wanted,
        "object": "product",
        "active": True,
        "attributes": [],
        "created": created,
        "default_price": None,
        "description": None,
        "images": [],
        "livemode": False,
        "marketing_features": [],
        "metadata": {},
        "name": name,
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": "txcd_10103001",
        "type": "service",
        "unit_label": None,
        "updated": created,
        "url": None,
        **known,
    }


def price(wanted: str, created: int, of: str, amount: int, currency: str, interval: str | None) -> Json:
    """What a product costs: `amount` minor units once, or each `interval` (month, year)."""
    recurring = {
        "interval": interval,
        "interval_count": 1,
        "meter": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }
    return {
        "id": wanted,
        "object": "price",
        "active": True,
        "billing_scheme": "per_unit",
        "created": created,
        "currency": currency,
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": of,
        "recurring": recurring if interval else None,
        "tax_behavior": "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring" if interval else "one_time",
        "unit_amount": amount,
        "unit_amount_decimal": str(amount),
    }


def plan(of: Json) -> Json:
    """The older object that still stands beside a recurring price."""
    return {
        "id": of["id"],
        "object": "plan",
        "active": of["active"],
        "amount": of["unit_amount"],
        "amount_decimal": of["unit_amount_decimal"],
        "billing_scheme": "per_unit",
        "created": of["created"],
        "currency": of["currency"],
        "interval": of["recurring"]["interval"],
        "interval_count": 1,
        "livemode": False,
        "metadata": {},
        "meter": None,
        "nickname": None,
        "product": of["product"],
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }


def tax_rate(wanted: str, created: int, name: str, milli: int, **known: Any) -> Json:
    """A tax rate of `milli` thousandths of a percent (19 % is 19000)."""
    # Stripe sends a JSON number here: 19 or 8.875. It names a rate, not an amount of money.
    percentage = milli // 1000 if milli % 1000 == 0 else milli / 1000
    return {
        "id": wanted,
        "object": "tax_rate",
        "active": True,
        "country": None,
        "created": created,
        "description": None,
        "display_name": name,
        "effective_percentage": percentage,
        "flat_amount": None,
        "inclusive": False,
        "jurisdiction": None,
        "jurisdiction_level": "country",
        "livemode": False,
        "metadata": {},
        "percentage": percentage,
        "rate_type": "percentage",
        "state": None,
        "tax_type": None,
        **known,
    }


def coupon(wanted: str, created: int, name: str, percent: int, duration: str, months: int | None) -> Json:
    """A percentage off."""
    return {
        "id": wanted,
        "object": "coupon",
        "amount_off": None,
        "created": created,
        "currency": None,
        "duration": duration,
        "duration_in_months": months,
        "livemode": False,
        "max_redemptions": None,
        "metadata": {},
        "name": name,
        "percent_off": percent,
        "redeem_by": None,
        "times_redeemed": 0,
        "valid": True,
    }


def discount(wanted: str, start: int, of: Json, coupon: str) -> Json:
    """A coupon as the subscription `of` has it."""
    return {
        "id": wanted,
        "object": "discount",
        "checkout_session": None,
        "customer": of["customer"],
        "customer_account": None,
        "end": None,
        "invoice": None,
        "invoice_item": None,
        "promotion_code": None,
        "source": {"coupon": coupon, "type": "coupon"},
        "start": start,
        "subscription": of["id"],
        "subscription_item": None,
    }
