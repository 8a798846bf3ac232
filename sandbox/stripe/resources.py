"""What the sandbox's account holds: one entry per kind of object, with its list's filters and its expandable fields."""

from dataclasses import dataclass, field

RANGE = "range"
EXACT = "exact"


@dataclass(frozen=True)
class Resource:
    """One kind of object.

    `filters` maps a list parameter to the dotted field that it compares; `ranges` likewise for `gte`-style bounds.
    `expands` maps an expandable field to the kind of object behind its id. `hidden` fields are stored beside the object
    and never shown. `noun` is how Stripe's "No such ..." calls it; `permission` is the restricted key's word for it.
    """

    kind: str
    path: str
    noun: str
    permission: str
    filters: dict[str, str] = field(default_factory=dict)
    ranges: dict[str, str] = field(default_factory=lambda: {"created": "created"})
    expands: dict[str, str] = field(default_factory=dict)
    includes: frozenset[str] = frozenset()
    can_list: bool = True


def _resource(kind: str, path: str, noun: str | None = None, **options: object) -> Resource:
    permission = str(options.pop("permission", kind))
    return Resource(kind, path, noun or kind.replace("_", " "), permission, **options)  # type: ignore[arg-type]


PAYER = {"customer": "customer"}
RESOURCES = [
    _resource("customer", "customers", filters={"email": "email"}, includes=frozenset({"tax_ids", "subscriptions"})),
    _resource(
        "charge",
        "charges",
        filters={"customer": "customer", "payment_intent": "payment_intent"},
        expands={
            "balance_transaction": "balance_transaction",
            "payment_intent": "payment_intent",
            "dispute": "dispute",
            **PAYER,
        },
        includes=frozenset({"refunds"}),
    ),
    _resource(
        "payment_intent",
        "payment_intents",
        "payment_intent",
        filters={"customer": "customer"},
        expands={"latest_charge": "charge", **PAYER},
    ),
    _resource(
        "refund",
        "refunds",
        filters={"charge": "charge", "payment_intent": "payment_intent"},
        expands={
            "charge": "charge",
            "payment_intent": "payment_intent",
            "balance_transaction": "balance_transaction",
            "failure_balance_transaction": "balance_transaction",
        },
    ),
    _resource(
        "dispute",
        "disputes",
        filters={"charge": "charge", "payment_intent": "payment_intent"},
        expands={"charge": "charge", "payment_intent": "payment_intent"},
    ),
    _resource(
        "payout",
        "payouts",
        filters={"status": "status"},
        ranges={"created": "created", "arrival_date": "arrival_date"},
        expands={"balance_transaction": "balance_transaction"},
    ),
    _resource(
        "balance_transaction",
        "balance_transactions",
        filters={"payout": "+payout", "type": "type", "currency": "currency", "source": "source"},
        expands={"source": "any"},
        permission="balance_transaction_source",
    ),
    _resource(
        "subscription",
        "subscriptions",
        filters={"customer": "customer", "price": "items.data.0.price.id", "status": "status"},
        expands={"latest_invoice": "invoice", **PAYER},
    ),
    _resource(
        "invoice",
        "invoices",
        filters={
            "customer": "customer",
            "status": "status",
            "collection_method": "collection_method",
            "subscription": "parent.subscription_details.subscription",
        },
        expands=PAYER,
        includes=frozenset({"payments"}),
    ),
    _resource(
        "invoice_payment",
        "invoice_payments",
        filters={"invoice": "invoice", "status": "status", "payment": "payment.payment_intent"},
        expands={"invoice": "invoice"},
        permission="invoice",
    ),
    _resource(
        "credit_note",
        "credit_notes",
        filters={"invoice": "invoice", "customer": "customer"},
        expands={"invoice": "invoice", **PAYER},
    ),
    _resource("tax_id", "tax_ids", filters={"owner": "owner.customer"}, ranges={}),
    _resource("coupon", "coupons"),
    _resource("product", "products", filters={"active": "active"}, expands={"default_price": "price"}),
    _resource(
        "price",
        "prices",
        filters={"active": "active", "product": "product", "currency": "currency", "type": "type"},
        expands={"product": "product"},
        permission="plan",
    ),
    _resource("tax_rate", "tax_rates", filters={"active": "active", "inclusive": "inclusive"}),
    _resource("event", "events", filters={"type": "type", "types": "type"}),
]
BY_PATH = {resource.path: resource for resource in RESOURCES}
BY_KIND = {resource.kind: resource for resource in RESOURCES}
