"""Every known object inside one answer of a company's endpoint, or one imported batch."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from connectors.errors import UnexpectedShape
from connectors.gateways.custom.resources import RESOURCES

_BY_TYPE = {resource.object_type: resource.name for resource in RESOURCES}


def harvest(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield (resource, object as one line of JSON). Raises UnexpectedShape where the body is not JSON.

    A list says which resource it is of; an object by itself says it in `object`, such as "charge".
    """
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UnexpectedShape(f"not JSON: {error}") from None
    page = answer if isinstance(answer, dict) else {}
    said = page.get("resource") if page.get("object") == "list" else None
    rows = page.get("data") if said else answer
    for row in rows if isinstance(rows, list) else [rows]:
        if not isinstance(row, dict) or not isinstance(row.get("id"), str):
            continue
        name = said if said in _BY_TYPE.values() else _BY_TYPE.get(str(row.get("object")))
        if name is not None:
            yield str(name), orjson.dumps(row)
