"""Every page is for the roles that it names, and for nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from dashboards.roles import RouteWithoutRoles, check_routes
from tests.dashboards.conftest import Web, make_web
from tests.dashboards.published_fixture import ZOE
from tests.dashboards.published_reports import DOCUMENT

ROLES = ("agent", "lead", "finance", "auditor", "engineer")
MAY_OPEN = {
    "/": {"finance"},
    "/revenue/rows": {"finance"},
    "/revenue/chart.svg?currency=EUR": {"finance"},
    "/customers": {"agent", "lead", "finance"},
    f"/customers/{ZOE}": {"agent", "lead", "finance"},
    "/explain?account=stripe/eu&id=ch_zoe1_invoiced": {"agent", "lead", "finance"},
    "/connect/front/main": {"agent", "lead", "finance"},
    "/ask?action=refund&account=stripe/eu&id=ch_zoe1_invoiced": {"agent", "lead"},
    "/actions": {"agent", "lead", "auditor"},
    "/batches": {"lead", "finance", "auditor"},
    "/batches/new": {"lead", "finance"},
    "/audit": {"auditor"},
    "/tax": {"finance"},
    "/tax/lines": {"finance"},
    "/documents": {"finance", "auditor"},
    f"/documents/{DOCUMENT}.pdf": {"agent", "lead", "finance", "auditor"},
    "/subscriptions": {"finance"},
    "/subscriptions/rows?kind=new": {"finance"},
    "/subscriptions/trials": {"finance"},
    "/subscriptions/failed-payments": {"finance"},
    "/invoices": {"finance"},
    "/disputes": {"finance"},
    "/disputes/evidence.pdf?account=stripe/eu&id=dp_zoe3": {"finance"},
    "/reconciliation": {"finance"},
    "/reconciliation/stripe/eu/po_bad": {"finance"},
    "/reconciliation/bank": {"finance"},
    "/reconciliation/bank/line?bank_account=bank/main&id=l1": {"finance"},
    "/reconciliation/balance": {"finance"},
    "/reconciliation/balance/rows?account=stripe/eu&currency=EUR&on=2026-11-10": {"finance"},
    "/pipelines": {"engineer"},
    "/data-docs/index.html": {"engineer"},
}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_its_pages_and_no_others(shared_web: Web, role: str) -> None:
    client = shared_web.as_role(role)
    docs = shared_web.paths.data_docs
    docs.mkdir(exist_ok=True)
    (docs / "index.html").write_text("<h1>Docs</h1>")
    for path, roles in MAY_OPEN.items():
        answer = client.get(path, follow_redirects=False)
        if role in roles:
            assert answer.status_code == 200, (path, answer.text[:300])
        elif path == "/":
            assert answer.status_code == 303, "the first page leads each role to its own"
        else:
            assert answer.status_code == 403, path
            assert all(allowed in answer.text for allowed in roles), f"{path} does not say who may open it"


def test_every_page_that_needs_a_role_is_in_the_table_above(shared_web: Web) -> None:
    stated = {path.partition("?")[0] for path in MAY_OPEN}
    client = shared_web.open()
    app = client.app
    assert isinstance(app, FastAPI)
    open_to_all = {"/sign-in", "/sign-out", "/sandbox/sign-in", "/assets/{name}", "/healthz"}
    open_to_all |= {"/webhooks/{gateway_name}/{label}", "/api/import/{name}/schema"}
    patterns = {
        route.path
        for route in app.routes
        if isinstance(route, APIRoute) and "GET" in (route.methods or ()) and route.path not in open_to_all
    }
    known = {"/actions/{run_id}", "/actions/{run_id}/state", "/data-docs", "/revenue/chart.json"}  # tested elsewhere
    known |= {"/batches/{run_id}", "/batches/{run_id}/state", "/batches/lists/{digest}"}  # in test_batch_pages
    known |= {"/panel", "/panel/state", "/panel/explain", "/panel/{kind}/{label}"}  # in helpdesks' frames only
    known |= {"/billing", "/billing/charge", "/billing/documents/{document_id}.pdf"}  # customers', in test_billing_page
    known |= {"/billing/ask", "/billing/asked/{run_id}"}  # in test_billing_wishes
    known |= {"/billing/code", "/billing/enter/{token}", "/api/customers/{customer_id}/billing-link"}  # there too
    covered = {path for path in patterns if any(_fits(path, one) for one in stated)} | known
    assert patterns == covered


def _fits(pattern: str, path: str) -> bool:
    parts, given = pattern.split("/"), path.split("/")
    if pattern.endswith(":path}"):
        given = [*given[: len(parts) - 1], "/".join(given[len(parts) - 1 :])]
    return len(parts) == len(given) and all(
        one == other or one.startswith("{") for one, other in zip(parts, given, strict=True)
    )


@pytest.mark.parametrize("path", sorted(MAY_OPEN))
def test_without_a_session_every_page_leads_to_the_door(shared_web: Web, path: str) -> None:
    answer = shared_web.open().get(path, follow_redirects=False)
    assert answer.status_code in (303, 401)
    if answer.status_code == 303:
        assert "/sign-in" in answer.headers["location"]


def test_a_route_without_roles_stops_the_start() -> None:
    app = FastAPI(openapi_url=None)

    @app.get("/forgotten")
    def forgotten() -> str:
        return "everything"

    with pytest.raises(RouteWithoutRoles, match="/forgotten"):
        check_routes(app.routes)


def test_a_mounted_application_without_roles_stops_the_start() -> None:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.mount("/inner", FastAPI())
    with pytest.raises(RouteWithoutRoles):
        check_routes(app.routes)


def test_prefects_and_fastapis_own_pages_are_absent(shared_web: Web) -> None:
    client = shared_web.as_role("engineer")
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert client.get(path).status_code == 404


def test_finance_sees_a_customer_but_no_refund_button(shared_web: Web) -> None:
    page = shared_web.as_role("finance").get(f"/customers/{ZOE}").text
    assert "Zoë Müller" in page
    assert "/ask?" not in page
    assert "Your role may not do this." in page


def test_a_page_before_the_first_publish_says_so(var: Path) -> None:
    (var / "published" / "current").unlink()
    client = make_web(var).as_role("finance")
    answer = client.get("/tax")
    assert answer.status_code == 200
    assert "Nothing has been published yet" in answer.text
