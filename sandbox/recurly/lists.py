"""Lists as Recurly pages them: 1 to 200 objects, 20 where nothing is said, and an opaque cursor inside `next`."""

import base64
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode

from sandbox.recurly.errors import bad_request
from sandbox.standin.messages import Json

KNOWN = {"ids", "limit", "order", "sort", "begin_time", "end_time", "cursor"}
FILTERS = {"transactions": {"type", "success"}, "invoices": {"type", "state"}, "subscriptions": {"state"}}
FILTERS |= {"plans": {"state"}, "items": {"state"}, "line_items": {"type", "state"}, "accounts": {"email"}}


def page(objects: Iterable[Json], path: str, query: bytes) -> tuple[list[Json], str | None]:
    """The objects of one page, and the path of the next one."""
    params = _checked(dict(parse_qsl(query.decode())), path.rpartition("/")[2])
    found = sorted(_matching(objects, params), key=lambda obj: _key(obj, params))
    if params["order"] == "desc":
        found.reverse()
    if "cursor" in params:
        after = _decoded(params["cursor"])
        is_upwards = params["order"] == "asc"
        found = [obj for obj in found if (_key(obj, params) > after if is_upwards else _key(obj, params) < after)]
    limit = int(params["limit"])
    shown = found[:limit]
    if len(found) <= limit:
        return shown, None
    cursor = base64.urlsafe_b64encode("|".join(_key(shown[-1], params)).encode()).decode()
    return shown, f"{path}?{urlencode({**params, 'cursor': cursor})}"


def _checked(params: dict[str, str], name: str) -> dict[str, str]:
    for unknown in set(params) - KNOWN - FILTERS.get(name, set()):
        raise bad_request(f"Unknown parameter {unknown}", unknown)
    given = {"limit": "20", "order": "desc", "sort": "created_at", **params}
    if not given["limit"].isdigit() or not 1 <= int(given["limit"]) <= 200:
        raise bad_request("Limit must be between 1 and 200", "limit")
    if given["order"] not in ("asc", "desc"):
        raise bad_request("Order must be asc or desc", "order")
    if given["sort"] not in ("created_at", "updated_at"):
        raise bad_request("Sort must be created_at or updated_at", "sort")
    return given


def _key(obj: Json, params: dict[str, str]) -> tuple[str, str]:
    return obj[params["sort"]], obj["id"]


def _decoded(cursor: str) -> tuple[str, str]:
    try:
        value, _, wanted = base64.urlsafe_b64decode(cursor).decode().partition("|")
    except ValueError:
        raise bad_request("The cursor is not valid", "cursor") from None
    return value, wanted


def _matching(objects: Iterable[Json], params: dict[str, str]) -> Iterable[Json]:
    ids = set(params["ids"].split(",")) if "ids" in params else None
    equal = {name: value for name, value in params.items() if name in ("type", "state", "email")}
    first, last = params.get("begin_time", ""), params.get("end_time", "9")
    for obj in objects:
        is_wanted = (ids is None or obj["id"] in ids) and first <= obj[params["sort"]] <= last
        if is_wanted and all(str(obj.get(name)) == value for name, value in equal.items()):
            yield obj
