"""JSON as this package writes it: orjson bytes, no spaces, key order kept."""

from typing import Any

import orjson

Json = dict[str, Any]


def dump(value: Any) -> bytes:
    """One JSON document as bytes."""
    return orjson.dumps(value)


def load(raw: bytes | str) -> Json:
    """The JSON object in `raw`."""
    parsed: Json = orjson.loads(raw)
    return parsed
