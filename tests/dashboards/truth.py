"""What the figures must be: counted in plain Python from the stand-ins' own stores, by what docs/figures.md says.

Nothing of the product is used here. Amounts are minor units of ISO 4217; days are those of a time zone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.paypal.money import counted, iso_minor
from sandbox.stripe.defects import listed
from sandbox.stripe.periods import months_later

EXPONENTS = {"EUR": 2, "USD": 2, "GBP": 2, "AUD": 2, "CHF": 2, "HUF": 2, "TWD": 2, "JPY": 0, "KWD": 3}


@dataclass(frozen=True)
class Moved:
    """Money that counts in one figure on one day."""

    gateway: str
    on_day: date
    figure: str
    minor: int
    currency: str
    country: str | None = None
    product: str | None = None


def moved(stores: dict[str, Any], zone: ZoneInfo) -> list[Moved]:
    """Everything that happened at all gateways."""
    found = [
        *_stripe(stores["stripe"], zone),
        *_paypal(stores["paypal"], zone),
        *_braintree(stores["braintree"], zone),
        *_recurly(stores["recurly"], zone),
        *_woocommerce(stores["woocommerce"], zone),
    ]
    return [one for one in found if one.minor]


def sums(found: list[Moved], *names: str) -> dict[tuple[Any, ...], dict[str, int]]:
    """Per group: the five figures, where one of them is not nothing."""
    groups: dict[tuple[Any, ...], Counter[str]] = {}
    for one in found:
        group = groups.setdefault(tuple(getattr(one, name) for name in names), Counter())
        group[one.figure] += one.minor
        group["net"] += one.minor if one.figure == "gross" else -one.minor
    return {
        key: {name: value for name, value in group.items() if value}
        for key, group in groups.items()
        if any(group.values())
    }


def day_of(when: int | str, zone: ZoneInfo) -> date:
    """The day of seconds since 1970, or of a text of a time in UTC."""
    if isinstance(when, str):
        at = datetime.fromisoformat(when)
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
    else:
        at = datetime.fromtimestamp(when, UTC)
    return at.astimezone(zone).date()


def minor(text: Any, currency: str) -> int:
    """An amount in major units, exactly."""
    value = Decimal(str(text)).scaleb(EXPONENTS[currency])
    assert value == value.to_integral_value(), (text, currency)
    return int(value)


def _stripe(store: Any, zone: ZoneInfo) -> Iterator[Moved]:
    unreadable = {one["object"] for one in listed(store) if one["is_unreadable"]}
    charges = {one["id"]: one for one in store.every("charge") if one["id"] not in unreadable}
    customers = {one["id"]: one for one in store.every("customer") if not one.get("deleted")}
    products = {one["id"]: one["name"] for one in store.every("product")}
    invoices = {one["id"]: one for one in store.every("invoice")}
    paid = {
        one["payment"]["payment_intent"]: one["invoice"]
        for one in store.every("invoice_payment")
        if one["payment"]["type"] == "payment_intent"
    }

    def where(charge: Any) -> tuple[str | None, str | None]:
        card = charge["payment_method_details"].get("card") or {}
        address = (customers.get(charge["customer"]) or {}).get("address") or {}
        country = (
            (charge["billing_details"]["address"] or {}).get("country") or address.get("country") or card.get("country")
        )
        invoice = invoices.get(paid.get(charge["payment_intent"]))
        lines = (
            []
            if invoice is None
            else [
                ((line["amount"], line["id"]), line["pricing"]["price_details"]["product"])
                for line in invoice["lines"]["data"]
                if line.get("pricing")
            ]
        )
        product = products[max(lines)[1]] if lines else charge["metadata"].get("product")
        return country, product

    def one(figure: str, when: int, amount: int, charge: Any, currency: str) -> Moved:
        country, product = where(charge) if charge else (None, None)
        return Moved("stripe", day_of(when, zone), figure, amount, currency.upper(), country, product)

    for charge in charges.values():
        if charge["status"] == "succeeded" and charge["captured"]:
            yield one("gross", charge["created"], charge["amount_captured"], charge, charge["currency"])
    lines = {line["id"]: line for line in store.every("balance_transaction")}
    refunds = {refund["id"]: refund for refund in store.every("refund")}
    disputes = {dispute["id"]: dispute for dispute in store.every("dispute")}
    for refund in refunds.values():
        charge = charges.get(refund["charge"])
        if refund["status"] in ("succeeded", "failed"):
            yield one("refunds", refund["created"], refund["amount"], charge, refund["currency"])
        if refund["status"] == "failed":
            back = lines[refund["failure_balance_transaction"]]
            yield one("refunds", back["created"], -refund["amount"], charge, refund["currency"])
    for dispute in disputes.values():
        charge = charges.get(dispute["charge"])
        if not dispute["status"].startswith("warning"):
            yield one("disputes", dispute["created"], dispute["amount"], charge, dispute["currency"])
        if dispute["status"] == "won":
            back = next(line for line in dispute["balance_transactions"] if line["amount"] > 0)
            yield one("disputes", back["created"], -dispute["amount"], charge, dispute["currency"])
    for line in lines.values():
        of = disputes.get(line["source"]) or refunds.get(line["source"]) or {"charge": line["source"]}
        fee = line["fee"] - line["amount"] if line["type"] == "stripe_fee" else line["fee"]
        yield one("fees", line["created"], fee, charges.get(of["charge"]), line["currency"])


def _paypal(store: Any, zone: ZoneInfo) -> Iterator[Moved]:
    def one(figure: str, at: int, count: int, currency: str, country: str | None = None) -> Moved:
        return Moved("paypal", day_of(at, zone), figure, iso_minor(count, currency), currency, country)

    rows = [entry for entry in store.all("transaction") if entry.hidden["moved"] and not entry.hidden.get("defect")]
    for entry in rows:
        info = entry.shown["transaction_info"]
        code, signed, currency = info["transaction_event_code"], entry.hidden["signed"], entry.hidden["currency"]
        if code.startswith("T00") and signed > 0 and info["transaction_status"] == "S":
            yield one("gross", entry.at, signed, currency, entry.shown["payer_info"]["country_code"])
        elif code == "T1107" and info["transaction_status"] == "S":
            yield one("refunds", entry.at, -signed, currency)
        yield one("fees", entry.at, -signed if code.startswith("T01") else -entry.hidden["fee"], currency)
    for entry in store.all("dispute"):
        amount, currency = counted(entry.shown["dispute_amount"]), entry.shown["dispute_amount"]["currency_code"]
        yield one("disputes", entry.at, amount, currency)
        outcome = entry.shown.get("dispute_outcome", {}).get("outcome_code")
        if outcome == "RESOLVED_SELLER_FAVOUR":
            of = entry.shown["disputed_transactions"][0]["seller_transaction_id"]
            back = next(
                row
                for row in rows
                if row.shown["transaction_info"]["transaction_event_code"] == "T1111"
                and row.shown["transaction_info"]["paypal_reference_id"] == of
            )
            yield one("disputes", back.at, -amount, currency)


def _braintree(store: Any, zone: ZoneInfo) -> Iterator[Moved]:
    for sale in store.objects["transaction"].values():
        currency, day = sale["currency_iso_code"], day_of(sale["created_at"], zone)
        amount, country = minor(sale["amount"], currency), sale["billing"]["country_code_alpha2"]
        if sale["type"] == "sale" and sale["status"] in ("settled", "settling", "settlement_confirmed"):
            yield Moved("braintree", day, "gross", amount, currency, country)
        elif sale["type"] == "credit" and sale["status"] == "settled":
            yield Moved("braintree", day, "refunds", amount, currency)
    for dispute in store.objects["dispute"].values():
        # Braintree tells no movement for one that was won, so that it counts as if it had never been.
        if dispute["kind"] != "retrieval" and dispute["status"] != "won":
            amount, currency = dispute["amount_disputed"], dispute["currency_iso_code"]
            day = day_of(dispute["created_at"], zone)
            yield Moved("braintree", day, "disputes", minor(amount, currency), currency)


def _recurly(store: Any, zone: ZoneInfo) -> Iterator[Moved]:
    for one in store.of("transaction").values():
        currency, amount = one["currency"], minor(one["amount"], one["currency"])
        day = day_of(one.get("collected_at") or one["created_at"], zone)
        if one["type"] in ("purchase", "capture") and one["status"] in ("success", "chargeback"):
            yield Moved("recurly", day, "gross", amount, currency, one["billing_address"]["country"])
        elif one["type"] == "refund" and one["status"] == "success" and one.get("origin") != "chargeback":
            yield Moved("recurly", day, "refunds", amount, currency)
        if one["status"] == "chargeback":
            yield Moved("recurly", day, "disputes", amount, currency)


def _woocommerce(store: Any, zone: ZoneInfo) -> Iterator[Moved]:
    orders = store.of("order")
    for order in orders.values():
        if order["date_paid_gmt"]:
            lines = [
                ((minor(line["total"], order["currency"]), str(line["id"])), line["name"])
                for line in order["line_items"]
            ]
            day, amount = day_of(order["date_paid_gmt"], zone), minor(order["total"], order["currency"])
            country, product = order["billing"]["country"], max(lines)[1]
            yield Moved("woocommerce", day, "gross", amount, order["currency"], country, product)
    for refund in store.of("refund").values():
        currency = orders[str(refund["parent_id"])]["currency"]
        day = day_of(refund["date_created_gmt"], zone)
        yield Moved("woocommerce", day, "refunds", minor(refund["amount"], currency), currency)


def defects(store: Any) -> dict[str, list[str]]:
    """What is wrong in the stand-in on purpose: name -> objects."""
    return {one["name"]: [one["object"], *one["others"]] for one in listed(store)}


def stripe_tax(store: Any, zone: ZoneInfo) -> dict[tuple[str, ...], int]:
    """Tax per month, country, rate and currency: invoices that are issued, less credit notes."""
    rates = {rate["id"]: rate for rate in store.every("tax_rate")}
    found: Counter[tuple[str, ...]] = Counter()
    for sign, kind, undone in ((1, "invoice", ("draft", "void")), (-1, "credit_note", ("void",))):
        for one in store.every(kind):
            at = one.get("effective_at") or (one.get("status_transitions") or {}).get("finalized_at") or one["created"]
            for tax in one["total_taxes"] if one["status"] not in undone else ():
                rate = rates[tax["tax_rate_details"]["tax_rate"]]
                percent = f"{Decimal(str(rate['percentage'])):f}".removesuffix(".0")
                key = (f"{day_of(at, zone):%Y-%m}", rate["country"], percent, one["currency"].upper())
                found[key] += sign * tax["amount"]
    return {key: value for key, value in found.items() if value}


@dataclass(frozen=True)
class Contract:
    """A subscription that brings something: what a year of it costs, and between which months' ends."""

    gateway: str
    payer: str
    currency: str
    annual: int
    since: str
    until: str | None


