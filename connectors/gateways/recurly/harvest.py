"""Every known object inside one answer of Recurly: used to load answers that were recorded elsewhere.

Recurly names each object, and gives others in short ("mini") with the same name; only the whole one says when it was
made. Texts and custom fields of the merchant are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from connectors.errors import UnexpectedShape
from connectors.gateways.recurly.resources import RESOURCE_OF

NOT_OBJECTS = frozenset({"custom_fields", "gateway_response_values"})


def harvest(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield (resource, object as one line of JSON) for every known object; the outer one before those inside.

    Raises UnexpectedShape where the body is not JSON.
    """
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UnexpectedShape(f"not JSON: {error}") from None
    waiting: list[Any] = [answer]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            resource = _resource_of(value)
            if resource is not None:
                yield resource, orjson.dumps(value)
            inside = [inner for name, inner in value.items() if name not in NOT_OBJECTS]
            waiting.extend(reversed([inner for inner in inside if isinstance(inner, dict | list)]))
        elif isinstance(value, list):
            waiting.extend(reversed([inner for inner in value if isinstance(inner, dict | list)]))


def _resource_of(value: dict[str, Any]) -> str | None:
    kind = value.get("object")
    if "discounted" in value:
        # A coupon's redemption: the document says that it calls itself a coupon too.
        return None
    is_whole = isinstance(value.get("id"), str) and isinstance(value.get("created_at"), str)
    return RESOURCE_OF.get(kind) if is_whole and isinstance(kind, str) else None
