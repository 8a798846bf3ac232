"""The web service: everything a person sees. It holds no gateway key, only webhook secrets and the signing key."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware

from counterfoil.paths import Paths
from counterfoil.policy import load_policy
from counterfoil.queue import Queue
from counterfoil.requests import utc_now
from counterfoil.secrets import Secret
from counterfoil.settings import Settings
from counterfoil.signing_keys import ensure_keys, private_key
from dashboards import failures
from dashboards.accounts import Accounts
from dashboards.assets import Assets
from dashboards.billing.counter import make_counter
from dashboards.billing.pages import CustomerPages
from dashboards.charts import Charts
from dashboards.frames import Frames
from dashboards.framing import Framed
from dashboards.inbox import COMMANDS, bell_of
from dashboards.kept import Kept
from dashboards.limiter import Limiter
from dashboards.live import LiveRuns
from dashboards.macros.watching import Watcher
from dashboards.pages import (
    actions,
    approvals,
    asking,
    audit,
    balance,
    bank,
    batch_decisions,
    batch_lists,
    batches,
    billing,
    billing_door,
    billing_links,
    billing_wishes,
    connecting,
    customer,
    customers,
    disputes,
    documents,
    evidence,
    explaining,
    helpdesk_webhooks,
    imports,
    invoices,
    panel,
    panel_canvas,
    panel_doors,
    panel_dynamic,
    pipelines,
    plain,
    reconciliation,
    revenue,
    revenue_chart,
    revenue_rows,
    sandbox_sign_in,
    sign_in,
    subscription_rows,
    subscriptions,
    tax,
    webhooks,
)
from dashboards.panel.connections import Connections
from dashboards.render import Pages
from dashboards.roles import check_routes
from dashboards.security import Guarded
from dashboards.service import Service
from dashboards.sessions import Sessions, session_key
from warehouse.published import PublishedFile

_ROUTERS: tuple[APIRouter, ...] = (
    plain.router,
    sign_in.router,
    revenue.router,
    revenue_rows.router,
    revenue_chart.router,
    subscriptions.router,
    subscription_rows.router,
    invoices.router,
    disputes.router,
    evidence.router,
    customers.router,
    customer.router,
    asking.router,
    actions.router,
    approvals.router,
    batch_lists.router,
    batch_decisions.router,
    batches.router,
    audit.router,
    tax.router,
    documents.router,
    bank.router,
    balance.router,
    reconciliation.router,
    pipelines.router,
    webhooks.router,
    helpdesk_webhooks.router,
    imports.router,
    panel.router,
    panel_canvas.router,
    panel_dynamic.router,
    panel_doors.router,
    connecting.router,
    explaining.router,
    billing.router,
    billing_door.router,
    billing_links.router,
    billing_wishes.router,
)
LOOK_PATIENCE_S = 0.3
"""How long a page that only looks waits for a busy queue; asking for an action waits longer."""
SUBMIT_PATIENCE_S = 5.0


def make_app(
    settings: Settings,
    *,
    is_sandbox: bool,
    webhook_secrets: Mapping[str, tuple[Secret, ...]],
    import_keys: Mapping[str, tuple[Secret, ...]] | None = None,
    app_secrets: Mapping[str, tuple[Secret, ...]] | None = None,
    billing_keys: tuple[Secret, ...] = (),
    clock: Callable[[], datetime] = utc_now,
) -> FastAPI:
    """Build the service. Raises SandboxRefused, RouteWithoutRoles or SettingsInvalid before anything is served.

    `webhook_secrets`: name of an account or helpdesk -> the secrets that its webhooks may be signed with;
    `import_keys`: account name -> the keys with which objects may be imported into it; `app_secrets`: name of a
    helpdesk -> the secrets with which it signs who looks at a ticket; `billing_keys`: with which the company's own site
    may ask for links to customers' billing pages.
    """
    if is_sandbox:
        sandbox_sign_in.refuse_unless_local(settings)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=_beside)
    keys, secrets = import_keys or {}, app_secrets or {}
    app.state.service = _service(settings, is_sandbox, webhook_secrets, keys, secrets, billing_keys, clock)
    for router in (*_ROUTERS, *((sandbox_sign_in.router,) if is_sandbox else ())):
        app.router.routes.extend(router.routes)
    check_routes(app.routes)
    failures.register(app)
    app.add_middleware(Framed)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=_hosts(settings))
    app.add_middleware(Guarded, is_https=_is_https(settings))
    return app


@asynccontextmanager
async def _beside(app: FastAPI) -> AsyncIterator[None]:
    """What runs as long as the service is up: notes of macros become requests."""
    service: Service = app.state.service
    watcher = Watcher(service, bell_of(app.state, service, COMMANDS).ring) if service.settings.helpdesks else None
    if watcher:
        watcher.start()
    yield
    if watcher:
        watcher.stop()


def _service(
    settings: Settings,
    is_sandbox: bool,
    webhook_secrets: Mapping[str, tuple[Secret, ...]],
    import_keys: Mapping[str, tuple[Secret, ...]],
    app_secrets: Mapping[str, tuple[Secret, ...]],
    billing_keys: tuple[Secret, ...],
    clock: Callable[[], datetime],
) -> Service:
    paths = Paths(settings.var_dir)
    policy = load_policy(settings.policy_file)
    ensure_keys(paths.keys)
    assets = Assets(paths.var, settings.branding.colour)
    nudge = f"http://127.0.0.1:{settings.actions.nudge_port}/nudge"
    again = policy.again_within_minutes
    api_url = settings.prefect.api_url
    looking = Queue(api_url, again_within_minutes=again, patience_s=LOOK_PATIENCE_S)
    published = PublishedFile(paths.published)
    return Service(
        settings=settings,
        paths=paths,
        policy=policy,
        is_sandbox=is_sandbox,
        published=published,
        kept=Kept(published),
        queue=Queue(api_url, nudge_url=nudge, again_within_minutes=again, patience_s=SUBMIT_PATIENCE_S),
        looking=looking,
        live=LiveRuns(looking, unfinished_for=timedelta(hours=policy.approval_expires_hours)),
        accounts=Accounts(paths, is_sandbox=is_sandbox),
        sessions=Sessions(session_key(paths.keys), is_secure=_is_https(settings)),
        frames=Frames(session_key(paths.keys)),
        connections=Connections(session_key(paths.keys), is_secure=_is_https(settings)),
        signing_key=private_key(paths.keys),
        webhook_secrets=webhook_secrets,
        import_keys=import_keys,
        app_secrets=app_secrets,
        sign_ins=Limiter(10, timedelta(minutes=5)),
        pages=Pages(settings, assets, is_sandbox=is_sandbox),
        counter=make_counter(paths, is_secure=_is_https(settings), keys=billing_keys),
        customer_pages=CustomerPages(settings, assets),
        charts=Charts(),
        assets=assets,
        clock=clock,
    )


def _is_https(settings: Settings) -> bool:
    return urlsplit(settings.web.base_url).scheme == "https"


def _hosts(settings: Settings) -> list[str]:
    """The names under which the service answers; others may be somebody else's name for this address."""
    own = urlsplit(settings.web.base_url).hostname or settings.web.host
    return sorted({own, settings.web.host, "127.0.0.1", "localhost"} - {"0.0.0.0", "::"})  # noqa: S104 - taken out
