"""Batches: the newest ones, and one of them with its progress, which updates itself, and its result as a file."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from connectors.money import Money
from counterfoil.batch_lists import FrozenList, ListAltered, ListMissing, read_list
from counterfoil.batch_queue import BatchRun, batch_run, begun_not_done, find_batch, results
from counterfoil.batches import BatchRequest
from counterfoil.people import is_same_person
from counterfoil.prefect_api import QueueUnavailable
from dashboards.batch_tables import left_out_rows, result_rows, results_table
from dashboards.downloads import download
from dashboards.filters import PAGE_ROWS, Query
from dashboards.listing import Window, window
from dashboards.pages.actions import RUN_ID
from dashboards.roles import BATCH_MAKERS, BatchReader
from dashboards.service import Service, service_of
from dashboards.table import Column, Row, Table

router = APIRouter()
NEWEST = 100
NOT_DONE = "not done"


@router.get("/batches")
def batches(request: Request, visitor: BatchReader) -> Response:
    """The newest batches; those that wait for somebody come first."""
    service = service_of(request)
    Query(request).done()
    try:
        runs, is_live = service.looking.batches(limit=NEWEST), True
    except QueueUnavailable:
        runs, is_live = [], False
    found = [one for one in map(batch_run, runs) if one.batch is not None]
    return service.pages.html(
        request,
        visitor,
        "batches.html",
        waiting=[one for one in found if one.run.state_name == "Awaiting approval"],
        table=_table(found),
        is_live=is_live,
        may_make=visitor.role in BATCH_MAKERS and visitor.role in service.policy.batches,
    )


@router.get("/batches/{run_id}")
def batch(request: Request, visitor: BatchReader, run_id: str) -> Response:
    """One batch: what was asked for, what it waits for, how far it is, what came of each item."""
    service = service_of(request)
    query = Query(request)
    only = query.choice("show", (NOT_DONE,))
    shown = window(query)
    query.done()
    found, asked = found_batch(service, run_id)
    listed = _list_of(service, asked)
    if shown.is_file:
        return download(_everything(service, asked, listed), shown.kind)
    table = _results(service, asked, listed, shown, only)
    return service.pages.html(
        request,
        visitor,
        "batch.html",
        found=found,
        run=found.run,
        batch=asked,
        mark=_mark(found),
        totals=money_of(asked.totals),
        excluded=len(listed.excluded),
        reason=service.policy.reasons.get(asked.reason_code, asked.reason_code),
        approvers=service.policy.approvers,
        is_own=is_same_person(asked.requester, visitor.name),
        may_decide=visitor.role in service.policy.approvers and not is_same_person(asked.requester, visitor.name),
        may_step=visitor.role in service.policy.approvers or is_same_person(asked.requester, visitor.name),
        story=service.queue.states(run_id),
        table=table,
        only=only,
        not_done=NOT_DONE,
        page=shown.page,
    )


@router.get("/batches/{run_id}/state")
def state(request: Request, visitor: BatchReader, run_id: str) -> JSONResponse:
    """What the page asks every second: {"mark": …}, which changes with what the page would show."""
    found, _ = found_batch(service_of(request), run_id)
    return JSONResponse({"mark": _mark(found)})


def found_batch(service: Service, run_id: str) -> tuple[BatchRun, BatchRequest]:
    """A batch by its run; raises 404."""
    found = find_batch(service.queue, run_id) if RUN_ID.fullmatch(run_id) else None
    if found is None or found.batch is None:
        raise HTTPException(404)
    return found, found.batch


def money_of(totals: dict[str, int]) -> list[Money]:
    """Currency -> minor units, as money."""
    return [Money(minor, currency) for currency, minor in totals.items()]


def _list_of(service: Service, asked: BatchRequest) -> FrozenList:
    try:
        return read_list(service.paths.batches, asked.list_digest)
    except (ListMissing, ListAltered) as error:
        raise HTTPException(409, f"This batch cannot be shown: {error}") from None


def _mark(found: BatchRun) -> str:
    run = found.run
    told = f"{run.state_name}|{run.sentence}|{sorted(run.counts_by_state.items())}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _results(service: Service, asked: BatchRequest, listed: FrozenList, shown: Window, only: str | None) -> Table:
    if only == NOT_DONE:
        indexes: Sequence[int] = begun_not_done(service.queue, asked)
    else:
        indexes = range(len(listed.items))
    page = indexes[shown.offset : shown.offset + PAGE_ROWS]
    rows = result_rows(listed.items, results(service.queue, asked, page))
    return results_table(rows, is_cut=len(indexes) > shown.offset + PAGE_ROWS)


def _everything(service: Service, asked: BatchRequest, listed: FrozenList) -> Table:
    rows = result_rows(listed.items, results(service.queue, asked, range(len(listed.items))))
    return results_table(sorted([*rows, *left_out_rows(listed)], key=lambda row: int(row["line"])))


def _row(found: BatchRun) -> Row:
    run, asked = found.run, found.batch
    assert asked is not None
    return {
        "run_id": run.run_id,
        "created_at": run.created_at,
        "state": run.state_name,
        "items": asked.items,
        "ended": found.ended,
        "totals": ", ".join(str(one) for one in money_of(asked.totals)),
        "source": asked.source.get("file") or asked.source.get("filter"),
        "requester": asked.requester,
        "sentence": run.sentence,
    }


def _table(found: list[BatchRun]) -> Table:
    columns = (
        Column("created_at", "Asked at", "time", link=lambda row: f"/batches/{row['run_id']}"),
        Column("state", "State", "state"),
        Column("items", "Items", "count"),
        Column("ended", "Ended", "count"),
        Column("totals", "Totals"),
        Column("source", "From"),
        Column("requester", "Asked by"),
        Column("sentence", "What came of it", "sentence"),
    )
    return Table("batches", columns, [_row(one) for one in found], "No batch was asked for yet.")
