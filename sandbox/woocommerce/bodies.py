"""Bodies of requests, checked as WordPress checks them."""

from collections.abc import Mapping
from typing import Any

import orjson

from sandbox.standin.messages import Turned
from sandbox.woocommerce.errors import error, invalid_param

WORDS = {str: "string", bool: "boolean", dict: "object", list: "array"}


def read(body: bytes, kinds: Mapping[str, type]) -> dict[str, Any]:
    """The object that was sent; only parameters of `kinds`, each of its type, are played here."""
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Turned(error(400, "rest_invalid_json", "Invalid JSON body passed.")) from None
    if not isinstance(sent, dict):
        raise Turned(error(400, "rest_invalid_json", "Invalid JSON body passed."))
    for name, value in sent.items():
        if name not in kinds:
            raise invalid_param(name, f"{name} is not a parameter that this stand-in plays.")
        if not isinstance(value, kinds[name]):
            raise invalid_param(name, f"{name} is not of type {WORDS[kinds[name]]}.")
    return sent
