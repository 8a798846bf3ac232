"""Every known object inside one answer of a shop: used to load answers that were recorded elsewhere.

WooCommerce's objects do not say what they are; they are told by their link to themselves, or by the page that this
connector landed them in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from connectors.errors import UnexpectedShape
from connectors.gateways.woocommerce.resources import RESOURCES

_NAMES = frozenset(resource.name for resource in RESOURCES)
_SELF = re.compile(r"/wc/v\d/(?:orders/\d+/)?([a-z]+)/(\d+)/?$")


def harvest(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield (resource, object as one line of JSON). Raises UnexpectedShape where the body is not JSON."""
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UnexpectedShape(f"not JSON: {error}") from None
    page = answer if isinstance(answer, dict) else {}
    said = page.get("resource") if page.get("object") == "list" else None
    rows = page.get("data") if said else answer
    for row in rows if isinstance(rows, list) else [rows]:
        resource = _resource_of(row, said)
        if resource is not None:
            yield resource, orjson.dumps(row)


def _resource_of(value: Any, said: object) -> str | None:
    if not isinstance(value, dict) or isinstance(value.get("id"), bool) or not isinstance(value.get("id"), int):
        return None
    if said in _NAMES:
        return str(said)
    links = value.get("_links")
    for link in (links.get("self") or ()) if isinstance(links, Mapping) else ():
        match = _SELF.search(str(link.get("href"))) if isinstance(link, Mapping) else None
        if match and match[1] in _NAMES and match[2] == str(value["id"]):
            return match[1]
    return None
