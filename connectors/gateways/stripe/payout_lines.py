"""Which balance transactions a payout consists of. Stripe says so for automatic payouts only, once they are paid.

A cursor is "po_x:txn_y": the lines of po_x up to txn_y are read; "po_x:" says that all of them are.
Source: https://docs.stripe.com/api/balance_transactions/list, parameter `payout`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from connectors.errors import RequestInvalid
from connectors.gateway import Page

if TYPE_CHECKING:
    from connectors.gateways.stripe.read import StripeReader


def pages(reader: StripeReader, since: datetime | None, cursor: str | None) -> Iterator[Page]:
    """Pages of lines, one payout after the other; `since` bounds when the payouts were created."""
    payout, separator, line = (cursor or "").partition(":")
    if cursor is not None and not (payout and separator):
        raise RequestInvalid(f"{cursor!r} is no cursor of payout lines; they look like po_1:txn_2.")
    held: Page | None = None
    for page in _all_pages(reader, since, payout or None, line or None):
        # One page is held back: only the very last one has no cursor.
        if held is not None:
            yield held
        held = page
    if held is not None:
        yield replace(held, cursor=None)


def of_payout(reader: StripeReader, payout: str) -> Page | None:
    """All lines of one payout in one page; None where Stripe has none for it."""
    lines: list[Any] = []
    first: Page | None = None
    for page in _pages_of(reader, payout, None):
        first = first or page
        lines += orjson.loads(page.body)["data"]
    if first is None or not lines:
        return None
    return Page("payout_lines", _body(payout, lines), len(lines), first.seen_at, None)


def _all_pages(reader: StripeReader, since: datetime | None, payout: str | None, line: str | None) -> Iterator[Page]:
    if payout is not None and line is not None:
        yield from _pages_of(reader, payout, line)
    for listed in reader.list_pages("payouts", {"status": "paid"}, since, payout):
        for found in orjson.loads(listed.body)["data"]:
            if found.get("automatic") is True:
                yield from _pages_of(reader, found["id"], None)


def _pages_of(reader: StripeReader, payout: str, line: str | None) -> Iterator[Page]:
    for page in reader.list_pages("balance_transactions", {"payout": payout}, None, line):
        body = _body(payout, orjson.loads(page.body)["data"])
        yield Page("payout_lines", body, page.rows, page.seen_at, f"{payout}:{page.cursor or ''}")


def _body(payout: str, lines: list[Any]) -> bytes:
    return orjson.dumps({"object": "payout_lines", "payout": payout, "data": lines})