def contracts(stores: dict[str, Any], zone: ZoneInfo) -> list[Contract]:
    """All that ever brought something at some month's end. No subscription of a stand-in's year changes its price."""

    def month(when: int | str | None) -> str | None:
        return f"{day_of(when, zone):%Y-%m}" if when else None

    found = []
    for one in stores["stripe"].every("subscription"):
        item = one["items"]["data"][0]
        begins = max(one["start_date"], one["trial_end"] or 0)
        annual = item["price"]["unit_amount"] * item["quantity"]
        annual *= {"month": 12, "year": 1}[item["price"]["recurring"]["interval"]]
        if one["status"] not in ("trialing", "incomplete", "incomplete_expired") and not one["pause_collection"]:
            ends = month(one["ended_at"])
            found.append(Contract("stripe", one["customer"], one["currency"].upper(), annual, str(month(begins)), ends))
    paypal_plans = {entry.wanted: entry.shown["billing_cycles"][-1] for entry in stores["paypal"].all("plan")}
    for entry in stores["paypal"].all("subscription"):
        one = entry.shown
        cycle = paypal_plans[one["plan_id"]]
        price = cycle["pricing_scheme"]["fixed_price"]
        annual = iso_minor(counted(price), price["currency_code"]) * int(one["quantity"])
        annual *= {"MONTH": 12, "YEAR": 1}[cycle["frequency"]["interval_unit"]]
        ends = month(one["status_update_time"]) if one["status"] in ("CANCELLED", "EXPIRED") else None
        if one["status"] == "SUSPENDED":
            # What was paid last lasts a month.
            last = int(datetime.fromisoformat(one["billing_info"]["last_payment"]["time"]).timestamp())
            ends = month(months_later(last, 1))
        if one["status"] in ("ACTIVE", "SUSPENDED", "CANCELLED", "EXPIRED"):
            payer = one["subscriber"]["payer_id"]
            begins = str(month(one["start_time"]))
            found.append(Contract("paypal", payer, price["currency_code"], annual, begins, ends))
    return [one for one in found if one.since != one.until]


def recurring(found: list[Contract], until: str) -> dict[tuple[str, str], tuple[int, int]]:
    """Per gateway and currency at the end of a month: what a year brings, and how many customers pay."""
    sums: dict[tuple[str, str], tuple[int, set[str]]] = {}
    for one in found:
        if one.since <= until and (one.until is None or one.until > until):
            total, payers = sums.get((one.gateway, one.currency), (0, set()))
            sums[one.gateway, one.currency] = total + one.annual, payers | {one.payer}
    return {key: (total, len(payers)) for key, (total, payers) in sums.items()}
