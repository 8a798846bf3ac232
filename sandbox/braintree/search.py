"""Searches: which objects fit criteria as Braintree's SDKs write them.

A time's upper bound has a minute added and is exclusive. Source: the SDK's search.py and the documents on
search fields.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sandbox.braintree.markup import Json
from sandbox.braintree.store import Store

Fields = dict[str, Callable[[Json], Any]]


class UnknownCriterion(ValueError):
    """Braintree has no such search field."""


def _entered(status: str) -> Callable[[Json], Any]:
    """When a transaction came into a status."""

    def at(obj: Json) -> Any:
        return next((event["timestamp"] for event in obj["status_history"] if event["status"] == status), None)

    return at


def _dispute_date(obj: Json) -> Any:
    return max((dispute["received_date"] for dispute in obj["disputes"]), default=None)


_ANY: Fields = {"id": lambda o: o["id"], "ids": lambda o: o["id"], "created_at": lambda o: o["created_at"]}
FIELDS: dict[str, Fields] = {
    "transaction": _ANY
    | {f"{name}_at": _entered(name) for name in "settled voided failed authorized gateway_rejected".split()}
    | {f"{name}_at": _entered(name) for name in "processor_declined submitted_for_settlement".split()}
    | {
        "authorization_expired_at": _entered("authorization_expired"),
        "amount": lambda o: Decimal(o["amount"]),
        "customer_email": lambda o: o["customer"]["email"],
        "customer_id": lambda o: o["customer"]["id"],
        "disbursement_date": lambda o: o["disbursement_details"]["disbursement_date"],
        "dispute_date": _dispute_date,
        "merchant_account_id": lambda o: o["merchant_account_id"],
        "order_id": lambda o: o["order_id"],
        "status": lambda o: o["status"],
        "type": lambda o: o["type"],
    },
    "customer": _ANY | {"email": lambda o: o["email"], "company": lambda o: o["company"]},
    "subscription": _ANY
    | {
        "next_billing_date": lambda o: o["next_billing_date"],
        "plan_id": lambda o: o["plan_id"],
        "status": lambda o: o["status"],
    },
    "dispute": _ANY
    | {
        "effective_date": lambda o: max(event["effective_date"] for event in o["status_history"]),
        "kind": lambda o: o["kind"],
        "received_date": lambda o: o["received_date"],
        "status": lambda o: o["status"],
        "transaction_id": lambda o: o["transaction"]["id"],
    },
}


def matching(store: Store, kind: str, criteria: Json) -> Iterator[str]:
    """Ids of the objects that fit, oldest first. Raises UnknownCriterion."""
    fields = FIELDS[kind]
    for name in criteria:
        if name not in fields:
            raise UnknownCriterion(name)
    tests = [(fields[name], _test(name, wanted)) for name, wanted in criteria.items() if name != "ids"]
    for wanted in _candidates(store, kind, criteria):
        obj = store.objects[kind].get(wanted)
        if obj is not None and all(test(read(obj)) for read, test in tests):
            yield wanted


def _candidates(store: Store, kind: str, criteria: Json) -> list[str]:
    if "ids" in criteria:
        return list(criteria["ids"])
    created = criteria.get("created_at", {})
    high = created.get("max")
    return store.created_between(kind, created.get("min", ""), _later(high) if high else "~")


def _test(name: str, wanted: Any) -> Callable[[Any], bool]:
    if isinstance(wanted, list):
        return lambda value: value in wanted
    low, high = wanted.get("min"), wanted.get("max")
    if low is not None or high is not None:
        return _range(name, low, high)
    (word, text), *_ = wanted.items()
    words: dict[str, Callable[[str], bool]] = {
        "is": lambda value: value == text,
        "is_not": lambda value: value != text,
        "starts_with": lambda value: value.startswith(text),
        "ends_with": lambda value: value.endswith(text),
        "contains": lambda value: text in value,
    }
    return lambda value: value is not None and words[word](str(value))


def _range(name: str, low: str | None, high: str | None) -> Callable[[Any], bool]:
    if name == "amount":
        least, most = Decimal(low or "0"), Decimal(high or "Infinity")
        return lambda value: least <= value <= most
    if name.endswith("_date"):
        first, last = (low or "")[:10], (high or "~")[:10]
        return lambda value: value is not None and first <= value <= last
    end = _later(high) if high else "~"
    return lambda value: value is not None and (low or "") <= value < end


def _later(text: str) -> str:
    moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) + timedelta(minutes=1)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
