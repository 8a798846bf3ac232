"""Stripe-Signature: `t=<seconds>,v1=<hex>`, an HMAC-SHA256 over `t.body`. Source: stripe-python's _webhook.py."""

import hashlib
import hmac


def sign(body: bytes, secret: str, timestamp: int) -> str:
    """The header's value; `timestamp` is real time, since receivers compare it with theirs."""
    mac = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
    return f"t={timestamp},v1={mac.hexdigest()}"
