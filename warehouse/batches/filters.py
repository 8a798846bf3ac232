"""A list by a filter over the published charges: likely duplicates, one product, one period, or all of these."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Literal

from counterfoil.saved_filters import SavedFilter
from warehouse.batches.wanted import MAX_LINES, ListInvalid, Wanted
from warehouse.published import PublishedFile

Kind = Literal["all", "duplicates"]
KINDS: dict[Kind, str] = {"duplicates": "likely duplicates", "all": "all charges"}


@dataclass(frozen=True, slots=True)
class BatchFilter:
    """Which charges. `since` to `until`: days of the reporting time zone, both inclusive; None means all."""

    kind: Kind
    since: date
    until: date
    account: str | None = None
    currency: str | None = None
    product: str | None = None
    within_minutes: int = 10
    """For duplicates: how soon after the first one the second charge came."""

    @property
    def source(self) -> dict[str, str]:
        """The filter as people read it, kept with the list for ever."""
        told = {
            "filter": KINDS[self.kind],
            "from": self.since,
            "to": self.until,
            "account": self.account,
            "currency": self.currency,
            "product": self.product,
            "within minutes": self.within_minutes if self.kind == "duplicates" else None,
        }
        return {name: str(value) for name, value in told.items() if value is not None}


def kept_filter(kept: SavedFilter, today: date) -> BatchFilter:
    """A filter of the settings for the days that end with `today`, which is one of the reporting time zone."""
    since = today - timedelta(days=kept.days - 1)
    return BatchFilter(kept.kind, since, today, kept.account, kept.currency, kept.product, kept.within_minutes)


def matching(published: PublishedFile, asked: BatchFilter) -> list[Wanted]:
    """The charges that took money and pass the filter, oldest first, each with all that is left of it.

    A likely duplicate is what the check likely_duplicate_charges.sql calls one: the first charge is not in the list,
    every later one is. Raises NothingPublished, and ListInvalid where there are too many or none.
    """
    rows = published.rows(
        """WITH taken AS (
               SELECT account, charge_id, gateway, currency, created_at,
                      created_at <= lag(created_at) OVER same + to_minutes($within_minutes::INTEGER) AS is_duplicate
               FROM canonical.charges
               WHERE status = 'succeeded' AND ($kind = 'all' OR refunded_minor < captured_minor)
               WINDOW same AS (
                   PARTITION BY gateway, account, amount_minor, currency, description, card_last4,
                                coalesce(customer_id, lower(email), charge_id)
                   ORDER BY created_at, charge_id))
           SELECT taken.account, taken.charge_id FROM taken
           JOIN marts.charge_facts AS facts USING (gateway, account, charge_id)
           WHERE facts.on_day BETWEEN $since AND $until
             AND ($account::VARCHAR IS NULL OR taken.account = $account)
             AND ($currency::VARCHAR IS NULL OR currency = $currency)
             AND ($product::VARCHAR IS NULL OR facts.product = $product)
             AND ($kind = 'all' OR is_duplicate)
           ORDER BY created_at, taken.charge_id LIMIT $limit""",
        {**asdict(asked), "limit": MAX_LINES + 1},
    )
    if len(rows) > MAX_LINES:
        raise ListInvalid([f"The filter finds more than {MAX_LINES:,} charges; make the period shorter."])
    if not rows:
        raise ListInvalid(["The filter finds no charge that took money."])
    found = enumerate(rows, 1)
    return [Wanted(place, str(row["account"]), str(row["charge_id"]), None, None, None) for place, row in found]


def choices(published: PublishedFile) -> dict[str, list[str]]:
    """What can be chosen: accounts, currencies, products."""
    columns = {"account": "canonical.charges", "currency": "canonical.charges", "product": "marts.charge_facts"}
    return {
        column: [
            str(row[column])
            for row in published.rows(
                f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL ORDER BY 1 LIMIT 500"  # noqa: S608
            )
        ]
        for column, table in columns.items()
    }
