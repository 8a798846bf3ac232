"""Lists as Stripe pages them: newest first, cursors both ways, 1 to 100 objects, 10 where nothing is said."""

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from itertools import islice

from sandbox.stripe import params as reading
from sandbox.stripe.errors import Invalid, no_such
from sandbox.stripe.resources import Resource
from sandbox.stripe.store import Store
from sandbox.stripe.table import Key, Table, Window
from sandbox.stripe.wire import Json, load

PAGING = ("limit", "starting_after", "ending_before", "expand")
ENDED = {"canceled", "incomplete_expired"}
Filters = list[tuple[str, set[str]]]


def page(store: Store, resource: Resource, params: Json) -> tuple[list[str], bool]:
    """Ids of one page in answering order, and whether there are more in the direction of travel."""
    shown = [name for name in resource.filters if not name.startswith("_")]
    reading.only(params, {*PAGING, *shown, *resource.ranges})
    limit = _limit(params)
    found = _matching(store, resource, params)
    ids = list(islice(found, limit + 1))
    has_more = len(ids) > limit
    ids = ids[:limit]
    return (ids[::-1] if "ending_before" in params else ids), has_more


def envelope(bodies: list[bytes], has_more: bool, url: str) -> bytes:
    """The list object around serialised objects."""
    more = b"true" if has_more else b"false"
    return b'{"object":"list","data":[%b],"has_more":%b,"url":"%b"}' % (b",".join(bodies), more, url.encode())


def _matching(store: Store, resource: Resource, params: Json) -> Iterator[str]:
    table = store.tables[resource.kind]
    filters = _filters(table, resource, params)
    first, last = bounds(params.get("created"), "created") if "created" in resource.ranges else (None, None)
    after = _cursor(store, resource, params, "ending_before")
    before = _cursor(store, resource, params, "starting_after")
    window = Window(first, last, after, before)
    found = table.newest(filters, window) if after is None else table.oldest(filters, window)
    for name in resource.ranges:
        if name != "created" and name in params:
            found = filter(_within(store, resource.kind, name, params[name]), found)
    return found


def _within(store: Store, kind: str, name: str, sent: object) -> Callable[[str], bool]:
    first, last = bounds(sent, name)

    def inside(wanted: str) -> bool:
        value = load(store.tables[kind].raw[wanted])[name]
        return bool((first is None or value >= first) and (last is None or value <= last))

    return inside


def _limit(params: Json) -> int:
    limit = reading.integer(params, "limit", least=1)
    if limit is None:
        return 10
    if limit > 100:
        message = f"This value must be less than or equal to 100 (it currently is '{limit}')."
        raise Invalid(message, code="parameter_invalid_integer", param="limit")
    return limit


def bounds(sent: object, name: str) -> tuple[int | None, int | None]:
    """First and last second, both inclusive, of `created=`, or of `created[gt|gte|lt|lte]=`."""
    if sent is None:
        return None, None
    if not isinstance(sent, dict):
        exact = reading.whole(sent, name)
        return exact, exact
    for bound in sent:
        if bound not in ("gt", "gte", "lt", "lte"):
            raise Invalid(f"Received unknown parameter: {name}[{bound}]", code="parameter_unknown", param=name)
    number = {bound: reading.whole(value, f"{name}[{bound}]") for bound, value in sent.items()}
    firsts = [number[bound] + (bound == "gt") for bound in ("gte", "gt") if bound in number]
    lasts = [number[bound] - (bound == "lt") for bound in ("lte", "lt") if bound in number]
    return max(firsts, default=None), min(lasts, default=None)


def _cursor(store: Store, resource: Resource, params: Json, name: str) -> Key | None:
    wanted = reading.string(params, name)
    if wanted is None:
        return None
    if name == "starting_after" and "ending_before" in params:
        raise Invalid("You cannot provide both starting_after and ending_before parameters.")
    key = store.tables[resource.kind].key_of(wanted)
    if key is None:
        raise no_such(resource.noun, wanted, param=name, status=400)
    return key


def _filters(table: Table, resource: Resource, params: Json) -> Filters:
    filters = [(name, _wanted(name, params[name])) for name in resource.filters if name in params]
    if resource.kind == "event":
        return [(name, _spelt_out(table, name, wanted)) for name, wanted in filters]
    if resource.kind != "subscription":
        return filters
    sent = params.get("status")
    filters = [pair for pair in filters if pair[0] != "status"]
    if sent == "ended":
        filters.append(("status", ENDED))
    elif sent not in (None, "all"):
        filters.append(("status", {str(sent)}))
    elif sent is None:
        # Without a status Stripe leaves out what has been canceled.
        alive = {"active", "past_due", "trialing", "unpaid", "incomplete", "paused"}
        filters.append(("status", alive))
    return filters


def _spelt_out(table: Table, name: str, wanted: set[str]) -> set[str]:
    """Event types with the `*` in them replaced by the types that there are."""
    return {known for known in table.values(name) for pattern in wanted if fnmatchcase(known, pattern)}


def _wanted(name: str, sent: object) -> set[str]:
    if name == "types" and isinstance(sent, list):
        return {str(value) for value in sent}
    if name == "payment" and isinstance(sent, dict):
        return {str(sent.get("payment_intent", ""))}
    if name == "owner" and isinstance(sent, dict):
        return {str(sent.get("customer", ""))}
    if not isinstance(sent, str):
        raise Invalid(f"Invalid string: {sent}", param=name)
    return {sent}
