"""Lists as WooCommerce pages them: page or offset, 10 objects where nothing is said, 100 at most, totals in headers."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

from sandbox.standin.messages import Json, Request
from sandbox.woocommerce.errors import invalid_param

KNOWN = {
    "page",
    "per_page",
    "offset",
    "order",
    "orderby",
    "include",
    "modified_after",
    "dates_are_gmt",
    "role",
    "status",
}
ORDERED_BY = {
    "id": "id",
    "date": "date_created_gmt",
    "registered_date": "date_created_gmt",
    "modified": "date_modified_gmt",
}


def page(objects: Iterable[Json], request: Request) -> tuple[list[Json], dict[str, str]]:
    """The objects of one page and the headers about the whole list."""
    params = {name: value for name, value in parse_qsl(request.query.decode()) if not name.startswith("oauth_")}
    for unknown in set(params) - KNOWN:
        raise invalid_param(unknown, f"{unknown} is not a parameter that this stand-in plays.")
    size = _number(params, "per_page", 10, 1, 100)
    found = sorted(_matching(objects, params), key=_order(params), reverse=params.get("order", "desc") == "desc")
    number = _number(params, "page", 1, 1, 10**9)
    first = _number(params, "offset", (number - 1) * size, 0, 10**9)
    pages = -(-len(found) // size)
    headers = {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(pages)}
    if number < pages and "offset" not in params:
        following = urlencode({**params, "page": number + 1})
        headers["Link"] = f'<http://{request.headers.get("host", "")}{request.path}?{following}>; rel="next"'
    return found[first : first + size], headers


def _number(params: dict[str, str], name: str, default: int, least: int, most: int) -> int:
    sent = params.get(name, str(default))
    if not sent.isdigit() or not least <= int(sent) <= most:
        raise invalid_param(name, f"{name} must be between {least} (inclusive) and {most} (inclusive)")
    return int(sent)


def _order(params: dict[str, str]) -> Callable[[Json], tuple[str, int]]:
    by = params.get("orderby", "id")
    if by not in ORDERED_BY:
        raise invalid_param("orderby", f"orderby is not one of {', '.join(ORDERED_BY)}.")
    name = ORDERED_BY[by]
    return lambda obj: ("" if name == "id" else str(obj.get(name) or ""), obj["id"])


def _matching(objects: Iterable[Json], params: dict[str, str]) -> Iterable[Json]:
    include = set(params["include"].split(",")) if "include" in params else None
    after = params.get("modified_after", "")
    if after and params.get("dates_are_gmt") != "true":
        raise invalid_param("dates_are_gmt", "this stand-in knows no other time zone than UTC.")
    if after:
        _checked(after)
    for obj in objects:
        is_later = (obj.get("_modified") or obj.get("date_modified_gmt") or "9") > after
        if is_later and (include is None or str(obj["id"]) in include):
            yield obj


def _checked(text: str) -> None:
    try:
        datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise invalid_param("modified_after", "Invalid date.") from None
