"""What a person has beside charges, and our actions on any of it: for the page of one person and for the panel."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from counterfoil.action_runs import ActionRun
from dashboards.object_views import object_views
from dashboards.service import Service
from warehouse.reads import charges, customers, invoices, people, subscriptions


def others_of(service: Service, role: str, person: people.Person, own: Sequence[charges.Charge]) -> dict[str, Any]:
    """By name, as the templates take them: runs, subscriptions, invoices (open ones) and customers (their objects)."""
    # Side by side: DuckDB plans each of them for longer than it reads.
    with ThreadPoolExecutor(2) as pool:
        reading = pool.submit(subscriptions.subscriptions_of, service.published, person.customers)
        other = pool.submit(customers.customers_of, service.published, person.customers)
        unpaid = invoices.open_invoices_of(service.published, person.customers)
        subscribed, known = reading.result(), other.result()
    runs = _runs(service, person, own, [*subscribed, *unpaid, *known])
    return {
        "runs": runs,
        "subscriptions": object_views(service, role, subscribed, runs),
        "invoices": object_views(service, role, unpaid, runs),
        "customers": object_views(service, role, known, runs),
    }


def _runs(
    service: Service,
    person: people.Person,
    own: Sequence[charges.Charge],
    others: Sequence[subscriptions.Subscription | invoices.Invoice | customers.Customer],
) -> list[ActionRun]:
    keys = [(charge.account, kind, charge.charge_id) for charge in own for kind in ("charge", "order")]
    for record in others:
        state = record.state()
        keys.append((state.account, state.object_kind, state.object_id))
    theirs = [(key.account, key.customer_id) for key in person.customers]
    return service.live.of_objects(keys, theirs, now=service.clock())
