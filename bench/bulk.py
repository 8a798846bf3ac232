"""`python -m bench.bulk GATEWAY ROWS PORT`: a gateway's stand-in with many objects of one kind, copied in memory."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sandbox.custom.api import DEFAULTS as CUSTOM
from sandbox.custom.api import make_api as make_custom
from sandbox.paypal.app import make_app as make_paypal
from sandbox.paypal.settings import Settings as PayPalSettings
from sandbox.paypal.state import open_state as open_paypal
from sandbox.paypal.store import Entry
from sandbox.recurly.api import DEFAULTS as RECURLY
from sandbox.recurly.api import make_api as make_recurly
from sandbox.standin.app import StandIn
from sandbox.standin.command import serve
from sandbox.standin.settings import Scope
from sandbox.woocommerce.api import DEFAULTS as WOOCOMMERCE
from sandbox.woocommerce.api import make_api as make_woocommerce

SCOPE = Scope(seed=7, months=12, scale="small", today=datetime.now(UTC).date())


def _copied(make: Callable[..., Any], defaults: Any, kind: str, name_of: Callable[[int], Any], rows: int) -> StandIn:
    made = StandIn(make(None, SCOPE, defaults), defaults)
    known = made.store.of(kind)
    like = list(known.values())
    for number in range(rows - len(like)):
        one = copy.copy(like[number % len(like)])
        one["id"] = name_of(number)
        known[str(one["id"])] = one
    return made


def _paypal(rows: int) -> Any:
    store = open_paypal(None, SCOPE)
    like = list(store.all("transaction"))
    entries: list[Entry] = []
    for number in range(rows - len(like)):
        one = copy.deepcopy(like[number % len(like)])
        one.wanted, one.seq = f"BULK{number:012d}", store.next_seq()
        one.shown["transaction_info"]["transaction_id"] = one.wanted
        entries.append(one)
    store.commit(entries)
    return make_paypal(store, PayPalSettings())


MAKES: dict[str, Callable[[int], Any]] = {
    "custom": lambda rows: _copied(make_custom, CUSTOM, "charges", lambda number: f"bulk_{number:08d}", rows),
    "paypal": _paypal,
    "recurly": lambda rows: _copied(make_recurly, RECURLY, "transaction", lambda number: f"bulk{number:08d}", rows),
    "woocommerce": lambda rows: _copied(
        make_woocommerce, WOOCOMMERCE, "order", lambda number: 10_000_000 + number, rows
    ),
}


if __name__ == "__main__":
    serve(MAKES[sys.argv[1]](int(sys.argv[2])), sys.argv[1], int(sys.argv[3]))
