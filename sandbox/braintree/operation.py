"""What every write is: it takes the store, the request and its id, and says what is to change.

An operation raises `Refused` or `NotFound`, and then nothing changes. The object that is answered comes first.
"""

import copy
from collections.abc import Callable
from typing import NamedTuple

from sandbox.braintree import money
from sandbox.braintree.errors import NotFound, Refused
from sandbox.braintree.markup import Json
from sandbox.braintree.store import Store

Stored = tuple[str, Json]
"""The kind of an object, and the object."""


class Outcome(NamedTuple):
    """The name and the object of the answer, what changed beside it, and the kind of the notification, if any."""

    kind: str
    obj: Json
    others: tuple[Stored, ...] = ()
    notify: str | None = None

    @property
    def stored(self) -> list[Stored]:
        """Everything that changed. An address has no books of its own: it is part of its customer."""
        return [*([] if self.kind == "address" else [(self.kind, self.obj)]), *self.others]


Operation = Callable[[Store, Json, str], Outcome]


def copy_of(store: Store, kind: str, wanted: str) -> Json:
    """An object that may be changed. Raises NotFound."""
    found = store.objects[kind].get(wanted)
    if found is None:
        raise NotFound
    copied: Json = copy.deepcopy(found)
    return copied


def amount_of(text: str, currency: str) -> int:
    """Minor units of a transaction's amount. Raises Refused."""
    if not text:
        raise Refused("81502", "amount")
    try:
        amount = money.minor(text, currency)
    except money.NoAmount:
        raise Refused("81503", "amount") from None
    if amount < 0:
        raise Refused("81501", "amount")
    if amount == 0:
        raise Refused("81531", "amount")
    return amount
