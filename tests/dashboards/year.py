"""One small year of five stand-ins, pulled, loaded, built and published; and the stand-ins' own stores beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from connectors.gateway import AccountAccess
from connectors.registry import gateway_of
from counterfoil.paths import Paths
from counterfoil.settings import Settings
from flows.ingest.pulling import pull
from sandbox.braintree.running import running as braintree
from sandbox.braintree.settings import Settings as BraintreeSettings
from sandbox.paypal.running import running as paypal
from sandbox.recurly.api import DEFAULTS as RECURLY
from sandbox.recurly.api import make_api as recurly
from sandbox.standin.running import Served, serving
from sandbox.standin.settings import Scope
from sandbox.stripe.running import running as stripe
from sandbox.woocommerce.api import DEFAULTS as WOOCOMMERCE
from sandbox.woocommerce.api import make_api as woocommerce
from warehouse.build import build
from warehouse.landing import land_pages
from warehouse.load import load_landed
from warehouse.publish import publish
from warehouse.published import PublishedFile

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = date(2026, 11, 23)
SCOPE, STRIPES = Scope(scale="tiny", today=TODAY), Scope(scale="small", today=TODAY)
NEEDED = {
    "braintree": ("plans", "subscriptions", "charges", "refunds", "disputes"),
    "recurly": ("plans", "subscriptions", "invoices", "transactions"),
    "woocommerce": ("orders", "refunds"),
}
"""Of these gateways only what figures are made of: each resource takes a fifth of a second to load."""


@dataclass(frozen=True)
class Year:
    """What was published, and what it is about: gateway -> the stand-in's store, which nothing of ours has read."""

    settings: Settings
    published: PublishedFile
    stores: dict[str, Any]


@contextmanager
def published_year(settings: Settings) -> Iterator[Year]:
    """Pull the five accounts of `year_accounts` into the settings' folder."""
    paths = Paths(settings.var_dir)
    with ExitStack() as stack:
        served: dict[str, tuple[Served[Any, Any], str]] = {
            "stripe": (stack.enter_context(stripe(None, STRIPES)), "sk_test_sandbox"),
            "paypal": (stack.enter_context(paypal(None, SCOPE)), "sandbox-client:sandbox-secret"),
            "braintree": (stack.enter_context(braintree(None, SCOPE)), BraintreeSettings().secret),
            "recurly": (stack.enter_context(serving(recurly(None, SCOPE, RECURLY), RECURLY)), RECURLY.key),
            "woocommerce": (
                stack.enter_context(serving(woocommerce(None, SCOPE, WOOCOMMERCE), WOOCOMMERCE)),
                WOOCOMMERCE.key,
            ),
        }
        for name, (sandbox, key) in served.items():
            account = f"{name}/eu"
            reader = gateway_of(account).open_reader(AccountAccess(account, sandbox.url, key))
            for resource in NEEDED.get(name, ()):
                for _ in land_pages(paths.landing, account, reader.pages(resource, since=None, cursor=None)):
                    pass
            if name not in NEEDED:
                pull(gateway_of(account), reader, account, paths.landing, now=NOW, say=lambda _: None)
            reader.close()
        load_landed(paths)
        build(paths, reporting_time_zone=settings.reporting_time_zone)
        report = publish(paths, now=NOW)
        assert not report.is_blocked, [
            (check.sentence, check.sample[:5]) for check in report.checks if check.is_blocking
        ]
        yield Year(settings, PublishedFile(paths.published), {name: one.app.store for name, (one, _) in served.items()})
