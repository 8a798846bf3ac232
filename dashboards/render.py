"""Templates: one environment, everything escaped, money and times written in one way."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from counterfoil.settings import Helpdesk, Settings
from dashboards.addresses import ask_for, with_query
from dashboards.assets import Assets
from dashboards.cells import table_body
from dashboards.framing import inside, let_frame
from dashboards.roles import PAGES, Visitor
from dashboards.state_words import state_class, words
from dashboards.table import Table
from dashboards.titles import full_title
from dashboards.written import minor, money


class Pages:
    """Renders templates with what every page shows: who is signed in, where to go, as of when."""

    def __init__(self, settings: Settings, assets: Assets, *, is_sandbox: bool) -> None:
        self._settings = settings
        self._zone = settings.zone
        self._env = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
            auto_reload=False,
        )
        self._env.filters |= {
            "money": money,
            "when": self._when,
            "clock": self._clock,
            "day": _day,
            "count": _count,
            "words": words,
        }
        self._env.globals |= {
            "asset": assets.address,
            "entity": settings.entity.name,
            "zone_name": settings.reporting_time_zone,
            "is_sandbox": is_sandbox,
            "amount": lambda row, key: minor(row[key], row["currency"]),
            "minor": minor,
            "body": self._body,
            "state_class": state_class,
            "with_query": with_query,
            "ask_for": ask_for,
            "full_title": full_title,
        }

    def html(
        self,
        request: Request,
        visitor: Visitor,
        template: str,
        *,
        status: int = 200,
        beside: Helpdesk | None = None,
        **context: Any,
    ) -> HTMLResponse:
        """One page; in a helpdesk's frame with a small head of its own, and for that helpdesk's pages alone.

        `beside`: the helpdesk, for a page that stands in its frame before it is known who looks.
        """
        service = request.app.state.service
        base = {
            "visitor": visitor,
            "csrf": visitor.session.csrf,
            "path": request.url.path,
            "query": dict(request.query_params),
            "navigation": [page for page in PAGES if visitor.role in page.roles],
            "as_of": service.as_of(),
            "now": service.clock(),
            "at": inside(request, ""),
            "layout": "frame.html" if visitor.frame or beside else "base.html",
        }
        response = HTMLResponse(self._env.get_template(template).render(base | context), status)
        helpdesk = self._settings.helpdesk(visitor.frame.helpdesk) if visitor.frame else beside
        if helpdesk:
            let_frame(response, helpdesk)
        return response

    def part(self, template: str, **context: Any) -> str:
        """A piece of HTML for another's page, where nobody is signed in."""
        return self._env.get_template(template).render(context)

    def _clock(self, text: str) -> Markup:
        """The time of day of an ISO 8601 time, as Prefect writes them."""
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
        return Markup('<time datetime="{}">{}</time>').format(text, f"{at.astimezone(self._zone):%H:%M:%S}")

    def _body(self, table: Table) -> Markup:
        return table_body(table, self._when)

    def _when(self, at: datetime | None) -> Markup | str:
        """A time in the reporting time zone; the exact UTC one stands in the markup."""
        if at is None:
            return "–"
        local = at.astimezone(self._zone)
        return Markup('<time datetime="{}" title="{} UTC">{}</time>').format(
            at.astimezone(UTC).isoformat(), at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"), f"{local:%Y-%m-%d %H:%M}"
        )


def _day(value: date | None) -> str:
    return "–" if value is None else f"{value:%Y-%m-%d}"


def _count(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"
