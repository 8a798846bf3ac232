"""What the sandbox's account holds: one entry per kind of object, and how its list can be filtered."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Resource:
    """One kind of object.

    `filters` maps a list parameter to the dotted field that it compares. A field that begins with `+` is stored beside
    the object and never shown; a filter that begins with `_` is no parameter. `ranges` are the fields with `gte`-style
    bounds. `includes` are lists that are added on `expand[]` only. `noun` is how Stripe's "No such ..." calls it;
    `permission` is the restricted key's word for it.
    """

    kind: str
    path: str
    noun: str
    permission: str
    filters: dict[str, str] = field(default_factory=dict)
    ranges: tuple[str, ...] = ("created",)
    includes: tuple[str, ...] = ()


PAYER = {"customer": "customer"}
PAID = {"charge": "charge", "payment_intent": "payment_intent"}
INVOICE_FILTERS = {
    "customer": "customer",
    "status": "status",
    "collection_method": "collection_method",
    "subscription": "parent.subscription_details.subscription",
}
PAYMENT_FILTERS = {"invoice": "invoice", "status": "status", "payment": "payment.payment_intent"}
LEDGER_FILTERS = {"payout": "+payout", "type": "type", "currency": "currency", "source": "source"}
SUBSCRIPTION_FILTERS = {"customer": "customer", "price": "items.data.0.price.id", "status": "status"}
PRICE_FILTERS = {"active": "active", "product": "product", "currency": "currency", "type": "type"}
RESOURCES = [
    Resource("customer", "customers", "customer", "customer", {"email": "email"}, includes=("tax_ids",)),
    Resource(
        "charge",
        "charges",
        "charge",
        "charge",
        {"customer": "customer", "payment_intent": "payment_intent"},
        includes=("refunds",),
    ),
    Resource("payment_intent", "payment_intents", "payment_intent", "payment_intent", {**PAYER, "_open": "+open"}),
    Resource("payment_method", "payment_methods", "PaymentMethod", "payment_method", {**PAYER, "type": "type"}),
    Resource("refund", "refunds", "refund", "refund", {**PAID, "_open": "+open"}),
    Resource("dispute", "disputes", "dispute", "dispute", PAID),
    Resource("payout", "payouts", "payout", "payout", {"status": "status"}, ("created", "arrival_date")),
    Resource(
        "balance_transaction",
        "balance_transactions",
        "balance transaction",
        "balance_transaction_source",
        LEDGER_FILTERS,
    ),
    Resource("subscription", "subscriptions", "subscription", "subscription", SUBSCRIPTION_FILTERS),
    Resource("invoice", "invoices", "invoice", "invoice", INVOICE_FILTERS, includes=("payments",)),
    Resource("invoiceitem", "invoiceitems", "invoiceitem", "invoice", {**PAYER, "invoice": "invoice"}, ()),
    Resource("invoice_payment", "invoice_payments", "invoice_payment", "invoice", PAYMENT_FILTERS),
    Resource("credit_note", "credit_notes", "credit note", "credit_note", {"invoice": "invoice", **PAYER}),
    Resource("tax_id", "tax_ids", "tax ID", "tax_id", {"owner": "owner.customer"}, ()),
    Resource("coupon", "coupons", "coupon", "coupon"),
    Resource("discount", "discounts", "discount", "coupon", ranges=()),
    Resource("product", "products", "product", "product", {"active": "active"}),
    Resource("price", "prices", "price", "plan", PRICE_FILTERS),
    Resource("tax_rate", "tax_rates", "tax rate", "tax_rate", {"active": "active", "inclusive": "inclusive"}),
    Resource("event", "events", "event", "event", {"type": "type", "types": "type"}),
]
# A discount is reached through the objects that carry it; Stripe has no route for it.
BY_PATH = {resource.path: resource for resource in RESOURCES if resource.kind != "discount"}
BY_KIND = {resource.kind: resource for resource in RESOURCES}
