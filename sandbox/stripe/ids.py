"""Object ids that look like Stripe's and depend on nothing but the seed and a count."""

import hashlib

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
PREFIXES = {
    "charge": "ch_3",
    "payment_intent": "pi_3",
    "refund": "re_3",
    "dispute": "du_1",
    "payout": "po_1",
    "balance_transaction": "txn_3",
    "subscription": "sub_1",
    "subscription_item": "si_",
    "invoice": "in_1",
    "line_item": "il_1",
    "invoice_payment": "inpay_1",
    "invoiceitem": "ii_1",
    "tax_id": "txi_1",
    "tax_rate": "txr_1",
    "coupon": "",
    "credit_note": "cn_1",
    "credit_note_line_item": "cnli_1",
    "product": "prod_",
    "price": "price_1",
    "event": "evt_1",
    "customer": "cus_",
    "discount": "di_1",
    "payment_method": "pm_1",
    "request": "req_",
}
SHORT = {"customer", "product", "subscription_item", "request"}


def make(kind: str, seed: str, count: int) -> str:
    """The `count`-th id of `kind`: the same for the same seed, on every machine."""
    digest = hashlib.blake2b(f"{seed}/{kind}/{count}".encode(), digest_size=20).digest()
    return PREFIXES[kind] + base62(int.from_bytes(digest, "big"), 14 if kind in SHORT else 23)


def base62(number: int, length: int) -> str:
    """`length` characters of the alphabet, from the low end of `number`."""
    letters = []
    for _ in range(length):
        number, rest = divmod(number, 62)
        letters.append(ALPHABET[rest])
    return "".join(letters)
