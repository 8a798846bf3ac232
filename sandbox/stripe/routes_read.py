"""GET: lists, single objects, and the lists inside objects."""

from sandbox.stripe import params as reading
from sandbox.stripe.balance import balance
from sandbox.stripe.errors import no_such, unknown_url
from sandbox.stripe.expand import expand, requested, within_list
from sandbox.stripe.paging import envelope, page
from sandbox.stripe.resources import BY_KIND, BY_PATH, Resource
from sandbox.stripe.shapes.party import account
from sandbox.stripe.store import Store
from sandbox.stripe.wire import Json, dump, load

# Lists that hang below one object: (outer, inner) -> kind, and the filter that names the outer object.
NESTED = {
    ("charges", "refunds"): ("refund", "charge"),
    ("customers", "tax_ids"): ("tax_id", "owner"),
}
EMBEDDED = {("invoices", "lines"), ("credit_notes", "lines")}
SINGLES = {"account": "account", "balance": "balance"}


def permission(path: str) -> str:
    """The restricted key's word for what lies at a path."""
    steps = path.split("/")[2:]
    if len(steps) == 1 and steps[0] in SINGLES:
        return steps[0]
    if steps and steps[0] in BY_PATH:
        nested = NESTED.get((steps[0], steps[2])) if len(steps) > 2 else None
        return BY_KIND[nested[0]].permission if nested else BY_PATH[steps[0]].permission
    raise unknown_url("GET", path)


def read(store: Store, path: str, params: Json) -> bytes:
    """The body of a GET below /v1."""
    steps = path.split("/")[2:]
    match steps:
        case ["account"]:
            return dump(account(int(store.meta("opened_at") or 0)))
        case ["balance"]:
            return dump(balance(store))
        case [name] if name in BY_PATH:
            return _list(store, BY_PATH[name], params, f"/v1/{name}")
        case [name, wanted] if name in BY_PATH:
            return _one(store, BY_PATH[name], wanted, params)
        case [outer, wanted, inner] if (outer, inner) in NESTED:
            _must_exist(store, BY_PATH[outer], wanted)
            kind, name = NESTED[outer, inner]
            return _list(store, BY_KIND[kind], {**params, name: wanted}, path)
        case [outer, wanted, inner] if (outer, inner) in EMBEDDED:
            return _lines(store, BY_PATH[outer], wanted, inner, params, path)
        case [outer, wanted, inner, second] if (outer, inner) in NESTED:
            _must_exist(store, BY_PATH[outer], wanted)
            return _one(store, BY_KIND[NESTED[outer, inner][0]], second, params)
    raise unknown_url("GET", path)


def _list(store: Store, resource: Resource, params: Json, url: str) -> bytes:
    paths = within_list(requested(params))
    ids, has_more = page(store, resource, params)
    raw = store.tables[resource.kind].raw
    bodies = [raw[wanted] for wanted in ids]
    if paths:
        bodies = [dump(expand(store, load(body), paths)) for body in bodies]
    return envelope(bodies, has_more, url)


def _one(store: Store, resource: Resource, wanted: str, params: Json) -> bytes:
    reading.only(params, {"expand"})
    paths = requested(params)
    raw = _must_exist(store, resource, wanted)
    return dump(expand(store, load(raw), paths)) if paths else raw


def _must_exist(store: Store, resource: Resource, wanted: str) -> bytes:
    raw = store.tables[resource.kind].raw.get(wanted)
    if raw is None:
        raise no_such(resource.noun, wanted)
    return raw


def _lines(store: Store, resource: Resource, wanted: str, inner: str, params: Json, url: str) -> bytes:
    reading.only(params, {"limit", "starting_after", "expand"})
    lines = load(_must_exist(store, resource, wanted))[inner]["data"]
    limit = reading.integer(params, "limit", least=1) or 10
    after = reading.string(params, "starting_after")
    places = [place for place, line in enumerate(lines) if line["id"] == after]
    rest = lines[places[0] + 1 :] if places else lines
    return envelope([dump(line) for line in rest[:limit]], len(rest) > limit, url)
