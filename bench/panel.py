"""How long the panel takes in the server, at 100,000 customers and a million events, beside a bare DuckDB query.

Each page is of another customer, whom the ticket names by address; it is asked for over the loopback, so that reading
the token, matching, all queries, the offers and the template count. The peer is one query for the timeline alone.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from statistics import quantiles

import httpx
import uvicorn
from fastapi import FastAPI

from bench.panel_data import CUSTOMERS, EVENTS, publish_many
from bench.results import Result
from counterfoil.paths import Paths
from counterfoil.requests import utc_now
from counterfoil.settings import Settings
from dashboards.accounts import sandbox_name
from dashboards.app import make_app
from dashboards.frames import new_frame
from dashboards.panel.clues import clues_of
from warehouse.published import PublishedFile

ROOT = Path(__file__).resolve().parents[1]
LIMIT_MS = 50.0
PAGES = 300
WARM = 20
_BARE = 'SELECT * FROM marts.customer_timeline WHERE person_id = ? ORDER BY "at" DESC LIMIT 12'


def run() -> list[Result]:
    """One row: the 95th percentile of the panel's page; the median stands in its load."""
    with tempfile.TemporaryDirectory(prefix="counterfoil-bench-") as folder:
        paths = Paths(Path(folder))
        chosen = Random(7).sample(publish_many(paths), WARM + PAGES)
        app = make_app(_settings(paths.var), is_sandbox=True, webhook_secrets={})
        with _served(app) as base, httpx.Client(base_url=base) as client:
            ours = _timed(lambda email: _open(app, client, email), chosen)
        published = PublishedFile(paths.published)
        people = [_person(published, email) for email in chosen]
        peer = _timed(lambda person_id: published.rows(_BARE, [person_id]), people)
        published.close()
    median, p95 = _points(ours)
    bare_median, bare = _points(peer)
    load = (
        f"{PAGES} panels, one after the other, {CUSTOMERS:,} customers, {EVENTS:,} events; median {median:.1f} ms; "
        f"peer: the timeline alone by a bare DuckDB query, median {bare_median:.1f} ms"
    )
    return [Result("panel.server_p95_ms", "ms", round(p95, 2), round(bare, 2), LIMIT_MS, load)]


def _settings(var: Path) -> Settings:
    entity = {"name": "Bench", "address": ["Street 1"], "country": "DE", "tax_id": "", "email": "b@example.com"}
    return Settings.model_validate(
        {
            "var_dir": var,
            "policy_file": ROOT / "policy.toml",
            "entity": entity,
            "accounts": [{"name": "stripe/eu", "api_base": "http://127.0.0.1:9", "mode": "act"}],
            "helpdesks": [{"name": "zendesk/main", "api_base": "http://127.0.0.1:9"}],
            # Nobody answers there: the panel shows what was published, and says so.
            "prefect": {"port": 9},
        }
    )


def _open(app: FastAPI, client: httpx.Client, email: str) -> None:
    now = utc_now()
    clues = clues_of(emails=[email], text="My last order ord_x was charged twice")
    frame = new_frame("zendesk/main", "12", sandbox_name("agent"), 0, via="zendesk", clues=clues, now=now)
    answer = client.get(f"/in/{app.state.service.frames.token(frame, now=now)}/panel")
    assert answer.status_code == 200 and email in answer.text, answer.text[:500]


def _person(published: PublishedFile, email: str) -> str:
    return str(published.rows("SELECT person_id FROM marts.people WHERE email = ?", [email])[0]["person_id"])


def _timed(call: Callable[[str], object], about: list[str]) -> list[float]:
    """Milliseconds for each but the first ones."""
    taken = []
    for one in about:
        began = time.perf_counter()
        call(one)
        taken.append((time.perf_counter() - began) * 1_000)
    return taken[WARM:]


def _points(taken: list[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    cut = quantiles(taken, n=20)
    return cut[9], cut[18]


@contextmanager
def _served(app: FastAPI) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
