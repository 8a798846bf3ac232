"""Lists for batches: from a file or a filter to a dry run, frozen under its digest. Nothing is asked for here."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, cast

from fastapi import APIRouter, File, Request, UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from counterfoil.batch_lists import FrozenList, ListAltered, ListMissing, batch_of, freeze, read_list
from counterfoil.batch_policy import evaluate_batch, who_may
from counterfoil.batch_queue import BatchRun, asked_before
from counterfoil.batches import ACTION, DIGEST, Signer, new_batch_id
from counterfoil.policy import Verdict, reasons_for
from counterfoil.prefect_api import QueueUnavailable
from dashboards.batch_tables import excluded_table, items_table
from dashboards.downloads import download
from dashboards.filters import PAGE_ROWS, BadFilter, Query
from dashboards.listing import Field, date_field, select, text_field, window
from dashboards.pages.batches import money_of
from dashboards.roles import BatchMaker, Visitor
from dashboards.service import Service, service_of
from dashboards.table import Table
from dashboards.written_form import WrittenForm
from warehouse.batches.csv_list import read_csv, source_of
from warehouse.batches.dry_run import REASONS, Judge
from warehouse.batches.filters import KINDS, BatchFilter, Kind, choices, kept_filter, matching
from warehouse.batches.wanted import ListInvalid, Wanted

router = APIRouter()
LEFT_OUT = "left out"
MOST_MINUTES = 1_440


@router.get("/batches/new")
def new(request: Request, visitor: BatchMaker) -> Response:
    """The two ways to a list. The address may hold a filter, so that one can be kept as a bookmark."""
    query = Query(request)
    asked = _filter(service_of(request), query)
    query.done()
    return _new(request, visitor, asked)


@router.post("/batches/lists")
def upload(request: Request, visitor: BatchMaker, file: Annotated[UploadFile, File()]) -> Response:
    """Take a file: to its dry run, or back with every line that is wrong."""
    body = file.file.read()
    try:
        if not file.filename:
            raise ListInvalid(["Choose a file first."])
        return _frozen(request, visitor, read_csv(body), source_of(file.filename, body))
    except ListInvalid as error:
        return _new(request, visitor, _filter(service_of(request), Query({})), error)


@router.post("/batches/filters")
def find(request: Request, visitor: BatchMaker, written: WrittenForm) -> Response:
    """Take a filter: to the dry run of what it finds."""
    service = service_of(request)
    query = Query({name: value for name, value in written.items() if name != "csrf"})
    asked = _filter(service, query)
    query.done()
    try:
        return _frozen(request, visitor, matching(service.published, asked), asked.source)
    except ListInvalid as error:
        return _new(request, visitor, asked, error)


@router.get("/batches/lists/{digest}")
def dry_run(request: Request, visitor: BatchMaker, digest: str) -> Response:
    """What a list would do: totals, what is left out and why, every item; and the form that asks for it."""
    service = service_of(request)
    query = Query(request)
    show, reason = query.choice("show", (LEFT_OUT,)), query.choice("reason", REASONS)
    shown = window(query)
    query.done()
    found = list_of(service, digest)
    if shown.is_file:
        return download(_table(found, show, reason, 0, None), shown.kind)
    return service.pages.html(
        request,
        visitor,
        "batch_list.html",
        digest=digest,
        found=found,
        totals=money_of(found.totals),
        reasons_out=[(code, REASONS.get(code, code), number) for code, number in found.reasons.items()],
        table=_table(found, show, reason, shown.offset, PAGE_ROWS),
        show=show,
        left_out=LEFT_OUT,
        reason=reason,
        page=shown.page,
        verdict=_verdict(service, visitor, digest, found),
        earlier=_earlier(service, digest, found),
        sealed=service.sessions.seal({"batch": new_batch_id(), "list": digest, "requester": visitor.name}),
        reasons=reasons_for(service.policy, visitor.role, ACTION),
        is_text_required=service.policy.is_text_required,
        approvers=service.policy.approvers,
    )


def _earlier(service: Service, digest: str, found: FrozenList) -> list[BatchRun]:
    """What was asked for before with this list; asking for it looks again, so a queue that is busy now does no harm."""
    try:
        return asked_before(service.looking, digest, found.source)
    except QueueUnavailable:
        return []


def list_of(service: Service, digest: str) -> FrozenList:
    """A frozen list; raises 404."""
    try:
        return read_list(service.paths.batches, digest if DIGEST.fullmatch(digest) else "")
    except ListMissing:
        raise HTTPException(404) from None
    except ListAltered as error:
        raise HTTPException(409, str(error)) from None


def signer_of(service: Service, visitor: Visitor) -> Signer:
    """The visitor as one who signs."""
    return Signer(visitor.name, visitor.role, visitor.via, service.signing_key)


def _verdict(service: Service, visitor: Visitor, digest: str, found: FrozenList) -> Verdict:
    """The policy's word in advance, as if a good reason had been given."""
    code = next(iter(reasons_for(service.policy, visitor.role, ACTION)), "")
    by = signer_of(service, visitor)
    batch = batch_of(found, digest, batch_id=new_batch_id(), reason=(code, "-"), by=by, now=service.clock())
    return evaluate_batch(service.policy, batch)


