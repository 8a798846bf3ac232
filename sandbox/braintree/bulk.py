"""Many sales of about 5 kB of XML in memory: the loopback server of the benchmarks."""

from datetime import UTC, date, datetime
from random import Random

from sandbox.braintree.markup import now_text
from sandbox.braintree.money import written
from sandbox.braintree.shapes import card_details, enter, transaction
from sandbox.braintree.store import Store
from sandbox.stripe.clock import Clock, midnight

SECONDS_BETWEEN = 60


def bulk_store(wanted: int, today: date | None = None) -> Store:
    """A store with `wanted` settled sales, one each minute up to `today`, and nothing else."""
    end = midnight(today or datetime.now(UTC).date())
    store = Store(None, Clock())
    rng = Random(wanted)
    like = transaction("", "", "sale", "1.00", "EUR", "example_eur")
    # The same for all, so that many fit into memory.
    shared = {
        name: like[name] for name in ("billing", "shipping", "subscription", "descriptor", "disbursement_details")
    }
    for number in range(wanted):
        at = now_text(end - (wanted - number) * SECONDS_BETWEEN)
        amount = written(rng.randrange(100, 90_000), "EUR")
        made = transaction(f"b{number:08d}", at, "sale", amount, "EUR", "example_eur")
        made.update(shared)
        made["customer"].update(id=f"{number % 5_000}", email=f"bulk{number % 5_000}@bulk.example")
        made["credit_card"] = card_details(f"tok{number % 5_000}", "Visa", "1881", "DE")
        for status in ("authorized", "submitted_for_settlement", "settled"):
            enter(made, status, at)
        store.remember("transaction", made)
    return store
