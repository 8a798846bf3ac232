"""Object ids that look like PayPal's and depend on nothing but the seed and a count."""

import hashlib

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PAYER_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTHS = {
    "payer": 13,
    "subscription": 12,
    "plan": 24,
    "product": 17,
    "dispute": 8,
    "payment": 17,
    "order": 17,
    "vault": 16,
}
# PayPal writes a dash after the I and the P; its own document of the transaction search knows ids without dashes only.
PREFIXES = {"subscription": "I", "plan": "P", "product": "PROD-", "dispute": "PP-D-"}


def make(kind: str, seed: str, count: int) -> str:
    """The `count`-th id of a kind: the same for the same seed, on every machine."""
    number = int.from_bytes(hashlib.blake2b(f"{seed}/{kind}/{count}".encode(), digest_size=32).digest(), "big")
    if kind == "event":
        return f"WH-{_spelt(number, 17, LETTERS)}-{_spelt(number >> 100, 17, LETTERS)}"
    if kind == "invoice":
        return "INV2-" + "-".join(_spelt(number >> shift, 4, LETTERS) for shift in (0, 32, 64, 96))
    letters = PAYER_LETTERS if kind == "payer" else LETTERS
    return PREFIXES.get(kind, "") + _spelt(number, LENGTHS[kind], letters)


def _spelt(number: int, length: int, letters: str) -> str:
    found = []
    for _ in range(length):
        number, rest = divmod(number, len(letters))
        found.append(letters[rest])
    return "".join(found)
