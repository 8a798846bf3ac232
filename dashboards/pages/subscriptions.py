"""Subscriptions: recurring revenue with its movements, churn, plans, cohorts, trials and failed payments."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from connectors.money import Money
from dashboards.addresses import with_query
from dashboards.downloads import download
from dashboards.figures import change
from dashboards.filters import BadFilter, Period, Query, add_months
from dashboards.listing import Field, date_field, select
from dashboards.pages.revenue import shortcuts
from dashboards.recurring_tables import BEGINNING, KIND_LABELS, TABLES, cohort_table, month_rows, tables_of
from dashboards.roles import Finance
from dashboards.service import Service, service_of
from dashboards.table import Row
from dashboards.written import money
from warehouse.reads import recurring as reads
from warehouse.reads.recurring import RecurringFilter

router = APIRouter()


@router.get("/subscriptions")
def subscriptions(request: Request, visitor: Finance) -> Response:
    """The page, or one of its tables as a file."""
    service = service_of(request)
    query = Query(request)
    asked, period = read_filter(service, query)
    kind, chosen = query.format(), query.choice("table", TABLES)
    query.done()
    balances = reads.balances(service.published, asked)
    focus = asked.currency or (balances[0]["currency"] if balances else None)
    base = dict(request.query_params)
    focused = RecurringFilter(**{**_fields(asked), "currency": focus})
    found = tables_of(service, focused, period, base) if focus else {}
    if kind != "html":
        shown = found.get(chosen or "months") or cohort_table([], focus or "")
        return download(shown, kind)
    return service.pages.html(
        request,
        visitor,
        "subscriptions.html",
        balances=balances,
        focus=focus,
        period=period,
        figures=_figures(service, focused, balances, base) if focus else [],
        fields=_filter_fields(service, asked, period),
        shortcuts=shortcuts(service),
        tables=found,
        kinds=KIND_LABELS,
    )


def read_filter(service: Service, query: Query) -> tuple[RecurringFilter, Period]:
    """The filters that the page and its rows share; a month counts as a whole."""
    period = query.period(service.today())
    if period.days > 366 * 30:
        raise BadFilter("The period is longer than thirty years; choose a shorter one.")
    known = service.kept.once("recurring", reads.choices)
    asked = RecurringFilter(
        add_months(period.since, 0),
        add_months(period.until, 0),
        query.choice("gateway", known["gateway"]),
        query.choice("account", known["account"]),
        query.currency(),
        query.choice("country", known["country"]),
        query.choice("plan", known["plan"]),
    )
    return asked, period


def _fields(asked: RecurringFilter) -> dict[str, Any]:
    return {name: getattr(asked, name) for name in RecurringFilter.__slots__}


def _figures(
    service: Service, asked: RecurringFilter, balances: list[Row], query: dict[str, str]
) -> list[dict[str, object]]:
    """What stands at the end, and what the last whole month lost."""
    now = next(row for row in balances if row["currency"] == asked.currency) if balances else None
    if now is None or asked.currency is None:
        return []
    count = (asked.until.year - asked.since.year) * 12 + asked.until.month - asked.since.month + 1
    earlier_end = add_months(asked.since, -1)
    earlier = reads.balances(service.published, asked.within(add_months(asked.since, -count), earlier_end))
    before = next((row for row in earlier if row["currency"] == asked.currency), None)
    own = {"table": None, "format": None, "page": None, "currency": asked.currency}
    here = with_query("/subscriptions/rows", query, from_=BEGINNING, **own)
    figures: list[dict[str, object]] = [
        {
            "label": label,
            "shown": money(Money(now[name], asked.currency)),
            "change": change(now[name], before[name] if before else None),
            "note": f"at the end of {asked.until:%B %Y}",
            "href": here,
        }
        for name, label in (("mrr_minor", "MRR"), ("annual_minor", "ARR"))
    ]
    figures.append(
        {
            "label": "Customers",
            "shown": f"{now['customers']:,}",
            "change": change(now["customers"], before["customers"] if before else None),
            "note": "with a paid subscription",
            "href": here,
        }
    )
    return [*figures, *_churn(service, asked, query)]


def _churn(service: Service, asked: RecurringFilter, query: dict[str, str]) -> list[dict[str, object]]:
    last = _last_whole_month(service, asked.until)
    days = {"from_": str(last), "to": str(add_months(last, 1) - timedelta(days=1))}
    base = {"table": None, "format": None, "page": None, "kind": "churn", "currency": asked.currency}
    rows = month_rows(service, asked.within(last, last))
    found = rows[0] if rows else {}
    labels = (("churn_rate", "Churn, customers"), ("money_churn_rate", "Churn, money"))
    return [
        {
            "label": label,
            "shown": f"{found[name]} %" if found.get(name) is not None else "–",
            "change": None,
            "note": f"in {last:%B %Y}",
            "href": with_query("/subscriptions/rows", query, **base, **days),
        }
        for name, label in labels
    ]


def _last_whole_month(service: Service, until: date) -> date:
    this_month = add_months(service.today(), 0)
    return until if until < this_month else add_months(this_month, -1)


def _filter_fields(service: Service, asked: RecurringFilter, period: Period) -> list[Field]:
    known = service.kept.once("recurring", reads.choices)
    return [
        date_field("from", "From", period.since),
        date_field("to", "To", period.until),
        select("currency", "Currency", asked.currency, known["currency"]),
        select("gateway", "Gateway", asked.gateway, known["gateway"]),
        select("account", "Account", asked.account, known["account"]),
        select("country", "Country", asked.country, known["country"]),
        select("plan", "Plan", asked.plan, known["plan"]),
    ]
