"""GET, and the searches that are POST: lists, single objects, ids, details."""

from sandbox.braintree.errors import NotFound
from sandbox.braintree.markup import HEAD, Json, collection, document, element
from sandbox.braintree.paying import MERCHANT_ACCOUNTS, method_called
from sandbox.braintree.search import matching
from sandbox.braintree.settings import Settings
from sandbox.braintree.store import Store

PAGE_SIZE = 50
KIND_OF = {
    "transactions": "transaction",
    "customers": "customer",
    "subscriptions": "subscription",
    "disputes": "dispute",
    "plans": "plan",
}
COLLECTIONS = {"transactions": "credit-card-transactions", "customers": "customers", "subscriptions": "subscriptions"}
LISTS = {"plans": "plan", "add_ons": "add_on", "discounts": "discount"}
SEARCHES = {f"{name}/{how}" for name in COLLECTIONS for how in ("advanced_search", "advanced_search_ids")}
SEARCHES |= {"disputes/advanced_search"}


def read(store: Store, path: str) -> bytes:
    """The answer to a GET of a path below the merchant's. Raises NotFound."""
    name, _, wanted = path.strip("/").partition("/")
    if not wanted and name in LISTS:
        return document(name, list(store.objects[LISTS[name]].values()))
    if name == "merchant_accounts" and not wanted:
        shown = [element("merchant_account", each.shape()).encode() for each in MERCHANT_ACCOUNTS.values()]
        return collection("merchant-accounts", 1, PAGE_SIZE, len(shown), shown)
    if name == "payment_methods" and wanted.startswith("any/"):
        method = method_called(store, wanted.removeprefix("any/"))
        if method is None:
            raise NotFound
        return document(method.kind, method.method)
    kind = KIND_OF.get(name)
    if kind is None or wanted not in store.objects[kind]:
        raise NotFound
    return HEAD + store.markup(kind, wanted)


def search(store: Store, settings: Settings, path: str, page: int, sent: Json) -> bytes:
    """The answer to a search."""
    name, _, how = path.partition("/")
    kind = KIND_OF[name]
    criteria = sent.get("search") or {}
    criteria = criteria if isinstance(criteria, dict) else {}
    cap = settings.caps[0 if kind == "transaction" else 1]
    found = list(matching(store, kind, criteria))
    if name == "disputes":
        part = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
        markup = [store.markup(kind, wanted) for wanted in part]
        return collection("disputes", page, PAGE_SIZE, min(len(found), cap), markup)
    if how == "advanced_search_ids":
        # Braintree lists the newest first.
        return document("search_results", {"page_size": PAGE_SIZE, "ids": found[::-1][:cap]})
    found = found[:PAGE_SIZE]
    markup = [store.markup(kind, wanted) for wanted in found]
    return collection(COLLECTIONS[name], 1, PAGE_SIZE, len(found), markup)