def _frozen(request: Request, visitor: Visitor, wanted: list[Wanted], source: dict[str, str]) -> Response:
    service = service_of(request)
    judge = Judge(service.settings, service.policy, visitor.role, service.clock())
    digest = freeze(service.paths.batches, judge.judged(service.published, wanted, source))
    return RedirectResponse(f"/batches/lists/{digest}", 303)


def _filter(service: Service, query: Query) -> BatchFilter:
    known = service.kept.once("batches", choices)
    today = service.today()
    since, until = query.day("from") or today - timedelta(days=6), query.day("to") or today
    minutes = query.pattern("within", "[0-9]{1,4}", "10") or "10"
    if since > until or int(minutes) > MOST_MINUTES:
        sentence = f"The period ends before it begins, or {minutes} minutes are more than {MOST_MINUTES}; mend that."
        raise BadFilter(sentence)
    kind = cast(Kind, query.choice("kind", KINDS) or "duplicates")
    account, product = query.choice("account", known["account"]), query.choice("product", known["product"])
    return BatchFilter(kind, since, until, account, query.currency(), product, int(minutes))


def _new(request: Request, visitor: Visitor, asked: BatchFilter, error: ListInvalid | None = None) -> Response:
    service = service_of(request)
    return service.pages.html(
        request,
        visitor,
        "batch_new.html",
        status=400 if error else 200,
        fields=_fields(service, asked),
        saved=_saved(service),
        able=who_may(service.policy, ACTION),
        faults=error.faults if error else [],
        more=error.count - len(error.faults) if error else 0,
    )


def _fields(service: Service, asked: BatchFilter) -> list[Field]:
    known = service.kept.once("batches", choices)
    return [
        Field("kind", "Which charges", "select", asked.kind, tuple((kind, words) for kind, words in KINDS.items())),
        date_field("from", "Made from", asked.since),
        date_field("to", "Made to", asked.until),
        select("account", "Account", asked.account, known["account"]),
        select("currency", "Currency", asked.currency, known["currency"]),
        select("product", "Product", asked.product, known["product"]),
        text_field("within", "Duplicates within minutes", str(asked.within_minutes)),
    ]


def _saved(service: Service) -> list[tuple[str, dict[str, str | None]]]:
    """The filters of the settings, each with the query that fills the form."""
    today = service.today()
    return [(one.name, _query_of(kept_filter(one, today))) for one in service.settings.batch_filters]


def _query_of(asked: BatchFilter) -> dict[str, str | None]:
    days = {"from": str(asked.since), "to": str(asked.until), "within": str(asked.within_minutes)}
    chosen = {"account": asked.account, "currency": asked.currency, "product": asked.product}
    return {"kind": asked.kind, **days, **chosen}


def _table(found: FrozenList, show: str | None, reason: str | None, offset: int, most: int | None) -> Table:
    if show == LEFT_OUT:
        left_out = [one for one in found.excluded if reason in (None, one.reason)]
        part = left_out[offset:] if most is None else left_out[offset : offset + most]
        return excluded_table(part, is_cut=offset + len(part) < len(left_out))
    items = found.items[offset:] if most is None else found.items[offset : offset + most]
    return items_table(items, is_cut=offset + len(items) < len(found.items))
