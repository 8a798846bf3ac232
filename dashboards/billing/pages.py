"""The customers' pages: their own look and their own language, nothing of the staff's."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from connectors.money import Money
from counterfoil.languages import LANGUAGES, Tongue, tongue
from counterfoil.settings import Settings
from dashboards.addresses import with_query
from dashboards.assets import Assets
from dashboards.billing import words
from dashboards.billing.sessions import CustomerSession
from dashboards.billing.visits import language_for
from dashboards.panel.saying import Speaker
from warehouse.reads.people import Person

TEMPLATES = Path(__file__).parents[1] / "templates" / "billing"


class CustomerPages:
    """Renders them."""

    def __init__(self, settings: Settings, assets: Assets) -> None:
        self._settings = settings
        self._assets = assets

    def tongue(self, request: Request, person: Person | None = None) -> Tongue:
        """The language of a request as the customer's country writes it."""
        return tongue(language_for(request, person), person.country if person else None)

    def html(
        self,
        request: Request,
        template: str,
        session: CustomerSession,
        *,
        person: Person | None = None,
        status: int = 200,
        **context: Any,
    ) -> HTMLResponse:
        """One page. Its address is told to nobody: it may hold a link's token."""
        spoken = self.tongue(request, person)
        base = {
            "csrf": session.csrf,
            "status": status,
            "person": person,
            "language": spoken.language,
            "languages": LANGUAGES,
            "path": request.url.path,
            "query": {name: value for name, value in request.query_params.items() if name != "language"},
        }
        text = self._environment(spoken).get_template(template).render(base | context)
        headers = {"Referrer-Policy": "no-referrer", "Content-Language": spoken.language, "Vary": "Accept-Language"}
        return HTMLResponse(text, status, headers)

    def _environment(self, spoken: Tongue) -> Environment:
        environment = _environment(spoken, self._settings.zone)
        branding = self._settings.branding
        environment.globals |= {
            "asset": self._assets.address,
            "company": branding.name or self._settings.entity.name,
            "legal_text": branding.legal_text,
            "contact": self._settings.entity.email,
        }
        return environment


def speaker_of(spoken: Tongue, zone: ZoneInfo) -> Speaker:
    """The language for whole sentences about a charge."""
    return Speaker(
        spoken.language,
        zone,
        translate=spoken.words.gettext,
        money=lambda money: spoken.money(money.decimal(), money.currency),
        day=lambda at: spoken.day(at.date()),
    )


@cache
def _environment(spoken: Tongue, zone: ZoneInfo) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        spoken.words.gettext, spoken.words.ngettext, newstyle=True
    )

    def money(value: Money) -> Markup:
        return Markup('<span class="money">{}</span>').format(spoken.money(value.decimal(), value.currency))

    def day(value: datetime | date) -> Markup:
        on = value.astimezone(zone).date() if isinstance(value, datetime) else value
        return Markup('<time datetime="{}">{}</time>').format(on.isoformat(), spoken.day(on))

    environment.filters |= {
        "money": money,
        "day": day,
        "charge_state": lambda charge: words.charge_state(charge, spoken),
        "refund_state": lambda given: words.refund_state(given.amount, given.status, spoken),
        "subscription_state": lambda status: words.subscription_state(status, spoken),
        "price": lambda subscription: words.price_of(subscription, spoken),
        "wish_title": lambda action: words.say(spoken, words.WISHES.get(action, words.NO_WISH)),
        "kind": lambda kind: words.say(spoken, words.DOCUMENT_KINDS.get(kind, words.DOCUMENT_KINDS["invoice"])),
    }
    environment.globals |= {"with_query": with_query, "gone": words.GONE}
    return environment
