"""Templates: one environment, everything escaped, money and times written in one way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from connectors.currencies import EXPONENTS
from connectors.money import Money
from counterfoil.settings import Settings
from dashboards.assets import Assets
from dashboards.roles import PAGES, Visitor
from dashboards.table import money_of

_MINUS, _SPACE = "\u2212", "\u00a0"


class Pages:
    """Renders templates with what every page shows: who is signed in, where to go, as of when."""

    def __init__(self, settings: Settings, assets: Assets, *, is_sandbox: bool) -> None:
        self._zone = settings.zone
        self._env = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
            auto_reload=False,
        )
        self._env.filters |= {"money": money, "when": self._when, "day": _day, "count": _count, "words": words}
        self._env.globals |= {
            "asset": assets.address,
            "entity": settings.entity.name,
            "zone_name": settings.reporting_time_zone,
            "is_sandbox": is_sandbox,
            "money_of": money_of,
            "amount": lambda row, key: minor(row[key], row["currency"]),
            "minor": minor,
            "state_class": state_class,
            "with_query": with_query,
        }

    def html(
        self, request: Request, visitor: Visitor, template: str, *, status: int = 200, **context: Any
    ) -> HTMLResponse:
        """One page."""
        service = request.app.state.service
        base = {
            "visitor": visitor,
            "csrf": visitor.session.csrf,
            "path": request.url.path,
            "query": dict(request.query_params),
            "navigation": [page for page in PAGES if visitor.role in page.roles],
            "as_of": service.published.as_of,
            "now": service.clock(),
        }
        return HTMLResponse(self._env.get_template(template).render(base | context), status)

    def _when(self, at: datetime | None) -> Markup | str:
        """A time in the reporting time zone; the exact UTC one stands in the markup."""
        if at is None:
            return "–"
        local = at.astimezone(self._zone)
        return Markup('<time datetime="{}" title="{} UTC">{}</time>').format(
            at.astimezone(UTC).isoformat(), at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"), f"{local:%Y-%m-%d %H:%M}"
        )


def minor(count: object, currency: object) -> Money | None:
    """Minor units as money; None where they are none, as in runs that strangers made."""
    if not isinstance(count, int) or not isinstance(currency, str) or currency not in EXPONENTS:
        return None
    return Money(count, currency)


def money(value: Money | None) -> Markup | str:
    """Native currency, exact to the minor unit: 1,234.50 EUR."""
    if value is None:
        return "–"
    text = f"{value.decimal():,}".replace("-", _MINUS)
    return Markup('<span class="money">{}{}<span class="code">{}</span></span>').format(text, _SPACE, value.currency)


def words(code: str | None) -> str:
    """An identifier as words: requires_action -> requires action."""
    return (code or "–").replace("_", " ")


def _day(value: date | None) -> str:
    return "–" if value is None else f"{value:%Y-%m-%d}"


def _count(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"


_GOOD = frozenset(
    {"done", "succeeded", "paid", "won", "active", "matched", "allowed", "approve", "approved", "verified"}
)
_BAD = frozenset(
    "failed refused lost uncollectible crashed denied deny block difference failed_later unpaid broken".split()
) | {"missing lines", "no lines", "failed later"}
_WAITING = frozenset(
    "pending scheduled running awaiting_approval needs_response under_review requires_action open past_due trialing "
    "authorized report incomplete cancelling".split()
) | {"awaiting approval", "warning needs response"}


def state_class(state: str | None) -> str:
    """The colour of a state; the state's word always stands beside it."""
    plain = (state or "").lower()
    if plain in _GOOD:
        return "good"
    if plain in _BAD:
        return "bad"
    return "waiting" if plain in _WAITING or plain.startswith("warning") else "quiet"


def with_query(path: str, query: Mapping[str, str | None], **changes: str | int | None) -> str:
    """An address with its filters: those of `query`, changed by `changes`; None takes one away."""
    merged = {**query, **{name.rstrip("_"): value for name, value in changes.items()}}
    kept = {name: str(value) for name, value in merged.items() if value not in (None, "")}
    return f"{path}?{urlencode(kept)}" if kept else path
