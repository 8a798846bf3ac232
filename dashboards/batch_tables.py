"""The tables of batches, for pages and files: what a dry run found, and what came of each line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from counterfoil.batch_lists import Excluded, FrozenList
from counterfoil.batch_queue import ItemResult
from counterfoil.batches import BatchItem
from dashboards.table import Column, Row, Table
from warehouse.batches.dry_run import REASONS

NOT_BEGUN = "Not begun"
LEFT_OUT = "Left out"
_LINE = Column("line", "Line", "count")
_CHARGE = Column("object_id", "Charge", "code")
_ACCOUNT = Column("account", "Account")
_AMOUNT = Column("amount_minor", "Amount", "money")
_TICKET = Column("ticket", "Ticket", "code")


def items_table(items: Sequence[BatchItem], *, is_cut: bool = False) -> Table:
    """What would be refunded."""
    rows = [asdict(item) for item in items]
    columns = (_LINE, _CHARGE, _AMOUNT, _ACCOUNT, Column("customer_id", "Customer", "code"), _TICKET)
    return Table("batch-items", columns, rows, "No line of this list can be refunded.", is_cut)


def excluded_table(excluded: Sequence[Excluded], *, is_cut: bool = False) -> Table:
    """What is left out, and why."""
    rows = [asdict(one) | {"reason": REASONS.get(one.reason, one.reason)} for one in excluded]
    columns = (_LINE, _CHARGE, _AMOUNT, _ACCOUNT, Column("reason", "Left out"), Column("sentence", "Why", "sentence"))
    return Table("batch-left-out", columns, rows, "Nothing is left out.", is_cut)


def results_table(rows: list[Row], *, is_cut: bool = False) -> Table:
    """What came of each line."""
    columns = (
        Column("line", "Line", "count", link=lambda row: f"/actions/{row['run_id']}" if row["run_id"] else None),
        _CHARGE,
        Column("state", "State", "state"),
        _AMOUNT,
        Column("sentence", "What came of it", "sentence"),
        Column("gateway_reference", "Gateway’s reference", "code"),
        _ACCOUNT,
        _TICKET,
        Column("ended_at", "Ended at", "time"),
        Column("request_id", "Request", "code"),
    )
    return Table("batch-results", columns, rows, "No item.", is_cut)


def result_rows(items: Sequence[BatchItem], results: Iterable[ItemResult]) -> list[Row]:
    """One row per result; `items` are those of the whole list."""
    return [_row(items[result.index], result) for result in results]


def left_out_rows(found: FrozenList) -> list[Row]:
    """The lines that were left out, in the shape of results, so that a result file tells every line of the list."""
    nothing = dict.fromkeys(("ticket", "run_id", "gateway_reference", "ended_at", "request_id"))
    return [asdict(one) | nothing | {"state": LEFT_OUT} for one in found.excluded]


def _row(item: BatchItem, result: ItemResult) -> Row:
    own, newest = result.run, result.newest
    told = {
        "state": newest.state_name if newest else NOT_BEGUN,
        "sentence": newest.sentence if newest else "",
        "gateway_reference": newest.gateway_reference if newest else None,
        "ended_at": newest.ended_at if newest else None,
        "run_id": own.run_id if own else None,
        "request_id": result.request_id,
    }
    return asdict(item) | told
