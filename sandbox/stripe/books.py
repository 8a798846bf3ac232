"""The sandbox's own truth, for comparing with what a reader of its API came to believe. Minor units throughout."""

from collections import defaultdict
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sandbox.stripe import defects
from sandbox.stripe.store import Store
from sandbox.stripe.wire import Json

Totals = dict[str, dict[str, int]]


def books(store: Store, zone: ZoneInfo) -> Json:
    """Per charge what was captured and given back; totals per currency, and per month of `zone`.

    The charges that `defects` made unreadable are in no total; they are listed under `left_out`.
    """
    left_out = {defect["object"] for defect in defects.listed(store) if defect["is_unreadable"]}
    refunds = _refunds_by_charge(store)
    months: dict[str, Totals] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    charges = {}
    for charge in store.every("charge"):
        if charge["id"] in left_out:
            continue
        charges[charge["id"]] = entry = _charge(charge, refunds.get(charge["id"], []))
        months[_month(charge["created"], zone)][charge["currency"]]["gross"] += entry["captured"]
    _add_ledger(store, months, zone)
    return {
        "charges": charges,
        "totals": _totals(months),
        "months": months,
        "tax": _taxes(store, zone),
        "left_out": sorted(left_out),
    }


def of_charge(store: Store, wanted: str) -> Json:
    """What was captured and given back of one charge; raises KeyError for one that does not exist."""
    charge = store.find("charge", wanted)
    if charge is None:
        raise KeyError(wanted)
    return _charge(charge, [_shown(refund) for refund in store.every("refund", charge=wanted)])


def _charge(charge: Json, refunds: list[Json]) -> Json:
    is_taken = charge["status"] == "succeeded" and charge["captured"]
    given_back = sum(refund["amount"] for refund in refunds if refund["status"] in ("succeeded", "pending"))
    return {
        "captured": charge["amount_captured"] if is_taken else 0,
        "refunded": given_back,
        "currency": charge["currency"],
        "refunds": refunds,
    }


def _refunds_by_charge(store: Store) -> dict[str, list[Json]]:
    found: dict[str, list[Json]] = defaultdict(list)
    for refund in store.every("refund"):
        found[refund["charge"]].append(_shown(refund))
    return found


def _shown(refund: Json) -> Json:
    return {name: refund[name] for name in ("id", "amount", "status", "created", "metadata", "reason")}


def _add_ledger(store: Store, months: dict[str, Totals], zone: ZoneInfo) -> None:
    names = {"refund": "refunds", "refund_failure": "refunds", "adjustment": "disputes"}
    for line in store.every("balance_transaction"):
        sums = months[_month(line["created"], zone)][line["currency"]]
        sums["fees"] += line["fee"]
        if line["type"] == "stripe_fee":
            sums["fees"] -= line["amount"]
        elif line["type"] in names:
            sums[names[line["type"]]] -= line["amount"]
        elif line["type"] == "payout":
            sums["payouts"] -= line["amount"]


def _taxes(store: Store, zone: ZoneInfo) -> list[Json]:
    """Tax of finalised invoices that are not void, by month, jurisdiction, rate and currency."""
    rates = {rate["id"]: rate for rate in store.every("tax_rate")}
    sums: dict[tuple[str, str, str, str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for invoice in store.every("invoice"):
        if invoice["status"] in ("draft", "void"):
            continue
        for tax in invoice["total_taxes"]:
            rate = rates[tax["tax_rate_details"]["tax_rate"]]
            where = (rate["country"], rate["state"] or "", str(rate["percentage"]))
            month = _month(invoice["created"], zone)
            pair = sums[month, *where, tax["taxability_reason"], invoice["currency"]]
            pair[0] += tax["taxable_amount"]
            pair[1] += tax["amount"]
    names = ("month", "country", "state", "percentage", "reason", "currency")
    return [
        {**dict(zip(names, key, strict=True)), "taxable": pair[0], "tax": pair[1]} for key, pair in sorted(sums.items())
    ]


def _totals(months: dict[str, Totals]) -> Totals:
    sums: Totals = defaultdict(lambda: defaultdict(int))
    for currencies in months.values():
        for currency, amounts in currencies.items():
            for name, amount in amounts.items():
                sums[currency][name] += amount
    return sums


def _month(created: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(created, UTC).astimezone(zone).strftime("%Y-%m")
